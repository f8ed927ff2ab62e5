"""Charts, tables and sentences of Progress: pure."""

from __future__ import annotations

from datetime import UTC, date, timedelta

import pytest
from test_progress import NOW, START, said

from coach.app import progress_charts, progress_tables, progress_view
from coach.app import progress_words as sentences
from coach.progress import FIGURES, Day, Estimate, levels, verdict
from coach.progress.intervals import Counted

PAUSES, PACE, COVERAGE, CLARITY, FLUENCY = FIGURES


class TestTrend:
    def test_draws_points_by_group_and_one_level_with_its_band(self) -> None:
        groups = {"A": [said(0), said(1)], "B": [said(2, coverage=90.0)]}
        shown = levels([one for group in groups.values() for one in group], COVERAGE)
        figure = progress_charts.trend_figure(COVERAGE, groups, shown, goal=80.0, zone=UTC)
        traces = {trace.name: trace for trace in figure.data}
        assert list(traces) == ["95 % interval", "A", "B", "level"]
        assert list(traces["A"].y) == [60.0, 60.0]
        assert traces["A"].marker.symbol != traces["B"].marker.symbol
        assert list(traces["level"].y) == [70.0]
        (estimate,) = [one.estimate for one in shown]
        assert set(traces["95 % interval"].y) == {estimate.low, estimate.high}
        assert [(line.y0, line.y1) for line in figure.layout.shapes] == [(80.0, 80.0)]
        assert figure.layout.annotations[0].text == "goal 80"

    def test_an_answers_own_interval_is_drawn_for_filled_pauses_of_one_group(self) -> None:
        alone = progress_charts.trend_figure(PAUSES, {"A": [said(0)]}, [], zone=UTC)
        bars = alone.data[0].error_y
        assert bars.array[0] > 0
        assert 0 < bars.arrayminus[0] <= 3.0
        both = progress_charts.trend_figure(PAUSES, {"A": [said(0)], "B": [said(1)]}, [], zone=UTC)
        assert both.data[0].error_y.array is None

    def test_titles_can_not_smuggle_in_markup(self) -> None:
        one = said(0, "<a href='x'>%{y}</a>")
        figure = progress_charts.trend_figure(COVERAGE, {one.title: [one]}, [], zone=UTC)
        assert "<a" not in figure.data[0].name
        assert "<a" not in figure.data[0].customdata[0][0]
        assert "%{y}" not in figure.data[0].customdata[0][0]

    def test_says_the_same_in_a_sentence(self) -> None:
        group = [said(day, coverage=50.0 + day) for day in range(6)]
        told = progress_charts.trend_alt(COVERAGE, {"A": group}, levels(group, COVERAGE), 80.0)
        assert told.startswith("Coverage over time, of 100. Level from 51 (")
        assert "to 53 (" in told
        assert "A: 6 answers, the latest 55" in told
        assert told.endswith("The goal line is at 80.")

    def test_of_very_many_answers_some_are_points_and_the_newest_is_one(self) -> None:
        drawn = progress_view.trend([said(day) for day in range(1000)], COVERAGE, NOW, by_question=True)
        assert len(drawn.groups["q"]) == 100
        assert drawn.groups["q"][-1].id == "q999"
        assert drawn.hidden == 900
        assert drawn.levels[-1].answers == 50


class TestCalendar:
    days = {date(2026, 3, 2): Day(1, 3.0), date(2026, 3, 8): Day(2, 9.5)}

    def test_a_week_a_column_and_a_weekday_a_row(self) -> None:
        (heat,) = progress_charts.calendar_figure(self.days, date(2026, 2, 25), date(2026, 3, 10)).data
        assert list(heat.x) == ["2026-02-23", "2026-03-02", "2026-03-09"]
        assert heat.z[0][1] == 3.0  # Monday the 2nd
        assert heat.z[6][1] == 9.5  # Sunday the 8th
        assert heat.z[1][1] == 0.0
        assert heat.z[2][2] is None  # Wednesday the 11th is still to come
        assert heat.customdata[6][1] == "8 March 2026: 2 answers, 9.5 min"

    def test_a_long_history_shows_a_year(self) -> None:
        (heat,) = progress_charts.calendar_figure({}, date(2020, 1, 1), date(2026, 3, 10)).data
        assert len(heat.x) == 53

    def test_says_the_same_in_a_sentence(self) -> None:
        told = progress_charts.calendar_alt(self.days, date(2026, 3, 1), date(2026, 3, 10))
        assert told == "Practice days: 2 of the last 10, 12 minutes. Most on 8 March 2026: 9.5 minutes."
        assert "none in the last 3 days" in progress_charts.calendar_alt(
            {}, date(2026, 3, 1), date(2026, 3, 3)
        )


