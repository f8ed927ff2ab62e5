"""Silent pauses, from the signal: where the sound falls to the background between the first and last speech.

A frame of 10 ms sounds when it is less than 25 dB under the loudest speech (De Jong and Wempe 2009, Behavior
Research Methods 41) and its spectrum differs from that of the background, by the likelihood ratio of Sohn,
Kim and Sung (1999, IEEE Signal Processing Letters 6), so that soft sounds and steady noise are told apart.
0.25 s is the shortest silent pause (De Jong and Bosker 2013).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from coach.recording import SAMPLE_RATE, Recording
from coach.transcript import Span

MINIMUM_S: Final = 0.25
BELOW_VOICE_DB: Final = 25.0
BURST_S: Final = 0.05  # a shorter sound inside a silence is a click or a smack of the lips

# First guess of the background, only to learn its spectrum: near the quietest tenth and well under the voice.
_ABOVE_QUIETEST_DB: Final = 4.0
_UNDER_VOICE_DB: Final = 10.0
_BACKGROUND_RUN_S: Final = 0.15  # shorter quiet moments are the closures of stops
_BACKGROUND_ENOUGH_S: Final = 0.2

# In spreads of the background's own likelihood ratio. Found on spliced speech in white and pink noise of
# 5 to 20 dB: sound reaches from where it leaves the background to where it sinks back (_EDGE), but only if
# it stands out clearly somewhere (_CORE for _CORE_S) or the voice detector hears a voice in most of it.
_EDGE: Final = 3.0
_CORE: Final = 8.0
_CORE_S: Final = 0.03
_SPREAD_AT_LEAST: Final = 0.05  # in very steady noise every breath would stand out

_HOP: Final = 160
_HOP_S: Final = _HOP / SAMPLE_RATE
_WINDOW: Final = 2 * _HOP
_BLOCK: Final = 6000  # frames transformed at once
_BAND_HZ: Final = (150.0, 5000.0)  # leaves out hum, rumble and most hiss
_SILENCE_POWER: Final = 1e-13  # far below one step of 16 bits, so that digital silence has a logarithm

Flags = NDArray[np.bool_]
Floats = NDArray[np.float32]


class Frames(NamedTuple):
    """One value for each 10 ms: ``power`` from 150 to 5000 Hz, and whether there is a voice, or any sound."""

    power: Floats
    voiced: Flags
    sounding: Flags


def silent_stretches(
    recording: Recording, speech: Sequence[Span] = (), minimum: float = MINIMUM_S
) -> list[Span]:
    """The silences of at least ``minimum`` seconds between the first and the last sound, in order.

    ``speech``, the stretches where a voice was detected, keeps soft speech in noise from being taken for
    silence, and leaves out what comes before the first and after the last of them. It is not needed.
    """
    first, last = (speech[0].start, speech[-1].end) if speech else (0.0, recording.duration)
    sounding = frames(recording, speech).sounding
    starts, ends = runs(~sounding)
    return [
        Span(start=round(start * _HOP_S, 2), end=round(end * _HOP_S, 2))
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
        if start > 0
        and end < len(sounding)
        and end - start >= round(minimum / _HOP_S)
        and first < (start + end) / 2 * _HOP_S < last
    ]


def phonation(recording: Recording, pauses: Sequence[Span]) -> list[Span]:
    """The stretches of ``recording`` that ``pauses`` (in order, not overlapping) leave over."""
    edges = [0.0, *(edge for pause in pauses for edge in (pause.start, pause.end)), recording.duration]
    return [Span(start=a, end=b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b > a]


def frames(recording: Recording, speech: Sequence[Span] = ()) -> Frames:
    """The frames of 10 ms of ``recording`` whose voice was detected in ``speech``."""
    spectra = _spectra(recording.samples)
    voiced = _frames_within(speech, len(spectra))
    sounding = _sounding(spectra, voiced) if len(spectra) else voiced
    return Frames(spectra.sum(axis=1), voiced, sounding)


def _spectra(samples: Floats) -> Floats:
    """(frames, bins) power of each 10 ms over a window of 20 ms around it, voice band only."""
    count = len(samples) // _HOP
    if count == 0:
        return np.zeros((0, 1), np.float32)
    padded = np.zeros((count + 1) * _HOP, np.float32)
    padded[_HOP // 2 : _HOP // 2 + count * _HOP] = samples[: count * _HOP]
    windows = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP]
    hertz = np.fft.rfftfreq(_WINDOW, 1 / SAMPLE_RATE)
    band = (hertz >= _BAND_HZ[0]) & (hertz <= _BAND_HZ[1])
    power = np.empty((count, int(band.sum())), np.float32)
    for first in range(0, count, _BLOCK):  # an hour at once would take gigabytes
        part = slice(first, first + _BLOCK)
        spectrum = np.fft.rfft(windows[part] * np.hanning(_WINDOW).astype(np.float32), axis=1)[:, band]
        power[part] = (spectrum.real**2 + spectrum.imag**2) / np.float32(_HOP**2)
    power += np.float32(_SILENCE_POWER)
    return power


def _sounding(spectra: Floats, voiced: Flags) -> Flags:
    """(frames,) where there is sound, from the power spectra and the voice detector's opinion."""
    levels = 10 * np.log10(spectra.sum(axis=1))
    voice = float(np.percentile(levels[voiced] if voiced.any() else levels, 99))
    loud = levels > voice - BELOW_VOICE_DB
    quietest = float(np.percentile(levels, 10)) + _ABOVE_QUIETEST_DB
    quiet = levels < min(max(voice - BELOW_VOICE_DB, quietest), voice - _UNDER_VOICE_DB)
    sounding = _of_length(loud, BURST_S)
    power = _smoothed(spectra)
    logarithms = np.log(power)
    for _ in range(2):  # the second time with the background learnt from the first
        background = _of_length(quiet, _BACKGROUND_RUN_S)
        if background.sum() * _HOP_S < _BACKGROUND_ENOUGH_S:
            break
        distance = _distance(power, logarithms, background)
        sounding = _with_core(loud & (distance > _EDGE), distance > _CORE, voiced)
        quiet = ~sounding
    return sounding


