"""How many fillers, repetitions and restarts, and how sure is that?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from coach.assessment import Band
from coach.metrics.extent import counted, said, spans_of, speaking_time, too_short
from coach.metrics.metric import Finding, Metric, unknown
from coach.talk import Talk
from coach.transcript import DisfluencyKind
from coach.uncertainty import likely_count

BAND: Final = Band(
    good=(None, 2),
    watch=(None, 5),
    source="About 1 a minute reads well, 5 a minute is average (Zandan 2018); lecturers in the natural "
    "sciences 1.39 a minute (Schachter and others 1991)",
)


def filled_pauses_per_minute(talk: Talk) -> Finding:
    """Filled pauses a minute of speaking time."""
    reason = too_short(talk)
    if reason:
        return unknown(reason)
    return _of_kind(talk, "filled_pause", 60, speaking_time(talk))


def filled_pauses_per_100_words(talk: Talk) -> Finding:
    """Filled pauses a hundred words; filled pauses are not words."""
    reason = too_short(talk)
    if reason:
        return unknown(reason)
    return _of_kind(talk, "filled_pause", 100, len(said(talk)))


def _count(kind: DisfluencyKind) -> Callable[[Talk], Finding]:
    def count(talk: Talk) -> Finding:
        if not talk.words:
            return unknown("No words were recognised.")
        return _of_kind(talk, kind)

    return count


def _of_kind(talk: Talk, kind: DisfluencyKind, per: float = 1.0, of: float = 1.0) -> Finding:
    """The count with its moments and its interval, as so many ``per`` of the ``of`` there are."""
    found = counted(talk, kind)
    low, high = likely_count(found, speaking_time(talk) / 60, kind)
    return Finding(per * len(found) / of, spans=spans_of(found), interval=(per * low / of, per * high / of))


METRICS: Final = (
    Metric(
        "filled_pauses", "pauses", "Filled pauses as in Christenfeld 1995",
        "“so um the uh model”: 2 filled pauses", True, _count("filled_pause"),
    ),
    Metric(
        "filled_pauses_per_minute", "per minute", "Zandan 2018; Christenfeld 1995",
        "6 “um” in 120 s: 3.0 per minute", True, filled_pauses_per_minute, BAND,
    ),
    Metric(
        "filled_pauses_per_100_words", "per 100 words", "Rate by words as in Bortfeld and others 2001",
        "6 “um” beside 300 words: 2.0 per 100 words", True, filled_pauses_per_100_words,
    ),
    Metric(
        "discourse_markers", "markers", "Filler use by context, Schiffrin 1987; Fraser 1999",
        "“it was, like, features like this”: 1 marker", True, _count("discourse_marker"),
    ),
    Metric(
        "repetitions", "repetitions", "Reparanda said again unchanged, Shriberg 1994",
        "“the the the model”: 1 repetition", True, _count("repetition"),
    ),
    Metric(
        "restarts", "restarts", "Reparanda said differently or cut off, Shriberg 1994; Levelt 1983",
        "“the model is, the model was”: 1 restart", True, _count("restart"),
    ),
)  # fmt: skip
