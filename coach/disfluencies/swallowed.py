"""Filled pauses that Whisper swallowed: a held sound alone between two silences, with no word of its own.

Whisper stretches the word beside it over such a sound, so its times can't be trusted there; the signal can.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from coach.disfluencies.detector import Detector
from coach.disfluencies.islands import Island, islands, restlessness, touching
from coach.disfluencies.tokens import is_filled_pause
from coach.recording import SAMPLE_RATE, Recording
from coach.transcript import Disfluency, Span, Word

NAME: Final = "filled_pause.signal"
SHORTEST_S: Final = 0.36
"""Shorter held sounds are mostly the last syllable of a word."""
LONGEST_S: Final = 1.5
MOST_RESTLESS_DB: Final = 3.6
NASAL_FROM_DB: Final = 2.8
"""The murmur that closes an "um" changes the sound more than an "uh" does."""
LEAST_VOICED: Final = 0.9
CONFIDENCE: Final = 0.6


def detect(
    words: Sequence[Word],
    silences: Sequence[Span],  # noqa: ARG001
    speech: Sequence[Span],
    recording: Recording | None,
) -> list[Disfluency]:
    """The held sounds that no word accounts for. Their ``word_range`` is None."""
    if recording is None:
        return []
    found = []
    for island in islands(recording, speech):
        if _alone(island) and not _has_words(island, words):
            first, last = (round(edge * SAMPLE_RATE) for edge in (island.start, island.end))
            restless = restlessness(recording.samples[first:last])
            if (
                restless is None
                or restless > MOST_RESTLESS_DB
                or _voiced(recording, first, last) < LEAST_VOICED
            ):
                continue
            found.append(
                Disfluency(
                    id="",
                    kind="filled_pause",
                    text="um" if restless >= NASAL_FROM_DB else "uh",
                    start=island.start,
                    end=island.end,
                    detector=NAME,
                    confidence=CONFIDENCE,
                )
            )
    return found


def _alone(island: Island) -> bool:
    return SHORTEST_S <= island.duration <= LONGEST_S and min(island.before, island.after) >= 0.06


def _has_words(island: Island, words: Sequence[Word]) -> bool:
    """Whether a word lies mostly inside, or a written filler touches it."""
    near = [word for word in touching(words, island.start, island.end) if island.overlap(word) > 0.03]
    return any(
        island.overlap(word) > 0.5 * (word.end - word.start) or is_filled_pause(word.text) for word in near
    )


def _voiced(recording: Recording, first: int, last: int) -> float:
    """The share of 16 ms frames with a pitch, the edges left out."""
    from coach.metrics.voice import voiced_share

    edge = SAMPLE_RATE // 10
    return voiced_share(recording.samples[max(0, first - edge) : last + edge], skip=6)


DETECTOR: Final = Detector(NAME, "1", detect)
