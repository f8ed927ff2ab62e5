"""Progress: what changed over weeks, and how sure that is. Pure functions of outcomes.

    rows of the store ─▶ Outcome ─▶ comparable ─▶ sides ─▶ Verdict    better, worse, no real change yet
                                        └───────▶ levels              where a figure stood, with its interval

The formulas are in :mod:`coach.progress.intervals`, each with its source. A test draws thousands of histories in which
nothing changes and counts how often a verdict says that something did.
"""

from __future__ import annotations

from coach.progress.habit import Day, Streak, monday, practice_days, streak
from coach.progress.intervals import FEWEST, LEVEL, Counted, Estimate
from coach.progress.outcome import (
    FIGURES,
    FREE_TALK,
    Figure,
    Outcome,
    Versions,
    comparable,
    made_by,
    outcome,
    outdated,
    version_sets,
)
from coach.progress.verdict import Level, Verdict, goal_state, level, levels, single, verdict

__all__ = [
    "FEWEST",
    "FIGURES",
    "FREE_TALK",
    "LEVEL",
    "Counted",
    "Day",
    "Estimate",
    "Figure",
    "Level",
    "Outcome",
    "Streak",
    "Verdict",
    "Versions",
    "comparable",
    "goal_state",
    "level",
    "levels",
    "made_by",
    "monday",
    "outcome",
    "outdated",
    "practice_days",
    "single",
    "streak",
    "verdict",
    "version_sets",
]
