"""The four headline scores, 0 to 100, each one pure function of what was measured.

Every part of a score is a curve of straight lines through a few points (``Curve``); a score is the weighted
mean of its parts. docs/measurements.md says which points rest on a source; the weights are choices and have
not been validated against listeners.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

from coach.assessment import Band, Coverage, Measurement, Scores

SCORER_VERSION: Final = "1"

Measurements = Mapping[str, Measurement]
#: Points (value, score) with rising values; flat beyond the first and the last.
Curve = tuple[tuple[float, float], ...]

#: An answer of fewer words is not judged for clarity.
FEWEST_WORDS: Final = 20
#: What a value at the edge of its watch band is worth.
WATCH_EDGE: Final = 60.0


class Score(NamedTuple):
    """A score, or None with the reason."""

    value: float | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One ingredient of a score: what is counted, per what, how it is worth, and its weight."""

    name: str
    unit: str
    curve: Curve
    weight: float


#: Up to 2 a minute costs nothing, because no "um" at all is not better speech (Christenfeld 1995).
FILLED_PAUSES: Final = Part(
    "filled_pauses_per_minute", "per minute", ((2, 100), (5, WATCH_EDGE), (12, 0)), 0.35
)
PAUSES_WITHIN: Final = Part("pauses_within_clause", "per minute", ((6, 100), (12, WATCH_EDGE), (24, 0)), 0.35)
REPAIRS: Final = Part("repairs", "per minute", ((2, 100), (5, WATCH_EDGE), (12, 0)), 0.3)
SENTENCES: Final = Part(
    "sentence_length", "words/sentence", ((2, 40), (7, 100), (24, 100), (35, WATCH_EDGE), (60, 0)), 0.3
)
HEDGING: Final = Part("hedges", "per 100 words", ((1.5, 100), (4, WATCH_EDGE), (9, 0)), 0.35)
MARKERS: Final = Part("discourse_markers", "per minute", ((3, 100), (8, WATCH_EDGE), (18, 0)), 0.35)


def score(measurements: Measurements, coverage: Coverage) -> Scores:
    """All four scores; ``reasons`` has a sentence for each that is None."""
    results = {
        "coverage": coverage_score(coverage),
        "fluency": fluency_score(measurements),
        "pace": pace_score(measurements),
        "clarity": clarity_score(measurements),
    }
    return Scores(
        **{name: result.value for name, result in results.items()},
        reasons={name: result.reason for name, result in results.items() if result.reason},
    )


def coverage_score(coverage: Coverage) -> Score:
    """100 times the coverage of the rubric's key points."""
    if coverage.score is None:
        return Score(None, coverage.reason or "A free talk has no key points.")
    return Score(100 * coverage.score)


def pace_score(measurements: Measurements) -> Score:
    """100 in the good band of the speaking rate, 60 at the edge of the watch band, then on to 0."""
    rate = measurements["speaking_rate"]
    if rate.value is None:
        return Score(None, rate.reason)
    if rate.band is None:
        return Score(None, "The speaking rate has no band.")
    return Score(along(band_curve(rate.band), rate.value))


def fluency_score(measurements: Measurements) -> Score:
    """Weighted mean over filled pauses 0.35, pauses within clauses 0.35, repetitions and restarts 0.3."""
    return _weighted(fluency_parts(measurements), measurements["filled_pauses_per_minute"])


def clarity_score(measurements: Measurements) -> Score:
    """Weighted mean over hedges (0.35), discourse markers (0.35), sentence length (0.3), as far as known."""
    return _weighted(clarity_parts(measurements), measurements["hedges"])


def fluency_parts(measurements: Measurements) -> dict[Part, float | None]:
    """The figure of each part of fluency; all None where the talk is too short for rates."""
    filled = measurements["filled_pauses_per_minute"].value
    if filled is None:
        return {FILLED_PAUSES: None, PAUSES_WITHIN: None, REPAIRS: None}
    repairs = _sum(measurements["repetitions"].value, measurements["restarts"].value)
    return {
        FILLED_PAUSES: filled,
        PAUSES_WITHIN: per_minute(measurements, measurements["pauses_within_clause"].value),
        REPAIRS: per_minute(measurements, repairs),
    }


def clarity_parts(measurements: Measurements) -> dict[Part, float | None]:
    """The figure of each part of clarity; sentence length needs punctuation, discourse markers sound."""
    words = measurements["words"].value or 0
    hedges = measurements["hedges"].value
    return {
        HEDGING: 100 * hedges / words if hedges is not None and words >= FEWEST_WORDS else None,
        MARKERS: per_minute(measurements, measurements["discourse_markers"].value),
        SENTENCES: measurements["sentence_length"].value if words >= FEWEST_WORDS else None,
    }


def per_minute(measurements: Measurements, count: float | None) -> float | None:
    """``count`` a minute of speaking time, None where the talk is too short for rates."""
    seconds = measurements["speaking_time"].value
    if count is None or not seconds or measurements["speaking_rate"].value is None:
        return None
    return 60 * count / seconds


def along(curve: Curve, value: float) -> float:
    """The curve's height at ``value``, by straight lines, flat outside its points."""
    if value <= curve[0][0]:
        return curve[0][1]
    for (x0, y0), (x1, y1) in pairwise(curve):
        if value <= x1:
            return y0 + (y1 - y0) * (value - x0) / (x1 - x0)
    return curve[-1][1]


def band_curve(band: Band) -> Curve:
    """100 within ``good``, 60 at the edges of ``watch``, at the same slope to 0; open sides stay at 100."""
    (low, high), (watch_low, watch_high) = band.good, band.watch
    points: list[tuple[float, float]] = []
    slope = 100 / (100 - WATCH_EDGE)
    if low is not None:
        width = max(low - (low if watch_low is None else watch_low), 1e-9)
        points += [(low - width * slope, 0.0), (low, 100.0)]
    if high is not None:
        width = max((high if watch_high is None else watch_high) - high, 1e-9)
        points += [(high, 100.0), (high + width * slope, 0.0)]
    return tuple(points) or ((0.0, 100.0),)


def _weighted(parts: Mapping[Part, float | None], needed: Measurement) -> Score:
    """Weighted mean of the known parts; the first part must be known, and at least half of the weight."""
    known = {part: value for part, value in parts.items() if value is not None}
    if next(iter(parts)) not in known:
        return Score(None, needed.reason or f"The answer has fewer than {FEWEST_WORDS} words.")
    weight = sum(part.weight for part in known)
    if weight < 0.5:
        return Score(None, "Too little is known: the text has no sentence punctuation and no sound.")
    return Score(sum(part.weight * along(part.curve, value) for part, value in known.items()) / weight)


def _sum(*values: float | None) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None
