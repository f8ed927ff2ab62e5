"""Review: everything about one attempt. ``?attempt=ID`` in the address names it, so that it can be linked."""

from __future__ import annotations

import io
from datetime import datetime

import streamlit as st

from coach.app import charts, tables, words
from coach.app.course import structure_section
from coach.app.frame import FREE_TALK, empty_state, heading, open_practice, open_review, plain
from coach.app.parts import (
    count_row,
    key_point_card,
    listed_card,
    misconception_card,
    score_row,
    source_lines,
)
from coach.app.player import CONTAINER, show_moments, show_transcript
from coach.app.resources import attempt_named, enqueue, rubric_of, sound_of, store
from coach.app.watching import under_way, watch
from coach.assessment import Assessment
from coach.errors import CoachError
from coach.rubric import Rubric
from coach.store import Attempt


def page() -> None:
    attempt_id = st.query_params.get("attempt")
    attempt = attempt_named(attempt_id)
    if attempt is None:
        choose(unknown=bool(attempt_id))
        return
    rubric = rubric_of(attempt.question_id)
    head(attempt, rubric)
    assessment = store().assessment(attempt.id)
    if attempt.stage == "assessed" and assessment is not None:
        reviewed(attempt, assessment, rubric)
    else:
        not_reviewed(attempt)
    leave(attempt)


def choose(unknown: bool) -> None:
    heading("Review", "Listen again, see what was found, and where.")
    if unknown:
        st.info("That attempt does not exist any more. Choose another one.", icon=":material/search_off:")
    attempts = store().attempts()
    if not attempts:
        box = empty_state(
            ":material/headphones:",
            "Nothing to review yet",
            "Record an answer, or open one of the sample talks to see what a review is.",
        )
        if box.button("Go to Practice", type="primary", icon=":material/mic:"):
            open_practice()
        return
    now = datetime.now().astimezone()
    for attempt in attempts[:30]:
        with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
            stage, icon = words.state(attempt.stage, under_way(attempt))
            with st.container(gap=None):
                st.markdown(f"**{plain(title_of(attempt, rubric_of(attempt.question_id)))}**")
                facts = [words.when(attempt.made_at, now), words.duration(attempt.duration_s), stage.lower()]
                st.caption(" · ".join(facts))
            if st.button("Open", key=f"open_{attempt.id}", icon=icon):
                open_review(attempt.id)


def title_of(attempt: Attempt, rubric: Rubric | None) -> str:
    if rubric is not None:
        return rubric.title
    return words.label(attempt.question_id) if attempt.question_id else "Free talk"


def head(attempt: Attempt, rubric: Rubric | None) -> None:
    now = datetime.now().astimezone()
    facts = [
        words.when(attempt.made_at, now),
        words.duration(attempt.duration_s),
        words.SOURCES.get(attempt.source, attempt.source),
        f"take {attempt.take}",
    ]
    if attempt.self_rating:
        facts.append(f"you rated it {attempt.self_rating} of 5")
    st.title(title_of(attempt, rubric), anchor=False)
    st.markdown(f":gray[{' · '.join(facts)}]")
    if attempt.reason and attempt.stage == "assessed":
        st.info(plain(attempt.reason), icon=":material/info:")


def player(attempt: Attempt) -> None:
    audio = sound_of(attempt.id)
    if audio is None:
        st.caption("There is no sound to play: the recording is gone, or was never finished.")
        return
    with st.container(key=CONTAINER):
        st.audio(audio, format=words.mime(audio.suffix), alt="Your recording")


def not_reviewed(attempt: Attempt) -> None:
    player(attempt)
    if attempt.stage == "failed":
        st.error(plain(attempt.reason or "It could not be scored."), icon=":material/error:")
        again(attempt)
    elif attempt.stage == "cancelled":
        st.info("You cancelled the scoring. The recording is kept.", icon=":material/block:")
        again(attempt)
    elif under_way(attempt):
        watch(attempt.id)
    else:
        st.info("The recording is kept and has not been scored yet.", icon=":material/hourglass_empty:")
        again(attempt)


def again(attempt: Attempt) -> None:
    if st.button(
        words.retry_label(attempt.stage, attempt.duration_s), type="primary", icon=":material/refresh:"
    ):
        try:
            enqueue(attempt.id)
        except CoachError as error:
            st.error(plain(str(error)))
        else:
            st.rerun()


def reviewed(attempt: Attempt, assessment: Assessment, rubric: Rubric | None) -> None:
    score_row(assessment)
    player(attempt)
    tips(assessment)
    transcript(assessment)
    pace(assessment)
    key_points(assessment, rubric)
    structure(assessment)
    figures(assessment)
    downloads(attempt, assessment)


def tips(assessment: Assessment) -> None:
    st.header("What to work on", anchor=False)
    if not assessment.tips:
        st.markdown("Nothing stands out in this talk. Try a harder question, or the same one in less time.")
    for tip in assessment.tips:
        with st.container(border=True, gap="small"):
            st.markdown(plain(tip.text))
            if tip.spans:
                show_moments(tip.spans[:8], key=f"tip_{tip.id}")


