"""Filled pauses: um, uh, er, erm, ah, eh, hm, mm, in any spelling, as they stand in the transcript.

Answers that sound alike (uh-huh, mm-hmm, uh-uh) are no filled pauses (Clark and Fox Tree 2002 treat um and uh
as words of their own that announce a delay).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from coach.disfluencies.detector import Detector, found
from coach.disfluencies.islands import Island, islands, touching
from coach.disfluencies.swallowed import LONGEST_S
from coach.disfluencies.tokens import bare, is_filled_pause
from coach.recording import Recording
from coach.transcript import Disfluency, Span, Word

NAME: Final = "filled_pause.words"
SHORTEST_S: Final = 0.03
"""Whisper gives no time at all to words that it made up."""
ONE_FILLER_S: Final = 0.8
"""Nobody says two fillers in so short a sound."""
_ANSWER_HEADS: Final = frozenset({"uh", "um", "mm", "mhm", "hm", "hmm", "mmm", "ah", "ahh"})
_ANSWER_TAILS: Final = frozenset({"huh", "hm", "hmm", "ha", "hah"})


def detect(
    words: Sequence[Word],
    silences: Sequence[Span],  # noqa: ARG001
    speech: Sequence[Span],
    recording: Recording | None,
) -> list[Disfluency]:
    """Every filled pause that was written down; confidence is the word's own.

    Whisper's times for fillers are up to a second off. Where the filler stands alone between two silences, the
    signal says when it was.
    """
    alone = islands(recording, speech)
    written = [
        found(words, i, i + 1, "filled_pause", NAME, word.confidence)
        for i, word in enumerate(words)
        if is_filled_pause(word.text) and not _is_answer_or_unit(words, i)
    ]
    placed = [_placed(one, words, alone) for one in written]
    return [one for one in _once(written, placed) if one.end - one.start >= SHORTEST_S]


def _placed(one: Disfluency, words: Sequence[Word], alone: Sequence[Island]) -> Disfluency:
    """``one`` at the island that it shares most time with, if that island holds no other word."""
    assert one.word_range is not None
    first, stop = one.word_range
    near = touching(alone, one.start, one.end)
    island = max(near, key=lambda each: each.overlap(one), default=None)
    if island is None or island.duration > LONGEST_S:
        return one
    others = [*words[max(0, first - 2) : first], *words[stop : stop + 2]]
    if any(
        island.overlap(word) > 0.5 * (word.end - word.start) and not is_filled_pause(word.text)
        for word in others
    ):
        return one
    return one.model_copy(update={"start": island.start, "end": island.end})


def _once(written: Sequence[Disfluency], placed: Sequence[Disfluency]) -> Iterator[Disfluency]:
    """Two fillers written for one short sound ("Um, uh,") are one; in a long sound each keeps its own time."""
    pairs = list(zip(written, placed, strict=True))
    for _, group in groupby(pairs, key=lambda pair: (pair[1].start, pair[1].end)):
        same = list(group)
        first, last = same[0][1], same[-1][1]
        if len(same) == 1:
            yield first
        elif first.end - first.start <= ONE_FILLER_S:
            assert first.word_range is not None
            assert last.word_range is not None
            yield first.model_copy(update={"word_range": (first.word_range[0], last.word_range[1])})
        else:
            yield from (one for one, _ in same)


def _is_answer_or_unit(words: Sequence[Word], i: int) -> bool:
    """Whether the word belongs to "mm hmm", "uh -huh", "ah ha", or is the unit in "5 mm"."""
    word = bare(words[i].text)
    before = words[i - 1].text if i else ""
    after = words[i + 1].text if i + 1 < len(words) else ""
    joined = not before.endswith((",", ".", "?", "!"))
    if after.startswith("-") or words[i].text.startswith("-"):
        return True
    if word in _ANSWER_HEADS and bare(after) in _ANSWER_TAILS and not words[i].text.endswith((",", ".", "…")):
        return True
    if word in _ANSWER_TAILS and bare(before) in _ANSWER_HEADS and joined:
        return True
    return word == "mm" and before[:1].isdigit()


DETECTOR: Final = Detector(NAME, "3", detect)
