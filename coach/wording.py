"""How times, figures and ranges read: the same in the terminal, in reports, tips and pages."""

from __future__ import annotations

from typing import Final

ABSENT: Final = "–"


def clock(seconds: float | None) -> str:
    """A moment in seconds as m:ss, or h:mm:ss from an hour on; a dash where there is none."""
    if seconds is None:
        return ABSENT
    whole = int(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def number(value: float | None) -> str:
    """A figure with as many decimals as it deserves: 0.43, 4.3, 143."""
    if value is None:
        return ABSENT
    if value == round(value) or abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 2 else f"{value:.2f}"


def band_text(limits: tuple[float | None, float | None]) -> str:
    """A range in words: "120 to 170", "up to 5", "from 100"."""
    low, high = limits
    if low is None:
        return "any" if high is None else f"up to {number(high)}"
    return f"from {number(low)}" if high is None else f"{number(low)} to {number(high)}"
