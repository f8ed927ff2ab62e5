"""Islands: stretches of sound that stand alone between two short silences, where filled pauses are found."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from coach.recording import SAMPLE_RATE, Recording
from coach.silence import frames, runs
from coach.transcript import Span, Word

GAP_S: Final = 0.06
"""Shorter quiet moments are the closures of stops, inside a word."""
_FRAME_S: Final = 0.01
_BANDS: Final = 19
_WINDOW: Final = 400
_HOP: Final = 160


@dataclass(frozen=True, slots=True)
class Island:
    """Sound from ``start`` to ``end`` with ``before`` and ``after`` seconds of silence around it."""

    start: float
    end: float
    before: float
    after: float

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return self.end - self.start

    def overlap(self, span: Span) -> float:
        """Seconds that it shares with ``span``."""
        return max(0.0, min(self.end, span.end) - max(self.start, span.start))


Timed = TypeVar("Timed", Island, Word)


def touching(items: Sequence[Timed], start: float, end: float) -> Sequence[Timed]:
    """Those of ``items``, in order of their starts and none over 10 s long, that may reach into start..end."""
    first = bisect_left(items, start - 10.0, key=lambda item: item.start)
    stop = bisect_left(items, end, key=lambda item: item.start)
    return [item for item in items[first:stop] if item.end > start]


def islands(recording: Recording | None, speech: Sequence[Span]) -> tuple[Island, ...]:
    """All islands of a recording in order; none without sound. Kept for the last recording asked for."""
    return () if recording is None else _islands(_Once(recording), tuple(speech))


@dataclass(frozen=True, slots=True)
class _Once:
    """A recording that is the same when its samples are, so that two detectors share one look at it."""

    recording: Recording

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Once) and other.recording.sha256 == self.recording.sha256

    def __hash__(self) -> int:
        return hash(self.recording.sha256)


@lru_cache(maxsize=1)
def _islands(once: _Once, speech: tuple[Span, ...]) -> tuple[Island, ...]:
    starts, ends = runs(frames(once.recording, speech).sounding)
    joined: list[list[float]] = []
    for start, end in zip((starts * _FRAME_S).tolist(), (ends * _FRAME_S).tolist(), strict=True):
        if joined and start - joined[-1][1] < GAP_S:
            joined[-1][1] = end
        else:
            joined.append([start, end])
    edges = [0.0, *(edge for pair in joined for edge in pair), once.recording.duration]
    return tuple(
        Island(start, end, start - edges[2 * i], max(0.0, edges[2 * i + 3] - end))
        for i, (start, end) in enumerate(joined)
    )


def restlessness(samples: NDArray[np.float32]) -> float | None:
    """How much the sound of ``samples`` (n,), 16 kHz, changes: mean over 19 mel bands of the SD in time, in dB.

    A held vowel or murmur keeps below 4 dB, syllables of words lie around 6. None under 50 ms.
    """
    count = 1 + (len(samples) - _WINDOW) // _HOP
    if count < 4:
        return None
    windows = np.lib.stride_tricks.sliding_window_view(samples, _WINDOW)[::_HOP][:count]
    power = np.abs(np.fft.rfft(windows * np.hanning(_WINDOW), 512)) ** 2
    levels = 10 * np.log10(power @ _mel_bands().T + 1e-8)
    core = levels[2:-2] if count > 8 else levels  # its edges rise and fall in any sound
    return float((core - core.mean(axis=1, keepdims=True)).std(axis=0).mean())


@lru_cache(maxsize=1)
def _mel_bands() -> NDArray[np.float64]:
    """(bands, 257) triangles, evenly spaced in mel from about 60 to 4700 Hz."""
    mel = 2595 * np.log10(1 + np.linspace(0, SAMPLE_RATE / 2, 257) / 700)
    edges = np.linspace(mel[4], mel[150], _BANDS + 2)
    rising = (mel - edges[:-2, np.newaxis]) / np.diff(edges)[:-1, np.newaxis]
    falling = (edges[2:, np.newaxis] - mel) / np.diff(edges)[1:, np.newaxis]
    bands: NDArray[np.float64] = np.clip(np.minimum(rising, falling), 0, None)
    return bands
