"""Talks built by hand: words with chosen times, and the sound of tones where a test needs sound."""

from collections.abc import Callable, Sequence

import numpy as np
from hypothesis import settings
from numpy.typing import NDArray

from coach.disfluencies import Hearing, find_disfluencies
from coach.pauses import place_pauses
from coach.recording import SAMPLE_RATE, Recording
from coach.talk import Talk
from coach.transcript import Span, Word

# how long an example takes says something about the machine, not about the code
settings.register_profile("untimed", deadline=None, max_examples=50)
settings.load_profile("untimed")


def words_at(text: str, start: float = 1.0, step: float = 0.4, length: float = 0.3) -> list[Word]:
    """One word every ``step`` seconds, each ``length`` long, the first at ``start``."""
    return [
        Word(text=word, start=start + i * step, end=start + i * step + length, confidence=0.9)
        for i, word in enumerate(text.split())
    ]


def quiet(seconds: float) -> Recording:
    """A recording with nothing in it."""
    return Recording(pcm=np.zeros(round(seconds * SAMPLE_RATE), np.int16))


def talk_of(words: Sequence[Word], silences: Sequence[Span] = (), **changes: object) -> Talk:
    """A talk of these words and silences, its disfluencies and pauses found by the real detectors."""
    words = tuple(words)
    end = words[-1].end if words else 0.0
    given: dict[str, object] = {
        "recording": quiet(end + 1),
        "words": words,
        "text": " ".join(word.text for word in words),
        "speech": (Span(start=words[0].start, end=end),) if words else (),
        "pauses": place_pauses(silences, words),
        "disfluencies": tuple(find_disfluencies(Hearing(words, silences))),
    }
    return Talk(**(given | changes))  # type: ignore[arg-type]


def voice(hertz: Callable[[NDArray[np.float64]], NDArray[np.float64]], seconds: float) -> Recording:
    """A buzz of ten harmonics whose fundamental follows ``hertz(t)``."""
    t = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    phase = 2 * np.pi * np.cumsum(hertz(t)) / SAMPLE_RATE
    sound = sum(0.1 / k * np.sin(k * phase) for k in range(1, 11))
    return Recording(pcm=np.asarray(sound * 32767, np.int16))
