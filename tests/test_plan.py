"""The split of the time, the queue and today's questions."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from fsrs import Rating
from hypothesis import given
from hypothesis import strategies as st

from coach.app import plan_words
from coach.app.planning import plan_today
from coach.plan import (
    Answer,
    Ask,
    Share,
    Strength,
    Week,
    grade,
    queue,
    shares,
    strengths,
    this_week,
    today_choices,
)
from coach.rubric import DOMAINS
from coach.settings import Settings

NOW = datetime(2026, 3, 4, 18, tzinfo=UTC)  # a Wednesday
TODAY = NOW.date()


def answer(
    question: str = "q",
    ago: float = 1,
    coverage: float | None = 80.0,
    fluency: float | None = 80.0,
    **more: object,
) -> Answer:
    fields: dict[str, object] = {"domain": "coding", "seconds": 120.0, "rating": None, **more}
    return Answer(
        question=question, made_at=NOW - timedelta(days=ago), coverage=coverage, fluency=fluency, **fields
    )  # type: ignore[arg-type]


def ask(name: str = "q", domain: str = "coding", level: int = 1, minutes: float = 4) -> Ask:
    return Ask(name, name.upper(), domain, level, 60 * minutes)


class TestStrength:
    def test_is_of_coverage_and_fluency(self) -> None:
        (found,) = strengths(["coding"], [answer(coverage=50.0, fluency=90.0)], {})
        assert found.value == pytest.approx(0.7 * 50 + 0.3 * 90)

    def test_only_the_newest_five_count(self) -> None:
        old = [answer(ago=10 + n, coverage=0.0, fluency=0.0) for n in range(5)]
        new = [answer(ago=n, coverage=100.0, fluency=100.0) for n in range(5)]
        (found,) = strengths(["coding"], [*new, *old], {})
        assert (found.value, found.answers) == (100.0, 5)

    def test_self_ratings_count_beside_results(self) -> None:
        given_low = strengths(["coding"], [answer(coverage=80.0, fluency=80.0)], {"coding": 1})[0]
        assert given_low.value == pytest.approx((1 * 80 + 2 * 0) / 3)
        starred = strengths(["coding"], [answer(coverage=80.0, fluency=80.0, rating=1)], {})[0]
        assert starred.value == pytest.approx((1 * 80 + 0.25 * 0) / 1.25)
        assert strengths(["coding"], [], {"coding": 5})[0].value == 100.0

    def test_nothing_known_is_none_and_not_zero(self) -> None:
        found = strengths(["coding", "behavioral"], [answer(coverage=None, fluency=None)], {})
        assert [one.value for one in found] == [None, None]


def known(*values: float | None) -> list[Strength]:
    return [Strength(f"d{n}", value, 1, None) for n, value in enumerate(values)]


class TestShares:
    def test_sixty_thirty_ten_over_the_thirds(self) -> None:
        found = shares(known(90, 10, 50, 20, 80, 60))
        assert [(one.strength.value, one.group) for one in found] == [
            (10, "weakest"), (20, "weakest"), (50, "middling"), (60, "middling"), (80, "strongest"), (90, "strongest"),
        ]  # fmt: skip
        assert [one.share for one in found] == pytest.approx([0.3, 0.3, 0.15, 0.15, 0.05, 0.05])

    def test_what_was_never_tried_comes_first(self) -> None:
        assert shares(known(0, None, 50))[0].strength.value is None

    def test_with_nothing_known_all_get_the_same(self) -> None:
        assert [(one.group, one.share) for one in shares(known(None, None))] == [(None, 0.5), (None, 0.5)]

    def test_with_fewer_than_three_domains_the_rest_is_shared_out(self) -> None:
        assert [one.share for one in shares(known(10, 20))] == pytest.approx([2 / 3, 1 / 3])
        assert [one.share for one in shares(known(10))] == [1.0]

    @given(st.lists(st.none() | st.floats(0, 100), min_size=1, max_size=9))
    def test_the_shares_are_the_whole_time_and_fall_with_strength(self, values: list[float | None]) -> None:
        found = shares(known(*values))
        assert sum(one.share for one in found) == pytest.approx(1)
        assert len(found) == len(values)
        assert all(a.share >= b.share - 1e-12 for a, b in pairwise(found))


@pytest.mark.parametrize(
    ("coverage", "fluency", "expected"),
    [
        (49.9, 90, Rating.Again), (50, 90, Rating.Hard), (75, 90, Rating.Good), (90, 60, Rating.Easy),
        (90, 59.9, Rating.Good), (75, 10, Rating.Hard), (50, 10, Rating.Again), (10, 10, Rating.Again),
        (90, None, Rating.Easy),
    ],
)  # fmt: skip
def test_a_grade_is_of_coverage_and_one_lower_for_hesitation(
    coverage: float, fluency: float | None, expected: Rating
) -> None:
    assert grade(coverage, fluency) == expected


class TestQueue:
    def test_the_better_known_comes_back_later(self) -> None:
        dues = [
            queue([ask()], [answer(coverage=covered)], NOW, zone=UTC)[0].due
            for covered in (10.0, 60.0, 80.0, 95.0)
        ]
        assert all(due is not None for due in dues)
        assert sorted(dues) == dues  # type: ignore[type-var]
        assert len(set(dues)) >= 3

    def test_hesitation_brings_it_back_sooner(self) -> None:
        fluent, hesitant = (queue([ask()], [answer(fluency=f)], NOW, zone=UTC)[0].due for f in (90.0, 20.0))
        assert hesitant is not None
        assert fluent is not None
        assert hesitant < fluent

    def test_good_answers_in_a_row_stretch_the_interval(self) -> None:
        once = queue([ask()], [answer(ago=0)], NOW, zone=UTC)[0].due
        thrice = queue([ask()], [answer(ago=30), answer(ago=20), answer(ago=0)], NOW, zone=UTC)[0].due
        assert once is not None
        assert thrice is not None
        assert thrice - TODAY > 2 * (once - TODAY)

    def test_due_ones_then_new_ones_then_later_ones(self) -> None:
        asks = [ask("hard", level=3), ask("easy", level=1), ask("later"), ask("shaky"), ask("due")]
        answers = [
            answer("later", ago=0, coverage=95.0),
            answer("due", ago=4, coverage=60.0),
            answer("shaky", ago=20, coverage=20.0),
        ]
        found = queue(asks, answers, NOW, zone=UTC)
        assert [one.ask.id for one in found] == ["shaky", "due", "easy", "hard", "later"]
        assert found[0].recall is not None
        assert found[1].recall is not None
        assert 0 < found[0].recall < found[1].recall < 1
        assert [one.graded for one in found] == ["again", "hard", None, None, "easy"]

    def test_nothing_is_put_off_beyond_the_day_before_the_interview(self) -> None:
        interview = TODAY + timedelta(days=3)
        (found,) = queue([ask()], [answer(ago=0, coverage=95.0)], NOW, interview, UTC)
        assert found.due == interview - timedelta(days=1)
        (past,) = queue([ask()], [answer(ago=0, coverage=95.0)], NOW, TODAY - timedelta(days=1), UTC)
        assert past.due is not None
        assert past.due > TODAY

    def test_an_answer_without_coverage_says_nothing(self) -> None:
        (found,) = queue([ask()], [answer(coverage=None)], NOW, zone=UTC)
        assert (found.due, found.recall, found.graded) == (None, None, None)

    def test_days_are_those_of_the_user_and_the_same_history_gives_the_same_plan(self) -> None:
        far = timezone(timedelta(hours=13))
        here, there = (queue([ask()], [answer(ago=0)], NOW, zone=zone)[0].due for zone in (UTC, far))
        assert here is not None
        assert there == here + timedelta(days=1)
        assert queue([ask()], [answer()], NOW, zone=UTC) == queue([ask()], [answer()], NOW, zone=UTC)


class TestWeek:
    def test_runs_from_monday_and_leaves_today_out(self) -> None:
        found = this_week([answer(ago=0), answer(ago=1), answer(ago=2), answer(ago=3)], 90, TODAY, zone=UTC)
        assert found.done == {"coding": 4.0}  # Monday and Tuesday, two minutes each
        assert found.days_left == 5
        assert found.today == pytest.approx((90 - 4) / 5)

    def test_ends_before_the_interview(self) -> None:
        assert this_week([], 90, TODAY, TODAY + timedelta(days=2)).days_left == 2
        assert this_week([], 90, TODAY, TODAY + timedelta(days=20)).days_left == 5
        assert this_week([], 90, TODAY, TODAY - timedelta(days=2)).days_left == 5

    def test_a_week_that_is_done_wants_nothing(self) -> None:
        assert Week(10, {"coding": 12.0}, 3).today == 0


def split(**share: float) -> list[Share]:
    return [Share(Strength(name, 50, 1, None), "weakest", part) for name, part in share.items()]


class TestToday:
    def test_three_questions_twelve_minutes(self) -> None:
        waiting = queue([ask(name) for name in "abcde"], [], NOW)
        found = today_choices(split(coding=1.0), waiting, Week(84, {}, 7))
        assert [one.due.ask.id for one in found] == ["a", "b", "c"]
        assert plan_words.today_sentence(found) == "Today: three questions, 12 minutes"

    def test_goes_to_the_domain_that_is_furthest_behind(self) -> None:
        waiting = queue([ask(f"{d}{n}", d) for d in ("x", "y") for n in range(3)], [], NOW)
        found = today_choices(split(x=0.6, y=0.4), waiting, Week(84, {"x": 40.0}, 3))
        assert found[0].due.ask.domain == "y"
        assert found[0].behind == pytest.approx(0.4 * 84)

    def test_over_a_week_the_minutes_come_near_the_shares(self) -> None:
        parts = {"x": 0.6, "y": 0.3, "z": 0.1}
        waiting = queue([ask(f"{d}{n}", d, minutes=3) for d in parts for n in range(40)], [], NOW)
        found = today_choices(split(**parts), waiting, Week(90, {}, 1))
        minutes = {name: sum(3 for one in found if one.due.ask.domain == name) for name in parts}
        assert minutes == {"x": 54, "y": 27, "z": 9}

    def test_one_question_even_when_it_is_longer_than_the_day(self) -> None:
        found = today_choices(
            split(coding=1.0), queue([ask(minutes=8), ask("r", minutes=8)], [], NOW), Week(21, {}, 7)
        )
        assert len(found) == 1

    def test_nothing_when_the_week_is_done_or_nothing_is_there(self) -> None:
        assert today_choices(split(coding=1.0), queue([ask()], [], NOW), Week(10, {"coding": 10.0}, 2)) == []
        assert today_choices(split(coding=1.0), [], Week(90, {}, 7)) == []


class TestPlanToday:
    def asks(self) -> list[Ask]:
        return [ask(f"{domain}-{n}", domain) for domain in DOMAINS for n in range(5)]

    def test_stays_the_same_while_the_day_is_practised(self) -> None:
        before = plan_today(self.asks(), [], Settings(), NOW)
        first = before.choices[0].due.ask
        after = plan_today(
            self.asks(), [answer(first.id, ago=0.01, coverage=10.0, domain=first.domain)], Settings(), NOW
        )
        assert after.choices == before.choices
        assert after.answered == {first.id}
        assert after.done == {first.domain: 2.0}

    def test_keeps_to_the_domains_of_the_user(self) -> None:
        found = plan_today(self.asks(), [], Settings(domains=("behavioral",)), NOW)
        assert {one.due.ask.domain for one in found.choices} == {"behavioral"}
        assert {one.ask.domain for one in found.waiting} == {"behavioral"}

    def test_a_low_self_rating_draws_the_time(self) -> None:
        ratings = dict.fromkeys(DOMAINS, 5) | {"ml-coding": 1}
        found = plan_today(self.asks(), [], Settings.model_validate({"domain_ratings": ratings}), NOW)
        assert found.split[0].strength.domain == "ml-coding"
        assert found.choices[0].due.ask.domain == "ml-coding"

    def test_without_questions_there_is_no_plan(self) -> None:
        assert plan_today([], [], Settings(), NOW).choices == []


class TestWords:
    def test_the_reason_of_a_due_question(self) -> None:
        (one,) = queue([ask()], [answer(ago=9, coverage=45.0, fluency=40.0)], NOW, zone=UTC)
        assert one.recall is not None
        said = plan_words.due_reason(one, TODAY)
        assert said.startswith("Last time you covered 45 of 100, with hesitation; due since ")
        assert said.endswith(f"The chance that you still know it is {one.recall:.0%}.")

    def test_the_reason_of_a_domain(self) -> None:
        weak = Share(Strength("coding", 41.6, 5, 2), "weakest", 0.3)
        assert plan_words.share_reason(weak) == (
            "Coding is among your weakest domains (42 of 100, from 5 answers and your rating of 2) "
            "and gets 30% of your time."
        )
        assert "not tried yet" in plan_words.share_reason(
            Share(Strength("coding", None, 0, None), "weakest", 0.3)
        )
        assert "same time" in plan_words.share_reason(Share(Strength("coding", None, 0, None), None, 0.3))

    @pytest.mark.parametrize(
        ("days", "said"),
        [
            (None, "No interview date"),
            (-1, "was on 3 March 2026"),
            (0, "today"),
            (1, "in 1 day:"),
            (12, "in 12 days:"),
        ],
    )
    def test_the_interview(self, days: int | None, said: str) -> None:
        moment = None if days is None else date(2026, 3, 4) + timedelta(days=days)
        assert said in plan_words.interview_sentence(moment, date(2026, 3, 4))
