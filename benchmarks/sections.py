"""The sections of benchmarks/RESULTS.md: each benchmark replaces its own and leaves the others as they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

RESULTS: Final = Path(__file__).resolve().parent / "RESULTS.md"


def with_section(document: str, title: str, body: str) -> str:
    """``document`` with ``body`` under "## ``title``": in place of that section, else at the end.

    A section reaches to the next heading of the second level, whatever stands in it.
    """
    section = f"## {title}\n\n{body.strip()}\n\n"
    document = f"{document.rstrip()}\n\n" if document.strip() else "# Results\n\n"
    pattern = re.compile(rf"^## {re.escape(title)}[ \t]*\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
    if pattern.search(document):
        document = pattern.sub(lambda _: section, document, count=1)
    else:
        document += section
    return document.rstrip() + "\n"


def markdown(rows: Sequence[Sequence[str]]) -> str:
    """A table; the first of ``rows`` is its head."""
    head, *body = rows
    return "\n".join(
        [f"| {' | '.join(head)} |", "|" + "---|" * len(head), *(f"| {' | '.join(row)} |" for row in body)]
    )


def write(title: str, body: str, results: Path = RESULTS) -> None:
    """Puts ``body`` under "## ``title``" in ``results``."""
    before = results.read_text(encoding="utf-8") if results.exists() else ""
    results.write_text(with_section(before, title, body), encoding="utf-8")
