"""Change how long, how high and how loud speech is, with the times of its words. Sound is (n,) float32 at 16 kHz."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

import numpy as np
import soxr
from voices import RATE, Samples, Utterance, Voice

_FRAME: Final = 480
_HOP: Final = _FRAME // 2
_REACH: Final = 160
_DRIFT: Final = 48
_HEAD: Final = 0.3
"""Which part of a lengthened word keeps its pace: its first consonants."""


class Shifted:
    """A voice played ``ratio`` times as fast, so pitch and formants are higher; it speaks slower to make up."""

    def __init__(self, voice: Voice, ratio: float) -> None:
        self._voice = voice
        self._ratio = ratio

    def say(self, words: Sequence[str], mark: str, stretch: float) -> Utterance:
        """As the voice says it, with all times scaled."""
        said = self._voice.say(words, mark, stretch * self._ratio)
        samples = soxr.resample(said.samples, RATE * self._ratio, RATE, quality="VHQ")
        return Utterance(
            samples.astype(np.float32), tuple((a / self._ratio, b / self._ratio) for a, b in said.words)
        )


class Earlier:
    """A voice whose words begin and end within a phrase ``seconds`` before it says so."""

    def __init__(self, voice: Voice, seconds: float) -> None:
        self._voice = voice
        self._seconds = seconds

    def say(self, words: Sequence[str], mark: str, stretch: float) -> Utterance:
        """As the voice says it, with the edges between words put right."""
        said = self._voice.say(words, mark, stretch)
        edges = np.array(said.words)
        edges.ravel()[1:-1] = np.maximum(edges.ravel()[1:-1] - self._seconds, edges[0, 0])
        return Utterance(said.samples, tuple((float(a), float(b)) for a, b in edges))


def warped(samples: Samples, places: Sequence[float], moved: Sequence[float]) -> Samples:
    """What is at ``places`` (samples, rising) comes at ``moved``; pitch stays (overlap-add of similar waves)."""
    length = round(moved[-1])
    count = length // _HOP + 2
    begins = np.interp(np.arange(count) * _HOP, moved, places) + _REACH + _HOP
    padded = np.pad(samples.astype(np.float64), _FRAME + _REACH)
    window = np.hanning(_FRAME + 1)[:-1]
    out = np.zeros(count * _HOP + _FRAME)
    at = 0
    for number, want in enumerate(np.round(begins).astype(int).tolist()):
        natural = at + _HOP
        if number == 0:
            at = want
        elif abs(natural - want) <= _DRIFT:
            at = natural
        else:
            at = _most_alike(padded, natural, want)
        at = min(max(at, 0), len(padded) - _FRAME)
        out[number * _HOP : number * _HOP + _FRAME] += window * padded[at : at + _FRAME]
    return out[_HOP : _HOP + length].astype(np.float32)


def _most_alike(padded: np.ndarray, natural: int, want: int) -> int:
    """The frame near ``want`` that goes on most like the one at ``natural``."""
    natural = min(natural, len(padded) - _FRAME)
    low = max(0, want - _REACH)
    region = padded[low : want + _REACH + _FRAME]
    if len(region) <= _FRAME:
        return want
    likeness = np.correlate(region, padded[natural : natural + _FRAME], "valid")
    energy = np.convolve(np.square(region), np.ones(_FRAME), "valid")
    return low + int(np.argmax(likeness / np.sqrt(energy + 1e-9)))


def lengthened(said: Utterance, factors: Mapping[int, float]) -> Utterance:
    """Some words (number -> factor) drawn out behind their first consonants."""
    if not factors:
        return said
    places, pace = [0.0], []
    for number, factor in sorted(factors.items()):
        start, end = said.words[number]
        for place, speed in ((start + _HEAD * (end - start), 1.0), (end, factor)):
            places.append(min(max(place, places[-1]), len(said.samples) / RATE))
            pace.append(speed)
    places.append(len(said.samples) / RATE)
    pace.append(1.0)
    moved = np.cumsum([0.0, *((b - a) * speed for (a, b), speed in zip(pairwise(places), pace, strict=True))])
    samples = warped(said.samples, np.array(places) * RATE, moved * RATE)
    words = np.interp(np.array(said.words), places, moved)
    return Utterance(samples, tuple((float(a), float(b)) for a, b in words))


def timed(samples: Samples, seconds: float) -> Samples:
    """The same sound in another time."""
    return warped(samples, [0, len(samples)], [0, round(seconds * RATE)])


def bent(samples: Samples, first: float, last: float) -> Samples:
    """As long as before, with a pitch that goes from ``first`` to ``last`` times what it was."""
    ratio = np.linspace(first, last, len(samples))
    long = timed(samples, ratio.sum() / RATE)
    fine = soxr.resample(long, RATE, 2 * RATE, quality="HQ")
    return np.interp(np.cumsum(ratio) * 2, np.arange(len(fine)), fine).astype(np.float32)


def creaky(samples: Samples, hertz: float) -> Samples:
    """Roughened by pulses, as at the end of a breath."""
    time = np.arange(len(samples)) / RATE
    return (samples * (0.45 + 0.55 * np.cos(np.pi * hertz * time) ** 2)).astype(np.float32)


def heard(samples: Samples, before_db: float, after_db: float) -> tuple[int, int]:
    """Samples (from, to) between the first and the last 5 ms that are within so many dB of the loudest."""
    frame = RATE // 200
    energy = np.square(samples[: len(samples) // frame * frame].reshape(-1, frame)).mean(axis=1)
    first = np.flatnonzero(energy > energy.max() * 10 ** (before_db / 10))[0]
    last = np.flatnonzero(energy > energy.max() * 10 ** (after_db / 10))[-1]
    return int(first) * frame, int(last + 1) * frame


def faded(samples: Samples, rms: float, rise_s: float, fall_s: float) -> Samples:
    """At a given RMS, fading in and out."""
    rise, fall = (min(round(s * RATE), len(samples) // 2) for s in (rise_s, fall_s))
    out = samples * np.float32(rms / max(1e-9, float(np.sqrt(np.square(samples).mean()))))
    out[:rise] *= np.linspace(0, 1, rise, dtype=np.float32)
    out[-fall:] *= np.linspace(1, 0, fall, dtype=np.float32)
    return np.clip(out, -0.98, 0.98)


__all__ = ["Earlier", "Shifted", "bent", "creaky", "faded", "heard", "lengthened", "timed", "warped"]
