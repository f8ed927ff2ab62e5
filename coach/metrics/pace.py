"""How fast? Speaking rate, articulation rate, and the share of the time with a voice."""

from __future__ import annotations

from bisect import bisect_left
from typing import Final

from coach.assessment import Band, SeriesPoint
from coach.disfluencies.tokens import bare, is_filled_pause
from coach.metrics.extent import extent, phonation_time, said, speaking_time, too_short
from coach.metrics.metric import Finding, Metric, unknown
from coach.metrics.syllables import syllables
from coach.talk import Talk

#: The sliding window and its step, in seconds.
WINDOW: Final = 15.0
HOP: Final = 5.0

BAND: Final = Band(
    good=(120, 170),
    watch=(100, 190),
    source="Bands of speech coaching products (100-165, 130-175, 120-160 words/min); the evidence for a "
    "cliff is weak (Foulke and Sticht 1969; Carver 1973)",
)


def speaking_rate(talk: Talk) -> Finding:
    """Words a minute of speaking time; filled pauses are not words."""
    reason = too_short(talk)
    if reason:
        return unknown(reason)
    return Finding(60 * len(said(talk)) / speaking_time(talk), series=_windows(talk))


def _windows(talk: Talk) -> tuple[SeriesPoint, ...]:
    """Speaking rate in windows of 15 s every 5 s; a word belongs to a window when its midpoint does."""
    whole = extent(talk)
    middles = sorted((word.start + word.end) / 2 for word in said(talk))
    points = []
    start = whole.start if whole else 0.0
    while whole and start + WINDOW <= whole.end + 1e-9:
        count = bisect_left(middles, start + WINDOW) - bisect_left(middles, start)
        points.append(SeriesPoint(start=start, end=start + WINDOW, value=60 * count / WINDOW))
        start += HOP
    return tuple(points)


def articulation_rate(talk: Talk) -> Finding:
    """Syllables a second of phonation time; filled pauses are in both."""
    reason = too_short(talk)
    if reason:
        return unknown(reason)
    seconds = phonation_time(talk)
    if seconds <= 0:
        return unknown("No stretch with a voice was found.")
    return Finding(sum(syllables(word.text) for word in talk.words) / seconds)


def phonation_ratio(talk: Talk) -> Finding:
    """Phonation time over speaking time, 0..1."""
    seconds = speaking_time(talk)
    if seconds <= 0:
        return unknown("No stretch with a voice was found.")
    return Finding(phonation_time(talk) / seconds)


def spoken_for(talk: Talk) -> Finding:
    """Seconds from the first sound of speech to the last, pauses included."""
    seconds = speaking_time(talk)
    return Finding(seconds) if seconds > 0 else unknown("No stretch with a voice was found.")


def word_count(talk: Talk) -> Finding:
    """Words without filled pauses."""
    if talk.words:
        return Finding(float(len(said(talk))))
    return Finding(float(sum(1 for word in talk.text.split() if bare(word) and not is_filled_pause(word))))


METRICS: Final = (
    Metric(
        "speaking_time", "s", "Speaking time with pauses, De Jong and Bosker 2013",
        "first word at 1.0 s, last word ends at 61.0 s: 60 s", True, spoken_for,
    ),
    Metric("words", "words", "Filled pauses are not words", "“so um yes” has 2 words", False, word_count),
    Metric(
        "speaking_rate", "words/min", "Tauroza and Allison 1990 for words a minute as the unit",
        "140 words in 60 s: 140 words/min", True, speaking_rate, BAND,
    ),
    Metric(
        "articulation_rate", "syllables/s", "Phonation time as in De Jong and Bosker 2013",
        "200 syllables in 60 s with 10 s of silent pauses: 4.0 syllables/s", True, articulation_rate,
    ),
    Metric(
        "phonation_ratio", "ratio", "Phonation time over speaking time, De Jong and Bosker 2013",
        "60 s with 9 s of silent pauses: 0.85", True, phonation_ratio,
    ),
)  # fmt: skip
