"""Coach: record yourself explaining, see what you really said, and what you left out.

The flow, all of it in :func:`coach.practice.assess`::

    Recording ─▶ words, fillers, pauses ─▶ Measurements ─┐
    Rubric ────▶ Coverage (key points, what was wrong) ──┴▶ Assessment ─▶ Store ─▶ pages, reports

>>> import coach
>>> review = coach.assess("talk.wav", question="l1-vs-l2-regularization")   # doctest: +SKIP
>>> review.coverage.score, review.scores.fluency                            # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from coach.assessment import Assessment
    from coach.errors import CoachError
    from coach.practice import assess, score_text
    from coach.recording import Recording
    from coach.rubric import Rubric, load_rubric

__all__ = ["Assessment", "CoachError", "Recording", "Rubric", "assess", "load_rubric", "score_text"]

_HOMES = {
    "Assessment": "coach.assessment",
    "CoachError": "coach.errors",
    "Recording": "coach.recording",
    "Rubric": "coach.rubric",
    "assess": "coach.practice",
    "load_rubric": "coach.rubric",
    "score_text": "coach.practice",
}


def __getattr__(name: str) -> Any:
    """The public names, brought in when first used: ``coach --help`` need not load a numerics library."""
    if name not in _HOMES:
        raise AttributeError(f"module 'coach' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
