"""What was worked out before is not worked out again, and how long the rest will take."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from benchmarks.speech.peers import ROOT

CACHE: Final = ROOT / ".bench"
FIRST_GUESS: Final = 0.3
"""Seconds of work for a second of sound, as long as nothing is known."""


def place(cache: Path, facts: str) -> Path:
    """The file for what depends on ``facts`` and nothing else."""
    return cache / "heard" / f"{hashlib.sha256(facts.encode()).hexdigest()[:32]}.json"


def kept(path: Path, make: Callable[[], str]) -> str:
    """The text in ``path``; made and put there, whole or not at all, where it is not yet."""
    if not path.exists():
        text = make()
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    return path.read_text(encoding="utf-8")


class Ahead:
    """``sound``: kind of work -> seconds of sound that are still to be heard."""

    def __init__(self, sound: Mapping[str, float]) -> None:
        self._sound = dict(sound)
        self._spent: dict[str, tuple[float, float]] = {}

    def done(self, kind: str, sound: float, spent: float) -> None:
        """``spent`` seconds went into ``sound`` seconds."""
        before, heard = self._spent.get(kind, (0.0, 0.0))
        self._spent[kind] = (before + spent, heard + sound)
        self._sound[kind] -= sound

    @property
    def seconds(self) -> float:
        """Seconds still to go; work that has not begun is taken to be as slow as the slowest so far."""
        pace = {kind: spent / heard for kind, (spent, heard) in self._spent.items() if heard}
        slowest = max(pace.values(), default=FIRST_GUESS)
        return max(0.0, sum(sound * pace.get(kind, slowest) for kind, sound in self._sound.items()))

    def tell(self, what: str) -> None:
        """Prints ``what`` was done and the time left."""
        print(f"{what}, {self.seconds / 60:.1f} minutes left", file=sys.stderr, flush=True)