def _smoothed(spectra: Floats) -> Floats:
    """Each frame averaged with its two neighbours."""
    total = spectra.copy()  # in place: an hour of spectra is 140 MB
    total[1:] += spectra[:-1]
    total[:1] += spectra[:1]
    total[:-1] += spectra[1:]
    total[-1:] += spectra[-1:]
    total /= np.float32(3)
    return total


def _distance(power: Floats, logarithms: Floats, background: Flags) -> Floats:
    """(frames,) how far each spectrum is from the background's, in spreads of the background's own distance.

    The likelihood ratio of Sohn and others, averaged over the bins: ratio - 1 - log(ratio), with the ratio of
    power to the background's mean power. ``logarithms`` are the bins' mean log power.
    """
    noise = logarithms[background].mean(axis=0)
    distance = power @ np.exp(-noise) / len(noise) - 1 - (logarithms.mean(axis=1) - noise.mean())
    typical = np.median(distance[background])
    spread = 1.4826 * np.median(np.abs(distance[background] - typical))
    return np.asarray((distance - typical) / max(spread, _SPREAD_AT_LEAST), dtype=np.float32)


def _with_core(sounding: Flags, clear: Flags, voiced: Flags) -> Flags:
    """The runs of ``sounding`` of the length of a sound that are clear somewhere, or mostly voiced."""
    starts, ends = runs(sounding)
    lengths = ends - starts
    evident = (_counts(clear, starts, ends) * _HOP_S >= _CORE_S) | (
        2 * _counts(voiced, starts, ends) > lengths
    )
    kept = (lengths * _HOP_S >= BURST_S) & evident
    return _flags(starts[kept], ends[kept], len(sounding))


def _of_length(flags: Flags, seconds: float) -> Flags:
    """The runs of ``flags`` that last ``seconds`` or longer."""
    starts, ends = runs(flags)
    kept = (ends - starts) * _HOP_S >= seconds
    return _flags(starts[kept], ends[kept], len(flags))


def _frames_within(spans: Sequence[Span], count: int) -> Flags:
    """(count,) which frames lie in one of ``spans``."""
    edges = np.array([(span.start, span.end) for span in spans]).reshape(-1, 2) / _HOP_S
    starts, ends = np.clip(np.rint(edges), 0, count).astype(np.int64).T
    return _flags(starts, ends, count)


def runs(flags: Flags) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First and one-past-last index of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(np.int8)))
    return edges[::2], edges[1::2]


def _flags(starts: NDArray[np.int64], ends: NDArray[np.int64], length: int) -> Flags:
    """The inverse of :func:`runs`; runs may overlap."""
    steps = np.zeros(length + 1, np.int64)
    np.add.at(steps, starts, 1)
    np.add.at(steps, ends, -1)
    return np.cumsum(steps)[:-1] > 0


def _counts(flags: Flags, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many of ``flags`` are True in each run."""
    sums = np.concatenate(([0], np.cumsum(flags)))
    return sums[ends] - sums[starts]