class TestTables:
    def test_a_verdict_has_its_change_its_interval_and_its_level(self) -> None:
        answers = [said(day, coverage=value) for day, value in enumerate([40, 42, 41, 70, 72, 71])]
        rows = progress_tables.verdict_table(progress_view.standings(answers, NOW)).to_dict("records")
        found = next(row for row in rows if row["Figure"] == "Coverage" and row["Question"] == "q")
        assert (found["Verdict"], found["Change"], found["Earlier"], found["Later"]) == ("Better", 30, 3, 3)
        assert 0 < found["Change from"] < 30 < found["Change to"]
        assert found["Level from"] < found["Level"] < found["Level to"]

    def test_without_a_change_there_is_a_note_and_no_number(self) -> None:
        rows = progress_tables.verdict_table(progress_view.standings([said(0), said(1)], NOW))
        row = rows[rows["Figure"] == "Coverage"].iloc[0]
        assert rows["Change"].isna().all()
        assert "there are 1 and 1" in row["Note"]

    def test_every_table_becomes_csv(self) -> None:
        answers = [said(day) for day in range(4)]
        tables = [
            progress_tables.level_table(progress_view.level_rows(answers, NOW), UTC),
            progress_tables.outcome_table(answers, UTC),
            progress_tables.day_table({date(2026, 3, 2): Day(1, 3.0)}),
        ]
        assert [progress_tables.csv(table)().splitlines()[0].split(",")[0] for table in tables] == [
            "When",
            "When",
            "Day",
        ]
        assert "2026-03-02 12:00:00" in progress_tables.csv(tables[1])()
        assert progress_tables.outcome_table([], UTC).empty


class TestWords:
    def test_a_change_has_its_sign_its_interval_and_its_sides(self) -> None:
        counts = [Counted(n, 1.0, 3.0) for n in (24, 26, 25, 6, 5, 7)]
        found = verdict([said(day, counted=one) for day, one in enumerate(counts)], PAUSES, NOW)
        told = sentences.change_sentence(found)
        assert told.startswith("−6.3 per minute (−")
        assert told.endswith("3 later answers against 3 earlier ones to the same questions.")

    def test_inside_the_good_range_no_speed_is_better(self) -> None:
        found = verdict([said(day, speaking_rate=130.0 + day) for day in range(6)], PACE, NOW)
        assert sentences.change_sentence(found) == "Inside the good range in all 6 answers compared."

    @pytest.mark.parametrize(
        ("value", "told"), [(0.0, "0"), (0.04, "0"), (-0.04, "0"), (1.25, "+1.2"), (-1.0, "−1.0")]
    )
    def test_signs(self, value: float, told: str) -> None:
        assert sentences.signed(PAUSES, value) == told

    def test_periods_end_today(self) -> None:
        today = date(2026, 3, 10)
        assert sentences.period_start("4 weeks", today, today) == date(2026, 2, 11)
        assert (today - sentences.period_start("A year", today, today)).days + 1 == 365
        assert sentences.period_start("Everything", today, date(2020, 1, 1)) == date(2020, 1, 1)

    def test_a_level_names_its_answers(self) -> None:
        assert sentences.level_sentence(COVERAGE, Estimate(64.2, 53.4, 74.0), 5) == (
            "64 of 100 (53 to 74), over your latest 5 answers."
        )

    def test_filters_hold_both_ends(self) -> None:
        answers = [said(day) for day in range(5)]
        day = START.date()
        filters = progress_view.Filters(day + timedelta(days=1), day + timedelta(days=3))
        assert [one.id for one in progress_view.seen(answers, filters, UTC)] == ["q1", "q2", "q3"]
