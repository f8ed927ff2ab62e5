"""The same talk under worse conditions, and sounds that are no speech. Everything is synthesised and seeded.

Sound is (n,) float32 at 16 kHz, full scale 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

RATE: Final = 16_000
Samples = NDArray[np.float32]
Generator = np.random.Generator


def pink(count: int, rng: Generator) -> Samples:
    """Noise whose power falls with 1/f, RMS 1."""
    spectrum = np.fft.rfft(rng.standard_normal(count))
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    spectrum[0] = 0
    return _unit(np.fft.irfft(spectrum, count))


def noisy(sound: Samples, snr_db: float, rng: Generator) -> Samples:
    """With pink noise ``snr_db`` below the speech; the speech's power is taken where it is not silent."""
    power = np.square(sound, dtype=np.float64)
    frames = power[: len(power) // 320 * 320].reshape(-1, 320).mean(axis=1)
    level = np.sqrt(frames[frames > frames.max() * 1e-4].mean())
    mixed = sound + level * 10 ** (-snr_db / 20) * pink(len(sound), rng)
    return np.clip(mixed, -1, 1).astype(np.float32)


def small_room(sound: Samples, rng: Generator) -> Samples:
    """In a room with a reverberation time (60 dB) of 0.4 s and reflections 6 dB below the direct sound."""
    count = int(0.5 * RATE)
    tail = rng.standard_normal(count) * 10 ** (-3 * np.arange(count) / (0.4 * RATE))
    tail[: int(0.004 * RATE)] = 0
    response = tail / np.sqrt(np.square(tail).sum()) * 10 ** (-6 / 20)
    response[0] = 1
    size = 1 << int(len(sound) + count).bit_length()
    wet = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(response, size), size)[: len(sound)]
    return (wet * min(1.0, 0.98 / np.abs(wet).max())).astype(np.float32)


def quiet(sound: Samples, _rng: Generator) -> Samples:
    """20 dB softer, in the steps of 16 bits."""
    return (np.round(sound * 0.1 * 32767) / 32767).astype(np.float32)


def telephone(sound: Samples, _rng: Generator) -> Samples:
    """300 to 3400 Hz, 8 kHz and 8 bits (mu-law), then 16 kHz again."""
    spectrum = np.fft.rfft(sound)
    frequency = np.fft.rfftfreq(len(sound), 1 / RATE)
    spectrum[(frequency < 300) | (frequency > 3400)] = 0
    narrow = np.clip(np.fft.irfft(spectrum, len(sound)), -1, 1)
    squeezed = np.sign(narrow) * np.log1p(255 * np.abs(narrow)) / np.log(256)
    steps = np.round(squeezed * 127) / 127
    return (np.sign(steps) * (256 ** np.abs(steps) - 1) / 255).astype(np.float32)


CONDITIONS: Final[Mapping[str, Callable[[Samples, Generator], Samples]]] = {
    "noise 20 dB": lambda sound, rng: noisy(sound, 20, rng),
    "noise 10 dB": lambda sound, rng: noisy(sound, 10, rng),
    "small room": small_room,
    "gain -20 dB": quiet,
    "telephone": telephone,
}


def _unit(sound: NDArray[np.floating]) -> Samples:
    return (sound / np.sqrt(np.square(sound).mean())).astype(np.float32)


def _silence(count: int, _rng: Generator) -> Samples:
    return np.zeros(count, np.float32)


def _white(count: int, rng: Generator) -> Samples:
    return (0.05 * rng.standard_normal(count)).astype(np.float32)


def _pink(count: int, rng: Generator) -> Samples:
    return np.float32(0.1) * pink(count, rng)


def _room_tone(count: int, rng: Generator) -> Samples:
    hum = 0.002 * np.sin(2 * np.pi * 50 * np.arange(count) / RATE)
    return (0.0005 * pink(count, rng) + hum).astype(np.float32)


