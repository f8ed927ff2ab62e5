"""Coverage: which key points an answer made, where, how surely; and what it said that is wrong.

:func:`cover` is the one entry. docs/coverage.md says how it decides and how often it is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from coach.assessment import Coverage
from coach.coverage.encoder import Encoder, SentenceEncoder
from coach.coverage.judgement import compare, judge, mistaken
from coach.coverage.score import CREDIT, coverage_score
from coach.transcript import Disfluency, Transcript

if TYPE_CHECKING:
    from coach.rubric import Rubric

COVERAGE_VERSION = "1"
FREE_TALK = "Without a question there are no key points to compare with."
NO_WORDS = "No words were said that could be compared with the key points."


def scorer_version(encoder: Encoder | None) -> str:
    """What judged, for the document's versions: the rules and the encoder, or "words only" without one."""
    return f"coverage {COVERAGE_VERSION}, {encoder.name if encoder is not None else 'words only'}"


def cover(
    transcript: Transcript,
    rubric: Rubric | None,
    disfluencies: Sequence[Disfluency] = (),
    encoder: Encoder | None = None,
) -> Coverage:
    """Compare an answer with a rubric. Score None with a reason in a free talk, or when nothing was said.

    Without an ``encoder`` only words are compared, which misses most free paraphrases.
    """
    if rubric is None:
        return Coverage(score=None, reason=FREE_TALK)
    compared = compare(transcript, rubric, disfluencies, encoder)
    points = tuple(judge(point, compared) for point in rubric.key_points)
    wrong = tuple(found for item in rubric.misconceptions if (found := mistaken(item, compared)) is not None)
    return Coverage(
        score=coverage_score(points) if compared.view else None,
        reason=None if compared.view else NO_WORDS,
        key_points=points,
        misconceptions=wrong,
    )


__all__ = [
    "COVERAGE_VERSION",
    "CREDIT",
    "Encoder",
    "SentenceEncoder",
    "cover",
    "coverage_score",
    "scorer_version",
]