def transcript(assessment: Assessment) -> None:
    st.header("What you said", anchor=False)
    if assessment.recording is None:
        st.markdown(plain(assessment.transcript.text))
        return
    count_row(assessment)
    st.caption(
        "Click a word to hear it. With the keyboard: arrow keys move, ↑ ↓ jump between marks, Enter plays."
    )
    show_transcript(assessment, key="transcript")


def pace(assessment: Assessment) -> None:
    figure = charts.pace_figure(assessment)
    if figure is None:
        return
    st.header("Pace over time", anchor=False)
    st.plotly_chart(figure, config=charts.CONFIG, alt=charts.pace_alt(assessment), key="pace")


def key_points(assessment: Assessment, rubric: Rubric | None) -> None:
    coverage = assessment.coverage
    st.header("Key points", anchor=False)
    if not coverage.key_points:
        st.markdown(plain(coverage.reason or "A free talk has no key points to compare with."))
        return
    st.markdown(words.key_point_sentence(finding.status for finding in coverage.key_points))
    points = {point.id: point for point in rubric.key_points} if rubric else {}
    for misconception in coverage.misconceptions:
        misconception_card(misconception)
    if coverage.lists:
        listed_card(coverage.lists)
    for finding in sorted(coverage.key_points, key=words.urgency):
        wrong = [m for m in rubric.misconceptions if m.contradicts == finding.id] if rubric else []
        said = {m.id for m in coverage.misconceptions}
        corrections = [m for m in wrong if m.id in said or finding.status == "contradicted"]
        key_point_card(finding, points.get(finding.id), corrections)
    if rubric is None:
        return
    source_lines(rubric)
    if rubric.examples is not None:
        with st.expander("Show a good answer", icon=":material/lightbulb:"):
            st.markdown(plain(rubric.examples.good))


def structure(assessment: Assessment) -> None:
    if assessment.structure is not None:
        st.header("Structure", anchor=False)
        structure_section(assessment.structure)


def figures(assessment: Assessment) -> None:
    st.header("All figures", anchor=False)
    table = tables.measurement_table(assessment.measurements)
    st.dataframe(
        table,
        hide_index=True,
        height="content",
        alt="Every measurement with its unit, band, source and, where absent, why",
        column_config={
            "Measurement": st.column_config.Column(width=215),
            "Likely": st.column_config.Column(width=105),
            "Unit": st.column_config.Column(width=115),
        },
    )
    if assessment.recording is not None:
        quality = assessment.recording.quality
        with st.expander("How good the recording is", icon=":material/mic:", expanded=bool(quality.problems)):
            st.markdown(words.quality_sentence(quality))
            for advice in quality.advice:
                st.markdown(f"- {plain(advice)}")
            st.dataframe(tables.quality_table(assessment.recording), hide_index=True)
            if quality.withheld:
                st.caption(plain(quality.withheld))
    with st.expander("How the scores are made", icon=":material/functions:"):
        st.caption(
            "Each part is worth 0 to 100 by straight lines between the points given; a score is the weighted mean "
            "of its parts. The weights are choices, not findings."
        )
        st.dataframe(tables.formula_table(assessment), hide_index=True, height="content")
    with st.expander("What made these figures", icon=":material/info:"):
        st.caption("Figures are comparable only where these are the same.")
        st.dataframe(tables.versions_table(assessment), hide_index=True)


def downloads(attempt: Attempt, assessment: Assessment) -> None:
    from coach.report import to_html, to_markdown

    name = f"coach-{attempt.question_id or 'free-talk'}-{attempt.made_at:%Y-%m-%d}"
    title = title_of(attempt, rubric_of(attempt.question_id))
    sound = sound_of(attempt.id)

    # Made only when asked for: a page with its sound inside takes a moment.
    def html() -> io.BytesIO:
        return io.BytesIO(to_html(assessment, audio=sound, title=title).encode())

    def markdown() -> io.BytesIO:
        return io.BytesIO(to_markdown(assessment, title=title).encode())

    icon = ":material/download:"
    with st.container(horizontal=True, gap="small"):
        st.download_button("Report (HTML)", html, f"{name}.html", "text/html", icon=icon, on_click="ignore")
        st.download_button(
            "Report (Markdown)", markdown, f"{name}.md", "text/markdown", icon=icon, on_click="ignore"
        )
        st.download_button("Data (JSON)", assessment.to_json(), f"{name}.json", "application/json", icon=icon)


def leave(attempt: Attempt) -> None:
    st.space("small")
    with st.container(horizontal=True, gap="small"):
        if st.button("Answer it again" if attempt.question_id else "Talk again", icon=":material/replay:"):
            open_practice(attempt.question_id or FREE_TALK)
        if st.button("All attempts", icon=":material/list:"):
            st.query_params.clear()
            st.rerun()
        if st.button("Delete this attempt", icon=":material/delete:", type="tertiary"):
            confirm_removal(attempt.id)


@st.dialog("Delete this attempt?")
def confirm_removal(attempt_id: str) -> None:
    st.markdown("The recording and everything found in it will be gone for good.")
    with st.container(horizontal=True):
        if st.button("Delete", type="primary", icon=":material/delete:", on_click=forget, args=(attempt_id,)):
            st.rerun()
        if st.button("Keep it"):
            st.rerun()


def forget(attempt_id: str) -> None:
    store().delete(attempt_id)
    st.query_params.clear()


page()
