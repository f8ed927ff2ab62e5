"""Structure: how an answer is built, by the rules of its interview domain, without a language model.

:func:`structure` is the one entry. docs/structure.md says how it decides and how often it is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from coach.assessment import Structure
from coach.coverage.encoder import Encoder
from coach.coverage.view import matching_view
from coach.rubric.model import Domain
from coach.structure.checks import checks_of
from coach.structure.course import course
from coach.structure.likeness import likeness, prepare
from coach.structure.parts import WORDS_ONLY, Answer, parts_of
from coach.structure.rules import OTHER, Rule, Rules, rules_of
from coach.structure.shares import share_of, shares_of, stretches_of
from coach.structure.units import units_of
from coach.transcript import Disfluency, Pause, Transcript

STRUCTURE_VERSION: Final = "1"


def structure_version(encoder: Encoder | None) -> str:
    """What judged, for the document's versions: the rules and the encoder, or "words only" without it."""
    return f"structure {STRUCTURE_VERSION}, {encoder.name if encoder is not None else 'words only'}"


def structure(
    transcript: Transcript,
    domain: Domain | None,
    disfluencies: Sequence[Disfluency] = (),
    pauses: Sequence[Pause] = (),
    encoder: Encoder | None = None,
    duration: float | None = None,
    expected: Sequence[str] = (),
) -> Structure | None:
    """Which parts the answer has, in what order, and how its time goes to them. None in a free talk, or without words.

    ``duration`` is the recording's in seconds, None for a written answer: its pauses then count for nothing.
    ``expected`` are the stages that the question asks for; empty means all of the domain's. Without an
    ``encoder`` only set phrases are recognised: shares, orders and absence then can't be told.
    """
    view = matching_view(transcript, disfluencies, {})
    if domain is None or not view:
        return None
    silent = pauses if duration is not None else ()
    rules = rules_of(domain)
    units = units_of(view, transcript, silent)
    found = likeness(units, rules, encoder)
    answer = Answer(transcript, view, units, rules, found, course(found, [unit.words for unit in units]))
    stretches = stretches_of(answer, silent) if encoder is not None else ()
    parts = parts_of(answer, expected)
    return Structure(
        domain=domain,
        share_of=share_of(answer),
        shares=shares_of(answer, stretches, parts, silent) if encoder is not None else (),
        shares_reason=None if encoder is not None else WORDS_ONLY,
        stretches=stretches,
        parts=parts,
        checks=checks_of(answer, silent),
    )


__all__ = [
    "OTHER",
    "STRUCTURE_VERSION",
    "Rule",
    "Rules",
    "prepare",
    "rules_of",
    "structure",
    "structure_version",
]
