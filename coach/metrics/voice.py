"""How lively is the voice, and how loud? Pitch variation, loudness, and how much the loudness varies."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from coach.metrics.metric import Finding, Metric, unknown
from coach.recording import SAMPLE_RATE
from coach.talk import Talk

#: The range of a speaking voice in Hz.
LOWEST_HZ: Final = 60.0
HIGHEST_HZ: Final = 500.0
#: Frames further from the median than this many semitones are octave errors.
OCTAVE: Final = 12.0
#: A frame counts as voiced from this confidence, the tracker's own rule.
VOICED: Final = 0.5
#: Least voiced frames of 16 ms: 3 s.
FEWEST_FRAMES: Final = 188
#: Pieces of 6 s are spread evenly over a longer talk, so that no more than this is analysed.
LONGEST_S: Final = 120.0
PIECE_S: Final = 6.0
#: Loudness is taken in blocks of this length (the 400 ms of ITU-R BS.1770).
BLOCK_S: Final = 0.4


def pitch_variation(talk: Talk) -> Finding:
    """Standard deviation of F0 over voiced frames, in semitones about the median."""
    voice = _voice(talk)
    if voice.size < SAMPLE_RATE or not voice.any():
        return unknown("Less than a second of voice was found.")
    frequencies = _voiced_hz(_sampled(voice))
    if frequencies.size < FEWEST_FRAMES:
        return unknown("Less than 3 s of voiced sound was found.")
    semitones = 12 * np.log2(frequencies / np.median(frequencies))
    return Finding(float(np.std(semitones[np.abs(semitones) <= OCTAVE])))


_CHANGED: Final = "The browser's own gain control changed the level before it was recorded."


def loudness(talk: Talk) -> Finding:
    """Root mean square of the phonation in dB relative to full scale. None where a browser set the gain."""
    if talk.browser_processed:
        return unknown(_CHANGED)
    voice = _voice(talk)
    power = float(np.mean(np.square(voice, dtype=np.float64))) if voice.size else 0.0
    return (
        Finding(10 * float(np.log10(power))) if power > 0 else unknown("No stretch with a voice was found.")
    )


def loudness_variation(talk: Talk) -> Finding:
    """Standard deviation of the level of 0.4 s blocks of phonation, in dB. None where a browser set the gain."""
    if talk.browser_processed:
        return unknown(_CHANGED)
    voice = _voice(talk)
    size = int(BLOCK_S * SAMPLE_RATE)
    count = voice.size // size
    powers = np.mean(np.square(voice[: count * size].reshape(count, size), dtype=np.float64), axis=1)
    powers = powers[powers > 0]
    if powers.size < 10:
        return unknown("Less than 4 s of voice was found.")
    return Finding(float(np.std(10 * np.log10(powers))))


def _voice(talk: Talk) -> NDArray[np.float32]:
    """The samples of the stretches with a voice, silent pauses cut out, joined."""
    if talk.recording is None:
        return np.zeros(0, np.float32)
    samples = talk.recording.samples
    mask = np.zeros(samples.size, bool)
    for stretch in talk.speech:
        mask[int(stretch.start * SAMPLE_RATE) : int(stretch.end * SAMPLE_RATE)] = True
    for pause in talk.pauses:
        mask[int(pause.start * SAMPLE_RATE) : int(pause.end * SAMPLE_RATE)] = False
    return samples[mask]


def _sampled(voice: NDArray[np.float32]) -> NDArray[np.float32]:
    if voice.size <= LONGEST_S * SAMPLE_RATE:
        return voice
    size, count = int(PIECE_S * SAMPLE_RATE), int(LONGEST_S / PIECE_S)
    starts = np.linspace(0, voice.size - size, count).astype(int)
    return np.concatenate([voice[start : start + size] for start in starts])


def _voiced_hz(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    result = _tracker().detect(samples, SAMPLE_RATE, fmin=LOWEST_HZ, fmax=HIGHEST_HZ)
    return np.asarray(result.pitch_hz, np.float64)[np.asarray(result.confidence) >= VOICED]


@lru_cache(maxsize=1)
def _tracker() -> Any:
    from swift_f0 import SwiftF0

    # without spinning the pool leaves the cores to the transcription beside it
    return SwiftF0(spin=False)


METRICS: Final = (
    Metric(
        "pitch_variation", "semitones", "SD of F0, Hincks 2005; Hincks and Edlund 2009; no validated cut-off",
        "a voice that wavers evenly ±2 semitones as a sine: 1.4 semitones", True, pitch_variation,
        experimental=True,
    ),
    Metric(
        "loudness", "dBFS", "Root mean square level of the phonation",
        "a sine of amplitude 0.1: -23.0 dBFS", True, loudness,
    ),
    Metric(
        "loudness_variation", "dB", "SD over blocks of 0.4 s, the block of ITU-R BS.1770",
        "half the blocks at -20 dB, half at -26 dB: 3.0 dB", True, loudness_variation, experimental=True,
    ),
)  # fmt: skip
