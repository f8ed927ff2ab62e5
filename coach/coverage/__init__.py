"""Coverage: which key points an answer made, where, how surely; and what it said that is wrong.

:func:`cover` is the one entry. docs/coverage.md says how it decides and how often it is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from coach.assessment import Coverage
from coach.coverage.comparison import compare, prepare
from coach.coverage.encoder import Encoder, SentenceEncoder
from coach.coverage.judgement import judge, lists, mistaken
from coach.coverage.score import coverage_score, credit
from coach.coverage.verifier import PairVerifier, Verifier
from coach.transcript import Disfluency, Transcript

if TYPE_CHECKING:
    from coach.rubric import Rubric

COVERAGE_VERSION = "2"
FREE_TALK = "Without a question there are no key points to compare with."
NO_WORDS = "No words were said that could be compared with the key points."


def scorer_version(encoder: Encoder | None, verifier: Verifier | None = None) -> str:
    """What judged, for the document's versions: the rules and the models, or "words only" without any."""
    used = [model.name for model in (encoder, verifier) if model is not None]
    return f"coverage {COVERAGE_VERSION}, {' and '.join(used) or 'words only'}"


def cover(
    transcript: Transcript,
    rubric: Rubric | None,
    disfluencies: Sequence[Disfluency] = (),
    encoder: Encoder | None = None,
    verifier: Verifier | None = None,
) -> Coverage:
    """Compare an answer with a rubric. Score None with a reason in a free talk, or when nothing was said.

    Without an ``encoder`` only words are compared, which misses most free paraphrases; without a ``verifier``
    (which needs the encoder beside it) most contradictions pass.
    """
    if rubric is None:
        return Coverage(score=None, reason=FREE_TALK)
    compared = compare(transcript, rubric, disfluencies, encoder, verifier if encoder is not None else None)
    points = tuple(judge(point, compared) for point in rubric.key_points)
    wrong = tuple(found for item in rubric.misconceptions if (found := mistaken(item, compared)) is not None)
    return Coverage(
        score=coverage_score(points) if compared.view else None,
        reason=None if compared.view else NO_WORDS,
        key_points=points,
        misconceptions=wrong,
        lists=lists(compared),
    )


__all__ = [
    "COVERAGE_VERSION",
    "Encoder",
    "PairVerifier",
    "SentenceEncoder",
    "Verifier",
    "cover",
    "coverage_score",
    "credit",
    "prepare",
    "scorer_version",
]
