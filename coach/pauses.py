"""Where the silent pauses stand: at a boundary between clauses, or inside one.

A silence counts from 0.25 s (De Jong and Bosker 2013). Pauses inside a clause make speech sound less fluent,
pauses at boundaries do not (Kahng 2018). The rule that tells them apart looks past filled pauses and calls a
pause a boundary when

1. the word before it ends a sentence or a part of one (``. ! ? ; :``), or
2. the word before it has a comma and could end a clause (it is no article, preposition, conjunction ...), or
3. the word after it begins a clause (and, but, so, because, which ...) and the word before could end one.

Anything else is within a clause. Without punctuation only the third can fire, so more pauses count as within.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from coach.disfluencies.tokens import (
    CLAUSE_INITIAL,
    CLAUSE_OPEN,
    bare,
    ends_clause,
    is_filled_pause,
    trails_off,
)
from coach.transcript import Pause, PausePlace, Span, Word

#: Shortest silence that counts, in seconds (De Jong and Bosker 2013).
SHORTEST: Final = 0.25


def place_pauses(silences: Sequence[Span], words: Sequence[Word]) -> tuple[Pause, ...]:
    """The silences of at least 0.25 s that lie between words, in order, each with its place.

    Silence before the first word and after the last is no pause. A word's time may have swallowed the silence
    beside it, so a word lies before a silence when its midpoint does.
    """
    middles = [(word.start + word.end) / 2 for word in words]
    pauses = []
    for silence in sorted(silences, key=lambda s: s.start):
        # a millisecond of grace, because a silence of 0.25 s measured in frames may come out as 0.2499999
        if silence.duration < SHORTEST - 1e-3:
            continue
        after = bisect_right(middles, (silence.start + silence.end) / 2)
        if 0 < after < len(words):
            pauses.append(Pause(start=silence.start, end=silence.end, place=_place(words, after)))
    return tuple(pauses)


def _place(words: Sequence[Word], after: int) -> PausePlace:
    left = next((word.text for word in reversed(words[:after]) if not is_filled_pause(word.text)), None)
    right = next((word.text for word in words[after:] if not is_filled_pause(word.text)), None)
    if left is None or right is None or ends_clause(left):
        return "boundary"
    could_end = bare(left) not in CLAUSE_OPEN and not trails_off(left)
    if could_end and (left.endswith(",") or bare(right) in CLAUSE_INITIAL):
        return "boundary"
    return "within_clause"
