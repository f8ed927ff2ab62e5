"""What outlives a page run: the store, the worker that scores in the background, a running local recording.

Everything is keyed by the folder of the user's data, so that two homes in one process never mix.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import streamlit as st

from coach.app.local_recording import Seat
from coach.errors import RubricError, StoreError
from coach.rubric import Rubric, list_rubrics, load_rubric
from coach.settings import Settings, coach_home, load_settings, user_rubrics
from coach.store import Attempt, Source, Store, open_store

UPLOAD_TYPES: Final = ["wav", "flac", "mp3", "m4a", "aac", "ogg", "opus", "webm", "mp4", "mov"]


def home() -> Path:
    """The folder of the user's data."""
    return coach_home()


def settings() -> Settings:
    """The settings in force now."""
    return load_settings(home())


def store() -> Store:
    """The user's store, opened once."""
    return _store(str(home()))


@st.cache_resource(show_spinner=False, on_release=lambda opened: opened.close())
def _store(folder: str) -> Store:
    return open_store(Path(folder))


def worker() -> Any:
    """The one background worker, started when it is first asked for."""
    return _worker(str(home()))


@st.cache_resource(show_spinner=False, on_release=lambda running: running.stop())
def _worker(folder: str) -> Any:
    from coach.practice import work
    from coach.worker import Worker

    running = Worker(_store(folder), work)
    running.start()
    return running


def enqueue(attempt_id: str) -> None:
    """Puts an attempt into the queue; the worker gets to it even when the page is closed."""
    if any(left.id == attempt_id and left.stage == "recording" for left in store().unfinished()):
        store().finish_capture(attempt_id)  # its recorder died: what it left behind counts
    store().enqueue(attempt_id)
    worker()


def cancel(attempt_id: str) -> None:
    """Takes an attempt out of the queue, or stops the work on it; its sound stays."""
    store().cancel(attempt_id)


def attempt_named(attempt_id: str | None) -> Attempt | None:
    """The attempt with this id, None when there is none (a link may outlive what it leads to)."""
    if not attempt_id:
        return None
    try:
        return store().attempt(attempt_id)
    except StoreError:
        return None


def sound_of(attempt_id: str) -> Path | None:
    """The file to play, None when there is none or it is not a file yet."""
    try:
        path = store().audio_path(attempt_id)
    except StoreError:
        return None
    return path if path.is_file() else None


def practice_session() -> str:
    """The session that attempts of this visit belong to; a new one when its attempts were all deleted."""
    known = st.session_state.get("practice_session")
    if known is None or not store().attempts(session=known, limit=1):
        known = st.session_state["practice_session"] = store().new_session()
    return str(known)


def keep(
    data: bytes, suffix: str, question: str | None, source: Source, *, name: str | None = None
) -> Attempt:
    """A recording that came in, on disk and in the queue.

    Raises AudioError or StoreError; then nothing remains.
    """
    attempt = store().add_bytes(
        data,
        suffix,
        question,
        source,
        session=practice_session(),
        browser_processed=source == "browser",
        original_name=name,
    )
    enqueue(attempt.id)
    return attempt


def questions() -> list[Rubric]:
    """Every question, the user's own among them."""
    return list_rubrics(user_rubrics(home()))


def rubric_of(question: str | None) -> Rubric | None:
    """The question with this id; None in a free talk, or when it is gone or broken."""
    if question is None:
        return None
    try:
        return load_rubric(question, user_rubrics(home()))
    except RubricError:
        return None


@st.cache_resource(show_spinner=False, scope="session", on_release=lambda seat: seat.close())
def seat() -> Seat:
    """This browser session's place for a local recording; the microphone is freed with the tab."""
    return Seat()
