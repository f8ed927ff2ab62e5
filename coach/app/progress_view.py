"""What Progress shows of all outcomes: filtered, grouped, with levels and verdicts. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo

from coach.app.progress_words import domain_name
from coach.app.tables import in_domain_order
from coach.progress import (
    FIGURES,
    Figure,
    Level,
    Outcome,
    Verdict,
    Versions,
    comparable,
    level,
    levels,
    verdict,
)

SAMPLE = "sample"
MOST_POINTS = 100
"""Points that a group has in a chart: more hide each other, and take long to draw."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What is to be seen; None stands for all. ``start`` and ``end`` are days of the user, both included."""

    start: date
    end: date
    domain: str | None = None
    question: str | None = None
    samples: bool = False


def seen(outcomes: Sequence[Outcome], filters: Filters, zone: tzinfo | None) -> list[Outcome]:
    """The outcomes that pass the filters, in their order."""
    return [
        one
        for one in outcomes
        if (filters.samples or one.source != SAMPLE)
        and filters.domain in (None, one.domain)
        and filters.question in (None, one.question)
        and filters.start <= one.made_at.astimezone(zone).date() <= filters.end
    ]


def own(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Without sample talks, which say nothing of the user."""
    return [one for one in outcomes if one.source != SAMPLE]


def titles(outcomes: Sequence[Outcome], domain: str | None) -> dict[str, str]:
    """Question -> title of what was answered in a domain (None: all), by title."""
    found = {one.question: one.title for one in outcomes if domain in (None, one.domain)}
    return dict(sorted(found.items(), key=lambda pair: pair[1].casefold()))


def grouped(outcomes: Sequence[Outcome], by_question: bool) -> dict[str, list[Outcome]]:
    """Outcomes by the name of their domain, in the usual order, or by the title of their question."""
    groups: dict[str, list[Outcome]] = {}
    if by_question:
        for one in outcomes:
            groups.setdefault(one.title, []).append(one)
        return dict(sorted(groups.items(), key=lambda pair: -len(pair[1])))
    for name in [*in_domain_order(one.domain for one in outcomes), None]:
        members = [one for one in outcomes if one.domain == name]
        if members:
            groups[domain_name(name)] = members
    return groups


@dataclass(frozen=True, slots=True)
class Trend:
    """One figure's chart: answers as points by group, the level of all, and how many answers are no point in it."""

    groups: Mapping[str, Sequence[Outcome]]
    levels: Sequence[Level]
    hidden: int = 0


def trend(outcomes: Sequence[Outcome], figure: Figure, versions: Versions, by_question: bool) -> Trend:
    """The points and the level of one figure; samples are points, and count in no level.

    Of a group of many answers only some are points, evenly chosen, the newest among them. The level rests on all.
    """
    mine = comparable(outcomes, figure, versions)
    groups = grouped(mine, by_question)
    points = {name: group[::-1][:: -(-len(group) // MOST_POINTS)][::-1] for name, group in groups.items()}
    hidden = sum(len(group) - len(points[name]) for name, group in groups.items())
    return Trend(points, levels(own(mine), figure), hidden)


def level_rows(outcomes: Sequence[Outcome], versions: Versions) -> list[tuple[str, Figure, Level]]:
    """(domain, figure, level) over time: of all domains together, then of each."""
    mine = own(outcomes)
    groups = {"all domains": mine, **grouped(mine, by_question=False)}
    return [
        (name, figure, one)
        for figure in FIGURES
        for name, group in groups.items()
        for one in levels(comparable(group, figure, versions), figure)
    ]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a figure stands, over how many answers, and what became of it."""

    now: Level | None
    verdict: Verdict


def standing(outcomes: Sequence[Outcome], figure: Figure, versions: Versions) -> Standing:
    """The newest level of all that is seen, and the verdict on it."""
    mine = comparable(own(outcomes), figure, versions)
    latest = mine[-5:]
    estimate = level(latest, figure)
    now = None if estimate is None else Level(latest[-1], estimate, len(latest))
    return Standing(now, verdict(own(outcomes), figure, versions))


def standings(outcomes: Sequence[Outcome], versions: Versions) -> list[tuple[str, str, Standing]]:
    """(domain, question or "", standing) of each domain and of each question answered twice or more, each figure."""
    rows: list[tuple[str, str, Standing]] = []
    for name, members in grouped(own(outcomes), by_question=False).items():
        rows += [(name, "", standing(members, figure, versions)) for figure in FIGURES]
        for title, answers in grouped(members, by_question=True).items():
            if len(answers) > 1:
                rows += [(name, title, standing(answers, figure, versions)) for figure in FIGURES]
    return rows
