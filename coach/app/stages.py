"""How far the work on a recording is: one bar over all its stages, and the time left. Pure."""

from __future__ import annotations

from typing import Final

from coach.practice import CHECKING, LISTENING, LOADING, MEASURING, READING

_SHARES: Final = {
    READING: (0.0, 0.02),
    LOADING: (0.02, 0.1),
    LISTENING: (0.1, 0.8),
    MEASURING: (0.8, 0.95),
    CHECKING: (0.9, 0.99),
}
"""Stage -> from where to where it moves the bar. Only to make it move evenly; nothing else depends on it."""


def overall(stage: str | None, fraction: float | None) -> float:
    """How much of all the work is done, 0..1, out of how much of its present stage is."""
    done = 0.0 if fraction is None else min(1.0, max(0.0, fraction))
    if stage == MEASURING and done == 1.0:
        return 1.0  # it is measured once more, when the key points are known
    start, end = _SHARES.get(stage or "", (0.0, 0.0))
    return start + (end - start) * done


def seconds_left(elapsed_s: float, done: float) -> float | None:
    """How long it will still take at the speed so far; None while that says nothing."""
    return None if done < 0.2 or elapsed_s < 3 else elapsed_s * (1 - done) / done


def progress_words(stage: str | None, done: float, left_s: float | None) -> str:
    """What the worker is at: "Listening · 40 % · about 20 s left"."""
    return " · ".join(part for part in (stage or "Starting", f"{done:.0%}", time_left(left_s)) if part)


def time_left(seconds: float | None) -> str:
    """How long it will take, told no more exactly than it is known; nothing when it is not."""
    if seconds is None:
        return ""
    if seconds < 10:
        return "a few seconds left"
    if seconds < 90:
        return f"about {round(seconds / 10) * 10:.0f} s left"
    return f"about {round(seconds / 60):.0f} min left"


def queue_words(ahead: int | None) -> str:
    """How many wait before this one. ``ahead`` counts from 0, None when the place is unknown."""
    if not ahead:
        return "Waiting for the worker …"
    return (
        "Waiting: one recording is before this one"
        if ahead == 1
        else f"Waiting: {ahead} recordings are before this one"
    )
