"""Charts of Progress, each with a sentence that says the same. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import Final

import plotly.graph_objects as go

from coach.app.charts import laid_out, safe, shade, shortened
from coach.app.progress_words import range_text, value_text
from coach.app.words import number
from coach.progress import Day, Figure, Level, Outcome, monday, single

_SERIES: Final = (
    ("#179487", "circle"),
    ("#d08119", "square"),
    ("#8d70dd", "diamond"),
    ("#3f83d1", "cross"),
    ("#d4594e", "x"),
    ("#b0579e", "triangle-up"),
    ("#8a7a1f", "star"),
)
MOST_GROUPS: Final = len(_SERIES)
"""Groups that one chart can tell apart by colour and shape."""
_MOST_BARS: Final = 60  # more of them hide the points
_LEVEL: Final = "#7f8b88"
_LEVEL_BAND: Final = "rgba(127, 139, 136, 0.22)"
_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LONGEST_CALENDAR_WEEKS: Final = 53


def trend_figure(
    figure: Figure,
    groups: Mapping[str, Sequence[Outcome]],
    levels: Sequence[Level],
    *,
    goal: float | None = None,
    good: tuple[float | None, float | None] | None = None,
    zone: tzinfo | None = None,
) -> go.Figure:
    """Answers as points (of one group with their own interval), the level as a line with its interval as a band.

    ``groups`` holds comparable outcomes by the name of their domain or question, ``levels`` those of all of them.
    """
    drawn = go.Figure()
    every = [one for group in groups.values() for one in group]
    low, high = _reach(figure, every, levels, goal, good)
    if good is not None:
        shade(drawn, good, ceiling=high / 1.1)
    if levels:
        _add_band(drawn, levels, zone)
    for index, (name, outcomes) in enumerate(groups.items()):
        look = _SERIES[index % len(_SERIES)]
        _add_points(drawn, figure, name, outcomes, look, zone, bars=len(groups) == 1)
    if levels:
        _add_level(drawn, figure, levels, zone)
    if goal is not None:
        drawn.add_hline(
            y=goal,
            line={"dash": "dash", "width": 1.5, "color": "#b0579e"},
            annotation_text=f"goal {number(goal)}",
            annotation_position="top right",
            annotation_font_size=11,
        )
    drawn.update_yaxes(title=figure.unit, range=[low, high])
    room = _room([_time(one, zone) for one in every])
    long = room is not None and room[1] - room[0] > timedelta(days=300)
    drawn.update_xaxes(range=room, nticks=5, tickformat="%b %Y" if long else "%-d %b")
    return laid_out(drawn, height=300)


def _add_points(
    drawn: go.Figure,
    figure: Figure,
    name: str,
    outcomes: Sequence[Outcome],
    look: tuple[str, str],
    zone: tzinfo | None,
    bars: bool,
) -> None:
    colour, symbol = look
    values = [one.values[figure.name] or 0.0 for one in outcomes]
    own = [single(one, figure) for one in outcomes]
    errors = None
    if bars and any(own) and len(outcomes) <= _MOST_BARS:
        errors = {
            "type": "data",
            "array": [max(0.0, e.high - v) if e else 0 for e, v in zip(own, values, strict=True)],
            "arrayminus": [max(0.0, v - e.low) if e else 0 for e, v in zip(own, values, strict=True)],
            "thickness": 1,
            "width": 0,
        }
    drawn.add_scatter(
        x=[_time(one, zone) for one in outcomes],
        y=values,
        mode="markers",
        name=safe(shortened(name)),
        marker={"size": 7, "color": colour, "symbol": symbol, "opacity": 0.8},
        error_y=errors,
        customdata=[
            [safe(shortened(one.title)), f" ({range_text(figure, e)})" if e else ""]
            for one, e in zip(outcomes, own, strict=True)
        ],
        hovertemplate=f"%{{x|%d %b %H:%M}}: %{{y:.1f}} {figure.unit}%{{customdata[1]}}"
        "<br>%{customdata[0]}<extra></extra>",
    )


def _add_level(drawn: go.Figure, figure: Figure, levels: Sequence[Level], zone: tzinfo | None) -> None:
    drawn.add_scatter(
        x=[_time(one.outcome, zone) for one in levels],
        y=[one.estimate.value for one in levels],
        mode="lines" if len(levels) > 1 else "markers",
        name="level",
        line={"color": _LEVEL, "width": 2.5},
        marker={"symbol": "line-ew-open", "size": 16, "color": _LEVEL},
        customdata=[f"{range_text(figure, one.estimate)}, over {one.answers} answers" for one in levels],
        hovertemplate="level %{y:.1f} (%{customdata})<extra></extra>",
        showlegend=False,
    )


def _add_band(drawn: go.Figure, levels: Sequence[Level], zone: tzinfo | None) -> None:
    moments = [_time(one.outcome, zone) for one in levels]
    if len(moments) == 1:  # a band needs a width
        moments = [moments[0] - timedelta(hours=6), moments[0] + timedelta(hours=6)]
        levels = [levels[0], levels[0]]
    drawn.add_scatter(
        x=[*moments, *reversed(moments)],
        y=[*(one.estimate.high for one in levels), *(one.estimate.low for one in reversed(levels))],
        fill="toself",
        fillcolor=_LEVEL_BAND,
        line={"width": 0},
        mode="lines",
        hoverinfo="skip",
        name="95 % interval",
        showlegend=False,
    )


def trend_alt(
    figure: Figure,
    groups: Mapping[str, Sequence[Outcome]],
    levels: Sequence[Level],
    goal: float | None,
) -> str:
    """The chart in sentences: the level at its beginning and now, and how many answers there are of each group."""
    parts = [f"{figure.title} over time, {figure.unit}"]
    if levels:
        first, last = levels[0].estimate, levels[-1].estimate
        begins = (
            f"from {value_text(figure, first.value)} ({range_text(figure, first)}) to " if levels[1:] else ""
        )
        parts.append(f"Level {begins}{value_text(figure, last.value)} ({range_text(figure, last)})")
    for name, outcomes in groups.items():
        latest = value_text(figure, outcomes[-1].values[figure.name])
        parts.append(
            f"{name}: {len(outcomes)} answer{'' if len(outcomes) == 1 else 's'}, the latest {latest}"
        )
    if goal is not None:
        parts.append(f"The goal line is at {number(goal)}")
    return ". ".join(parts) + "."


def calendar_figure(days: Mapping[date, Day], start: date, today: date) -> go.Figure:
    """A week a column, a weekday a row, darker the more minutes; up to 53 weeks that end today."""
    first = max(monday(start), monday(today) - timedelta(weeks=LONGEST_CALENDAR_WEEKS - 1))
    weeks = [first + timedelta(weeks=k) for k in range((monday(today) - first).days // 7 + 1)]
    minutes: list[list[float | None]] = []
    said: list[list[str]] = []
    for weekday in range(7):
        row = [week + timedelta(days=weekday) for week in weeks]
        minutes.append([None if day > today else days[day].minutes if day in days else 0.0 for day in row])
        said.append([_day_text(day, days.get(day)) for day in row])
    most = max((found.minutes for found in days.values()), default=0.0)
    drawn = go.Figure(
        go.Heatmap(
            x=[f"{week:%Y-%m-%d}" for week in weeks],
            y=list(_WEEKDAYS),
            z=minutes,
            customdata=said,
            hovertemplate="%{customdata}<extra></extra>",
            xgap=2,
            ygap=2,
            zmin=0,
            zmax=max(most, 1.0),
            colorscale=[
                [0, "rgba(127, 139, 136, 0.16)"],
                [0.001, "rgba(23, 148, 135, 0.35)"],
                [1, "rgba(23, 148, 135, 1)"],
            ],
            colorbar={"title": {"text": "minutes", "side": "right"}, "thickness": 10, "len": 1.0},
        )
    )
    drawn.update_xaxes(
        type="category",
        tickvals=[f"{week:%Y-%m-%d}" for week in _month_starts(weeks)],
        ticktext=[f"{week:%b}" for week in _month_starts(weeks)],
        showgrid=False,
    )
    drawn.update_yaxes(autorange="reversed", showgrid=False)
    return laid_out(drawn, height=210, legend=False)


def calendar_alt(days: Mapping[date, Day], start: date, today: date) -> str:
    """The calendar in a sentence."""
    inside = {day: found for day, found in days.items() if start <= day <= today}
    span = (today - start).days + 1
    if not inside:
        return f"Practice days: none in the last {span} days."
    busiest = max(inside, key=lambda day: inside[day].minutes)
    minutes = number(round(sum(found.minutes for found in inside.values())))
    return (
        f"Practice days: {len(inside)} of the last {span}, {minutes} minutes. "
        f"Most on {busiest.day} {busiest:%B %Y}: {number(round(inside[busiest].minutes, 1))} minutes."
    )


def _day_text(day: date, found: Day | None) -> str:
    named = f"{day.day} {day:%B %Y}"
    if found is None:
        return f"{named}: no practice"
    return f"{named}: {found.answers} answer{'' if found.answers == 1 else 's'}, {number(round(found.minutes, 1))} min"


def _month_starts(weeks: Sequence[date]) -> list[date]:
    return [
        week
        for before, week in zip([None, *weeks], weeks, strict=False)
        if before is None or before.month != week.month
    ]


def _reach(
    figure: Figure,
    every: Sequence[Outcome],
    levels: Sequence[Level],
    goal: float | None,
    good: tuple[float | None, float | None] | None,
) -> tuple[float, float]:
    """From where to where the axis runs: scores 0 to 100, rates from 0, the speaking rate around what there is."""
    if figure.unit == "of 100":
        return 0.0, 104.0
    shown = [one.values[figure.name] or 0.0 for one in every]
    shown += [end for one in levels for end in (one.estimate.low, one.estimate.high)]
    shown += [end for end in (goal, *(good or ())) if end is not None]
    low, high = min(shown, default=0.0), max(shown, default=1.0)
    return (max(0.0, low - 15.0), high + 15.0) if figure.better == "range" else (0.0, max(1.0, 1.12 * high))


def _room(moments: Sequence[datetime]) -> list[datetime] | None:
    """From before the first to after the last, and never so short that the axis counts seconds."""
    if not moments:
        return None
    room = max((max(moments) - min(moments)) * 0.05, timedelta(hours=12))
    return [min(moments) - room, max(moments) + room]


def _time(one: Outcome, zone: tzinfo | None) -> datetime:
    return one.made_at.astimezone(zone).replace(tzinfo=None)
