"""Measurements: what can be told about a talk in figures. One file asks one question.

To add a metric: write a pure function ``Talk -> Finding``, describe it in a ``Metric``, list it here, and add
its section to docs/measurements.md.
"""

from __future__ import annotations

from typing import Final

from coach.assessment import Measurement
from coach.metrics import fillers, hedges, pace, points, silence, vocabulary, voice
from coach.metrics.metric import Finding, Metric, unknown
from coach.talk import Talk
from coach.uncertainty import LEVEL

METRICS: Final[tuple[Metric, ...]] = (
    *pace.METRICS,
    *silence.METRICS,
    *fillers.METRICS,
    *hedges.METRICS,
    *voice.METRICS,
    *vocabulary.METRICS,
    *points.METRICS,
)

NO_SOUND: Final = "A written answer has no sound."


def measure(talk: Talk) -> dict[str, Measurement]:
    """Every metric asked of ``talk``, by name. Bands of ``talk.bands`` take the place of the default ones."""
    return {metric.name: _measurement(metric, talk) for metric in METRICS}


def _measurement(metric: Metric, talk: Talk) -> Measurement:
    silent = metric.needs_sound and talk.recording is None
    finding = unknown(NO_SOUND) if silent else metric.measure(talk)
    return Measurement(
        value=finding.value,
        unit=metric.unit,
        interval=finding.interval,
        interval_level=None if finding.interval is None else LEVEL,
        band=talk.bands.get(metric.name, metric.band),
        reason=finding.reason,
        source=metric.source,
        spans=finding.spans,
        series=finding.series,
        experimental=metric.experimental,
    )


__all__ = ["METRICS", "Finding", "Metric", "measure"]
