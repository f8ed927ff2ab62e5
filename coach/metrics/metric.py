"""Metric: one question asked of a talk; Finding: its answer before unit, source and band are added."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from coach.assessment import Band, SeriesPoint
from coach.talk import Talk
from coach.transcript import Span


@dataclass(frozen=True, slots=True)
class Finding:
    """A value with its evidence, or None with the reason why it can't be told.

    ``interval`` is meant to hold the true value in eight of ten talks (``coach.uncertainty``).
    """

    value: float | None
    reason: str | None = None
    spans: tuple[Span, ...] = ()
    series: tuple[SeriesPoint, ...] | None = None
    interval: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Metric:
    """One question asked of a talk.

    ``source`` names where the definition (and the band) comes from, ``example`` shows one value in words.
    ``measure`` is only called for spoken talks when ``needs_sound`` is true.
    """

    name: str
    unit: str
    source: str
    example: str
    needs_sound: bool
    measure: Callable[[Talk], Finding]
    band: Band | None = None
    experimental: bool = False


def unknown(reason: str) -> Finding:
    """A finding without a value."""
    return Finding(None, reason)
