"""The pages under AppTest: every page, every state. Nothing here transcribes: the worker is a stand-in."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import soundfile
import streamlit as st
from app_documents import document, tone
from streamlit.testing.v1 import AppTest

from coach.app import microphone_check, resources
from coach.app.own_questions import TEMPLATE
from coach.assessment import Assessment
from coach.bundled import bundled
from coach.settings import load_settings, save_settings
from coach.store import Attempt, Store, open_store

ENTRY = bundled("streamlit_app.py")
PAGES = ("practice", "review", "plan", "progress", "questions", "settings")
QUESTION = "l1-vs-l2-regularization"


class IdleWorker:
    """Takes the place of the worker: whatever is queued stays queued."""

    def stop(self) -> None:
        pass


@pytest.fixture
def home(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(resources, "worker", IdleWorker)
    monkeypatch.setattr("coach.app.watching.worker", IdleWorker)
    st.cache_resource.clear()
    yield home
    st.cache_resource.clear()


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    with open_store(home) as opened:
        yield opened


def wav(seconds: float = 6.0, level: float = 0.2) -> bytes:
    data = io.BytesIO()
    soundfile.write(data, tone(seconds, level).pcm, 16_000, format="WAV", subtype="PCM_16")
    return data.getvalue()


@pytest.fixture
def attempt(store: Store) -> Callable[..., Attempt]:
    """Makes an attempt with sound and, unless ``found`` is None, its document."""

    def make(
        found: Assessment | None = None, question: str | None = QUESTION, source: str = "browser"
    ) -> Attempt:
        kept = store.add_bytes(wav(), "wav", question, source, browser_processed=source == "browser")  # type: ignore[arg-type]
        store.keep_audio(kept.id, tone())
        if found is not None:
            store.save_assessment(kept.id, found)
        return store.attempt(kept.id)

    return make


def opened(page: str, **query: str) -> AppTest:
    app = AppTest.from_file(str(ENTRY), default_timeout=30).run()
    assert not app.exception, [e.message for e in app.exception]
    app.switch_page(f"coach/app/pages/{page}.py")
    for name, value in query.items():
        app.query_params[name] = value
    return ran(app)


def ran(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception, [e.message for e in app.exception]
    return app


def text(app: AppTest) -> str:
    """Everything the page says, without markdown's escapes."""
    kinds = ("title", "header", "subheader", "markdown", "caption", "error", "warning", "info", "success")
    said = [str(element.value) for kind in kinds for element in app.get(kind)]
    return "\n".join(said).replace("\\", "")


def press(app: AppTest, label: str) -> AppTest:
    found = [button for button in app.button if button.label == label]
    assert found, f"no button {label!r} among {[button.label for button in app.button]}"
    found[0].click()
    return ran(app)


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def test_the_entry_is_short_and_lists_every_page_file() -> None:
    source = ENTRY.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 40
    files = {path.stem for path in (bundled("coach") / "app" / "pages").glob("*.py")}
    assert files == set(PAGES)
    assert all(f'"{name}.py"' in source for name in files)


@pytest.mark.parametrize("page", PAGES)
def test_each_page_opens_on_an_empty_home_and_says_what_to_do(home: Path, page: str) -> None:
    app = opened(page)
    assert app.title[0].value == page.capitalize()
    assert app.button or app.selectbox


@pytest.mark.parametrize("page", ["review", "progress"])
def test_an_empty_page_leads_to_practice(home: Path, page: str) -> None:
    app = press(opened(page), "Go to Practice")
    assert app.title[0].value == "Practice"


@pytest.mark.parametrize("page", PAGES)
def test_each_page_opens_with_attempts_in_every_stage(
    store: Store, attempt: Callable[..., Attempt], page: str
) -> None:
    attempt(document())
    attempt(document(None), question=None, source="sample")
    attempt(document(), question="gone-since")
    attempt()
    store.fail(attempt().id, "Nobody speaks in it.")
    store.cancelled(attempt().id)
    store.enqueue(attempt().id)
    store.begin(QUESTION, "microphone")
    opened(page)


