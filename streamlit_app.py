"""The frame of the app: which pages there are. Start it with ``coach app``."""

from pathlib import Path

import streamlit as st

import coach.app
from coach.app import frame

PAGES = Path(coach.app.__file__).parent / "pages"

frame.dress()
page = st.navigation(
    [
        st.Page(PAGES / "practice.py", title="Practice", icon=":material/mic:", default=True),
        st.Page(PAGES / "review.py", title="Review", icon=":material/graphic_eq:"),
        st.Page(PAGES / "plan.py", title="Plan", icon=":material/event_note:"),
        st.Page(PAGES / "progress.py", title="Progress", icon=":material/trending_up:"),
        st.Page(PAGES / "questions.py", title="Questions", icon=":material/quiz:"),
        st.Page(PAGES / "settings.py", title="Settings", icon=":material/settings:"),
    ],
    position="top",
)
with frame.explained():
    page.run()
