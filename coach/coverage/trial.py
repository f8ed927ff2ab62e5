"""How a question does against the scorer: its own good and weak answer, and points that can't be told apart."""

from __future__ import annotations

from dataclasses import dataclass

from coach.coverage import Encoder, Verifier, cover
from coach.rubric import Rubric
from coach.transcript import Transcript

GOOD, WEAK = 0.8, 0.5
"""What the good answer must reach, and the weak one must not pass."""
CONFUSED = 0.5
"""Share of a point's wordings that are taken for another point as well: the two can't be told apart."""


@dataclass(frozen=True, slots=True)
class Trial:
    """``good`` and ``weak`` scores 0..1 (None without examples), and what explains them, by key point id.

    ``confused``: (point, other, share of the point's own wordings that are credited to the other too).
    ``accused``: points that the good answer is said to contradict.
    """

    good: float | None
    weak: float | None
    missed_by_good: tuple[str, ...]
    covered_by_weak: tuple[str, ...]
    accused: tuple[str, ...]
    confused: tuple[tuple[str, str, float], ...]

    @property
    def passed(self) -> bool:
        """Whether the examples score as they should and nothing is confused."""
        scored = self.good is None or self.weak is None or (self.good >= GOOD and self.weak <= WEAK)
        return scored and not self.accused and not self.confused


def trial(rubric: Rubric, encoder: Encoder | None, verifier: Verifier | None) -> Trial:
    """Score the question's examples, and every wording of each point with that wording taken out of the rubric."""
    good = weak = None
    missed: tuple[str, ...] = ()
    covered: tuple[str, ...] = ()
    accused: tuple[str, ...] = ()
    if rubric.examples is not None:
        best = cover(Transcript.written(rubric.examples.good), rubric, (), encoder, verifier)
        poor = cover(Transcript.written(rubric.examples.weak), rubric, (), encoder, verifier)
        good, weak = best.score, poor.score
        missed = tuple(found.id for found in best.key_points if found.status in ("missed", "contradicted"))
        covered = tuple(found.id for found in poor.key_points if found.status == "covered")
        accused = tuple(found.id for found in best.key_points if found.status == "contradicted")
    return Trial(good, weak, missed, covered, accused, confusions(rubric, encoder, verifier))


def confusions(
    rubric: Rubric, encoder: Encoder | None, verifier: Verifier | None
) -> tuple[tuple[str, str, float], ...]:
    """(point, other, share): of the point's wordings, said alone, so many are credited to the other as well."""
    found = []
    for point in rubric.key_points:
        wordings = (point.text, *point.phrasings)
        taken: dict[str, int] = {}
        for wording in wordings:
            held_out = point.model_copy(
                update={"phrasings": tuple(other for other in point.phrasings if other != wording)}
            )
            points = tuple(held_out if other.id == point.id else other for other in rubric.key_points)
            told = cover(
                Transcript.written(wording),
                rubric.model_copy(update={"key_points": points}),
                (),
                encoder,
                verifier,
            )
            for other in told.key_points:
                if other.id != point.id and other.status == "covered":
                    taken[other.id] = taken.get(other.id, 0) + 1
        found += [
            (point.id, other, count / len(wordings))
            for other, count in taken.items()
            if count / len(wordings) >= CONFUSED and len(wordings) > 1
        ]
    return tuple(found)
