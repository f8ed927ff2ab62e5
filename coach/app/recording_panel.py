"""Recording with this computer's own microphone: device, level, elapsed time, stop."""

from __future__ import annotations

import streamlit as st

from coach.app.frame import plain
from coach.app.local_recording import LocalRecording
from coach.app.resources import practice_session, seat, settings, store
from coach.app.words import clock, level_share
from coach.errors import CoachError

_DEFAULT = "The system's default"


def local_microphone(question: str | None) -> None:
    """The choice of a device and the button that starts a recording."""
    st.caption(
        "For when Coach runs on the computer in front of you. Sound goes straight to its disk, unprocessed."
    )
    device = _device()
    if device is None:
        return
    if st.button("Start recording", type="primary", icon=":material/fiber_manual_record:"):
        try:
            seat().recording = LocalRecording(
                store(), question, None if device == _DEFAULT else device, practice_session()
            )
        except CoachError as error:
            st.error(plain(str(error)), icon=":material/mic_off:")
        else:
            st.session_state.pop("recording_note", None)
            st.rerun()


def _device() -> str | None:
    from coach.microphone import list_microphones, portaudio_problem

    if problem := portaudio_problem():
        st.warning(plain(problem), icon=":material/mic_off:")
        return None
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        rescan = st.session_state.pop("rescan", False)
        try:
            names = list(dict.fromkeys(found.name for found in list_microphones(rescan=rescan)))
        except CoachError as error:
            st.error(plain(str(error)), icon=":material/mic_off:")
            return None
        if names:
            options = [_DEFAULT, *names]
            preferred = settings().microphone
            device = st.selectbox(
                "Microphone", options, index=options.index(preferred) if preferred in options else 0
            )
        if st.button("Look again", icon=":material/refresh:", help="Finds a microphone plugged in just now"):
            st.session_state["rescan"] = True
            st.rerun()
    if not names:
        st.info(
            "No microphone was found. Plug one in and look again, or use a file.", icon=":material/mic_off:"
        )
        return None
    return device


@st.fragment(run_every=0.25)
def meter(limit_s: float | None) -> None:
    """Elapsed time (of ``limit_s``), level and Stop; ``local_finished`` in the session names the attempt after."""
    recording = seat().recording
    if recording is None:
        return
    microphone = recording.microphone
    limit = f" of {clock(limit_s)}" if limit_s else ""
    with st.container(border=True, gap="small"):
        st.metric(":red[:material/fiber_manual_record:] Recording", f"{clock(microphone.elapsed)}{limit}")
        st.progress(
            level_share(microphone.level_dbfs), "Too loud: it clips" if microphone.clipped else "Level"
        )
        stop = st.button("Stop", type="primary", icon=":material/stop:")
    if not (stop or recording.ended):
        return
    seat().recording = None
    try:
        outcome = recording.finish()
    except CoachError as error:
        st.session_state["recording_note"] = (None, str(error))
    else:
        if outcome.name != "stopped":
            st.session_state["recording_note"] = (recording.attempt_id, outcome.message)
        st.session_state["local_finished"] = recording.attempt_id
    st.rerun()
