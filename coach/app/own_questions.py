"""A user's own questions as text: checked, and kept in the folder of their questions."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from coach.errors import StoreError
from coach.rubric import Rubric, RubricProblem
from coach.rubric.mistakes import examine

TEMPLATE: Final = """\
schema: 1
id: dropout
title: Dropout
domain: fundamentals
level: 1
prompt: What does dropout do, and what changes at test time?
time_limit_s: 120
key_points:
  - id: random-units
    text: During training, units are switched off at random.
    weight: 2
    required: true
    phrasings:
      - we randomly drop some of the neurons while training
    explanation: It keeps units from relying on each other.
  - id: no-drop-at-test
    text: At test time nothing is dropped, and the scale is kept the same.
    phrasings:
      - at inference we use all units
sources:
  - title: Dropout (Srivastava and others, 2014)
    url: https://jmlr.org/papers/v15/srivastava14a.html
    locator: section 1
"""


def check_text(text: str) -> tuple[Rubric | None, list[RubricProblem]]:
    """The question in ``text``, or None with its problems in the order of their lines."""
    return examine(text, "")


def keep(folder: Path, rubric: Rubric, text: str) -> Path:
    """Writes ``text`` as the question file of ``rubric`` in ``folder``, replacing an earlier one of that id.

    The name is the id, which the schema keeps to letters, digits and hyphens. Raises StoreError.
    """
    path = folder / f"{rubric.id}.yaml"
    part = path.with_suffix(".part")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise StoreError(
            f"{path} can't be written ({error.strerror}). Check the disk and its permissions."
        ) from error
    return path
