"""The first draft of a question file, from nothing or from pasted notes; the user fills in the rest."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import FoldedScalarString

from coach.errors import RubricError
from coach.rubric.model import STAGES, Domain, Id

_BULLET = re.compile(r"^\s*(?:[-*\u2022\u2013]|\(?\d{1,2}[.)])\s+")
_WRONG = re.compile(r"^(?:wrong|not true|myth|misconception|mistake)\s*:\s*", re.IGNORECASE)
_SOURCE = re.compile(r"^(?:source|see|from)\s*:\s*", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_SHORTEST_POINT = 4  # words; shorter lines are headings
_MOST_POINTS = 12
TEMPLATE = """
What is the question, as an interviewer asks it?
- A key point: one clear statement that a good answer makes.
- Another key point, which can be told from the first.
- One more: when does it fail, what is the trade-off?
Wrong: Something that people get wrong about it.
"""


@dataclass(slots=True)
class Notes:
    """What was found in pasted notes."""

    prompt: str = ""
    points: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)


def read_notes(text: str) -> Notes:
    """Bullets are key points; without bullets, sentences are. The first line that asks, or a heading, is the question.

    Lines that begin with "Wrong:" are misconceptions, with "Source:" sources. Raises RubricError where no
    line could be a key point.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    bulleted = any(_BULLET.match(line) for line in lines)
    notes = Notes()
    for line in lines:
        bare = _BULLET.sub("", line.lstrip("#").strip()).strip()
        if _WRONG.match(bare):
            notes.wrong.append(_WRONG.sub("", bare))
        elif _SOURCE.match(bare):
            notes.sources.append(_SOURCE.sub("", bare))
        elif not notes.prompt and (
            bare.endswith("?") or line.startswith("#") or (bulleted and not _BULLET.match(line))
        ):
            notes.prompt = bare
        elif not bulleted or _BULLET.match(line):
            notes.points += [part for part in _parts(bare, bulleted) if len(part.split()) >= _SHORTEST_POINT]
    if not notes.points:
        raise RubricError(
            "The notes hold nothing that could be a key point: write one statement of at least "
            f"{_SHORTEST_POINT} words a line, with a dash in front."
        )
    notes.points = notes.points[:_MOST_POINTS]
    return notes


def draft(question: Id, domain: Domain, text: str = TEMPLATE) -> str:
    """The YAML of a question that passes the check, with notes on what to add. ``text`` is pasted notes.

    Raises RubricError where the notes hold no key point.
    """
    notes = read_notes(text)
    title = question.replace("-", " ").capitalize()
    keys = list(_ids(notes.points, "point"))
    content: dict[str, Any] = {
        "schema": 1,
        "id": question,
        "title": title,
        "domain": domain,
        "level": 2,
        "prompt": FoldedScalarString(notes.prompt or f"Explain: {title}."),
        "time_limit_s": 180,
        **({"stages": list(STAGES[domain])} if STAGES[domain] else {}),
        "key_points": [
            {
                "id": key,
                "text": FoldedScalarString(point),
                "weight": 1,
                "phrasings": [],
                "counter_phrasings": [],
            }
            for key, point in zip(keys, notes.points, strict=True)
        ],
        "misconceptions": [
            {
                "id": key,
                "text": FoldedScalarString(wrong),
                "phrasings": [wrong],
                "correction": "What is right instead.",
                "contradicts": keys[0],
            }
            for key, wrong in zip(_ids(notes.wrong, "wrong"), notes.wrong, strict=True)
        ],
        "sources": [{"title": source, "locator": "from your notes, not checked"} for source in notes.sources],
    }
    written = io.StringIO()
    yaml = YAML()
    yaml.width = 110
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.dump({key: value for key, value in content.items() if value != []}, written)
    return _ADVICE + written.getvalue()


_ADVICE = """\
# To make this question judge well:
#  - phrasings: three or four ways of SAYING each point aloud, in other words than the text
#  - counter_phrasings: what somebody would say who has it the wrong way round
#  - terms: words that must be understood even when they are misheard, e.g. {say: softmax, accept: [soft max]}
#  - examples: {good: ..., weak: ...}, two answers as they would be said; then run
#    `coach questions check` on this file: it says which points can't be told apart
"""


def _parts(line: str, bulleted: bool) -> Sequence[str]:
    return [line] if bulleted else _SENTENCE.split(line)


def _ids(texts: Sequence[str], kind: str) -> Iterator[str]:
    """Short names out of the texts' longest words, each once."""
    taken: set[str] = set()
    for number, text in enumerate(texts, 1):
        words = re.findall(r"[a-z0-9]+", text.lower())
        telling = sorted(sorted(set(words), key=lambda word: (-len(word), word))[:3], key=words.index)
        name = "-".join(telling)[:60].strip("-") or f"{kind}-{number}"
        yield (name := name if name not in taken else f"{name}-{number}")
        taken.add(name)
