"""What next: practice time split over the domains, a queue of questions, and today's few. Pure.

The time goes 60 / 30 / 10 to the weakest, the middling and the strongest third of the domains. Which question comes
next within a domain is spaced repetition: FSRS (Ye, Su and Cao 2022, A Stochastic Shortest Path Algorithm for
Optimizing Spaced Repetition Scheduling, KDD; the ``fsrs`` package) says when a question is about to be forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final, Literal

from fsrs import Card, Rating, Scheduler

SHARES: Final = (0.6, 0.3, 0.1)
"""Of the practice time: for the weakest, the middling and the strongest third of the domains."""
RECENT: Final = 5
"""So many of a domain's newest answers say how strong it is."""
COVERAGE_WEIGHT: Final = 0.7
"""Of coverage in a domain's strength; the rest is fluency."""
RATING_WEIGHT: Final = 2.0
"""A self-rating of a domain weighs as much as so many answers; one of an answer, a quarter of that answer."""
_ANSWER_RATING_WEIGHT: Final = 0.25
HESITANT: Final = 60.0
"""Below this fluency an answer counts as hesitant."""

Group = Literal["weakest", "middling", "strongest"]
GROUPS: Final[tuple[Group, ...]] = ("weakest", "middling", "strongest")
GRADES: Final = {Rating.Again: "again", Rating.Hard: "hard", Rating.Good: "good", Rating.Easy: "easy"}


@dataclass(frozen=True, slots=True)
class Ask:
    """A question that can be practised. ``seconds`` is its time limit."""

    id: str
    title: str
    domain: str
    level: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What the plan needs of one answer: scores 0..100 (None where unknown), the user's rating 1..5 or None."""

    question: str
    domain: str
    made_at: datetime
    seconds: float
    coverage: float | None
    fluency: float | None
    rating: int | None


@dataclass(frozen=True, slots=True)
class Strength:
    """How strong a domain is, 0..100, from ``answers`` answers and the user's own ``rating``; None: not known."""

    domain: str
    value: float | None
    answers: int
    rating: int | None


@dataclass(frozen=True, slots=True)
class Share:
    """A domain's part of the practice time, 0..1, and the third it belongs to (None while nothing is known)."""

    strength: Strength
    group: Group | None
    share: float


def strengths(
    domains: Sequence[str], answers: Iterable[Answer], ratings: Mapping[str, int]
) -> list[Strength]:
    """The strength of each domain, from its newest answers and what the user says of it (1..5).

    Weighted mean of ``0.7 coverage + 0.3 fluency`` of the newest five answers (each 1), their self-ratings (0.25
    each) and the domain's self-rating (2), a rating r counting as ``25 (r - 1)``.
    """
    by_domain: dict[str, list[Answer]] = {domain: [] for domain in domains}
    for answer in sorted(answers, key=lambda answer: answer.made_at):
        if answer.domain in by_domain:
            by_domain[answer.domain].append(answer)
    return [_strength(domain, by_domain[domain][-RECENT:], ratings.get(domain)) for domain in domains]


def _strength(domain: str, newest: Sequence[Answer], rating: int | None) -> Strength:
    told = [(1.0, result) for answer in newest if (result := _result(answer)) is not None]
    rated = [(_ANSWER_RATING_WEIGHT, _of_rating(one.rating)) for one in newest if one.rating is not None]
    own = [] if rating is None else [(RATING_WEIGHT, _of_rating(rating))]
    parts = [*told, *rated, *own]
    weight = sum(part[0] for part in parts)
    value = sum(part[0] * part[1] for part in parts) / weight if parts else None
    return Strength(domain, value, len(told), rating)


def _result(answer: Answer) -> float | None:
    """0..100: coverage and fluency, or the one of them that is known."""
    if answer.coverage is None or answer.fluency is None:
        return answer.coverage if answer.fluency is None else answer.fluency
    return COVERAGE_WEIGHT * answer.coverage + (1 - COVERAGE_WEIGHT) * answer.fluency


def _of_rating(rating: int) -> float:
    return 25.0 * (rating - 1)


