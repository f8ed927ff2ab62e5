"""The examples: Switchboard's labelled telephone calls and the sentences written for this, as words and labels.

Both hold words with punctuation. A transcript may hold none, and a recording has silences; :func:`variant` makes
such versions of the same words.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Final

from coach.disfluencies.tokens import bare, breaks, ends_sentence
from coach.transcript import Span, Word

SWITCHBOARD: Final = "switchboard_disfluency_dev.jsonl.gz"
SENTENCES: Final = Path(__file__).with_name("sentences.txt")
HELD_OUT_SHARE: Final = 3
"""One call in three is kept out of all tuning."""
MARKER_LABELS: Final = frozenset("DE")
"""Switchboard's discourse markers and explicit editing terms ("I mean") both count."""
_STEP_S: Final = 0.4
_SILENCE_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class Said:
    """One word as written, and Switchboard's label: D marker, E editing term, C conjunction, F filler, O other."""

    text: str
    label: str = "O"
    silence: bool = False  # a silence follows it


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker says in one go. ``call`` names the call, or is -1 for the sentences written here."""

    call: int
    speaker: str
    said: tuple[Said, ...]


def switchboard(folder: Path) -> list[Turn]:
    """Every turn of the calls in ``folder``; raises FileNotFoundError where they are not."""
    turns = []
    with gzip.open(folder / SWITCHBOARD, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            said = tuple(parse(row["raw"]))
            if said:
                turns.append(Turn(row["call"], row["id"].split(".")[0], said))
    return turns


_TOKEN: Final = re.compile(r"<<.*?>>|<[^>]*>|\{[A-Z]?|\}|\(\(|\)\)|[\[\]+#*]|-?/|--+|[^\s{}\[\]+<>/]+")


def parse(raw: str) -> Iterator[Said]:
    """The words of Switchboard's notation, ``{D you know, }``, with punctuation and the innermost label."""
    labels = []
    for token in _TOKEN.findall(raw):
        if token.startswith("{"):
            labels.append(token[1:] or "O")
        elif token == "}":
            if labels:
                labels.pop()
        elif re.search(r"\w", token) and not token.startswith("<"):
            yield Said(token.strip("()"), labels[-1] if labels else "O")


def held_out(calls: Sequence[int]) -> frozenset[int]:
    """The third of the calls that comes first in the order of their hashes. Fixed once; don't change."""
    ordered = sorted(set(calls), key=lambda call: hashlib.sha256(f"call {call}".encode()).hexdigest())
    return frozenset(ordered[: len(ordered) // HELD_OUT_SHARE])


def monologues(turns: Sequence[Turn]) -> list[Turn]:
    """The turns of each speaker of a call as one, so that only the text shows where a turn began."""
    joined: dict[tuple[int, str], list[Said]] = defaultdict(list)
    for turn in turns:
        joined[turn.call, turn.speaker] += turn.said
    return [Turn(call, speaker, tuple(said)) for (call, speaker), said in joined.items()]


def written(path: Path = SENTENCES) -> list[tuple[str, tuple[Said, ...]]]:
    """(line, its words) of the written sentences; what stands in round brackets is labelled D."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [(line, tuple(_marked(line))) for line in lines if line and not line.startswith("#")]


def _marked(line: str) -> Iterator[Said]:
    words: list[Said] = []
    inside = False
    for token in line.split():
        if token.startswith("["):
            words[-1] = replace(words[-1], silence=True)
            continue
        inside = inside or token.startswith("(")
        words.append(Said(token.replace("(", "").replace(")", ""), "D" if inside else "O"))
        inside = inside and ")" not in token
    return iter(words)


def is_for_checking(line: str) -> bool:
    """Whether a written sentence is kept out of training: one in four, by its hash."""
    return hashlib.sha256(line.encode()).digest()[0] % 4 == 0


@dataclass(frozen=True, slots=True)
class Style:
    """How a transcript looks: the share of commas and of full stops that it has, and where silences stand."""

    commas: float
    stops: float
    silent_commas: float = 0.0
    silent_stops: float = 0.0
    stray_silences: float = 0.0


PLAIN: Final = Style(0, 0)
PUNCTUATED: Final = Style(1, 1)
STYLES: Final = (
    PLAIN,
    PUNCTUATED,
    Style(0.75, 0.95, 0.15, 0.5, 0.02),  # as Whisper writes, with the sound's silences
    Style(0, 0, 0.3, 0.7, 0.02),
)


def variant(said: Sequence[Said], style: Style, rng: Random) -> tuple[list[Word], list[Span]]:
    """The words of ``said`` in ``style``, one every 0.4 s, and the silences between them."""
    words, silences = [], []
    now = 0.0
    for one in said:
        stop, comma = ends_sentence(one.text), breaks(one.text)
        kept = rng.random() < (style.stops if stop else style.commas if comma else 1)
        words.append(
            Word(
                text=(one.text if kept else bare(one.text)) or one.text,
                start=now,
                end=now + _STEP_S,
                confidence=1,
            )
        )
        now += _STEP_S
        quiet = style.silent_stops if stop else style.silent_commas if comma else style.stray_silences
        if rng.random() < quiet or one.silence:
            silences.append(Span(start=now, end=now + _SILENCE_S))
            now += _SILENCE_S
    if style == PLAIN:
        words = [word.model_copy(update={"text": bare(word.text) or word.text}) for word in words]
    return words, silences
