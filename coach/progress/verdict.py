"""The verdict on a change: better, worse, or no real change yet. Like is compared with like, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from coach.progress.intervals import FEWEST, Estimate, mean, mean_change, mean_rate, rate, rate_change
from coach.progress.outcome import DETECTOR, PACE, RATE, Figure, Outcome, Versions, comparable

Word = Literal["better", "worse", "no real change yet"]
STEP = 1 / DETECTOR.recall
"""True filled pauses that each one found stands for."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What changed between the earlier and the later answers to the same questions.

    ``change`` is later minus earlier, of the speaking rate that of its distance from the good range. ``word`` is None
    with a ``reason`` where too little can be compared. ``early`` and ``late`` count the answers of each side.
    """

    figure: Figure
    word: Word | None
    change: Estimate | None
    early: int
    late: int
    reason: str | None = None


def verdict(outcomes: Sequence[Outcome], figure: Figure, versions: Versions) -> Verdict:
    """Compares, of each question, the earlier half of its comparable answers with the later half.

    "Better" and "worse" need three answers a side and a 95 % interval of the change without 0.
    """
    kept, late, question = sides(comparable(outcomes, figure, versions))
    counts = len(late) - sum(late), sum(late)
    if min(counts) < FEWEST:
        reason = (
            f"It takes {FEWEST} earlier and {FEWEST} later answers to the same questions; "
            f"there are {counts[0]} and {counts[1]}."
        )
        return Verdict(figure, None, None, *counts, reason)
    change = _change(kept, figure, late, question)
    if change is None:
        return Verdict(figure, None, None, *counts, "Too few questions were answered often enough.")
    return Verdict(figure, word_for(change, figure), change, *counts)


def sides(outcomes: Sequence[Outcome]) -> tuple[list[Outcome], list[bool], list[int]]:
    """Of each question answered at least twice: its answers, which are of the later half, and the question's number.

    ``outcomes`` come oldest first. Of an odd number the one in the middle counts as earlier.
    """
    kept: list[Outcome] = []
    late: list[bool] = []
    number: list[int] = []
    ordered = sorted(outcomes, key=lambda one: one.question)  # stable: oldest first within a question
    groups = [list(group) for _, group in groupby(ordered, key=lambda one: one.question)]
    for index, group in enumerate(group for group in groups if len(group) > 1):
        half = (len(group) + 1) // 2
        kept += group
        late += [place >= half for place in range(len(group))]
        number += [index] * len(group)
    return kept, late, number


def word_for(change: Estimate, figure: Figure) -> Word:
    """The word for a change: its interval without 0, and on which side it lies."""
    if change.low <= 0 <= change.high:
        return "no real change yet"
    up = change.low > 0
    return "better" if up == (figure.better == "higher") else "worse"


def _change(
    kept: Sequence[Outcome], figure: Figure, late: Sequence[bool], question: Sequence[int]
) -> Estimate | None:
    if figure is RATE:
        talks = [one.counted for one in kept if one.counted is not None]
        return rate_change(talks, late, question, STEP)
    values = [value for one in kept if (value := one.value(figure)) is not None]
    return mean_change(values, late, question)


@dataclass(frozen=True, slots=True)
class Level:
    """Where a figure stood: its mean over the ``answers`` answers up to and with ``outcome``."""

    outcome: Outcome
    estimate: Estimate
    answers: int


WINDOW = 5
_MOST_LEVELS = 40


def levels(outcomes: Sequence[Outcome], figure: Figure) -> list[Level]:
    """The level over time of comparable outcomes (oldest first): a running mean over five, or a twentieth of many.

    It begins at the third answer. Of a long history at most 40 moments are given, the newest among them.
    """
    window = max(WINDOW, len(outcomes) // 20)
    ends = range(FEWEST, len(outcomes) + 1)
    step = -(-len(ends) // _MOST_LEVELS) if ends else 1
    found = []
    for end in sorted(range(len(outcomes), FEWEST - 1, -step)):
        part = outcomes[max(0, end - window) : end]
        estimate = level(part, figure)
        if estimate is not None:
            found.append(Level(part[-1], estimate, len(part)))
    return found


def level(outcomes: Sequence[Outcome], figure: Figure) -> Estimate | None:
    """The mean of a figure with its interval; None of fewer than three. The speaking rate in words a minute."""
    if figure is RATE:
        return mean_rate([one.counted for one in outcomes if one.counted is not None], STEP)
    values = [one.values[figure.name] for one in outcomes]
    found = mean([value for value in values if value is not None])
    if found is None or figure.unit != "of 100":
        return found
    return Estimate(found.value, max(0.0, found.low), min(100.0, found.high))


def single(outcome: Outcome, figure: Figure) -> Estimate | None:
    """One answer's own interval: of filled pauses only, a single score says nothing of its scatter."""
    if figure is not RATE or outcome.counted is None:
        return None
    talk = outcome.counted
    return rate(talk.count, talk.minutes, talk.count + talk.noise, STEP)


GoalState = Literal["reached", "not reached", "can't be told yet"]


def goal_state(estimate: Estimate | None, figure: Figure, target: float) -> GoalState:
    """Whether a level has reached its target: "can't be told yet" while the target lies within its interval."""
    if estimate is None or estimate.low <= target <= estimate.high:
        return "can't be told yet"
    above = estimate.low > target
    return "reached" if above == (figure.better == "higher") else "not reached"


__all__ = ["PACE", "Level", "Verdict", "Word", "goal_state", "level", "levels", "sides", "single", "verdict"]
