"""Tables of Progress and the plan. Pure; times as the user's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, tzinfo

import pandas as pd

from coach.app.progress_view import Standing
from coach.app.progress_words import WORDS, change_sentence, domain_name
from coach.app.words import ABSENT, SOURCES
from coach.progress import FIGURES, Day, Estimate, Figure, Level, Outcome

Frame = pd.DataFrame


def csv(frame: pd.DataFrame) -> Callable[[], str]:
    """The table as CSV, made when it is asked for."""
    return lambda: str(frame.to_csv(index=False))


def verdict_table(found: Sequence[tuple[str, str, Standing]]) -> pd.DataFrame:
    """One row per domain or question and figure: where it stands, what changed, out of how many answers.

    Both numbers come with the ends of their 95 % interval.
    """
    rows = []
    for domain, question, stand in found:
        one = stand.verdict
        rows.append(
            {
                "Domain": domain,
                "Question": question or "all questions",
                "Figure": one.figure.title,
                "Verdict": WORDS[one.word][0],
                **_ends("Change", one.change),
                "Unit of change": change_unit(one.figure),
                "Earlier": one.early,
                "Later": one.late,
                **_ends("Level", stand.now.estimate if stand.now else None),
                "Unit": one.figure.unit,
                "Note": change_sentence(one) if one.change is None else "",
            }
        )
    columns = ["Domain", "Question", "Figure", "Verdict", *_ends("Change", None), "Unit of change"]
    return pd.DataFrame(rows, columns=[*columns, "Earlier", "Later", *_ends("Level", None), "Unit", "Note"])


def _ends(name: str, found: Estimate | None) -> dict[str, float | None]:
    """A value and its interval in three columns, empty where there is none."""
    numbers = (None, None, None) if found is None else (found.value, found.low, found.high)
    rounded = (None if number is None else round(number, 2) for number in numbers)
    return dict(zip((name, f"{name} from", f"{name} to"), rounded, strict=True))


def change_unit(figure: Figure) -> str:
    """The unit of a change in a figure."""
    return "words per minute from the good range" if figure.better == "range" else figure.unit


def level_table(levels: Sequence[tuple[str, Figure, Level]], zone: tzinfo | None) -> pd.DataFrame:
    """Levels over time: When, Domain, Figure, Level with its 95 % interval, Unit, Answers."""
    rows = [
        {
            "When": _local(one.outcome, zone),
            "Domain": name,
            "Figure": figure.title,
            **_ends("Level", one.estimate),
            "Unit": figure.unit,
            "Answers": one.answers,
        }
        for name, figure, one in levels
    ]
    return pd.DataFrame(rows, columns=["When", "Domain", "Figure", *_ends("Level", None), "Unit", "Answers"])


def day_table(days: Mapping[date, Day]) -> pd.DataFrame:
    """The days with practice, newest first: Day, Answers, Minutes."""
    rows = [(day, found.answers, round(found.minutes, 1)) for day, found in days.items()]
    return pd.DataFrame(rows[::-1], columns=["Day", "Answers", "Minutes"])


def outcome_table(outcomes: Sequence[Outcome], zone: tzinfo | None) -> pd.DataFrame:
    """One row per scored answer, newest first, with its figures and what made them; empty where not known."""
    rows = [
        {
            "When": _local(one, zone),
            "Question": one.title,
            "Domain": domain_name(one.domain),
            "Length (s)": round(one.duration_s),
            **{figure.title: _rounded(figure, one.values[figure.name]) for figure in FIGURES},
            "Your rating": one.self_rating,
            "Way in": SOURCES.get(one.source, one.source),
            "Model": one.versions["model"] or ABSENT,
            "Detectors": one.versions["detectors"] or ABSENT,
        }
        for one in reversed(outcomes)
    ]
    columns = ["When", "Question", "Domain", "Length (s)", *(figure.title for figure in FIGURES)]
    return pd.DataFrame(rows, columns=[*columns, "Your rating", "Way in", "Model", "Detectors"])


def _rounded(figure: Figure, value: float | None) -> float | None:
    return None if value is None else round(value, 1 if figure.better == "lower" else 0)


def _local(one: Outcome, zone: tzinfo | None) -> pd.Timestamp:
    return pd.Timestamp(one.made_at.astimezone(zone).replace(tzinfo=None, microsecond=0))
