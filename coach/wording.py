"""How times, figures and ranges read: the same in the terminal, in reports, tips and pages."""

from __future__ import annotations

from typing import Final

ABSENT: Final = "–"
INTERVAL_NOTE: Final = (
    "“Likely” is the range meant to hold the true number in eight of ten talks. It comes from how often Coach marks "
    "what is none and how often it misses one; where the marks are unsure, it can lie below the number found."
)

LISTED_NOTE: Final = "Named in a row without saying anything about it, so it earns nothing"

PART_MARKS: Final = {"present": "✓", "absent": "○", "unknown": "?"}
CHECK_MARKS: Final = {"kept": "✓", "broken": "✗", "unknown": "?"}


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


def ends(value: float, interval: tuple[float, float], decimals: int | None = None) -> str:
    """Both ends of the interval of ``value``: "11 to 14", "2.9 to 3.7"; one where they read the same.

    Empty where they read like the value itself. ``decimals``: as many as the value is shown with.
    """
    if decimals is None:
        whole = all(one == round(one) for one in (value, *interval))
        size = abs(value) or interval[1]
        decimals = 0 if whole or size >= 100 else 1 if size >= 2 else 2
    shown, low, high = (f"{one:.{decimals}f}" if one else "0" for one in (value, *interval))
    if low == high:
        return "" if low == shown else low
    return f"{low} to {high}"


def figure(value: float | None, unit: str = "", interval: tuple[float, float] | None = None) -> str:
    """A figure with its unit and interval: "12, likely 11 to 14", "3.2 a minute, likely 2.9 to 3.7"."""
    if value is None:
        return ABSENT
    between = ends(value, interval) if interval else ""
    return f"{number(value)} {unit}".rstrip() + (f", likely {between}" if between else "")


def share_text(share: float | None) -> str:
    """A share 0..1 in words: "37 %", "under 1 %" where it is not nothing; a dash where there is none."""
    if share is None:
        return ABSENT
    return "under 1 %" if 0 < share < 0.01 else f"{100 * share:.0f} %"


def band_text(limits: tuple[float | None, float | None]) -> str:
    """A range in words: "120 to 170", "up to 5", "from 100"."""
    low, high = limits
    if low is None:
        return "any" if high is None else f"up to {number(high)}"
    return f"from {number(low)}" if high is None else f"{number(low)} to {number(high)}"
