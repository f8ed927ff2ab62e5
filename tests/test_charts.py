"""The figures of the pages, and the sentences that stand for them."""

from __future__ import annotations

import pytest
from app_documents import PACE, document

from coach.app import charts


def names(figure: object) -> list[str]:
    return [trace.name for trace in figure.data]  # type: ignore[attr-defined]


class TestPace:
    def test_draws_the_windows_at_their_middles(self) -> None:
        line = charts.pace_figure(document()).data[0]
        assert list(line.x) == [2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
        assert list(line.y)[:3] == [100.0, 130.0, 180.0]
        assert line.y[3] is None

    def test_marks_each_kind_with_its_own_shape(self) -> None:
        figure = charts.pace_figure(document())
        marks = {trace.name: trace for trace in figure.data[1:]}
        assert {name: len(trace.x) for name, trace in marks.items()} == {
            "filled pauses": 2,
            "repetitions and restarts": 2,
            "long pauses": 1,
        }
        assert len({trace.marker.symbol for trace in marks.values()}) == 3
        assert list(marks["long pauses"].x) == [3.5]

    def test_a_mark_lies_on_the_line(self) -> None:
        long_pause = next(t for t in charts.pace_figure(document()).data if t.name == "long pauses")
        assert long_pause.y[0] == pytest.approx(155.0)  # halfway from 130 at 3 s to 180 at 4 s

    def test_a_rejected_filler_is_not_marked(self) -> None:
        found = document()
        rejected = tuple(one.model_copy(update={"verdict": "rejected"}) for one in found.disfluencies)
        figure = charts.pace_figure(found.model_copy(update={"disfluencies": rejected}))
        assert names(figure) == ["pace", "long pauses"]

    def test_shades_the_good_range(self) -> None:
        (shape,) = charts.pace_figure(document()).layout.shapes
        assert (shape.y0, shape.y1) == PACE.good

    def test_is_none_without_pace_over_time(self) -> None:
        found = document()
        bare = found.measurements["speaking_rate"].model_copy(update={"series": None})
        assert charts.pace_figure(found.model_copy(update={"measurements": {"speaking_rate": bare}})) is None
        assert charts.pace_figure(found.model_copy(update={"measurements": {}})) is None

    def test_says_the_same_in_a_sentence(self) -> None:
        said = charts.pace_alt(document())
        assert "slowest 100 words per minute around 0:02" in said
        assert "fastest 180 around 0:04" in said
        assert "120 to 170" in said
        assert "filled pauses 2" in said

    def test_says_why_there_is_none(self) -> None:
        found = document()
        bare = found.measurements["speaking_rate"].model_copy(
            update={"series": None, "value": None, "reason": "The talk is too short"}
        )
        said = charts.pace_alt(found.model_copy(update={"measurements": {"speaking_rate": bare}}))
        assert "The talk is too short" in said


def test_charts_leave_the_mode_bar_off_and_put_the_legend_below() -> None:
    legend = charts.pace_figure(document()).layout.legend
    assert charts.CONFIG["displayModeBar"] is False
    assert legend.orientation == "h"
    assert legend.y < 0
