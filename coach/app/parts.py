"""Parts that more than one page draws: headline scores, a key point, a question."""

from __future__ import annotations

import streamlit as st

from coach.app.frame import plain
from coach.app.player import show_moments
from coach.app.progress_tables import Frame, csv
from coach.app.words import (
    COUNTS,
    INTERVAL_NOTE,
    LEVELS,
    SCORES,
    STATUS,
    domain_label,
    duration,
    ends,
    label,
    number,
)
from coach.assessment import Assessment, Evidence, KeyPointFinding, MisconceptionFinding
from coach.rubric import KeyPoint, Misconception, Rubric
from coach.transcript import Span
from coach.wording import LISTED_NOTE


def score_row(assessment: Assessment) -> None:
    """The four headline scores; under the row, why one is missing."""
    scores = assessment.scores
    with st.container(horizontal=True, gap="small"):
        for name, (title, help_text) in SCORES.items():
            value = getattr(scores, name)
            st.metric(title, number(None if value is None else round(value)), help=help_text, border=True)
    for name, (title, _) in SCORES.items():
        if getattr(scores, name) is None and name in scores.reasons:
            st.caption(f"{title}: {plain(scores.reasons[name])}")


def count_row(assessment: Assessment) -> None:
    """How many fillers, repetitions and restarts were found, each with the range that its true count lies in."""
    counts = {name: assessment.measurements.get(name) for name in COUNTS}
    known = {name: count for name, count in counts.items() if count is not None and count.value is not None}
    with st.container(horizontal=True, gap="small"):
        for name, count in known.items():
            between = ends(count.value or 0.0, count.interval) if count.interval else ""
            st.metric(
                label(name),
                number(count.value),
                f"likely {between}" if between else None,
                delta_color="off",
                delta_arrow="off",
                border=True,
                height="stretch",
            )
    if any(count.interval for count in known.values()):
        st.caption(INTERVAL_NOTE)


def question_head(rubric: Rubric) -> None:
    """Domain, level and time limit as labels, then the prompt."""
    with st.container(horizontal=True, gap="small"):
        st.badge(domain_label(rubric.domain), color="blue")
        st.badge(LEVELS[rubric.level], color="gray")
        st.badge(f"{duration(rubric.time_limit_s)}", icon=":material/timer:", color="gray")
    st.header(plain(rubric.prompt), anchor=False)


def key_point_list(rubric: Rubric) -> None:
    """What a good answer says, the required points first."""
    for point in sorted(rubric.key_points, key=lambda point: not point.required):
        st.markdown(f"- {plain(point.text)}" + (" :gray-badge[required]" if point.required else ""))


def source_lines(rubric: Rubric) -> None:
    """Where the claims of a question can be read."""
    if not rubric.sources:
        return
    with st.expander("Sources", icon=":material/menu_book:"):
        for source in rubric.sources:
            title = f"[{plain(source.title)}]({source.url})" if source.url else plain(source.title)
            st.markdown(f"- {title}, {plain(source.locator)}")


def key_point_card(finding: KeyPointFinding, point: KeyPoint | None, wrong: list[Misconception]) -> None:
    """One key point with its status and quotes and, where it is missing or wrong, the explanation."""
    icon, word, colour = STATUS[finding.status]
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.badge(word, icon=icon, color=colour)  # type: ignore[arg-type]
            if finding.required:
                st.badge("required", color="gray")
        st.markdown(plain(finding.text))
        _quotes(finding.evidence, f"point_{finding.id}")
        if finding.status in ("missed", "contradicted", "partial"):
            for misconception in wrong:
                st.markdown(f"**What is right:** {plain(misconception.correction)}")
            if point is not None and point.explanation:
                st.markdown(f":gray[**Why it matters:** {plain(point.explanation)}]")


def misconception_card(finding: MisconceptionFinding) -> None:
    """Something wrong that was said, with what is right."""
    with st.container(border=True, gap="small"):
        st.badge("Said, but not right", icon=":material/cancel:", color="red")
        st.markdown(plain(finding.text))
        _quotes(finding.evidence, f"wrong_{finding.id}")
        st.markdown(f"**What is right:** {plain(finding.correction)}")


def listed_card(lists: tuple[Evidence, ...]) -> None:
    """Terms that were named in a row."""
    with st.container(border=True, gap="small"):
        st.badge("Listed, not explained", icon=":material/list:", color="orange")
        _quotes(lists, "listed")
        st.markdown(f"{LISTED_NOTE}.")


def download(label: str, table: Frame, name: str) -> None:
    """A button that gives ``table`` as NAME.csv."""
    st.download_button(
        plain(label), csv(table), f"{name}.csv", "text/csv", icon=":material/download:", on_click="ignore"
    )


def _quotes(evidence: tuple[Evidence, ...], key: str) -> None:
    spoken = [e for e in evidence if e.start is not None and e.end is not None]
    written = [e for e in evidence if e.start is None]
    if spoken:
        spans = [Span(start=e.start or 0.0, end=e.end or 0.0) for e in spoken]
        show_moments(spans, key=key, quotes=[e.quote for e in spoken])
    for quote in written:
        st.markdown(f"> {plain(quote.quote)}")