def shares(found: Sequence[Strength]) -> list[Share]:
    """The split of the time, weakest domain first; a domain of which nothing is known comes before the weak ones.

    Domains of a third share its part evenly; with fewer than three domains the parts of the missing thirds go to the
    others in proportion. While nothing is known of any domain all get the same.
    """
    if all(one.value is None for one in found):
        return [Share(one, None, 1 / len(found)) for one in found]
    ordered = sorted(found, key=lambda one: -1.0 if one.value is None else one.value)
    sizes = [len(ordered) // 3 + (place < len(ordered) % 3) for place in range(3)]
    whole = sum(part for part, size in zip(SHARES, sizes, strict=True) if size)
    result: list[Share] = []
    for group, part, size in zip(GROUPS, SHARES, sizes, strict=True):
        result += [
            Share(one, group, part / whole / size) for one in ordered[len(result) : len(result) + size]
        ]
    return result


def grade(coverage: float, fluency: float | None) -> Rating:
    """How well a question was known: below 50 of 100 covered "again", below 75 "hard", below 90 "good", else "easy".

    A hesitant answer (fluency below 60) counts one lower. The limits are choices.
    """
    step = sum(coverage >= limit for limit in (50, 75, 90))
    if step > 0 and fluency is not None and fluency < HESITANT:
        step -= 1
    return (Rating.Again, Rating.Hard, Rating.Good, Rating.Easy)[step]


@dataclass(frozen=True, slots=True)
class Due:
    """A question in the queue. ``due`` is None for one that was never answered; then the rest is None too.

    ``recall`` is the chance that it is still known, 0..1. ``last`` is the newest graded answer, ``graded`` its grade.
    """

    ask: Ask
    due: date | None
    recall: float | None = None
    last: Answer | None = None
    graded: str | None = None


def queue(
    asks: Iterable[Ask],
    answers: Iterable[Answer],
    now: datetime,
    interview: date | None = None,
    zone: tzinfo | None = None,
) -> list[Due]:
    """Every question with the day it is due, in the order they should come; ``now`` is aware.

    First those due, the least remembered first; then new ones by level; then those not due yet. Before an
    ``interview`` (today or later) nothing is put off beyond the day before it.
    """
    graded: dict[str, list[Answer]] = {}
    for answer in sorted(answers, key=lambda answer: answer.made_at):
        if answer.coverage is not None:
            graded.setdefault(answer.question, []).append(answer)
    today = now.astimezone(zone).date()
    last_day = interview - timedelta(days=1) if interview is not None and interview >= today else None
    found = [_due(ask, graded.get(ask.id, []), now, last_day, zone) for ask in asks]
    return sorted(found, key=lambda one: _order(one, today))


def _due(
    ask: Ask, answers: Sequence[Answer], now: datetime, last_day: date | None, zone: tzinfo | None
) -> Due:
    if not answers:
        return Due(ask, None)
    # Without learning steps every interval is whole days; without fuzz the same history gives the same plan.
    scheduler = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    card = Card(card_id=1, due=answers[0].made_at.astimezone(UTC))
    rating = Rating.Again
    for answer in answers:
        assert answer.coverage is not None
        rating = grade(answer.coverage, answer.fluency)
        card, _ = scheduler.review_card(card, rating, answer.made_at.astimezone(UTC))
    due = card.due.astimezone(zone).date()
    if last_day is not None:
        due = min(due, last_day)
    recall = scheduler.get_card_retrievability(card, now.astimezone(UTC))
    return Due(ask, due, recall, answers[-1], GRADES[rating])


def _order(one: Due, today: date) -> tuple[int, float, str]:
    if one.due is None:
        return 1, one.ask.level, one.ask.title
    if one.due <= today:
        return 0, one.recall or 0.0, one.ask.title
    return 2, (one.due - today).days, one.ask.title


@dataclass(frozen=True, slots=True)
class Week:
    """This week's time in minutes: wanted, practised so far by domain, and the days left with today."""

    minutes: float
    done: Mapping[str, float]
    days_left: int

    @property
    def total(self) -> float:
        """Minutes practised in all domains."""
        return sum(self.done.values())

    @property
    def today(self) -> float:
        """Minutes for today: what is left of the week, spread evenly over its days."""
        return max(0.0, self.minutes - self.total) / self.days_left


def this_week(
    answers: Iterable[Answer],
    minutes: float,
    today: date,
    interview: date | None = None,
    zone: tzinfo | None = None,
) -> Week:
    """The week of ``today``, from Monday on. Practised is up to yesterday; it ends early on the day of an interview."""
    start = today - timedelta(days=today.weekday())
    done: dict[str, float] = {}
    for answer in answers:
        if start <= answer.made_at.astimezone(zone).date() < today:
            done[answer.domain] = done.get(answer.domain, 0.0) + answer.seconds / 60
    end = start + timedelta(days=6)
    if interview is not None and today < interview <= end:
        end = interview - timedelta(days=1)
    return Week(minutes, done, (end - today).days + 1)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of today's questions with the share that its domain has, and how many minutes it is behind."""

    due: Due
    share: Share
    behind: float


def today_choices(split: Sequence[Share], waiting: Sequence[Due], week: Week) -> list[Choice]:
    """Today's questions: as many as fit into today's minutes, at least one while there is a minute left.

    Each goes to the domain that is furthest behind its share of the week, and takes the first of that domain's queue
    that fits. The day's first question may be longer than the day's minutes.
    """
    by_domain = {one.strength.domain: one for one in split}
    left = [one for one in waiting if one.ask.domain in by_domain]
    practised = dict(week.done)
    chosen: list[Choice] = []
    budget = week.today
    while budget >= 1:
        fitting = [one for one in left if not chosen or one.ask.seconds <= 60 * budget]
        if not fitting:
            break
        behind = {
            one.ask.domain: by_domain[one.ask.domain].share * week.minutes
            - practised.get(one.ask.domain, 0.0)
            for one in fitting
        }
        weakest_first = [name for name in by_domain if name in behind]
        domain = max(weakest_first, key=lambda name: behind[name])
        one = next(one for one in fitting if one.ask.domain == domain)
        chosen.append(Choice(one, by_domain[domain], behind[domain]))
        left.remove(one)
        practised[domain] = practised.get(domain, 0.0) + one.ask.seconds / 60
        budget -= one.ask.seconds / 60
    return chosen
