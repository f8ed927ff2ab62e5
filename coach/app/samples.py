"""The sample talks that ship with Coach."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from coach.bundled import bundled

KINDS = {
    "good": "a good answer",
    "weak": "a weak answer",
    "rambling": "rambling, many fillers",
    "behavioral": "a story about oneself",
    "free": "a real voice, no question",
}


@dataclass(frozen=True, slots=True)
class Sample:
    """One talk: its sound, what it answers (None: a free talk), and what to expect of it."""

    path: Path
    title: str
    question: str | None
    kind: str
    description: str


@lru_cache(maxsize=1)
def list_samples() -> tuple[Sample, ...]:
    """The talks in the samples folder that have both sound and description, by name."""
    found = []
    for path in sorted(bundled("samples").rglob("*.flac")):
        about = path.with_suffix(".json")
        if about.is_file():
            facts = json.loads(about.read_text(encoding="utf-8"))
            kind = str(facts.get("kind", ""))
            found.append(
                Sample(
                    path=path,
                    title=facts.get("title") or path.stem,
                    question=facts.get("question"),
                    kind=KINDS.get(kind, kind),
                    description=facts.get("description") or "",
                )
            )
    return tuple(found)
