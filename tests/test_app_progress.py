"""Progress and Plan under AppTest, in each of their states."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import streamlit as st
from practised import QUESTIONS, Said, improving, practised
from streamlit.testing.v1 import AppTest
from test_app import IdleWorker, labels, opened, press, ran, text

from coach.app import resources
from coach.settings import load_settings, save_settings
from coach.store import open_store

NOW = datetime.now(UTC)


@pytest.fixture
def home(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(resources, "worker", IdleWorker)
    st.cache_resource.clear()
    yield home
    st.cache_resource.clear()


def chosen(home: Path, **changes: object) -> None:
    save_settings(home, load_settings(home).model_copy(update=changes))


def verdicts(app: AppTest) -> dict[str, str]:
    """Figure -> the word of its verdict."""
    words = [badge.value.split("] ")[-1] for badge in app.markdown if "-badge[" in badge.value]
    said = [
        word
        for value in (badge.value for badge in app.markdown if "-badge[" in badge.value)
        for word in ("Better", "Worse", "No real change yet", "Too little to compare")
        if word in value
    ]
    assert len(said) == len(words)
    return dict(zip([title.value for title in app.subheader], said, strict=True))


class TestProgress:
    def test_one_answer_has_no_level_and_no_verdict_and_says_why(self, home: Path) -> None:
        practised(home, [Said(QUESTIONS[0], timedelta(hours=2))], NOW)
        app = opened("progress")
        assert set(verdicts(app).values()) == {"Too little to compare"}
        said = text(app)
        assert "A level takes three comparable answers." in said
        assert "It takes 3 earlier and 3 later answers to the same questions; there are 0 and 0." in said
        assert app.get("plotly_chart")

    def test_weeks_of_practice_get_verdicts_levels_and_tables(self, home: Path) -> None:
        practised(home, improving(40), NOW)
        app = opened("progress")
        found = verdicts(app)
        assert found["Filled pauses"] == found["Coverage"] == "Better"
        assert found["Clarity"] == "No real change yet"
        assert "over your latest 5 answers" in text(app)
        assert "20 later answers against 20 earlier ones" in text(app)
        assert len(app.get("plotly_chart")) == 6  # five figures and the calendar
        assert len(app.dataframe[1].value) == 40
        table = app.dataframe[0].value
        whole = table[table["Question"] == "all questions"]
        assert set(whole["Domain"]) == {"ML fundamentals", "ML system design", "Behavioral"}
        assert [button.label for button in app.get("download_button")] == [
            "Days as CSV",
            "Verdicts as CSV",
            "Answers as CSV",
            "Levels as CSV",
        ]

    def test_a_domain_and_a_question_filter(self, home: Path) -> None:
        practised(home, improving(40), NOW)
        app = opened("progress")
        app.selectbox(key="progress_domain").set_value("fundamentals")
        assert len(ran(app).dataframe[1].value) == 20
        app.selectbox(key="progress_question").set_value(QUESTIONS[0])
        assert len(ran(app).dataframe[1].value) == 10

    def test_a_period_filters_and_dates_of_ones_own(self, home: Path) -> None:
        practised(home, [Said(QUESTIONS[0], timedelta(days=ago)) for ago in (1, 20, 60, 200, 500)], NOW)
        app = opened("progress")
        seen = {}
        for period in ("4 weeks", "3 months", "A year", "Everything"):
            app.selectbox(key="progress_period").set_value(period)
            seen[period] = len(ran(app).dataframe[1].value)
        assert seen == {"4 weeks": 2, "3 months": 3, "A year": 4, "Everything": 5}
        app.selectbox(key="progress_period").set_value("Dates …")
        ran(app)
        today = datetime.now().astimezone().date()
        app.date_input[0].set_value((today - timedelta(days=210), today - timedelta(days=50)))
        assert len(ran(app).dataframe[1].value) == 2

    def test_a_period_without_answers_says_so_and_keeps_the_habit(self, home: Path) -> None:
        practised(home, [Said(QUESTIONS[0], timedelta(days=400))], NOW)
        said = text(opened("progress"))
        assert "No scored attempt matches" in said
        assert "Practice days" in said

    def test_samples_count_in_no_verdict(self, home: Path) -> None:
        mine = [Said(QUESTIONS[0], timedelta(days=n + 1)) for n in range(2)]
        samples = [Said(QUESTIONS[0], timedelta(days=n + 1), source="sample") for n in range(8)]
        practised(home, [*mine, *samples], NOW)
        app = opened("progress")
        assert len(app.dataframe[1].value) == 2
        app.toggle(key="progress_samples").set_value(True)
        assert len(ran(app).dataframe[1].value) == 10
        assert set(verdicts(app).values()) == {"Too little to compare"}

    def test_only_samples_are_shown_and_in_no_table_of_verdicts(self, home: Path) -> None:
        practised(home, [Said(QUESTIONS[0], timedelta(days=1), source="sample")], NOW)
        assert "Sample talks are in no verdict" in text(opened("progress"))

    def test_a_free_talk_has_a_pace_and_no_coverage(self, home: Path) -> None:
        practised(home, [Said(None, timedelta(days=1), coverage=None)], NOW)
        app = opened("progress")
        assert "No answer here has this figure." in text(app)
        assert app.dataframe[1].value["Domain"].tolist() == ["No domain"]

    def test_older_ones_are_offered_measured_again_and_never_mixed(self, home: Path) -> None:
        old = [Said(QUESTIONS[0], timedelta(days=30 + n), coverage=10.0 + n, detectors="0") for n in range(6)]
        new = [Said(QUESTIONS[0], timedelta(days=1 + n), coverage=80.0 + n) for n in range(3)]
        ids = practised(home, [*old, *new], NOW)
        chosen(home, model="tiny.en")
        app = opened("progress")
        assert verdicts(app)["Coverage"] == "Too little to compare"  # there are nine, and three of one kind
        assert "6 older answers (12 min) were measured by another version" in text(app)
        app = press(app, "Measure again")
        with open_store(home) as store:
            waiting = [attempt for attempt in store.attempts() if attempt.queued_at]
        assert {one.id for one in waiting} == set(ids[:6])
        assert {one.model for one in waiting} == {"tiny.en"}
        assert "Measure again" not in labels(app)
        assert "6 of them are waiting" in text(app)

    def test_another_set_of_versions_can_be_looked_at(self, home: Path) -> None:
        old = [
            Said(QUESTIONS[0], timedelta(days=30 - n), coverage=20.0 + 10 * n, detectors="0")
            for n in range(6)
        ]
        practised(home, [*old, Said(QUESTIONS[0], timedelta(days=1))], NOW)
        app = opened("progress")
        box = app.selectbox(key="progress_versions")
        box.set_value(("base@1234", "0", "1"))
        assert verdicts(ran(app))["Coverage"] == "Better"

    def test_goals_are_kept_and_said(self, home: Path) -> None:
        practised(home, improving(40), NOW)
        app = opened("progress")
        app.number_input(key="goal_coverage").set_value(20.0)
        app.number_input(key="goal_filled_pauses_per_minute").set_value(0.5)
        app = press(app, "Save the goals")
        assert load_settings(home).goals == {"coverage": 20.0, "filled_pauses_per_minute": 0.5}
        assert "Coverage: at least 20 of 100: reached" in text(app)
        assert "Filled pauses: at most 0.50 per minute: not reached" in text(app)
        app.number_input(key="goal_coverage").set_value(None)
        press(app, "Save the goals")
        assert load_settings(home).goals == {"filled_pauses_per_minute": 0.5}

    def test_the_streak_counts_attempts_that_failed_too_but_no_samples(self, home: Path) -> None:
        noon = datetime.now().astimezone().replace(hour=12, minute=0).astimezone(UTC)
        ids = practised(
            home,
            [
                *(Said(QUESTIONS[0], timedelta(days=n)) for n in (1, 2, 3)),
                Said(QUESTIONS[0], timedelta(days=4), source="sample"),
            ],
            noon,
        )
        assert len(ids) == 4
        app = opened("progress")
        metrics = {metric.label: metric.value for metric in app.metric}
        assert metrics["Days in a row"] == "3"
        assert metrics["Practised"] == "6 min"
        assert "Practise today to keep it." in text(app)


class TestPlan:
    def test_a_new_user_gets_questions_of_several_domains(self, home: Path) -> None:
        app = opened("plan")
        assert app.header[0].value.startswith("Today: ")
        assert "nothing is known of any domain yet" in text(app)
        assert len(app.subheader) >= 2

    def test_practise_leads_to_the_question(self, home: Path) -> None:
        app = opened("plan")
        title = app.subheader[0].value
        app = press(app, "Practise")
        assert app.title[0].value == "Practice"
        assert app.selectbox[1].value == next(r.id for r in resources.questions() if r.title == title)

    def test_a_weak_answer_comes_back_with_its_reason(self, home: Path) -> None:
        chosen(home, domains=("behavioral",))
        practised(home, [Said("time-you-failed", timedelta(days=5), coverage=30.0, fluency=30.0)], NOW)
        said = text(opened("plan"))
        assert "Last time you covered 30 of 100, with hesitation; due since" in said
        assert (
            "Behavioral is among your weakest domains (30 of 100, from 1 answer) and gets 100% of your time"
            in said
        )

    def test_what_is_answered_today_is_ticked_off(self, home: Path) -> None:
        title = opened("plan").subheader[0].value
        question = next(r.id for r in resources.questions() if r.title == title)
        practised(home, [Said(question, timedelta())], datetime.now(UTC))
        app = opened("plan")
        assert app.subheader[0].value == title
        assert "Done today" in text(app)
        assert "Practise again" in labels(app)

    def test_a_week_that_is_done_says_so(self, home: Path) -> None:
        chosen(home, weekly_minutes=5)
        today = datetime.now().astimezone()
        if today.weekday() == 0:
            pytest.skip("on a Monday no day of the week lies before today")
        practised(home, [Said(QUESTIONS[0], timedelta(days=1), minutes=10)], datetime.now(UTC))
        assert "The week's 5 minutes are done" in text(opened("plan"))

    def test_self_ratings_are_kept_used_and_forgotten(self, home: Path) -> None:
        app = opened("plan")
        app.feedback(key="sure_coding").set_value(0)
        ran(app)
        assert load_settings(home).domain_ratings == {"coding": 1}
        (row,) = [row for row in app.dataframe[0].value.to_dict("records") if row["Domain"] == "Coding"]
        assert (row["Strength (of 100)"], row["From"]) == (0, "your rating of 1")
        press(app, "Forget my ratings")
        assert load_settings(home).domain_ratings == {}

    def test_the_queue_holds_every_question(self, home: Path) -> None:
        app = opened("plan")
        assert len(app.dataframe[1].value) == len(resources.questions())

    def test_the_settings_of_the_plan(self, home: Path) -> None:
        app = opened("settings")
        next(field for field in app.number_input if field.label == "Minutes a week").set_value(200)
        app.date_input[0].set_value(date.today() + timedelta(days=30))
        app.multiselect[0].set_value(["coding", "behavioral"])
        ran(app)
        next(button for button in app.button if button.key == "save_plan").click()
        ran(app)
        kept = load_settings(home)
        assert (kept.weekly_minutes, kept.domains) == (200, ("coding", "behavioral"))
        assert kept.interview_date == date.today() + timedelta(days=30)
        assert "in 30 days" in text(opened("plan"))
        app = opened("settings")
        app.date_input[0].set_value(None)
        ran(app)
        next(button for button in app.button if button.key == "save_plan").click()
        ran(app)
        assert load_settings(home).interview_date is None
