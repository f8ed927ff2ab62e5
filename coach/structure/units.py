"""An answer cut into units, each about one thing: sentences, or clauses where there are none or they run on.

Speech has no reliable punctuation. Where a sentence runs on, it is cut at clause ends, before words that open a
new thought, and at silences between clauses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from coach.coverage.view import Token
from coach.transcript import Pause, Transcript

LONGEST: Final = 26  # words of a unit: a sentence that is longer is cut
LONGEST_CLAUSE: Final = 18  # the same in an answer without sentence ends, where a unit is a clause or two
_SENTENCE: Final = 40  # words; who marks fewer sentence ends than one in so many marks none
SHORTEST: Final = 7  # words a cut leaves on either side, so that a unit says something
_USUAL: Final = 12  # words of a clause; of two places to cut that are as good the one nearest to it is taken
_SPARE: Final = 6  # how far below the longest a stretch without any place to cut is cut all the same
# A new thought may begin here, and surely does with the firm ones.
_MAY_OPEN = """
    and but so because whereas while however although though then next first second third finally afterwards now
    otherwise if when for as since after before instead my i it we that what in
"""
_SURELY_OPEN = "so then next first second third finally now my but"
_OPENERS: Final = frozenset(_MAY_OPEN.split())
_FIRM: Final = frozenset(_SURELY_OPEN.split())


@dataclass(frozen=True, slots=True)
class Unit:
    """A run of the view's tokens, ``start <= index < end``, with its text as it is compared."""

    start: int
    end: int
    text: str

    @property
    def words(self) -> int:
        """How many words it has."""
        return self.end - self.start


def units_of(view: Sequence[Token], transcript: Transcript, pauses: Sequence[Pause] = ()) -> list[Unit]:
    """The units of an answer in order; together they hold every token once."""
    silent = _after_silence(view, transcript, pauses)
    marked = sum(token.ends_sentence for token in view)
    longest = LONGEST if marked * _SENTENCE > len(view) else LONGEST_CLAUSE
    found: list[Unit] = []
    start = 0
    for end in [
        index + 1 for index, token in enumerate(view) if token.ends_sentence or index == len(view) - 1
    ]:
        for a, b in _cut(view, start, end, silent, longest):
            found.append(Unit(a, b, " ".join(token.text for token in view[a:b])))
        start = end
    return found


def _cut(
    view: Sequence[Token], start: int, end: int, silent: frozenset[int], longest: int
) -> list[tuple[int, int]]:
    """One sentence as runs of at most ``longest`` words."""
    runs: list[tuple[int, int]] = []
    while end - start > longest:
        places = range(start + SHORTEST, min(start + longest, end - SHORTEST) + 1)
        cut = max(places, key=lambda place: (_worth(view, place, silent), -abs(place - start - _USUAL)))
        if not _worth(view, cut, silent):
            cut = min(start + longest - _SPARE, end - SHORTEST)
        runs.append((start, cut))
        start = cut
    return [*runs, (start, end)]


def _worth(view: Sequence[Token], place: int, silent: frozenset[int]) -> int:
    """How good a place before the token at ``place`` is for a cut; 0 is none."""
    opener = view[place].text
    return 2 * view[place - 1].ends_clause + (opener in _OPENERS) + (opener in _FIRM) + 2 * (place in silent)


def _after_silence(view: Sequence[Token], transcript: Transcript, pauses: Sequence[Pause]) -> frozenset[int]:
    """The tokens that follow a silence between clauses."""
    ends = sorted(pause.end for pause in pauses if pause.place == "boundary")
    places: set[int] = set()
    position = 0
    for index, token in enumerate(view):
        begins = transcript.words[token.first].end
        while begins is not None and position < len(ends) and ends[position] <= begins:
            places.add(index)
            position += 1
    return frozenset(places)
