"""Where the things that ship with Coach are: rubrics, samples, schema, the app's entry. The one locator."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def bundled(name: str) -> Path:
    """The path of a shipped file or folder: ``rubrics``, ``samples``, ``schema``, ``streamlit_app.py``, ``models.txt``.

    In an installed wheel they lie inside the package, in a checkout at its top level.
    """
    installed = _PACKAGE / "bundled" / name
    if installed.exists():
        return installed
    return _PACKAGE.parent / ("docs/schema" if name == "schema" else name)
