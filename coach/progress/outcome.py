"""An outcome: the figures of one answer, with what made them. What may be compared with what is decided here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from coach.progress.intervals import Counted
from coach.uncertainty import MEASURED, Accuracy, moments

FREE_TALK: Final = ""
"""Stands for the question of a talk without one."""

Range = tuple[float | None, float | None]
DETECTOR: Final[Accuracy] = MEASURED["filled_pause"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure that Progress follows.

    ``better`` says which way is better; "range" means nearer to the good range. ``made_by`` names the versions that
    two answers must share to be compared in it.
    """

    name: str
    title: str
    unit: str
    better: Literal["lower", "higher", "range"]
    made_by: tuple[str, ...]


_HEARD: Final = ("model", "detectors")
FIGURES: Final = (
    Figure("filled_pauses_per_minute", "Filled pauses", "per minute", "lower", _HEARD),
    Figure("speaking_rate", "Speaking rate", "words per minute", "range", _HEARD),
    Figure("coverage", "Coverage", "of 100", "higher", (*_HEARD, "scorer", "rubric_sha256")),
    Figure("clarity", "Clarity", "of 100", "higher", (*_HEARD, "scorer")),
    Figure("fluency", "Fluency", "of 100", "higher", (*_HEARD, "scorer")),
)
RATE: Final = FIGURES[0]
PACE: Final = FIGURES[1]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The figures of one scored answer by name, None where one can't be told.

    ``question`` is the id (with the follow-up's after a slash), ``FREE_TALK`` without one. ``pace`` is the good range
    of its speaking rate. ``counted`` are its filled pauses, None where they can't be told.
    """

    id: str
    made_at: datetime
    assessed_at: datetime
    question: str
    title: str
    domain: str | None
    source: str
    duration_s: float
    self_rating: int | None
    values: Mapping[str, float | None]
    versions: Mapping[str, str | None]
    counted: Counted | None
    pace: Range

    def value(self, figure: Figure) -> float | None:
        """The figure as it is compared: of the speaking rate its distance from the good range, in words a minute."""
        value = self.values.get(figure.name)
        if figure is RATE and self.counted is None:
            return None
        return value if value is None or figure.better != "range" else distance(value, self.pace)


def outcome(row: Mapping[str, Any], title: str, domain: str | None, pace: Range) -> Outcome | None:
    """A row of ``Store.history_rows`` as an outcome; None where it has no assessment."""
    if row["assessed_at"] is None:
        return None
    question = row["question_id"] or FREE_TALK
    return Outcome(
        id=row["id"],
        made_at=row["made_at"],
        assessed_at=row["assessed_at"],
        question=f"{question}/{row['follow_up_id']}" if row["follow_up_id"] else question,
        title=title,
        domain=domain,
        source=row["source"],
        duration_s=row["duration_s"] or 0.0,
        self_rating=row["self_rating"],
        values={figure.name: row[figure.name] for figure in FIGURES},
        versions={name: row[name] for name in ("model", "detectors", "scorer", "rubric_sha256")},
        counted=_counted(row),
        pace=pace,
    )


def _counted(row: Mapping[str, Any]) -> Counted | None:
    """The true filled pauses: expected number, variance of the detector, and minutes of speaking time."""
    right, variance, seconds = (
        row["filled_pauses_right"],
        row["filled_pauses_variance"],
        row["speaking_time"],
    )
    if row[RATE.name] is None or right is None or variance is None or not seconds:
        return None
    count, noise = moments(right, variance, seconds / 60, DETECTOR)
    return Counted(count, noise, seconds / 60)


def distance(value: float, limits: Range) -> float:
    """How far ``value`` lies outside a range, 0 inside."""
    low, high = limits
    return max(
        0.0, (low if low is not None else value) - value, value - (high if high is not None else value)
    )


Versions = tuple[str | None, str | None, str | None]


def made_by(one: Outcome) -> Versions:
    """Model, detectors and scorer that made its figures."""
    return one.versions["model"], one.versions["detectors"], one.versions["scorer"]


def version_sets(outcomes: Iterable[Outcome]) -> list[Versions]:
    """Every set of versions that made figures, the one that measured last first."""
    newest: dict[Versions, datetime] = {}
    for one in outcomes:
        if one.counted is not None or one.versions["model"] is not None:
            newest[made_by(one)] = max(one.assessed_at, newest.get(made_by(one), one.assessed_at))
    return sorted(newest, key=lambda versions: newest[versions], reverse=True)


def comparable(outcomes: Sequence[Outcome], figure: Figure, versions: Versions) -> list[Outcome]:
    """Those that have the figure and whose figure was made by ``versions``, oldest first.

    For coverage the key points must be those of the question's newest answer as well.
    """
    named = dict(zip(("model", "detectors", "scorer"), versions, strict=True))
    wanted = [name for name in figure.made_by if name in named]
    kept = [
        one
        for one in sorted(outcomes, key=lambda one: (one.made_at, one.id))
        if one.value(figure) is not None and all(one.versions[name] == named[name] for name in wanted)
    ]
    if "rubric_sha256" not in figure.made_by:
        return kept
    newest: dict[str, Outcome] = {}
    for one in kept:
        if one.question not in newest or one.assessed_at >= newest[one.question].assessed_at:
            newest[one.question] = one
    return [
        one for one in kept if one.versions["rubric_sha256"] == newest[one.question].versions["rubric_sha256"]
    ]


def outdated(outcomes: Sequence[Outcome], versions: Versions) -> list[Outcome]:
    """Spoken answers of which at least one figure was made by other versions: measuring again makes them comparable."""
    heard = [one for one in outcomes if one.versions["model"] is not None]
    current: set[str] = {one.id for one in heard}
    for figure in FIGURES:
        told = {one.id for one in heard if one.value(figure) is not None}
        current -= told - {one.id for one in comparable(heard, figure, versions)}
    return [one for one in heard if one.id not in current]
