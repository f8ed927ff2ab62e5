"""What may be compared with what, the verdict, levels, goals and the streak."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import numpy as np
import pytest

from coach.progress import (
    FIGURES,
    Counted,
    Estimate,
    Outcome,
    comparable,
    goal_state,
    level,
    levels,
    made_by,
    outcome,
    outdated,
    practice_days,
    streak,
    verdict,
    version_sets,
)
from coach.progress.outcome import DETECTOR, distance
from coach.progress.verdict import sides, word_for
from coach.uncertainty import moments

PAUSES, PACE, COVERAGE, CLARITY, FLUENCY = FIGURES
START = datetime(2026, 3, 2, 12, tzinfo=UTC)
NOW = ("m", "d", "s")


def said(day: float, question: str = "q", **changes: Any) -> Outcome:
    """An answer ``day`` days after the start; ``changes`` are figures, versions or fields."""
    values: dict[str, float | None] = {
        "filled_pauses_per_minute": 3.0,
        "speaking_rate": 140.0,
        "coverage": 60.0,
        "clarity": 70.0,
        "fluency": 70.0,
    }
    versions: dict[str, str | None] = {"model": "m", "detectors": "d", "scorer": "s", "rubric_sha256": "r"}
    fields: dict[str, Any] = {
        "domain": "fundamentals",
        "source": "browser",
        "counted": Counted(6.0, 0.5, 2.0),
    }
    for name, value in changes.items():
        (values if name in values else versions if name in versions else fields)[name] = value
    made_at = START + timedelta(days=day)
    return Outcome(
        id=f"{question}{day}",
        made_at=made_at,
        assessed_at=fields.pop("assessed_at", made_at),
        question=question,
        title=question,
        duration_s=120.0,
        self_rating=None,
        values=values,
        versions=versions,
        pace=(120.0, 170.0),
        **fields,
    )


class TestComparable:
    @pytest.mark.parametrize("changed", ["model", "detectors"])
    @pytest.mark.parametrize("figure", FIGURES, ids=lambda one: one.name)
    def test_another_model_or_detector_is_never_compared(self, changed: str, figure: Any) -> None:
        old, new = said(0, **{changed: "other"}), said(1)
        assert comparable([old, new], figure, NOW) == [new]

    def test_another_scoring_leaves_what_was_heard_comparable(self) -> None:
        old, new = said(0, scorer="other"), said(1)
        assert comparable([old, new], PAUSES, NOW) == comparable([old, new], PACE, NOW) == [old, new]
        assert comparable([old, new], CLARITY, NOW) == [new]

    def test_coverage_is_compared_by_the_same_key_points_of_each_question(self) -> None:
        old, new = said(0, rubric_sha256="before"), said(1)
        other = said(0.5, "p", rubric_sha256="its own")
        assert comparable([old, new, other], COVERAGE, NOW) == [other, new]
        assert comparable([old, new, other], CLARITY, NOW) == [old, other, new]

    def test_a_figure_that_can_not_be_told_is_left_out(self) -> None:
        assert comparable([said(0, coverage=None), said(1, counted=None)], COVERAGE, NOW) == [
            said(1, counted=None)
        ]
        assert comparable([said(1, counted=None)], PAUSES, NOW) == []

    def test_the_versions_that_measured_last_come_first(self) -> None:
        again = said(0, assessed_at=START + timedelta(days=9))
        found = version_sets([again, said(1, detectors="old"), said(2, model=None, counted=None)])
        assert found == [NOW, ("m", "old", "s")]
        assert made_by(again) == NOW

    def test_what_others_measured_is_to_be_measured_again(self) -> None:
        ask = [said(0, detectors="old"), said(1, scorer="old"), said(2, rubric_sha256="old"), said(3)]
        assert outdated(ask, NOW) == ask[:3]
        written = said(4, model=None, detectors=None, counted=None)
        assert outdated([written], NOW) == []


class TestVerdict:
    def history(self, name: str, early: list[float], late: list[float], **more: Any) -> list[Outcome]:
        return [said(day, **{name: value}, **more) for day, value in enumerate(early + late)]

    def test_a_clear_gain_is_better_and_a_clear_loss_worse(self) -> None:
        up = verdict(self.history("coverage", [40, 42, 41], [70, 72, 71]), COVERAGE, NOW)
        down = verdict(self.history("coverage", [70, 72, 71], [40, 42, 41]), COVERAGE, NOW)
        assert (up.word, up.early, up.late) == ("better", 3, 3)
        assert up.change is not None
        assert up.change.value == pytest.approx(30)
        assert down.word == "worse"

    def test_what_could_be_chance_is_no_change_yet(self) -> None:
        assert (
            verdict(self.history("coverage", [40, 70, 55], [60, 45, 75]), COVERAGE, NOW).word
            == "no real change yet"
        )

    @pytest.mark.parametrize("count", [0, 1, 2, 4, 5])
    def test_three_answers_a_side_are_the_least(self, count: int) -> None:
        values = [40.0, 41.0, 42.0, 80.0, 81.0][:count]
        found = verdict(self.history("coverage", values, []), COVERAGE, NOW)
        assert found.word is None
        assert found.change is None
        assert "takes 3 earlier and 3 later" in (found.reason or "")

    def test_older_versions_are_not_mixed_in(self) -> None:
        old = [said(day, coverage=10.0 + day, detectors="old") for day in range(6)]
        new = [said(10 + day, coverage=70.0 + day % 2) for day in range(6)]
        found = verdict([*old, *new], COVERAGE, NOW)
        assert (found.word, found.early + found.late) == ("no real change yet", 6)

    def test_questions_are_not_mixed_either(self) -> None:
        # Three answers to an easy question, then three to a hard one: nothing can be compared.
        easy = [said(day, "easy", coverage=90.0 + day) for day in range(3)]
        hard = [said(10 + day, "hard", coverage=20.0 + day) for day in range(3)]
        found = verdict([*easy, *hard], COVERAGE, NOW)
        assert found.word is None  # two earlier and one later of each
        more = [said(20 + day, "hard", coverage=23.0 + day) for day in range(2)]
        assert verdict([*easy, *hard, *more], COVERAGE, NOW).word != "worse"

    def test_fewer_filled_pauses_are_better(self) -> None:
        counts = [Counted(n, 1.0, 3.0) for n in (24, 26, 25, 6, 5, 7)]
        found = verdict([said(day, counted=one) for day, one in enumerate(counts)], PAUSES, NOW)
        assert found.word == "better"
        assert found.change is not None
        assert found.change.value == pytest.approx(18 / 9 - 75 / 9)

    def test_pace_is_judged_by_its_distance_from_the_good_range(self) -> None:
        nearer = verdict(self.history("speaking_rate", [210, 212, 208], [165, 160, 150]), PACE, NOW)
        inside = verdict(self.history("speaking_rate", [130, 131, 132], [165, 166, 164]), PACE, NOW)
        assert nearer.word == "better"
        assert inside.word == "no real change yet"  # faster, and just as good
        assert [distance(x, (120, 170)) for x in (110, 120, 150, 175)] == [10, 0, 0, 5]
        assert distance(300, (120, None)) == 0

    def test_no_change_is_called_one_in_at_most_one_history_of_twenty(self) -> None:
        draw = np.random.default_rng(21)
        words = [
            verdict(
                self.history("clarity", list(draw.normal(70, 8, 3)), list(draw.normal(70, 8, 3))),
                CLARITY,
                NOW,
            ).word
            for _ in range(400)
        ]
        assert words.count("better") <= 20
        assert words.count("worse") <= 20

    def test_the_middle_answer_is_an_earlier_one(self) -> None:
        kept, late, question = sides(
            [said(0), said(1), said(2), said(3, "alone"), said(4, "p"), said(5, "p")]
        )
        assert [one.id for one in kept] == ["p4", "p5", "q0", "q1", "q2"]
        assert late == [False, True, False, False, True]
        assert question == [0, 0, 1, 1, 1]

    def test_zero_at_the_edge_of_an_interval_is_no_change(self) -> None:
        assert word_for(Estimate(1, 0, 2), COVERAGE) == "no real change yet"
        assert word_for(Estimate(1, 0.1, 2), COVERAGE) == "better"
        assert word_for(Estimate(1, 0.1, 2), PAUSES) == "worse"


class TestLevels:
    def test_begin_at_the_third_answer_and_run_over_five(self) -> None:
        found = levels([said(day, coverage=float(10 * day)) for day in range(7)], COVERAGE)
        assert [one.answers for one in found] == [3, 4, 5, 5, 5]
        assert [one.estimate.value for one in found] == [10, 15, 20, 30, 40]
        assert found[-1].outcome.id == "q6"

    def test_of_a_long_history_at_most_forty_with_the_newest(self) -> None:
        found = levels([said(day) for day in range(1000)], COVERAGE)
        assert len(found) <= 40
        assert found[-1].outcome.id == "q999"
        assert found[-1].answers == 50

    def test_a_level_of_rates_pools_the_talks(self) -> None:
        talks = [Counted(n, 0.0, t) for n, t in ((2, 1), (4, 1), (30, 10))]
        found = level([said(day, counted=one) for day, one in enumerate(talks)], PAUSES)
        assert found is not None
        assert found.value == pytest.approx(36 / 12)

    def test_a_score_stays_between_0_and_100(self) -> None:
        found = level([said(day, coverage=value) for day, value in enumerate([100.0, 60.0, 98.0])], COVERAGE)
        assert found is not None
        assert found.high == 100.0
        assert found.low > 0

    def test_two_answers_make_none(self) -> None:
        assert levels([said(0), said(1)], COVERAGE) == []
        assert level([said(0), said(1)], PAUSES) is None


def test_a_goal_is_reached_when_the_whole_interval_is_beyond_it() -> None:
    assert goal_state(Estimate(85, 81, 89), COVERAGE, 80) == "reached"
    assert goal_state(Estimate(85, 75, 89), COVERAGE, 80) == "can't be told yet"
    assert goal_state(Estimate(60, 55, 65), COVERAGE, 80) == "not reached"
    assert goal_state(Estimate(1, 0.5, 1.5), PAUSES, 2) == "reached"
    assert goal_state(Estimate(4, 3, 5), PAUSES, 2) == "not reached"
    assert goal_state(None, PAUSES, 2) == "can't be told yet"


def row(**changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = dict.fromkeys(
        ("question_id", "follow_up_id", "self_rating", "coverage", "clarity", "fluency", "rubric_sha256")
    )
    return {
        **found, "id": "a", "made_at": START, "assessed_at": START, "source": "browser", "duration_s": 60.0,
        "speaking_rate": 140.0, "filled_pauses_per_minute": 4.0, "speaking_time": 60.0, "filled_pauses_right": 3.6,
        "filled_pauses_variance": 0.36, "model": "m", "detectors": "d", "scorer": "s", **changes,
    }  # fmt: skip


def test_a_row_of_the_store_becomes_an_outcome() -> None:
    found = outcome(row(question_id="q", follow_up_id="f"), "Q", "coding", (None, None))
    assert found is not None
    assert found.question == "q/f"
    assert found.counted is not None
    assert (found.counted.count, found.counted.noise) == pytest.approx(moments(3.6, 0.36, 1.0, DETECTOR))
    assert outcome(row(assessed_at=None), "Q", None, (None, None)) is None
    unknown = outcome(row(filled_pauses_per_minute=None), "Q", None, (None, None))
    assert unknown is not None
    assert unknown.counted is None


class TestHabit:
    def test_days_are_those_of_the_user(self) -> None:
        zone = timezone(timedelta(hours=10))
        late = datetime(2026, 3, 2, 20, tzinfo=UTC)  # 6 in the morning of the 3rd there
        found = practice_days([(late, 90.0), (late, 30.0)], zone)
        assert list(found) == [date(2026, 3, 3)]
        assert (found[date(2026, 3, 3)].answers, found[date(2026, 3, 3)].minutes) == (2, 2.0)

    @pytest.mark.parametrize(
        ("days", "today", "expected"),
        [
            ([], 10, (0, 0, False)),
            ([10], 10, (1, 1, True)),
            ([8, 9, 10], 10, (3, 3, True)),
            ([8, 9], 10, (2, 2, False)),  # yesterday's streak lives until midnight
            ([7, 8], 10, (0, 2, False)),
            ([1, 2, 3, 4, 9, 10], 10, (2, 4, True)),
        ],
    )
    def test_streak(self, days: list[int], today: int, expected: tuple[int, int, bool]) -> None:
        practised = practice_days([(datetime(2026, 3, day, 12, tzinfo=UTC), 60.0) for day in days], UTC)
        found = streak(practised, date(2026, 3, today))
        assert (found.days, found.longest, found.today) == expected