class TestPractice:
    def test_key_points_are_hidden_until_they_are_asked_for(self, home: Path) -> None:
        app = opened("practice", question=QUESTION)
        point = resources.rubric_of(QUESTION).key_points[0].text
        assert point not in text(app)
        app.toggle[0].set_value(True)
        assert point in text(ran(app))

    def test_shows_prompt_and_time_limit(self, home: Path) -> None:
        rubric = resources.rubric_of(QUESTION)
        said = text(opened("practice", question=QUESTION))
        assert rubric.prompt in said
        assert "3 min" in said

    def test_free_talk_has_no_prompt(self, home: Path) -> None:
        app = opened("practice", question="free_talk")
        assert not app.toggle
        assert app.segmented_control

    def test_skipping_the_check_is_remembered(self, home: Path) -> None:
        app = press(opened("practice"), "Skip the check")
        assert "Skip the check" not in labels(app)
        assert load_settings(home).microphone_checked
        assert "Skip the check" not in labels(opened("practice"))

    def test_the_check_says_whether_one_is_heard(self, home: Path) -> None:
        app = opened("practice")
        app.audio_input[0].set_value(("check.wav", wav(5.0), "audio/wav"))
        said = text(ran(app))
        assert "You can be heard well" in said
        assert "Skip the check" not in labels(press(app, "Continue"))

    def test_a_browser_recording_is_on_disk_and_queued_and_watched(self, home: Path, store: Store) -> None:
        app = press(opened("practice", question=QUESTION), "Skip the check")
        app.audio_input[0].set_value(("answer.wav", wav(), "audio/wav"))
        ran(app)
        (kept,) = store.attempts()
        assert (kept.question_id, kept.source, kept.browser_processed) == (QUESTION, "browser", True)
        assert store.audio_path(kept.id).read_bytes() == wav()
        assert kept.queued_at is not None
        assert app.query_params["attempt"] == kept.id
        assert "Cancel" in labels(app)

    def test_an_upload_keeps_its_name_and_is_not_taken_for_browser_sound(
        self, home: Path, store: Store
    ) -> None:
        app = opened("practice", question=QUESTION)
        app.segmented_control[0].set_value("file")
        ran(app)
        app.file_uploader[0].set_value(("my talk.wav", wav(), "audio/wav"))
        ran(app)
        (kept,) = store.attempts()
        assert (kept.source, kept.original_name, kept.browser_processed) == ("file", "my talk.wav", False)

    def test_an_empty_file_is_refused_with_a_sentence(self, home: Path, store: Store) -> None:
        app = opened("practice")
        app.segmented_control[0].set_value("file")
        ran(app)
        app.file_uploader[0].set_value(("nothing.wav", b"", "audio/wav"))
        ran(app)
        assert "empty" in app.error[0].value
        assert store.attempts() == []

    def test_cancel_stops_and_keeps_the_recording(
        self, store: Store, attempt: Callable[..., Attempt]
    ) -> None:
        kept = store.enqueue(attempt().id)
        app = press(opened("practice", attempt=kept.id), "Cancel")
        assert store.attempt(kept.id).stage == "cancelled"
        app = ran(app)
        assert "The recording is kept" in text(app)
        app = press(app, "Score it now")
        assert store.attempt(kept.id).queued_at is not None

    def test_shows_how_far_the_work_is(self, store: Store, attempt: Callable[..., Attempt]) -> None:
        kept = store.enqueue(attempt().id)
        store.start(kept.id)
        store.progress(kept.id, "Listening", 0.5)
        app = opened("practice", attempt=kept.id)
        bar = app.get("progress")[0].proto
        assert 20 < bar.value < 80
        assert "Listening" in bar.text

    def test_a_scored_answer_leads_to_its_review(self, attempt: Callable[..., Attempt]) -> None:
        kept = attempt(document())
        app = opened("practice", attempt=kept.id)
        assert [metric.value for metric in app.metric] == ["45", "58", "31", "–"]
        app = press(app, "Open the review")
        assert app.query_params["attempt"] == kept.id
        assert "What you said" in text(app)

    def test_a_rating_is_kept(self, store: Store, attempt: Callable[..., Attempt]) -> None:
        kept = attempt(document())
        app = opened("practice", attempt=kept.id)
        app.feedback[0].set_value(3)
        ran(app)
        assert store.attempt(kept.id).self_rating == 4

    def test_a_failed_one_says_why_and_can_be_tried_again(
        self, store: Store, attempt: Callable[..., Attempt]
    ) -> None:
        kept = store.fail(attempt().id, "Nobody speaks in it.")
        app = opened("practice", attempt=kept.id)
        assert "Nobody speaks in it" in text(app)
        press(app, "Try again")
        assert store.attempt(kept.id).queued_at is not None

    def test_unfinished_work_is_offered_finished_deleted_or_put_off(
        self, store: Store, attempt: Callable[..., Attempt]
    ) -> None:
        first, second = attempt(), attempt()
        app = opened("practice")
        assert "left unfinished" in text(app)
        assert "left unfinished" not in text(press(app, "Not now"))
        app = opened("practice")
        next(button for button in app.button if button.key == f"drop_{first.id}").click()
        ran(app)
        assert [kept.id for kept in store.attempts()] == [second.id]
        press(app, "Finish")
        assert store.attempt(second.id).queued_at is not None

    def test_a_sample_is_copied_in_as_one(
        self, home: Path, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        app = opened("practice")
        app.segmented_control[0].set_value("sample")
        ran(app)
        assert "synthetic voices" in text(app)
        press(app, "Score this talk")
        (kept,) = store.attempts()
        assert kept.source == "sample"
        assert kept.queued_at is not None

    def test_without_portaudio_the_page_says_how_to_get_it(
        self, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("coach.microphone.portaudio_problem", lambda: "PortAudio is not installed.")
        save_settings(home, load_settings(home).model_copy(update={"microphone_checked": True}))
        app = opened("practice")
        app.segmented_control[0].set_value("microphone")
        assert "PortAudio is not installed" in text(ran(app))


class TestReview:
    def test_counts_stand_above_the_transcript_with_their_likely_range(
        self, attempt: Callable[..., Attempt]
    ) -> None:
        app = opened("review", attempt=attempt(document()).id)
        cards = {metric.label: (metric.value, metric.delta) for metric in app.metric[4:]}
        assert cards == {
            "Filled pauses": ("2", "likely 2 to 4"),
            "Discourse markers": ("1", ""),
            "Repetitions": ("1", ""),
            "Restarts": ("1", ""),
        }
        assert "the true number in eight of ten talks" in text(app)

    def test_shows_scores_tips_quotes_and_what_is_right(self, attempt: Callable[..., Attempt]) -> None:
        app = opened("review", attempt=attempt(document()).id)
        said = text(app)
        assert [metric.value for metric in app.metric][:4] == ["45", "58", "31", "–"]
        assert "Clarity: It takes 100 words" in said
        assert "Begin a sentence when you know its end" in said
        assert "1 of 4 covered, 1 partly, 1 missed, 1 contradicted" in said
        assert "L1 does; L2 only makes them small" in said
        assert "The recording is noisy" in said
        assert "Close the window" in said

    def test_a_missed_point_of_the_rubric_is_explained(
        self, home: Path, attempt: Callable[..., Attempt]
    ) -> None:
        (home / "rubrics").mkdir()
        (home / "rubrics" / "dropout.yaml").write_text(TEMPLATE, encoding="utf-8")
        found = document("dropout")
        points = (found.coverage.key_points[2].model_copy(update={"id": "random-units"}),)
        found = found.model_copy(
            update={"coverage": found.coverage.model_copy(update={"key_points": points})}
        )
        said = text(opened("review", attempt=attempt(found, question="dropout").id))
        assert "It keeps units from relying on each other" in said
        assert "Dropout (Srivastava and others, 2014)" in said

    def test_user_text_is_never_markup(self, attempt: Callable[..., Attempt]) -> None:
        found = document()
        tip = found.tips[1].model_copy(
            update={"text": "Say <script>alert(1)</script> **loud** ![x](http://x)"}
        )
        app = opened("review", attempt=attempt(found.model_copy(update={"tips": (tip,)})).id)
        shown = [element.value for element in app.markdown if "alert" in element.value]
        assert shown == [
            "Say \\<script\\>alert\\(1\\)\\</script\\> \\*\\*loud\\*\\* \\!\\[x\\]\\(http\\://x\\)"
        ]

    def test_a_free_talk_has_no_coverage_and_says_so(self, attempt: Callable[..., Attempt]) -> None:
        app = opened("review", attempt=attempt(document(None), question=None).id)
        assert app.title[0].value == "Free talk"
        assert app.metric[0].value == "–"
        assert "A free talk has no key points" in text(app)

    def test_an_unknown_link_says_so_and_offers_the_others(self, attempt: Callable[..., Attempt]) -> None:
        attempt(document())
        app = opened("review", attempt="0" * 32)
        assert "does not exist any more" in text(app)
        assert "Open" in labels(app)

    def test_the_list_opens_one(self, attempt: Callable[..., Attempt]) -> None:
        kept = attempt(document())
        app = press(opened("review"), "Open")
        assert app.query_params["attempt"] == kept.id
        assert app.metric

    def test_a_failed_one_can_be_played_and_retried(
        self, store: Store, attempt: Callable[..., Attempt]
    ) -> None:
        kept = store.fail(attempt().id, "Nobody speaks in it.")
        app = opened("review", attempt=kept.id)
        assert "Nobody speaks in it" in app.error[0].value.replace("\\", "")
        assert app.get("audio")
        press(app, "Try again")
        assert store.attempt(kept.id).queued_at is not None

    def test_one_in_progress_is_watched(self, store: Store, attempt: Callable[..., Attempt]) -> None:
        kept = store.enqueue(attempt().id)
        assert "Cancel" in labels(opened("review", attempt=kept.id))

    def test_a_cancelled_and_an_unscored_one_can_be_scored(
        self, store: Store, attempt: Callable[..., Attempt]
    ) -> None:
        cancelled, recorded = store.cancelled(attempt().id), attempt()
        assert "You cancelled the scoring" in text(opened("review", attempt=cancelled.id))
        app = opened("review", attempt=recorded.id)
        assert "has not been scored yet" in text(app)
        press(app, "Score it now")
        assert store.attempt(recorded.id).queued_at is not None

    def test_deleting_asks_first(self, store: Store, attempt: Callable[..., Attempt]) -> None:
        kept = attempt(document())
        app = press(opened("review", attempt=kept.id), "Delete this attempt")
        assert store.exists(kept.id)
        app = press(app, "Delete")
        assert not store.exists(kept.id)
        assert "Nothing to review yet" in text(app)

    def test_reports_and_the_document_can_be_downloaded(
        self, store: Store, attempt: Callable[..., Attempt]
    ) -> None:
        kept = attempt(document())
        app = opened("review", attempt=kept.id)
        names = [button.label for button in app.download_button]
        assert names == ["Report (HTML)", "Report (Markdown)", "Data (JSON)"]


class TestQuestions:
    def test_search_and_practise(self, home: Path) -> None:
        app = opened("questions")
        app.text_input[0].set_value("regularization")
        ran(app)
        app = press(app, "Practise this")
        assert app.title[0].value == "Practice"
        assert resources.rubric_of(QUESTION).prompt in text(app)

    def test_nothing_found_says_what_to_do(self, home: Path) -> None:
        app = opened("questions")
        app.text_input[0].set_value("quantum gastronomy")
        assert "No question matches" in text(ran(app))

    def test_a_mistake_is_named_with_its_line_and_field(self, home: Path) -> None:
        app = opened("questions")
        app.text_area[0].set_value(TEMPLATE.replace("weight: 2", "weigth: 2"))
        (row,) = ran(app).dataframe[0].value.to_dict("records")
        assert row["Line"] == "11"
        assert "weigth" in row["Field"] + row["Problem"]
        assert "Save to my questions" not in labels(app)

    def test_a_broken_file_of_ones_own_is_named(self, home: Path) -> None:
        (home / "rubrics").mkdir()
        (home / "rubrics" / "dropout.yaml").write_text(
            TEMPLATE.replace("level: 1", "level: 9"), encoding="utf-8"
        )
        (row,) = opened("questions").dataframe[0].value.to_dict("records")
        assert (row["File"], row["Line"], row["Field"]) == ("dropout.yaml", "5", "level")

    def test_a_good_one_is_saved_and_can_be_practised(self, home: Path) -> None:
        app = opened("questions")
        app.text_area[0].set_value(TEMPLATE)
        press(ran(app), "Save to my questions")
        assert resources.rubric_of("dropout").title == "Dropout"
        assert resources.rubric_of("dropout").prompt in text(opened("practice", question="dropout"))


class TestSettings:
    def test_the_model_is_saved(self, home: Path) -> None:
        app = opened("settings")
        app.selectbox[0].set_value("tiny.en")
        ran(app)
        next(button for button in app.button if button.key == "save_model").click()
        ran(app)
        assert load_settings(home).model == "tiny.en"

    def test_a_model_that_is_not_here_is_fetched_only_on_demand(
        self, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[str] = []
        monkeypatch.setattr("coach.transcription.weights.download", lambda name, *_: asked.append(name))
        app = opened("settings")
        app.selectbox[0].set_value("other")
        ran(app)
        app.text_input[0].set_value("small.en")
        ran(app)
        assert asked == []
        press(app, "Download it now")
        assert asked == ["small.en"]

    def test_a_pace_of_ones_own_is_saved_and_taken_back(self, home: Path) -> None:
        app = opened("settings")
        app.slider[0].set_value((110, 160))
        ran(app)
        next(button for button in app.button if button.key == "save_pace").click()
        ran(app)
        assert load_settings(home).bands["speaking_rate"].good == (110, 160)
        press(app, "Back to the default")
        assert load_settings(home).bands == {}

    def test_deleting_everything_wants_the_word(self, store: Store, attempt: Callable[..., Attempt]) -> None:
        attempt(document())
        app = opened("settings")
        assert next(button for button in app.button if button.label == "Delete everything").disabled
        next(field for field in app.text_input if "delete" in field.label).set_value("delete")
        press(ran(app), "Delete everything")
        assert store.attempts() == []

    def test_impossible_settings_are_explained(self, home: Path) -> None:
        (home / "settings.json").write_text('{"device": "toaster"}', encoding="utf-8")
        assert "toaster" in text(opened("settings"))


@pytest.mark.parametrize(
    ("level", "verdict"),
    [(0.2, "good"), (0.005, "quiet"), (0.0005, "silent"), (0.0, "silent"), (1.0, "loud")],
)
def test_the_microphone_check_judges_the_level(level: float, verdict: str) -> None:
    assert microphone_check.heard(tone(5.0, level)).verdict == verdict
