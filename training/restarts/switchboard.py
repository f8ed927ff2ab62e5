"""Score the rules on Switchboard's labelled telephone calls, as text.

    python -m training.restarts.switchboard FOLDER [--held-out]

FOLDER holds ``switchboard_disfluency_dev.jsonl.gz``. Rules were made with two thirds of the calls in sight; the
third that ``training.discourse_markers`` keeps out is for reporting. An event is found when it begins at its very
word; what lies in a unit that the labels call broken off counts neither way.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from coach.disfluencies.repetitions import detect as find_repetitions
from coach.disfluencies.restarts import detect as find_restarts
from coach.disfluencies.tokens import bare, carriers
from coach.transcript import Word
from training.discourse_markers.data import SWITCHBOARD, held_out

_TOKEN: Final = re.compile(r"<<.*?>>|<[^>]*>|\{[A-Z]?|\}|\(\(|\)\)|[\[\]+#*]|-?/|--+|[^\s{}\[\]+<>/]+")
_STEP_S: Final = 0.4
KINDS: Final = ("repetition", "restart")

Range = tuple[int, int]


@dataclass(frozen=True)
class Turn:
    """One turn: its words, the ranges that its speaker took back and those of units broken off."""

    words: tuple[Word, ...]
    taken_back: tuple[Range, ...]
    broken_off: tuple[Range, ...]


def turns(folder: Path, checking: bool) -> Iterator[Turn]:
    """The turns of the calls that are held out, or of the others."""
    with gzip.open(folder / SWITCHBOARD, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    out = held_out([row["call"] for row in rows])
    for row in rows:
        if (row["call"] in out) == checking:
            yield parse(row["raw"])


def parse(raw: str) -> Turn:
    """A turn in Switchboard's notation: ``[ taken back + said instead ]``, ``/`` ends a unit, ``-/`` breaks it off."""
    said: list[str] = []
    open_brackets: list[int] = []
    taken_back: list[Range] = []
    broken_off: list[Range] = []
    unit = 0
    for token in _TOKEN.findall(raw):
        if token == "[":
            open_brackets.append(len(said))
        elif token == "+" and open_brackets:
            taken_back.append((open_brackets[-1], len(said)))
        elif token == "]" and open_brackets:
            open_brackets.pop()
        elif token in {"/", "-/"}:
            if token == "-/":
                broken_off.append((unit, len(said)))
            unit = len(said)
        elif re.search(r"\w", token) and token[0] not in "<{":
            said.append(token.strip("()"))
    words = [
        Word(text=text, start=i * _STEP_S, end=i * _STEP_S + 0.35, confidence=1)
        for i, text in enumerate(said)
    ]
    return Turn(tuple(words), tuple(taken_back), tuple(broken_off))


def events(turn: Turn) -> list[tuple[int, int, str]]:
    """(first, stop, kind): what was taken back in one go is one event, "it, it's" as well as "the, the, the"."""
    inside = {i for first, stop in turn.taken_back for i in range(first, stop)}
    lexical = carriers(turn.words)
    runs: list[list[int]] = []
    for place, i in enumerate(lexical):
        if i in inside:
            if place and lexical[place - 1] in inside:
                runs[-1].append(i)
            else:
                runs.append([i])
    return [(run[0], run[-1] + 1, _kind(turn, lexical, run)) for run in runs]


def _kind(turn: Turn, lexical: list[int], run: list[int]) -> str:
    """A repetition where the words go on as they were taken back."""
    before = [bare(turn.words[i].text) for i in run]
    after = [bare(turn.words[i].text) for i in lexical if i > run[-1]]
    for size in range(1, len(before) + 1):
        times, rest = divmod(len(before), size)
        if not rest and before == before[:size] * times and after[:size] == before[:size]:
            return "repetition"
    return "restart"


def count(turn: Turn) -> Counter[tuple[str, str]]:
    """Hits, misses and false alarms by kind, and of both together."""
    both = [*find_repetitions(turn.words, (), (), None), *find_restarts(turn.words, (), (), None)]
    found = {(one.word_range[0], one.kind) for one in both if one.word_range}
    found = {(at, kind) for at, kind in found if kind == "repetition" or (at, "repetition") not in found}
    true = {(first, kind) for first, _, kind in events(turn)}
    free = {i for first, stop in turn.broken_off for i in range(first, stop)}
    counts: Counter[tuple[str, str]] = Counter()
    for kind in (*KINDS, "either"):
        here = {at for at, its in found if kind in (its, "either")}
        there = {at for at, its in true if kind in (its, "either")}
        counts[kind, "hits"] = len(here & there)
        counts[kind, "missed"] = len(there - here)
        counts[kind, "false"] = len(here - there - free)
    return counts


def main() -> None:
    """Print one line for each kind."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    options.add_argument("--held-out", action="store_true")
    given = options.parse_args()
    counts: Counter[tuple[str, str]] = Counter()
    for turn in turns(given.folder, given.held_out):
        counts.update(count(turn))
    for kind in (*KINDS, "either"):
        hits, missed, false = (counts[kind, what] for what in ("hits", "missed", "false"))
        print(
            f"{kind}: {hits} of {hits + missed}, {false} false, precision {hits / (hits + false):.2f}, "
            f"recall {hits / (hits + missed):.2f}, F1 {2 * hits / (2 * hits + missed + false):.3f}"
        )


if __name__ == "__main__":
    main()
