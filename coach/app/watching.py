"""Watching an attempt while the background worker has it. The work goes on when nobody looks."""

from __future__ import annotations

import streamlit as st

from coach.app.frame import plain
from coach.app.resources import attempt_named, cancel, store, worker
from coach.app.words import progress_words, queue_words
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
            st.progress(attempt.progress_fraction or 0.0, "Stopping …")
        elif attempt.started_at is None:
            st.progress(0.0, queue_words(store().position(attempt_id)))
        else:
            words = progress_words(attempt.progress_stage, attempt.progress_fraction, attempt.progress_note)
            st.progress(min(1.0, attempt.progress_fraction or 0.0), plain(words))
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.button(
                "Cancel",
                key=f"cancel_{attempt_id}",
                disabled=attempt.cancel_requested,
                on_click=cancel,
                args=(attempt_id,),
            )
            st.caption("You may leave this page or close the tab: it goes on, and the review will be here.")
