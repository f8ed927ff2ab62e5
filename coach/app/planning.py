"""The plan of today, out of what was practised and what the user chose. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from coach import plan
from coach.rubric import DOMAINS
from coach.settings import Settings


@dataclass(frozen=True, slots=True)
class Today:
    """The plan for one day. It is made from answers before that day, so that it stays the same all day long.

    ``answered`` holds the ids of questions answered today, ``done`` today's minutes by domain.
    """

    day: date
    split: Sequence[plan.Share]
    waiting: Sequence[plan.Due]
    week: plan.Week
    choices: Sequence[plan.Choice]
    answered: frozenset[str]
    done: dict[str, float]


def plan_today(
    asks: Sequence[plan.Ask], answers: Sequence[plan.Answer], chosen: Settings, now: datetime
) -> Today:
    """The plan at ``now`` (aware, in the user's zone). A domain without a question is left out."""
    zone, day = now.tzinfo, now.date()
    wanted = chosen.domains or DOMAINS
    domains = [name for name in wanted if any(ask.domain == name for ask in asks)]
    before = [answer for answer in answers if answer.made_at.astimezone(zone).date() < day]
    today = [answer for answer in answers if answer.made_at.astimezone(zone).date() == day]
    ratings = {str(name): rating for name, rating in chosen.domain_ratings.items()}
    split = plan.shares(plan.strengths(domains, before, ratings)) if domains else []
    mine = [ask for ask in asks if ask.domain in domains]
    waiting = plan.queue(mine, before, now, chosen.interview_date, zone)
    week = plan.this_week(before, chosen.weekly_minutes, day, chosen.interview_date, zone)
    done: dict[str, float] = {}
    for answer in today:
        done[answer.domain] = done.get(answer.domain, 0.0) + answer.seconds / 60
    return Today(
        day,
        split,
        waiting,
        week,
        plan.today_choices(split, waiting, week),
        frozenset(answer.question for answer in today),
        done,
    )
