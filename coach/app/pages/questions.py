"""Questions: browse, search, read one, practise it, check one's own."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from coach.app import tables, words
from coach.app.frame import empty_state, heading, open_practice, plain
from coach.app.own_questions import TEMPLATE, check_text, keep
from coach.app.parts import key_point_list, question_head, source_lines
from coach.app.resources import home, questions
from coach.errors import CoachError
from coach.rubric import Rubric, check_rubrics
from coach.settings import user_rubrics


def page() -> None:
    heading("Questions", "What you can practise, and what a good answer to each says.")
    browse, own = st.tabs(["Browse", "Add your own"])
    with browse:
        browsing(questions())
    with own:
        adding()


def browsing(rubrics: list[Rubric]) -> None:
    if not rubrics:
        empty_state(":material/quiz:", "No questions found", "Add one of your own in the other tab.")
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        text = st.text_input(
            "Search", placeholder="regularization, design, failed …", icon=":material/search:"
        )
        domains = tables.in_domain_order(rubric.domain for rubric in rubrics)
        domain = st.selectbox(
            "Domain",
            [None, *domains],
            format_func=lambda d: "All domains" if d is None else words.domain_label(d),
        )
        level = st.selectbox(
            "Level",
            [None, *words.LEVELS],
            format_func=lambda n: "All levels" if n is None else words.LEVELS[n],
        )
    found = tables.matching(rubrics, domain=domain, level=level, text=text)
    if not found:
        st.info("No question matches. Try fewer words, or all domains.", icon=":material/search_off:")
        return
    st.caption(f"{len(found)} question" + ("" if len(found) == 1 else "s"))
    asked = st.query_params.get("question")
    for domain_name in tables.in_domain_order(rubric.domain for rubric in found):
        st.header(words.domain_label(domain_name), anchor=False)
        for rubric in (rubric for rubric in found if rubric.domain == domain_name):
            title = f"{plain(rubric.title)} :gray[· {words.LEVELS[rubric.level].lower()}]"
            with st.expander(title, expanded=rubric.id == asked):
                reading(rubric)


def reading(rubric: Rubric) -> None:
    question_head(rubric)
    if st.button("Practise this", key=f"practise_{rubric.id}", type="primary", icon=":material/mic:"):
        open_practice(rubric.id)
    if rubric.follow_ups:
        st.markdown("**Twists the interviewer may add**")
        for follow_up in rubric.follow_ups:
            st.markdown(f"- {plain(follow_up.prompt)}")
    if st.toggle(
        "Show the key points", key=f"points_{rubric.id}", help="They give the answer away: try first."
    ):
        key_point_list(rubric)
        source_lines(rubric)


def adding() -> None:
    st.markdown(
        "A question is one YAML file with a prompt and its key points. Paste it or upload it: "
        "it is checked at once, and every problem is named with its line and field."
    )
    broken(user_rubrics(home()))
    file = st.file_uploader("Question file", type=["yaml", "yml"], max_upload_size=1)
    start = file.getvalue().decode("utf-8", errors="replace") if file else ""
    text = st.text_area("or paste it", value=start, height=320)
    if st.toggle("Show a template to start from"):
        st.code(TEMPLATE, language="yaml")
    if not text.strip():
        return
    rubric, problems = check_text(text)
    if problems:
        count = "One problem" if len(problems) == 1 else f"{len(problems)} problems"
        st.error(f"{count} to mend before it can be saved.", icon=":material/error:")
        st.dataframe(
            tables.problem_table(problems), hide_index=True, alt="The problems, each with line, field and fix"
        )
    if rubric is None:
        return
    st.success(f"“{plain(rubric.title)}” is well formed.", icon=":material/check_circle:")
    with st.expander("How it will look"):
        question_head(rubric)
        key_point_list(rubric)
    if st.button("Save to my questions", type="primary", icon=":material/save:"):
        try:
            keep(user_rubrics(home()), rubric, text)
        except CoachError as error:
            st.error(plain(str(error)))
        else:
            st.toast(f"Saved: {rubric.title}", icon=":material/check_circle:")


def broken(folder: Path) -> None:
    """Names the user's question files that can't be used, which are otherwise just left out."""
    problems = check_rubrics(folder) if folder.is_dir() and any(folder.rglob("*.y*ml")) else []
    if problems:
        st.warning(
            "Some of your question files can't be used until they are mended.", icon=":material/error:"
        )
        st.dataframe(
            tables.problem_table(problems), hide_index=True, alt="Your question files with their problems"
        )


page()
