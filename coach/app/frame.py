"""What every page shares: the frame's looks, and links from page to page."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import streamlit as st

PAGES: Final = Path(__file__).parent / "pages"


def dress() -> None:
    """Title, icon and style sheet of the whole app. Call it before anything else is drawn."""
    st.set_page_config(page_title="Coach", page_icon="🎙️", layout="centered")
    st.html(Path(__file__).with_name("frame.css"))


def heading(title: str, lead: str) -> None:
    """The title of a page and one sentence on what it is for."""
    st.title(title, anchor=False)
    st.markdown(f":gray[{lead}]")


def empty_state(icon: str, title: str, text: str) -> st.delta_generator.DeltaGenerator:
    """What a page shows while it has nothing to show. Returns the box, for the button that leads on."""
    box = st.container(border=True, key=f"empty_{title.replace(' ', '_').lower()}", gap="small")
    box.markdown(f"#### {icon} {title}")
    box.markdown(text)
    return box


def open_practice(question: str | None = None) -> None:
    """Goes to Practice, with ``question`` chosen."""
    st.switch_page(PAGES / "practice.py", query_params={"question": question} if question else None)


def open_review(attempt_id: str) -> None:
    """Goes to the review of one attempt."""
    st.switch_page(PAGES / "review.py", query_params={"attempt": attempt_id})


def plain(text: str) -> str:
    """``text`` so that markdown shows it as it is written."""
    marks = "\\`*_{}[]()<>#+-.!|~$:&"
    return "".join(f"\\{sign}" if sign in marks else sign for sign in text)
