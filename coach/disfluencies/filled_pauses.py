"""Filled pauses: um, uh, er, erm, ah, eh, hm, mm, in any spelling, from what was written and what was heard.

Two witnesses are brought together. The transcript may write a filler, but swallows many, makes some up and is up to a
second off with their times; the ear (:mod:`coach.transcription.ear`) hears them in the sound and knows when they were,
but takes a drawn-out word for one now and then. How likely each candidate is comes from a logistic regression over
both, fitted on development speech (``training/ear``), and what reaches 0.5 is reported.

Answers that sound alike (uh-huh, mm-hmm, uh-uh) are no filled pauses (Clark and Fox Tree 2002 treat um and uh
as words of their own that announce a delay).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from coach.disfluencies.detector import Detector, Hearing, found
from coach.disfluencies.tokens import bare, is_filled_pause
from coach.transcript import Disfluency, Word
from coach.transcription.ear import Hesitation

NAME: Final = "filled_pause.heard"
THRESHOLD: Final = 0.5
SHORTEST_S: Final = 0.03
"""Whisper gives no time at all to words that it made up."""
REACH_S: Final = 1.0
"""Whisper's times of fillers are up to this far from what the ear hears."""
MOSTLY: Final = 0.6
SWALLOWED: Final = "um"
"""How a filler is shown that was heard but not written."""
WEIGHTS: Final = np.array([-0.82, 1.27, 0.28, 0.31, 0.84, 0.06, 0.83, -0.88])
"""Of :func:`features`."""
_ANSWER_HEADS: Final = frozenset({"uh", "um", "mm", "mhm", "hm", "hmm", "mmm", "ah", "ahh"})
_ANSWER_TAILS: Final = frozenset({"huh", "hm", "hmm", "ha", "hah"})


class Candidate(NamedTuple):
    """What may be a filled pause: a word written as one (its number), a hesitation heard, or both."""

    word: int | None
    heard: Hesitation | None


def detect(hearing: Hearing) -> list[Disfluency]:
    """Every filled pause; its confidence is the chance that it is one. ``word_range`` is None for a swallowed one.

    Where nobody listened (``hesitations`` is None) all that were written count, each as sure as its word.
    """
    if hearing.hesitations is None:
        words = hearing.words
        return [found(words, i, i + 1, "filled_pause", NAME, words[i].confidence) for i in written(words)]
    told = ((each, chance(each, hearing)) for each in candidates(hearing))
    return [_disfluency(each, hearing.words, likely) for each, likely in told if likely >= THRESHOLD]


def written(words: Sequence[Word]) -> list[int]:
    """The numbers of the words that are written as filled pauses."""
    return [
        i for i, word in enumerate(words) if is_filled_pause(word.text) and not _is_answer_or_unit(words, i)
    ]


def candidates(hearing: Hearing) -> list[Candidate]:
    """Written fillers and heard hesitations, each with its nearest of the other kind, in order of the words."""
    hesitations = hearing.hesitations or ()
    fillers = written(hearing.words)
    pairs = sorted(
        (_distance(hearing.words[i], one), -one.likelihood, i, n)
        for i in fillers
        for n, one in enumerate(hesitations)
        if _distance(hearing.words[i], one) <= REACH_S
    )
    heard_of: dict[int, int] = {}
    for _, _, i, n in pairs:
        if i not in heard_of and n not in heard_of.values():
            heard_of[i] = n
    fillers = [i for i in fillers if i in heard_of or hearing.words[i].duration >= SHORTEST_S]
    both = [Candidate(i, hesitations[heard_of[i]] if i in heard_of else None) for i in fillers]
    alone = [Candidate(None, one) for n, one in enumerate(hesitations) if n not in heard_of.values()]
    return [*both, *alone]


def _distance(word: Word, one: Hesitation) -> float:
    """Seconds between the two stretches, 0 where they share time."""
    return max(0.0, one.start - word.end, word.start - one.end)


def chance(candidate: Candidate, hearing: Hearing) -> float:
    """How likely the candidate is a filled pause, 0..1."""
    log_odds = WEIGHTS @ features(candidate, hearing)
    return float(1 / (1 + np.exp(-log_odds)))


def features(candidate: Candidate, hearing: Hearing) -> NDArray[np.float64]:
    """(8,) what the regression weighs: a constant; written or not, and how surely; heard or not, how surely on the
    whole and at its surest, and for how long; and the share of it that other words claim."""
    made = np.zeros(len(WEIGHTS))
    made[0] = 1
    if candidate.word is not None:
        made[1:3] = 1, _log_odds(hearing.words[candidate.word].confidence)
    if candidate.heard is not None:
        one = candidate.heard
        claimed = _claimed(candidate, hearing.words) if candidate.word is None else 0.0
        made[3:7] = 1, _log_odds(one.likelihood), _log_odds(one.peak), math.log(one.duration / 0.3)
        made[7] = claimed
    return made


def _log_odds(likely: float) -> float:
    bounded = min(max(likely, 0.01), 0.99)
    return math.log(bounded / (1 - bounded))


def _claimed(candidate: Candidate, words: Sequence[Word]) -> float:
    """The share of the hesitation that surely heard words lie in, each by its confidence."""
    one = candidate.heard
    assert one is not None
    shared = sum(
        word.confidence * max(0.0, min(word.end, one.end) - max(word.start, one.start))
        for word in words
        if not is_filled_pause(word.text) and word.start < one.end and word.end > one.start
    )
    return min(1.0, shared / one.duration)


def _disfluency(candidate: Candidate, words: Sequence[Word], likely: float) -> Disfluency:
    """Written ones keep their word; where one was heard, its time is the ear's."""
    if candidate.word is None:
        one = candidate.heard
        assert one is not None
        return Disfluency(
            id="", kind="filled_pause", text=SWALLOWED, start=one.start, end=one.end, detector=NAME,
            confidence=likely, word_range=_misheard(one, words),
        )  # fmt: skip
    told = found(words, candidate.word, candidate.word + 1, "filled_pause", NAME, likely)
    if candidate.heard is None:
        return told
    return told.model_copy(update={"start": candidate.heard.start, "end": candidate.heard.end})


def _misheard(one: Hesitation, words: Sequence[Word]) -> tuple[int, int] | None:
    """The word that was written for the sound ("Luh" for "uh"): the only one that lies for the most part in it."""
    inside = [
        i
        for i, word in enumerate(words)
        if min(word.end, one.end) - max(word.start, one.start) > MOSTLY * word.duration
    ]
    return (inside[0], inside[0] + 1) if len(inside) == 1 else None


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


DETECTOR: Final = Detector(NAME, "4", detect)
