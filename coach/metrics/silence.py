"""How much silence, and where? Silent pauses from the signal, of at least 0.25 s."""

from __future__ import annotations

from typing import Final

from coach.metrics.extent import silent_time, spans_of
from coach.metrics.metric import Finding, Metric, unknown
from coach.talk import Talk

_NO_SPEECH: Final = "No stretch with a voice was found."


def silent_pauses(talk: Talk) -> Finding:
    """How many silent pauses there are between words."""
    if not talk.words:
        return unknown(_NO_SPEECH)
    return Finding(float(len(talk.pauses)), spans=spans_of(talk.pauses))


def silent_pause_time(talk: Talk) -> Finding:
    """Seconds of silent pauses in all."""
    if not talk.words:
        return unknown(_NO_SPEECH)
    return Finding(silent_time(talk), spans=spans_of(talk.pauses))


def longest_pause(talk: Talk) -> Finding:
    """Seconds of the longest silent pause."""
    if not talk.pauses:
        return unknown("There is no silent pause of 0.25 s or more." if talk.words else _NO_SPEECH)
    longest = max(talk.pauses, key=lambda pause: pause.duration)
    return Finding(longest.duration, spans=spans_of([longest]))


def pauses_within_clause(talk: Talk) -> Finding:
    """How many silent pauses stand inside a clause."""
    if not talk.words:
        return unknown(_NO_SPEECH)
    within = [pause for pause in talk.pauses if pause.place == "within_clause"]
    return Finding(float(len(within)), spans=spans_of(within))


METRICS: Final = (
    Metric(
        "silent_pauses", "pauses", "Silences of 0.25 s or more, De Jong and Bosker 2013",
        "silences of 0.3 s, 0.2 s and 1.0 s between words: 2 pauses", True, silent_pauses,
    ),
    Metric(
        "silent_pause_time", "s", "Silences of 0.25 s or more, De Jong and Bosker 2013",
        "pauses of 0.3 s and 1.0 s: 1.3 s", True, silent_pause_time,
    ),
    Metric(
        "longest_pause", "s", "Silences of 0.25 s or more, De Jong and Bosker 2013",
        "pauses of 0.3 s and 1.0 s: 1.0 s", True, longest_pause,
    ),
    Metric(
        "pauses_within_clause", "pauses", "Pauses inside a clause cost fluency, Kahng 2018",
        "“the [0.4 s] model learns. [0.6 s] Then it stops”: 1 pause", True, pauses_within_clause,
    ),
)  # fmt: skip
