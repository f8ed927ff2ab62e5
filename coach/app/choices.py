"""Keeping what the user chose on a page."""

from __future__ import annotations

import streamlit as st

from coach.app.frame import plain
from coach.app.resources import home
from coach.errors import CoachError
from coach.settings import Settings, load_settings, save_settings


def save(**changes: object) -> bool:
    """Changes these settings and says so; False, with the reason on the page, when that can't be done."""
    try:
        own = load_settings(home(), {})  # what the environment says is for this run, and not to be kept
        save_settings(home(), Settings.model_validate({**own.model_dump(), **changes}))
    except (CoachError, ValueError, OSError) as error:
        st.error(plain(str(error)), icon=":material/error:")
        return False
    st.toast("Saved.", icon=":material/check_circle:")
    return True
