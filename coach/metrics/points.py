"""How soon and how often are key points made? Needs a question with a rubric."""

from __future__ import annotations

from typing import Final

from coach.assessment import Evidence, KeyPointFinding
from coach.metrics.extent import extent, speaking_time, too_short
from coach.metrics.metric import Finding, Metric, unknown
from coach.talk import Talk
from coach.transcript import Span

_FREE_TALK: Final = "A free talk has no key points."


def time_to_first_key_point(talk: Talk) -> Finding:
    """Seconds from the first sound of speech to the first words that make a key point, in full or in part."""
    reason = _without_points(talk)
    whole = extent(talk)
    if reason or whole is None:
        return unknown(reason or "No stretch with a voice was found.")
    firsts = [span for point in _made(talk) if (span := _first(point.evidence))]
    if not firsts:
        return unknown("No key point was made.")
    first = min(firsts, key=lambda span: span.start)
    return Finding(max(0.0, first.start - whole.start), spans=(first,))


def key_points_per_minute(talk: Talk) -> Finding:
    """Key points made in full or in part, a minute of speaking time."""
    reason = _without_points(talk) or too_short(talk)
    if reason:
        return unknown(reason)
    made = _made(talk)
    spans = tuple(span for point in made if (span := _first(point.evidence)))
    return Finding(60 * len(made) / speaking_time(talk), spans=spans)


def _without_points(talk: Talk) -> str | None:
    if talk.coverage is None:
        return _FREE_TALK
    if talk.coverage.score is None or not talk.coverage.key_points:
        return talk.coverage.reason or _FREE_TALK
    return None


def _made(talk: Talk) -> list[KeyPointFinding]:
    points = talk.coverage.key_points if talk.coverage else ()
    return [point for point in points if point.status in {"covered", "partial"}]


def _first(evidence: tuple[Evidence, ...]) -> Span | None:
    spans = [
        Span(start=one.start, end=max(one.start, one.end))
        for one in evidence
        if one.start is not None and one.end is not None
    ]
    return min(spans, key=lambda span: span.start, default=None)


METRICS: Final = (
    Metric(
        "time_to_first_key_point", "s", "Own definition: start of the earliest evidence of a key point",
        "speech starts at 1.0 s, the first key point at 9.5 s: 8.5 s", True, time_to_first_key_point,
    ),
    Metric(
        "key_points_per_minute", "per minute", "Own definition: key points made over speaking time",
        "6 key points in 120 s: 3.0 per minute", True, key_points_per_minute,
    ),
)  # fmt: skip
