"""How a recording is cut into pieces that are heard one by one: a causal, deterministic rule.

A piece ends in the quietest 0.3 s between 20 and 30 s after its start, decided as soon as those 30 s have been
recorded. The rule looks at nothing later, and not at how the audio arrived: a file, a recording that is still
running and a run taken up again are cut alike. Thirty seconds are what Whisper hears at once; a pause of 0.3 s
occurs in nearly any ten seconds of speech, so that words stay whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from coach.recording import SAMPLE_RATE

LONGEST_S: Final = 30.0
EARLIEST_CUT_S: Final = 20.0
QUIET_S: Final = 0.3
_HOP: Final = SAMPLE_RATE // 100


@dataclass(frozen=True)
class Piece:
    """Consecutive samples of a recording: ``pcm`` (n,) int16 at 16 kHz, from sample number ``first`` on."""

    first: int
    pcm: NDArray[np.int16]

    @property
    def start(self) -> float:
        """Seconds from the start of the recording."""
        return self.first / SAMPLE_RATE

    @property
    def end(self) -> float:
        """Seconds from the start of the recording."""
        return (self.first + len(self.pcm)) / SAMPLE_RATE

    @property
    def sha256(self) -> str:
        """SHA-256 of the samples as little-endian 16-bit."""
        return hashlib.sha256(self.pcm.astype("<i2").tobytes()).hexdigest()


def cut_point(pcm: NDArray[np.int16]) -> int:
    """Where a piece that starts with ``pcm`` ends, in samples. Needs ``LONGEST_S`` seconds or more."""
    return quietest(pcm, int(EARLIEST_CUT_S * SAMPLE_RATE), int(LONGEST_S * SAMPLE_RATE))


def quietest(sound: NDArray[np.int16] | NDArray[np.float32], first: int, last: int) -> int:
    """The middle of the quietest ``QUIET_S`` seconds from sample ``first`` to ``last``, in samples."""
    window = sound[first:last].astype(np.float64)
    power = np.square(window[: len(window) // _HOP * _HOP]).reshape(-1, _HOP).sum(axis=1)
    width = int(QUIET_S * SAMPLE_RATE) // _HOP
    quiet = np.convolve(power, np.ones(width), mode="valid")
    return first + (int(np.argmin(quiet)) + width // 2) * _HOP


def cut(chunks: Iterable[NDArray[np.int16]]) -> Iterator[Piece]:
    """The pieces of a stream of 16 kHz int16 chunks of any size, each as soon as its end is certain."""
    first, waiting = 0, np.zeros(0, np.int16)
    longest = int(LONGEST_S * SAMPLE_RATE)
    for chunk in chunks:
        waiting = np.concatenate([waiting, chunk])
        while len(waiting) >= longest:
            end = cut_point(waiting)
            yield Piece(first, waiting[:end])
            first, waiting = first + end, waiting[end:]
    if len(waiting):
        yield Piece(first, waiting)
