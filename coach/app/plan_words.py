"""The sentences and tables of the plan: today, the week, the queue, and why. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, tzinfo
from typing import Final

import pandas as pd

from coach.app.words import ABSENT, domain_label, number
from coach.plan import COVERAGE_WEIGHT, HESITANT, RECENT, SHARES, Choice, Due, Share, Week

_COUNTS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def today_sentence(choices: Sequence[Choice]) -> str:
    """The day in a line: "Today: three questions, 12 minutes"."""
    count = len(choices)
    said = _COUNTS[count] if count < len(_COUNTS) else str(count)
    minutes = round(sum(choice.due.ask.seconds for choice in choices) / 60)
    return f"Today: {said} question{'' if count == 1 else 's'}, {minutes} minute{'' if minutes == 1 else 's'}"


def reason(choice: Choice, today: date) -> str:
    """Why this question: what the queue says of it, and what its domain's share is."""
    return f"{due_reason(choice.due, today)} {share_reason(choice.share)}"


def due_reason(one: Due, today: date) -> str:
    """Why a question comes when it does."""
    if one.due is None or one.last is None:
        return "New: you have not answered it yet."
    last = f"Last time you covered {number(round(one.last.coverage or 0))} of 100"
    if one.last.fluency is not None and one.last.fluency < HESITANT:
        last += ", with hesitation"
    chance = "" if one.recall is None else f" The chance that you still know it is {one.recall:.0%}."
    late = (today - one.due).days
    when = (
        "due today"
        if late == 0
        else f"due since {_days(late)}"
        if late > 0
        else f"not due for {_days(-late)}"
    )
    return f"{last}; {when}.{chance}"


def share_reason(share: Share) -> str:
    """Why a domain gets its part of the time."""
    name = domain_label(share.strength.domain)
    if share.group is None:
        return f"{name}: nothing is known of any domain yet, so all get the same time."
    part = f"{share.share:.0%} of your time"
    if share.strength.value is None:
        return f"{name}: not tried yet, so it counts as {share.group} and gets {part}."
    return f"{name} is among your {share.group} domains ({strength_text(share)}) and gets {part}."


def strength_text(share: Share) -> str:
    """A domain's strength and what it rests on: "46 of 100, from 5 answers and your rating of 2"."""
    found = share.strength
    if found.value is None:
        return "not known"
    parts = []
    if found.answers:
        parts.append(f"{found.answers} answer{'' if found.answers == 1 else 's'}")
    if found.rating is not None:
        parts.append(f"your rating of {found.rating}")
    return f"{number(round(found.value))} of 100, from {' and '.join(parts) or 'your ratings of answers'}"


def week_sentence(week: Week, done_today: float) -> str:
    """How much of the week's time is used: "34 of 90 minutes this week; 3 days left, with today"."""
    done = round(week.total + done_today)
    left = f"{week.days_left} days left, with today" if week.days_left > 1 else "today is the last day"
    return f"{done} of {number(week.minutes)} minutes this week; {left}."


def interview_sentence(interview: date | None, today: date) -> str:
    """The interview, and what it changes."""
    if interview is None:
        return "No interview date is set."
    days = (interview - today).days
    said = f"{interview.day} {interview:%B %Y}"
    if days < 0:
        return f"Your interview was on {said}. Set the next one, or none."
    if days == 0:
        return "Your interview is today. Good luck."
    return (
        f"Interview on {said}, in {_days(days)}: everything you have practised comes round again before it."
    )


def _days(count: int) -> str:
    return f"{count} day" + ("" if count == 1 else "s")


def nothing_today(week: Week, choices_exist: bool) -> str:
    """Why there is nothing to do today."""
    if not choices_exist:
        return "There is no question in the domains that you chose."
    return f"The week's {number(week.minutes)} minutes are done. Rest, or practise what you like."


def split_table(split: Sequence[Share], week: Week, done_today: dict[str, float]) -> pd.DataFrame:
    """One row a domain: its strength and what that rests on, its third, and minutes wanted and practised this week."""
    rows = [
        {
            "Domain": domain_label(one.strength.domain),
            "Strength (of 100)": None if one.strength.value is None else round(one.strength.value),
            "From": strength_text(one).partition(", from ")[2] or "nothing yet",
            "Third": one.group or "all alike",
            "Share of time": f"{one.share:.0%}",
            "Minutes a week": round(one.share * week.minutes),
            "Done this week": round(
                week.done.get(one.strength.domain, 0.0) + done_today.get(one.strength.domain, 0.0)
            ),
        }
        for one in split
    ]
    return pd.DataFrame(rows)


def queue_table(waiting: Sequence[Due], today: date, zone: tzinfo | None) -> pd.DataFrame:
    """The queue in its order; new questions have no dates and no chance."""
    rows = [
        {
            "Question": one.ask.title,
            "Domain": domain_label(one.ask.domain),
            "State": "new" if one.due is None else "due" if one.due <= today else "later",
            "Due": one.due,
            "Still known": None if one.recall is None else f"{one.recall:.0%}",
            "Last answered": None if one.last is None else one.last.made_at.astimezone(zone).date(),
            "Covered (of 100)": None if one.last is None else round(one.last.coverage or 0),
            "Graded": one.graded or ABSENT,
            "Level": one.ask.level,
        }
        for one in waiting
    ]
    columns = [
        "Question",
        "Domain",
        "State",
        "Due",
        "Still known",
        "Last answered",
        "Covered (of 100)",
        "Graded",
    ]
    return pd.DataFrame(rows, columns=[*columns, "Level"])


_REST: Final = f"{1 - COVERAGE_WEIGHT:.1g}"
HOW: Final = f"""\
**Strength of a domain**, 0 to 100: the weighted mean of {COVERAGE_WEIGHT:g} × coverage + {_REST} × fluency of your newest
{RECENT} answers in it (weight 1 each), the stars you gave those answers (0.25 each) and the stars you gave the domain
(2). Stars count 0, 25, 50, 75 and 100.

**Split of the time**: {SHARES[0]:.0%} for the weakest third of the domains, {SHARES[1]:.0%} for the middling,
{SHARES[2]:.0%} for the strongest; the domains of a third share alike. A domain that you have not tried counts as weak.

**Today** is what is left of the week's minutes, spread over its days. Each question goes to the domain that is
furthest behind its share this week, and is the first of that domain's queue.

**Queue**: each answer is graded: below 50 of 100 covered *again*, below 75 *hard*, below 90 *good*, else *easy*; one
with a fluency below {HESITANT:g} counts one grade lower. From the grades FSRS (Ye, Su and Cao 2022) works out the
chance that you still know a question, and when that falls to 90 % it is due. Due questions come first, the least
remembered before others, then new ones, easier before harder. With an interview date nothing is put off beyond the
day before it. The grades' limits and the weights are choices; nobody has measured them on interview practice.
"""
