"""Prolongations: a short function word drawn out far beyond the speaker's own measure ("theee model").

Only light words of one syllable are looked at, because in them length is hesitation (Eklund 2001; Shriberg
2001 on lengthened function words), and not those before punctuation, a silence or a filled pause, where every
speaker lengthens. Word times come from the transcription, which misses by tenths of a second and may hide an
"um" in the word before it; confidence is low for that reason.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Final

from coach.disfluencies.detector import Detector, Hearing, found
from coach.disfluencies.tokens import bare, breaks, is_filled_pause, lexicon
from coach.transcript import Disfluency, Span, Word

NAME: Final = "prolongation.words"
CONFIDENCE: Final = 0.4
#: How long a drawn-out word lasts: at least this many seconds, and times the speaker's median for such words.
SHORTEST_S: Final = 0.5
TIMES: Final = 4.0
#: The speaker's own measure needs this many words.
FEWEST_WORDS: Final = 8

_LIGHT: Final = lexicon(
    "a the to of and in on for with we i it is are that this so but or as if at by from our my"
)


def detect(hearing: Hearing) -> list[Disfluency]:
    """Every drawn-out function word; none where the speaker said too few such words to compare with."""
    words, silences = hearing.words, hearing.silences
    light = [i for i, word in enumerate(words) if bare(word.text) in _LIGHT]
    if len(light) < FEWEST_WORDS:
        return []
    lengths = {i: _sounding(words[i], silences) for i in light}
    limit = max(SHORTEST_S, TIMES * statistics.median(lengths.values()))
    return [
        found(words, i, i + 1, "prolongation", NAME, CONFIDENCE)
        for i in light
        if lengths[i] >= limit and not _is_final(words, i, silences)
    ]


def _sounding(word: Word, silences: Sequence[Span]) -> float:
    """Seconds of the word that are not silent."""
    silent = sum(max(0.0, min(word.end, s.end) - max(word.start, s.start)) for s in silences)
    return max(0.0, word.duration - silent)


def _is_final(words: Sequence[Word], i: int, silences: Sequence[Span]) -> bool:
    """Whether a boundary follows, before which words are long anyway."""
    if i + 1 == len(words) or breaks(words[i].text) or is_filled_pause(words[i + 1].text):
        return True
    here, there = words[i].start, words[i + 1].end
    return any(s.start < there and s.end > here for s in silences)


DETECTOR: Final = Detector(NAME, "1", detect)
