"""What every page shares: the frame's looks, and links from page to page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import streamlit as st

from coach.errors import CoachError

FREE_TALK: Final = "free_talk"
"""Stands for "no question" in an address. No question can be called so: ids have no underscore."""

PAGES: Final = Path(__file__).parent / "pages"


def dress() -> None:
    """Title, icon and style sheet of the whole app. Call it before anything else is drawn."""
    st.set_page_config(page_title="Coach", page_icon="🎙️", layout="centered")
    st.html(Path(__file__).with_name("frame.css"))
    st.logo(str(Path(__file__).with_name("logo.svg")))


@contextmanager
def explained() -> Iterator[None]:
    """Shows what a page could not cope with (a damaged store, a wrong setting) as the sentence it is."""
    try:
        yield
    except CoachError as error:
        st.error(plain(str(error)), icon=":material/error:")


def heading(title: str, lead: str) -> None:
    """The title of a page and one sentence on what it is for."""
    st.title(title, anchor=False)
    st.markdown(f":gray[{lead}]")


def empty_state(icon: str, title: str, text: str) -> st.delta_generator.DeltaGenerator:
    """What a page shows while it has nothing to show. Returns the box, for the button that leads on."""
    box = st.container(border=True, key=f"empty_{title.replace(' ', '_').lower()}", gap="small")
    box.header(f"{icon} {title}", anchor=False)
    box.markdown(text)
    return box


def open_practice(question: str | None = None) -> None:
    """Goes to Practice, with ``question`` chosen; FREE_TALK is one."""
    st.switch_page(PAGES / "practice.py", query_params=None if question is None else {"question": question})


def open_review(attempt_id: str) -> None:
    """Goes to the review of one attempt."""
    st.switch_page(PAGES / "review.py", query_params={"attempt": attempt_id})


def plain(text: str) -> str:
    """``text`` so that markdown shows it as it is written."""
    marks = "\\`*_{}[]()<>#+-.!|~$:&"
    return "".join(f"\\{sign}" if sign in marks else sign for sign in text)
