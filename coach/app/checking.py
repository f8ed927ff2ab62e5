"""The microphone check that comes before the first recording. It can be skipped, and is remembered."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Literal

import streamlit as st

from coach.app.frame import plain
from coach.app.microphone_check import Heard, heard
from coach.app.resources import home, settings
from coach.app.words import BROWSER_HELP, level_share
from coach.errors import CoachError
from coach.recording import Recording, read_recording
from coach.settings import load_settings, save_settings

_CHECK_S = 5


def microphone_check(way: Literal["browser", "local"]) -> bool:
    """Draws the check; False once it is done or skipped."""
    with st.container(border=True, gap="small"):
        st.markdown(
            "**First, a five-second check.** Say a sentence, then listen whether you can be heard well."
        )
        recording = _from_browser() if way == "browser" else _from_this_computer()
        if recording is not None:
            result = heard(recording)
            st.progress(level_share(result.level), "Level")
            _say(result)
        with st.container(horizontal=True, gap="small"):
            done = recording is not None and st.button(
                "Continue", type="primary", icon=":material/arrow_forward:"
            )
            skipped = st.button("Skip the check", type="tertiary")
    if done or skipped:
        save_settings(home(), load_settings(home(), {}).model_copy(update={"microphone_checked": True}))
        st.rerun()
    return True


def _say(result: Heard) -> None:
    if result.verdict == "good":
        st.success(result.sentence, icon=":material/check_circle:")
    else:
        st.warning(result.sentence, icon=":material/volume_down:")


def _from_browser() -> Recording | None:
    value = st.audio_input(
        "Press the microphone, say a sentence for about five seconds, press stop", key="check"
    )
    if value is None:
        with st.expander(
            "The browser shows no microphone, or says it is not allowed", icon=":material/help:"
        ):
            st.markdown(BROWSER_HELP)
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "check.wav"
        path.write_bytes(value.getvalue())
        return _read(path)


def _from_this_computer() -> Recording | None:
    from coach.microphone import portaudio_problem

    if problem := portaudio_problem():
        st.warning(plain(problem), icon=":material/mic_off:")
        return None
    if st.button("Record five seconds", icon=":material/mic:"):
        with st.spinner("Speak now …"):
            st.session_state["local_check"] = _record()
    recording: Recording | None = st.session_state.get("local_check")
    if recording is not None:
        st.audio(recording.samples, sample_rate=16_000, alt="The check recording")
    return recording


def _record() -> Recording | None:
    import numpy as np

    from coach.capture import read_capture
    from coach.microphone import record

    with tempfile.TemporaryDirectory() as folder:
        try:
            record(Path(folder) / "check", settings().microphone, seconds=_CHECK_S)
            return Recording(np.concatenate(list(read_capture(Path(folder) / "check"))))
        except CoachError as error:
            st.error(plain(str(error)), icon=":material/mic_off:")
            return None


def _read(path: Path) -> Recording | None:
    try:
        return read_recording(path)
    except CoachError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return None
