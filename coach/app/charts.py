"""Charts: figures out of the document and the history, each with a sentence that says the same. Pure.

Text and background colours are left to Streamlit's theme; the colours here are drawn on top of either.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import plotly.graph_objects as go

from coach.app.words import band_text, clock, number
from coach.assessment import Assessment, Band, SeriesPoint
from coach.transcript import Span

CONFIG: Final = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}
"""For ``st.plotly_chart(config=...)``: a mode bar covers half the chart on a phone."""

LINE: Final = "#179487"
_GOOD: Final = "rgba(23, 148, 135, 0.13)"
_MARKS: Final = {
    "filled pauses": ("circle", "#d08119"),
    "repetitions and restarts": ("x", "#d4594e"),
    "long pauses": ("square", "#3f83d1"),
}
_LONG_PAUSE_S: Final = 1.0
_LONGEST_LEGEND_TITLE: Final = 34


def pace_moments(assessment: Assessment) -> dict[str, list[Span]]:
    """What the pace chart marks; of the pauses those of a second or more inside a clause."""
    kept = [found for found in assessment.disfluencies if found.verdict != "rejected"]
    return {
        "filled pauses": [found for found in kept if found.kind == "filled_pause"],
        "repetitions and restarts": [found for found in kept if found.kind in ("repetition", "restart")],
        "long pauses": [
            pause
            for pause in assessment.pauses
            if pause.place == "within_clause" and pause.duration >= _LONG_PAUSE_S
        ],
    }


def pace_figure(assessment: Assessment) -> go.Figure | None:
    """Words per minute over time, its band, the moments on the line. None without a pace over time."""
    pace = assessment.measurements.get("speaking_rate")
    if pace is None or not pace.series:
        return None
    told = [point for point in pace.series if point.value is not None]
    if not told:
        return None
    figure = go.Figure()
    _add_band(figure, pace.band, told)
    figure.add_scatter(
        x=[_middle(point) for point in pace.series],
        y=[point.value for point in pace.series],
        mode="lines" if len(told) > 1 else "markers",
        name="pace",
        line={"color": LINE, "width": 2.5},
        customdata=[clock(_middle(point)) for point in pace.series],
        hovertemplate="%{customdata}: %{y:.0f} words per minute<extra></extra>",
    )
    for name, spans in pace_moments(assessment).items():
        if spans:
            symbol, colour = _MARKS[name]
            figure.add_scatter(
                x=[span.start for span in spans],
                y=[_at(told, span.start) for span in spans],
                mode="markers",
                name=name,
                marker={"symbol": symbol, "size": 9, "color": colour, "line": {"width": 1, "color": "white"}},
                customdata=[
                    [clock(span.start), getattr(span, "text", f"{span.duration:.1f} s")] for span in spans
                ],
                hovertemplate=f"%{{customdata[0]}}: {name} (%{{customdata[1]}})<extra></extra>",
            )
    end = assessment.recording.duration_s if assessment.recording else told[-1].end
    figure.update_xaxes(range=[0, end], **_time_ticks(end))
    figure.update_yaxes(title="words per minute", rangemode="tozero")
    return laid_out(figure, height=320)


def pace_alt(assessment: Assessment) -> str:
    """The pace chart in a sentence."""
    pace = assessment.measurements.get("speaking_rate")
    told = [p for p in (pace.series or ()) if p.value is not None] if pace else []
    if not told or pace is None:
        return "There is no pace over time for this talk" + (
            f": {pace.reason}" if pace and pace.reason else "."
        )
    slowest = min(told, key=lambda point: point.value or 0.0)
    fastest = max(told, key=lambda point: point.value or 0.0)
    band = f" The good range is {band_text(pace.band.good)}." if pace.band else ""
    marked = [f"{name} {len(spans)}" for name, spans in _marked(assessment)]
    return (
        f"Pace over time: slowest {number(slowest.value)} words per minute around {clock(_middle(slowest))}, "
        f"fastest {number(fastest.value)} around {clock(_middle(fastest))}.{band}"
        + (f" Marked: {', '.join(marked)}." if marked else "")
    )


def _marked(assessment: Assessment) -> list[tuple[str, list[Span]]]:
    return [(name, spans) for name, spans in pace_moments(assessment).items() if spans]


def _middle(span: Span) -> float:
    return (span.start + span.end) / 2


def _at(points: Sequence[SeriesPoint], moment: float) -> float:
    """The pace at ``moment``, on the straight line between the middles of the windows around it."""
    from numpy import interp

    return float(
        interp(moment, [_middle(point) for point in points], [point.value or 0.0 for point in points])
    )


def _add_band(figure: go.Figure, band: Band | None, told: Sequence[SeriesPoint]) -> None:
    if band is not None:
        shade(figure, band.good, ceiling=max(point.value or 0.0 for point in told))


def shade(figure: go.Figure, limits: tuple[float | None, float | None], ceiling: float) -> None:
    """Shades the good range; an open upper end reaches a little above ``ceiling``."""
    low, high = limits
    if low is None and high is None:
        return
    figure.add_hrect(
        y0=low or 0.0,
        y1=high if high is not None else ceiling * 1.1,
        fillcolor=_GOOD,
        line_width=0,
        layer="below",
        annotation_text="good range",
        annotation_position="top left",
        annotation_font_size=11,
    )


def _time_ticks(end: float) -> dict[str, Any]:
    step = next((s for s in (5, 10, 15, 30, 60, 120, 300, 600) if end / s <= 8), 900)
    ticks = list(range(0, int(end) + 1, step))
    return {"tickvals": ticks, "ticktext": [clock(tick) for tick in ticks], "title": None}


def shortened(name: str) -> str:
    """A title as a legend can show it."""
    return name if len(name) <= _LONGEST_LEGEND_TITLE else name[: _LONGEST_LEGEND_TITLE - 1].rstrip() + "…"


def safe(name: str) -> str:
    """A title so that plotly shows it as it is: it reads a few HTML tags, and %{...} as a placeholder."""
    return name.replace("&", "&amp;").replace("<", "&lt;").replace("%{", "% {")


def laid_out(figure: go.Figure, height: int, legend: bool = True) -> go.Figure:
    """The layout that every chart has: the legend below, nothing to drag or zoom."""
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 12, "b": 8},
        showlegend=legend,
        legend={"orientation": "h", "yanchor": "top", "y": -0.14, "x": 0},
        dragmode=False,
        hovermode="closest",
    )
    figure.update_xaxes(fixedrange=True)
    figure.update_yaxes(fixedrange=True)
    return figure
