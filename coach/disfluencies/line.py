"""A line of speech: the words that carry the sentences, with what interrupts them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from coach.disfluencies.tokens import bare, breaks, carriers, ends_sentence, trails_off
from coach.transcript import Span, Word

BREAK_S: Final = 0.25
"""A silence this long (s) between two words interrupts as punctuation does."""


@dataclass(frozen=True, slots=True)
class Line:
    """The words that carry the sentences, in order: positions, bare texts and what lies after each."""

    words: Sequence[Word]
    at: Sequence[int]
    texts: Sequence[str]
    broken: Sequence[bool]  # punctuation, a silence, a filler or a marker between this word and the next
    hesitant: Sequence[bool]  # a dash, dots, a filler or a marker between them
    stops: Sequence[bool]  # written as the end of a sentence

    def __len__(self) -> int:
        return len(self.at)

    def range(self, first: int, stop: int) -> tuple[int, int]:
        """Positions in ``words`` of the carriers first..stop."""
        return self.at[first], self.at[stop - 1] + 1

    def text(self, number: int) -> str:
        """The bare text of the carrier ``number``, "" where there is none."""
        return self.texts[number] if 0 <= number < len(self.texts) else ""


def line_of(words: Sequence[Word], silences: Sequence[Span]) -> Line:
    """The line of ``words``; a silence of BREAK_S or longer interrupts it."""
    at = carriers(words)
    following = [*at[1:], len(words)] if at else []
    hesitant = [after != i + 1 or trails_off(words[i].text) for i, after in zip(at, following, strict=True)]
    broken = [
        hesitates or breaks(words[i].text) or _silent_between(words, i, after, silences)
        for i, after, hesitates in zip(at, following, hesitant, strict=True)
    ]
    return Line(
        words,
        at,
        [bare(words[i].text) for i in at],
        broken,
        hesitant,
        [ends_sentence(words[i].text) for i in at],
    )


def _silent_between(words: Sequence[Word], i: int, after: int, silences: Sequence[Span]) -> bool:
    """Whether most of a silence of at least BREAK_S lies where one word ends and the next begins."""
    if after >= len(words):
        return False
    start, end = words[i].end - 0.15, words[after].start + 0.15
    return any(min(end, one.end) - max(start, one.start) >= BREAK_S for one in silences)


__all__ = ["Line", "line_of"]
