"""How an answer is built, for Review: the course of its stages as a bar, its parts and rules with what was said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import streamlit as st

from coach.app.frame import plain
from coach.app.player import show_course, show_moments
from coach.app.words import CHECKS, PARTS, clock, figure, part_sentence, share_text, shortened
from coach.assessment import Evidence, Structure, StructureCheck, StructurePart
from coach.transcript import Span

QUOTES: Final = 2
"""Most quotes shown of one part; the reports hold all."""


def course_items(structure: Structure) -> list[dict[str, Any]]:
    """The stretches of the answer, in order, for the bar; those without a share are left out."""
    names = {one.id: one.name for one in structure.shares}
    return [
        {
            "text": names[stretch.stage],
            "label": f"{names[stretch.stage]}, {share_text(stretch.share)}"
            + ("" if stretch.start is None else f", {clock(stretch.start)}, play"),
            "start": stretch.start,
            "end": stretch.end,
            "share": stretch.share,
            "mark": _mark(structure, stretch.stage),
        }
        for stretch in structure.stretches
        if stretch.share
    ]


def course_legend(structure: Structure) -> list[dict[str, str]]:
    """The stages that occur, in their usual order, with their shares."""
    return [
        {"mark": _mark(structure, one.id), "sample": "", "text": f"{one.name} {share_text(one.share)}"}
        for one in structure.shares
        if one.share
    ]


def structure_section(structure: Structure) -> None:
    """The whole section below its heading."""
    asked = [part for part in structure.parts if part.expected or part.status == "present"]
    st.markdown(part_sentence(part.status for part in asked))
    if structure.stretches:
        st.caption(f"The course of your answer, by {structure.share_of}. Click a stretch to hear it.")
        show_course(course_items(structure), course_legend(structure), "Course of the answer", "course")
    if structure.shares_reason:
        st.caption(plain(structure.shares_reason))
    with st.container(border=True, gap="small"):
        for part in asked:
            _part(part)
        for check in structure.checks:
            _check(check)
    rules: list[StructurePart | StructureCheck] = [*asked, *structure.checks]
    with st.expander("What is looked for, and who says so", icon=":material/menu_book:"):
        for one in rules:
            st.markdown(f"- **{plain(one.name)}**: {plain(one.looks_for)} :gray[{plain(one.source)}]")


def _part(part: StructurePart) -> None:
    said = part.reason or (part.advice if part.status == "absent" else "")
    _row(part.name, PARTS[part.status], said, part.evidence, f"part_{part.id}")


def _check(check: StructureCheck) -> None:
    told = [f"{one.name} {figure(one.value, one.unit)}" for one in check.figures if one.value is not None]
    said = check.reason or (check.advice if check.status == "broken" else "")
    _row(
        check.name,
        CHECKS[check.status],
        ". ".join(filter(None, [", ".join(told), said])),
        check.evidence,
        f"check_{check.id}",
    )


def _row(name: str, status: tuple[str, str, str], said: str, evidence: Sequence[Evidence], key: str) -> None:
    """Name and status on the left, what was said on the right; one below the other on a phone."""
    icon, word, colour = status
    left, right = st.columns((2, 5), gap="small")
    with left:
        st.markdown(f":{colour}-badge[{icon} {word}] **{plain(name)}**")
    with right:
        if said:
            st.caption(plain(said))
        _quotes(evidence[:QUOTES], key)


def _quotes(evidence: Sequence[Evidence], key: str) -> None:
    spoken = [e for e in evidence if e.start is not None and e.end is not None]
    if spoken:
        spans = [Span(start=e.start or 0.0, end=e.end or 0.0) for e in spoken]
        show_moments(spans, key=key, quotes=[shortened(e.quote) for e in spoken])
    for quote in evidence:
        if quote.start is None:
            st.caption(f"“{plain(shortened(quote.quote))}”")


def _mark(structure: Structure, stage: str) -> str:
    """The class of a stage's colour: its place among the parts, which come in the order of the stages."""
    places = {part.id: place for place, part in enumerate(structure.parts)}
    return f"stage_{places.get(stage, 'other')}"
