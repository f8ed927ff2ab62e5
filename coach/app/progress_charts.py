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
    ("#7f8b88", "triangle-up"),
    ("#b0579e", "star"),
)
MOST_GROUPS: Final = len(_SERIES)
"""Groups that one chart can tell apart by colour and shape."""
_MOST_BANDS: Final = 3
_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LONGEST_CALENDAR_WEEKS: Final = 53


def trend_figure(
    figure: Figure,
    groups: Mapping[str, Sequence[Outcome]],
    levels: Mapping[str, Sequence[Level]],
    *,
    goal: float | None = None,
    good: tuple[float | None, float | None] | None = None,
    zone: tzinfo | None = None,
) -> go.Figure:
    """Answers as points (filled pauses with their own interval), levels as lines with their interval as a band.

    ``groups`` holds comparable outcomes by the name of their domain or question. Bands are drawn for up to three.
    """
    drawn = go.Figure()
    every = [one for group in groups.values() for one in group]
    if good is not None:
        shade(drawn, good, ceiling=max((one.values[figure.name] or 0.0 for one in every), default=0.0))
    for index, (name, outcomes) in enumerate(groups.items()):
        colour, symbol = _SERIES[index % len(_SERIES)]
        shown = levels.get(name, ())
        if shown and len(groups) <= _MOST_BANDS:
            _add_band(drawn, shown, colour, zone)
        _add_points(drawn, figure, name, outcomes, colour, symbol, zone)
        if shown:
            _add_level(drawn, figure, name, shown, colour, zone)
    if goal is not None:
        drawn.add_hline(
            y=goal,
            line={"dash": "dash", "width": 1.5, "color": "#b0579e"},
            annotation_text=f"goal {number(goal)}",
            annotation_position="top right",
            annotation_font_size=11,
        )
    top = 104 if figure.unit == "of 100" else _ceiling(figure, every, levels, goal)
    drawn.update_yaxes(title=figure.unit, rangemode="tozero", range=[0, top])
    drawn.update_xaxes(range=_room([_time(one, zone) for one in every]), nticks=5, tickformat="%-d %b<br>%Y")
    done = laid_out(drawn, height=300, legend=len(groups) > 1)
    return done.update_layout(legend_y=-0.3)  # below the two lines of each date


def _add_points(
    drawn: go.Figure,
    figure: Figure,
    name: str,
    outcomes: Sequence[Outcome],
    colour: str,
    symbol: str,
    zone: tzinfo | None,
) -> None:
    values = [one.values[figure.name] or 0.0 for one in outcomes]
    own = [single(one, figure) for one in outcomes]
    bars = None
    if any(own) and len(outcomes) <= 60:  # more of them hide the points
        bars = {
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
        legendgroup=name,
        marker={"size": 7, "color": colour, "symbol": symbol, "opacity": 0.75},
        error_y=bars,
        customdata=[
            [safe(shortened(one.title)), f", likely {range_text(figure, e)}" if e else ""]
            for one, e in zip(outcomes, own, strict=True)
        ],
        hovertemplate=f"%{{x|%d %b %H:%M}}: %{{y:.1f}} {figure.unit}%{{customdata[1]}}"
        "<br>%{customdata[0]}<extra></extra>",
    )


def _add_level(
    drawn: go.Figure, figure: Figure, name: str, levels: Sequence[Level], colour: str, zone: tzinfo | None
) -> None:
    drawn.add_scatter(
        x=[_time(one.outcome, zone) for one in levels],
        y=[one.estimate.value for one in levels],
        mode="lines" if len(levels) > 1 else "markers",
        name=safe(shortened(name)),
        legendgroup=name,
        showlegend=False,
        line={"color": colour, "width": 2.5},
        marker={"symbol": "line-ew-open", "size": 16, "color": colour},
        customdata=[f"{range_text(figure, one.estimate)}, over {one.answers} answers" for one in levels],
        hovertemplate="level %{y:.1f} (%{customdata})<extra></extra>",
    )


def _add_band(drawn: go.Figure, levels: Sequence[Level], colour: str, zone: tzinfo | None) -> None:
    moments = [_time(one.outcome, zone) for one in levels]
    if len(moments) == 1:  # a band needs a width
        moments = [moments[0] - timedelta(hours=6), moments[0] + timedelta(hours=6)]
        levels = [levels[0], levels[0]]
    drawn.add_scatter(
        x=[*moments, *reversed(moments)],
        y=[*(one.estimate.high for one in levels), *(one.estimate.low for one in reversed(levels))],
        fill="toself",
        fillcolor=colour,
        opacity=0.18,
        line={"width": 0},
        mode="lines",
        hoverinfo="skip",
        showlegend=False,
    )


def trend_alt(
    figure: Figure,
    groups: Mapping[str, Sequence[Outcome]],
    levels: Mapping[str, Sequence[Level]],
    goal: float | None,
) -> str:
    """The chart in sentences: of each group the level at its beginning and now, or its answers."""
    parts = []
    for name, outcomes in groups.items():
        shown = levels.get(name, ())
        if len(shown) > 1:
            first, last = shown[0].estimate, shown[-1].estimate
            parts.append(
                f"{name}: level from {value_text(figure, first.value)} ({range_text(figure, first)}) "
                f"to {value_text(figure, last.value)} ({range_text(figure, last)}), {len(outcomes)} answers"
            )
        elif outcomes:
            latest = value_text(figure, outcomes[-1].values[figure.name])
            parts.append(
                f"{name}: {len(outcomes)} answer{'' if len(outcomes) == 1 else 's'}, the latest {latest}"
            )
    line = "" if goal is None else f" The goal line is at {number(goal)}."
    return f"{figure.title} over time, {figure.unit}. {'. '.join(parts)}.{line}"


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


def _ceiling(
    figure: Figure, every: Sequence[Outcome], levels: Mapping[str, Sequence[Level]], goal: float | None
) -> float:
    highest = [one.values[figure.name] or 0.0 for one in every]
    highest += [one.estimate.high for group in levels.values() for one in group]
    return 1.12 * max([*highest, goal or 0.0, 1.0])


def _room(moments: Sequence[datetime]) -> list[datetime] | None:
    """From before the first to after the last, and never so short that the axis counts seconds."""
    if not moments:
        return None
    room = max((max(moments) - min(moments)) * 0.05, timedelta(hours=12))
    return [min(moments) - room, max(moments) + room]


def _time(one: Outcome, zone: tzinfo | None) -> datetime:
    return one.made_at.astimezone(zone).replace(tzinfo=None)
