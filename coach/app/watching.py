"""Watching an attempt while the background worker has it. The work goes on when nobody looks."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from coach.app.frame import plain
from coach.app.resources import attempt_named, cancel, store, worker
from coach.app.stages import overall, progress_words, queue_words, seconds_left
from coach.store import Attempt


def under_way(attempt: Attempt) -> bool:
    """Whether it waits in the queue or is being worked on."""
    return attempt.queued_at is not None and attempt.stage not in ("failed", "cancelled")


@st.fragment(run_every=1.0)
def watch(attempt_id: str) -> None:
    """Progress with stage, time left, place in the queue and Cancel; reruns the page when it is over."""
    worker()  # somebody has to work, also after a restart
    attempt = attempt_named(attempt_id)
    if attempt is None or not under_way(attempt):
        st.rerun()
        return
    with st.container(border=True, gap="small"):
        if attempt.cancel_requested:
            st.progress(overall(attempt.progress_stage, attempt.progress_fraction), "Stopping …")
        elif attempt.started_at is None:
            st.progress(0.0, queue_words(store().position(attempt_id)))
        else:
            done = overall(attempt.progress_stage, attempt.progress_fraction)
            elapsed = (datetime.now(UTC) - attempt.started_at).total_seconds()
            st.progress(
                done, plain(progress_words(attempt.progress_stage, done, seconds_left(elapsed, done)))
            )
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.button(
                "Cancel",
                key=f"cancel_{attempt_id}",
                disabled=attempt.cancel_requested,
                on_click=cancel,
                args=(attempt_id,),
            )
            st.caption("You may leave this page or close the tab: it goes on, and the review will be here.")
