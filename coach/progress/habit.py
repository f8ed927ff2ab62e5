"""The habit: on which days one practised, how long, and how many days in a row. Pure; days are the user's own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo


@dataclass(frozen=True, slots=True)
class Day:
    """One day's practice: how many answers, and how many minutes of recording."""

    answers: int
    minutes: float


@dataclass(frozen=True, slots=True)
class Streak:
    """Days in a row with at least one answer: up to now (0 when neither today nor yesterday has one), and the longest.

    ``today`` says whether today counts already.
    """

    days: int
    longest: int
    today: bool


def practice_days(answers: Iterable[tuple[datetime, float]], zone: tzinfo | None) -> dict[date, Day]:
    """The days with practice in the zone of the user, from each answer's moment (aware) and length in seconds."""
    counts: dict[date, int] = defaultdict(int)
    seconds: dict[date, float] = defaultdict(float)
    for moment, length in answers:
        day = moment.astimezone(zone).date()
        counts[day] += 1
        seconds[day] += length
    return {day: Day(counts[day], seconds[day] / 60) for day in sorted(counts)}


def streak(days: Mapping[date, Day], today: date) -> Streak:
    """The streak on ``today``. Yesterday's holds until midnight."""
    longest = run = 0
    before: date | None = None
    for day in sorted(days):
        run = run + 1 if before is not None and day - before == timedelta(days=1) else 1
        longest = max(longest, run)
        before = day
    current = run if before is not None and (today - before).days in (0, 1) else 0
    return Streak(current, longest, today in days)


def monday(day: date) -> date:
    """The first day of its week."""
    return day - timedelta(days=day.weekday())
