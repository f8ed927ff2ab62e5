"""Tables of Progress and the plan. Pure; times as the user's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, tzinfo

import pandas as pd

from coach.app.progress_words import WORDS, change_sentence
from coach.app.words import ABSENT, SOURCES, domain_label
from coach.progress import FIGURES, Day, Figure, Level, Outcome, Verdict

Frame = pd.DataFrame
FREE_DOMAIN = "No domain"


def csv(frame: pd.DataFrame) -> Callable[[], str]:
    """The table as CSV, made when it is asked for."""
    return lambda: str(frame.to_csv(index=False))


def verdict_table(found: Sequence[tuple[str, str, Verdict]]) -> pd.DataFrame:
    """One row per domain or question and figure: what changed, between which numbers, out of how many answers."""
    rows = [
        {
            "Domain": domain,
            "Question": question or "all questions",
            "Figure": one.figure.title,
            "Verdict": WORDS[one.word][0],
            "Change": None if one.change is None else round(one.change.value, 2),
            "95 % from": None if one.change is None else round(one.change.low, 2),
            "95 % to": None if one.change is None else round(one.change.high, 2),
            "Unit": change_unit(one.figure),
            "Earlier": one.early,
            "Later": one.late,
            "Note": change_sentence(one) if one.change is None else "",
        }
        for domain, question, one in found
    ]
    columns = ["Domain", "Question", "Figure", "Verdict", "Change", "95 % from", "95 % to", "Unit"]
    return pd.DataFrame(rows, columns=[*columns, "Earlier", "Later", "Note"])


def change_unit(figure: Figure) -> str:
    """The unit of a change in a figure."""
    return "words per minute from the good range" if figure.better == "range" else figure.unit


def level_table(levels: Mapping[Figure, Mapping[str, Sequence[Level]]], zone: tzinfo | None) -> pd.DataFrame:
    """Every level that the charts draw: When, Of, Figure, Level, its interval, Unit, Answers."""
    rows = [
        {
            "When": _local(one.outcome, zone),
            "Of": name,
            "Figure": figure.title,
            "Level": round(one.estimate.value, 2),
            "95 % from": round(one.estimate.low, 2),
            "95 % to": round(one.estimate.high, 2),
            "Unit": figure.unit,
            "Answers": one.answers,
        }
        for figure, groups in levels.items()
        for name, group in groups.items()
        for one in group
    ]
    return pd.DataFrame(
        rows, columns=["When", "Of", "Figure", "Level", "95 % from", "95 % to", "Unit", "Answers"]
    )


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


def domain_name(domain: str | None) -> str:
    """The name of a domain, or what stands for none."""
    return FREE_DOMAIN if domain is None else domain_label(domain)


def _rounded(figure: Figure, value: float | None) -> float | None:
    return None if value is None else round(value, 1 if figure.better == "lower" else 0)


def _local(one: Outcome, zone: tzinfo | None) -> pd.Timestamp:
    return pd.Timestamp(one.made_at.astimezone(zone).replace(tzinfo=None, microsecond=0))
