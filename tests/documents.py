"""Facts for tests that need no model: a talk as Whisper would have heard it."""

from __future__ import annotations

from collections.abc import Sequence

from coach.transcript import Word


def spoken(text: str, start: float = 0.0, each: float = 0.3) -> tuple[Word, ...]:
    """``text`` at an even pace, ``each`` seconds a word."""
    return tuple(
        Word(text=word, start=start + i * each, end=start + (i + 1) * each - 0.02, confidence=0.9)
        for i, word in enumerate(text.split())
    )


def texts(words: Sequence[Word]) -> list[str]:
    return [word.text for word in words]
