"""Practice: choose a question, record an answer or open one, watch it being scored."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from pathlib import Path

import streamlit as st

from coach.app import tables, words
from coach.app.checking import microphone_check
from coach.app.frame import FREE_TALK, empty_state, heading, open_review, plain
from coach.app.parts import key_point_list, question_head, score_row
from coach.app.recording_panel import local_microphone, meter
from coach.app.resources import (
    UPLOAD_TYPES,
    attempt_named,
    enqueue,
    keep,
    questions,
    rubric_of,
    seat,
    settings,
    store,
)
from coach.app.samples import list_samples
from coach.app.watching import under_way, watch
from coach.errors import CoachError
from coach.rubric import Rubric
from coach.store import Attempt

NO_QUESTION = "Free talk (no question, no key points)"
EVERY = "every"
WAYS = {
    "browser": ":material/mic: Browser microphone",
    "file": ":material/upload_file: File",
    "microphone": ":material/settings_voice: Local microphone",
    "sample": ":material/play_circle: Sample talk",
}


def page() -> None:
    attempt = attempt_named(st.query_params.get("attempt"))
    if finished := st.session_state.pop("local_finished", None):
        started(finished)
    if attempt is not None:
        after_recording(attempt)
        return
    heading("Practice", "Explain something out loud, and see what you really said.")
    if recording_now():
        return
    recording_note("")
    offer_unfinished()
    rubric = choose_question()
    if rubric is not None:
        show_question(rubric)
    ways_in(rubric.id if rubric else None)


def recording_now() -> bool:
    """Shows the question and the meter, and nothing that leads away, while the local microphone runs."""
    running = seat().recording
    if running is not None:
        rubric = rubric_of(running.question)
        if rubric is not None:
            show_question(rubric)
        meter(rubric.time_limit_s if rubric else None)
    return running is not None


def offer_unfinished() -> None:
    left = [
        attempt for attempt in store().unfinished() if attempt.id not in st.session_state.get("put_off", ())
    ]
    if not left:
        return
    now = datetime.now().astimezone()
    with st.container(border=True, gap="small"):
        st.markdown("**Something was left unfinished.** The sound is kept; finish it now or delete it.")
        for attempt in left[:5]:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                rubric = rubric_of(attempt.question_id)
                title = rubric.title if rubric else "Free talk"
                st.markdown(f"{plain(title)} :gray[· {words.when(attempt.made_at, now)}]", width="stretch")
                with st.container(horizontal=True, gap="small", width="content", wrap=False):
                    if st.button("Finish", key=f"finish_{attempt.id}", type="primary"):
                        started(attempt.id)
                    if st.button("Delete", key=f"drop_{attempt.id}"):
                        store().delete(attempt.id)
                        st.rerun()
        if st.button("Not now", type="tertiary"):
            st.session_state["put_off"] = {
                *st.session_state.get("put_off", ()),
                *(attempt.id for attempt in left),
            }
            st.rerun()


def choose_question() -> Rubric | None:
    rubrics = questions()
    by_id = {rubric.id: rubric for rubric in rubrics}
    asked = st.query_params.get("question")
    if asked not in by_id and asked != FREE_TALK:
        asked = rubrics[0].id if rubrics else FREE_TALK
    if asked != st.session_state.get("chosen_question"):  # a link leads here, not the select box below
        st.session_state["question"] = asked
        st.session_state["question_domain"] = EVERY
    domains = tables.in_domain_order(rubric.domain for rubric in rubrics)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        domain = st.selectbox(
            "Domain",
            [EVERY, *domains],
            format_func=lambda name: "All domains" if name == EVERY else words.domain_label(name),
            width=220,
            key="question_domain",
        )
        shown = [
            rubric.id
            for rubric in tables.matching(
                rubrics, domain=None if domain == EVERY else domain, level=None, text=""
            )
        ]
        options = [FREE_TALK, *shown]
        if st.session_state.get("question") not in options:
            st.session_state["question"] = shown[0]
        chosen = st.selectbox(
            "Question",
            options,
            format_func=lambda name: by_id[name].title if name in by_id else NO_QUESTION,
            key="question",
        )
    st.query_params["question"] = st.session_state["chosen_question"] = chosen
    return by_id.get(chosen)


def show_question(rubric: Rubric) -> None:
    with st.container(border=True, gap="small"):
        question_head(rubric)
        tried = bool(store().attempts(question=rubric.id, limit=1))
        label = "Show key points" if tried else "Show key points before trying"
        if st.toggle(label, key=f"reveal_{rubric.id}"):
            key_point_list(rubric)


def ways_in(question: str | None) -> None:
    st.header("Your answer", anchor=False)
    way = st.segmented_control(
        "How will you give it?",
        list(WAYS),
        format_func=WAYS.__getitem__,
        default="browser",
        required=True,
        key="way",
    )
    if way == "browser":
        browser(question)
    elif way == "file":
        upload(question)
    elif way == "microphone":
        if settings().microphone_checked or not microphone_check("local"):
            local_microphone(question)
    else:
        samples()


def browser(question: str | None) -> None:
    if not settings().microphone_checked and microphone_check("browser"):
        return
    count = st.session_state.setdefault("recordings", 0)
    value = st.audio_input(
        "Press the microphone, speak, press stop. It is scored at once.", key=f"answer_{count}"
    )
    if value is not None:
        st.session_state["recordings"] = count + 1
        kept(value.getvalue(), "wav", question, "browser")
    with st.expander("The browser shows no microphone, or says it is not allowed", icon=":material/help:"):
        st.markdown(words.BROWSER_HELP)


def upload(question: str | None) -> None:
    count = st.session_state.setdefault("uploads", 0)
    file = st.file_uploader(
        "A recording or a video of you talking, up to 60 minutes", type=UPLOAD_TYPES, key=f"upload_{count}"
    )
    if file is not None:
        st.session_state["uploads"] = count + 1
        kept(file.getvalue(), Path(file.name).suffix, question, "file", name=file.name)
    st.caption("Of a longer one everything is kept, and you can score the first 60 minutes.")


def samples() -> None:
    talks = list_samples()
    if not talks:
        empty_state(
            ":material/headphones:",
            "No samples here",
            "This installation came without sample talks. Record one of your own.",
        )
        return
    st.caption(
        "Most of these are synthetic voices reading scripts with known mistakes. "
        "Scoring one copies it into your attempts, where you can delete it like any other."
    )
    for talk in talks:
        with st.container(border=True, gap="small"):
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                st.markdown(f"**{plain(talk.title)}**")
                st.badge(talk.kind, color="gray")
            st.markdown(plain(talk.description))
            st.audio(talk.path, format="audio/flac", alt=talk.title)
            if st.button("Score this talk", key=f"sample_{talk.path.stem}", icon=":material/play_arrow:"):
                kept(talk.path.read_bytes(), "flac", talk.question, "sample", name=talk.title)


def kept(
    data: bytes, suffix: str, question: str | None, source: words.WayIn, name: str | None = None
) -> None:
    try:
        attempt = keep(data, suffix, question, source, name=name)
    except CoachError as error:
        st.error(plain(str(error)), icon=":material/error:")
    else:
        show(attempt.id)


def started(attempt_id: str) -> None:
    try:
        enqueue(attempt_id)
    except CoachError as error:
        st.error(plain(str(error)), icon=":material/error:")
    else:
        show(attempt_id)


def show(attempt_id: str) -> None:
    st.query_params["attempt"] = attempt_id
    st.rerun()


def after_recording(attempt: Attempt) -> None:
    rubric = rubric_of(attempt.question_id)
    heading(rubric.title if rubric else "Free talk", "Your answer is kept on this computer.")
    recording_note(attempt.id)
    assessment = store().assessment(attempt.id)
    if under_way(attempt):
        watch(attempt.id)
        rating(attempt)
    elif attempt.stage == "assessed" and assessment is not None:
        st.success("Scored.", icon=":material/check_circle:")
        score_row(assessment)
        for tip in assessment.tips[:1]:
            st.markdown(f"**First of all:** {plain(tip.text)}")
        if st.button("Open the review", type="primary", icon=":material/graphic_eq:"):
            open_review(attempt.id)
        rating(attempt)
    else:
        problem(attempt)
    st.space("small")
    if st.button("Answer again" if rubric else "Record another", icon=":material/replay:"):
        del st.query_params["attempt"]
        st.query_params["question"] = attempt.question_id or FREE_TALK
        st.rerun()


def recording_note(attempt_id: str) -> None:
    """How the local recording ended, when it was not by Stop; shown as long as its attempt is."""
    about, note = st.session_state.get("recording_note", (None, None))
    if note and about in (None, attempt_id):
        st.warning(plain(note), icon=":material/mic_off:")


def problem(attempt: Attempt) -> None:
    if attempt.stage == "failed":
        st.error(plain(attempt.reason or "It could not be scored."), icon=":material/error:")
    elif attempt.stage == "cancelled":
        st.info("Scoring was cancelled. The recording is kept.", icon=":material/block:")
    else:
        st.info("This recording has not been scored yet.", icon=":material/hourglass_empty:")
    with st.container(horizontal=True, gap="small"):
        if st.button(
            words.retry_label(attempt.stage, attempt.duration_s), type="primary", icon=":material/refresh:"
        ):
            started(attempt.id)
        if st.button("Listen to it", icon=":material/graphic_eq:"):
            open_review(attempt.id)


def rating(attempt: Attempt) -> None:
    with st.container(gap=None):
        st.markdown("How did it feel? :gray[(optional)]")
        stars = st.feedback(
            "stars",
            key=f"rating_{attempt.id}",
            default=attempt.self_rating - 1 if attempt.self_rating else None,
        )
    if stars is not None and stars + 1 != attempt.self_rating:
        with suppress(CoachError):
            store().rate(attempt.id, stars + 1)


page()