def _tones(count: int, rng: Generator) -> Samples:
    """Chords with five overtones each, half a second long: music of a sort."""
    out = np.zeros(count)
    for at in range(0, count, RATE // 2):
        time = np.arange(min(RATE // 2, count - at)) / RATE
        for step in rng.choice([0, 2, 4, 5, 7, 9, 11, 12], 3, replace=False):
            pitch = 220 * 2 ** (step / 12)
            for overtone in range(1, 6):
                out[at : at + len(time)] += (
                    np.sin(2 * np.pi * pitch * overtone * time) * np.exp(-3 * time) / overtone
                )
    return (0.3 * out / np.abs(out).max()).astype(np.float32)


def _melody(count: int, rng: Generator) -> Samples:
    """One gliding tone with vibrato and the overtones of a voice, such as a hummed or bowed line."""
    time = np.arange(count) / RATE
    notes = np.repeat(rng.choice([0, 2, 3, 5, 7, 8, 10], count // 8000 + 1), 8000)[:count]
    smooth = np.convolve(notes, np.ones(800) / 800, "same") + 0.3 * np.sin(2 * np.pi * 5.5 * time)
    phase = 2 * np.pi * np.cumsum(196 * 2 ** (smooth / 12)) / RATE
    return (0.1 * sum(np.sin(k * phase) / k for k in range(1, 9))).astype(np.float32)


def _keyboard(count: int, rng: Generator) -> Samples:
    """Strokes of a few milliseconds at a typist's rhythm, each with a softer release."""
    out = 0.0003 * rng.standard_normal(count)
    at = int(0.3 * RATE)
    while at < count - 4000:
        for later, loud in ((0, rng.uniform(0.1, 0.4)), (int(rng.uniform(0.05, 0.1) * RATE), 0.08)):
            length = int(rng.uniform(0.004, 0.015) * RATE)
            stroke = rng.standard_normal(length) * np.exp(-np.arange(length) / (length / 4))
            out[at + later : at + later + length] += loud * stroke
        at += int(rng.uniform(0.08, 0.5) * RATE)
    return np.clip(out, -1, 1).astype(np.float32)


def _band(count: int, low: float, high: float, rng: Generator) -> Samples:
    spectrum = np.fft.rfft(rng.standard_normal(count))
    frequency = np.fft.rfftfreq(count, 1 / RATE)
    spectrum[(frequency < low) | (frequency > high)] = 0
    return _unit(np.fft.irfft(spectrum, count))


def _breathing(count: int, rng: Generator) -> Samples:
    """In for one second, out for one and a half, with a rest: noise from 300 to 2500 Hz that swells and fades."""
    out = np.zeros(count, np.float32)
    at = 0
    while at < count:
        for seconds, loud, high in ((1.0, 0.02, 2500), (1.5, 0.03, 1500)):
            length = min(int(seconds * rng.uniform(0.8, 1.2) * RATE), count - at)
            if length > 100:
                out[at : at + length] = loud * np.hanning(length) * _band(length, 300, high, rng)
            at = min(count, at + length + int(0.3 * RATE))
    return out + (0.0003 * rng.standard_normal(count)).astype(np.float32)


def _coughs(count: int, rng: Generator) -> Samples:
    """Bursts of noise from 200 to 4000 Hz with a hard start, in twos."""
    out = (0.0003 * rng.standard_normal(count)).astype(np.float32)
    at = int(0.8 * RATE)
    while at < count - RATE:
        for later in (0, 0.35):
            length, begin = int(0.25 * RATE), at + int(later * RATE)
            shape = np.exp(-np.arange(length) / (0.07 * RATE))
            out[begin : begin + length] += 0.2 * shape * _band(length, 200, 4000, rng)
        at += int(rng.uniform(1.5, 3.0) * RATE)
    return np.clip(out, -1, 1)


NOT_SPEECH: Final[Mapping[str, Callable[[int, Generator], Samples]]] = {
    "silence": _silence,
    "room tone": _room_tone,
    "white noise": _white,
    "pink noise": _pink,
    "chords": _tones,
    "melody": _melody,
    "keyboard": _keyboard,
    "breathing": _breathing,
    "coughs": _coughs,
}
