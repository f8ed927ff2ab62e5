"""What a microphone hears beside the words, and what it makes of them. Everything is synthesised and seeded.

No change moves anything in time: the truth of a talk stays as it is.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

import numpy as np
import soundfile
from conditions import NOT_SPEECH, RATE, Generator, Samples, noisy, pink, telephone
from espeak import Espeak

_BABBLERS: Final = ("en-us+m3", "en+f2", "en-029+m1", "en-gb-scotland+f3", "en-us-nyc+m7", "en-gb-x-rp+f1")
_BABBLE: Final = (
    "There were more people at the table than chairs and everybody talked at once about the game and the "
    "trains and what the children had brought home from school and nobody could follow a single story to "
    "its end because the next one had already begun at the other side of the room"
)


def _band(count: int, low: float, high: float, rng: Generator) -> Samples:
    """Noise of one band, RMS 1."""
    spectrum = np.fft.rfft(rng.standard_normal(count))
    frequency = np.fft.rfftfreq(count, 1 / RATE)
    spectrum[(frequency < low) | (frequency > high)] = 0
    sound = np.fft.irfft(spectrum, count)
    return (sound / np.sqrt(np.square(sound).mean())).astype(np.float32)


def breath(count: int, rng: Generator) -> Samples:
    """One breath that fills the time."""
    low, high = rng.uniform(200, 500), rng.uniform(1300, 5000)
    shape = np.hanning(count) ** rng.uniform(0.5, 1.5)
    return (rng.uniform(0.004, 0.03) * shape * _band(count, low, high, rng)).astype(np.float32)


def laugh(count: int, rng: Generator) -> Samples:
    """Breathy bursts, four to six a second, half of them voiced."""
    out = np.zeros(count, np.float32)
    step = int(RATE / rng.uniform(4, 6))
    pitch, formant = rng.uniform(110, 320), rng.uniform(600, 1100)
    for number, at in enumerate(range(0, count - step // 2, step)):
        length = min(int(step * rng.uniform(0.5, 0.75)), count - at)
        time = np.arange(length) / RATE
        voiced = sum(
            np.sin(2 * np.pi * k * pitch * time) * np.exp(-(((k * pitch - formant) / 500) ** 2))
            for k in range(1, 12)
        )
        burst = 0.5 * _band(length, 400, 4000, rng) + rng.choice([0.0, 1.0]) * voiced
        out[at : at + length] += 0.05 * 0.85**number * np.hanning(length) * burst
    return out


def cough(count: int, rng: Generator) -> Samples:
    """A burst with a hard start."""
    shape = np.exp(-np.arange(count) / (rng.uniform(0.04, 0.1) * RATE))
    return (rng.uniform(0.03, 0.15) * shape * _band(count, 200, rng.uniform(2500, 5000), rng)).astype(
        np.float32
    )


def clicks(count: int, rng: Generator) -> Samples:
    """One to three strokes of a key or of the tongue."""
    out = np.zeros(count, np.float32)
    for _ in range(rng.integers(1, 4)):
        length = int(rng.uniform(0.002, 0.012) * RATE)
        at = int(rng.integers(0, max(1, count - length)))
        stroke = rng.standard_normal(length) * np.exp(-np.arange(length) / (length / 4))
        out[at : at + length] += (rng.uniform(0.02, 0.25) * stroke)[: count - at]
    return out


SOUNDS: Final[Mapping[str, tuple[Callable[[int, Generator], Samples], float, float]]] = {
    "breath": (breath, 0.25, 0.8),
    "laugh": (laugh, 0.35, 1.0),
    "cough": (cough, 0.15, 0.35),
    "clicks": (clicks, 0.05, 0.5),
}
"""What may be heard in a silence: how it is made, and how many seconds it takes at least and at most."""


def room_tone(count: int, rng: Generator) -> Samples:
    """The noise of a quiet room, -85 to -55 dB, at times with the hum of the mains."""
    colour = pink(count, rng) if rng.random() < 0.6 else rng.standard_normal(count).astype(np.float32)
    tone = 10 ** (rng.uniform(-85, -55) / 20) * colour
    if rng.random() < 0.2:
        tone = tone + 10 ** (rng.uniform(-70, -50) / 20) * NOT_SPEECH["room tone"](count, rng) / 0.0015
    return tone.astype(np.float32)


def _under(sound: Samples, other: Samples, snr_db: float) -> Samples:
    """Both, ``other`` (RMS 1) so much softer than the speech where that is not silent."""
    frames = np.square(sound[: len(sound) // 320 * 320], dtype=np.float64).reshape(-1, 320).mean(axis=1)
    level = np.sqrt(frames[frames > frames.max() * 1e-4].mean())
    return (sound + level * 10 ** (-snr_db / 20) * other).astype(np.float32)


@cache
def _babblers() -> tuple[Samples, ...]:
    words = _BABBLE.split()
    return tuple(
        Espeak(name, 30 + 8 * number).say(words[3 * number :] + words[: 3 * number], ".", 0.9).samples
        for number, name in enumerate(_BABBLERS)
    )


def _babble(count: int, rng: Generator) -> Samples:
    total = np.zeros(count)
    for voice in _babblers():
        total += rng.uniform(0.3, 1.0) * np.roll(np.resize(voice, count), int(rng.integers(count)))
    return (total / np.sqrt(np.square(total).mean())).astype(np.float32)


def _noise(sound: Samples, rng: Generator) -> Samples:
    snr = rng.uniform(8, 25)
    kind = rng.choice(["pink", "white", "babble", "hiss"])
    if kind == "pink":
        return noisy(sound, snr, rng)
    if kind == "babble":
        return _under(sound, _babble(len(sound), rng), max(snr, 12))
    white = rng.standard_normal(len(sound)).astype(np.float32)
    return _under(sound, white if kind == "white" else _band(len(sound), 2000, 7900, rng), snr)


def _room(sound: Samples, rng: Generator) -> Samples:
    """A reverberation time of 0.15 to 0.6 s, reflections 12 to 2 dB below the direct sound."""
    decay = rng.uniform(0.15, 0.6)
    count = int(1.2 * decay * RATE)
    tail = rng.standard_normal(count) * 10 ** (-3 * np.arange(count) / (decay * RATE))
    tail[: int(rng.uniform(0.001, 0.008) * RATE)] = 0
    response = tail / np.sqrt(np.square(tail).sum()) * 10 ** (rng.uniform(-12, -2) / 20)
    response[0] = 1
    size = 1 << int(len(sound) + count).bit_length()
    return np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(response, size), size)[: len(sound)].astype(
        np.float32
    )


def _clipping(sound: Samples, rng: Generator) -> Samples:
    limit = float(np.quantile(np.abs(sound), rng.uniform(0.985, 0.998)))
    return (np.clip(sound, -limit, limit) * min(3.0, 0.9 / limit)).astype(np.float32)


def _tilt(sound: Samples, rng: Generator) -> Samples:
    """-6 to +6 dB an octave up to 4 octaves around 1 kHz, and perhaps no sound above some frequency."""
    frequency = np.fft.rfftfreq(len(sound), 1 / RATE)
    octaves = np.log2(np.clip(frequency, 60, 8000) / 1000)
    gain = 10 ** (rng.uniform(-6, 4) * octaves / 20)
    if rng.random() < 0.4:
        gain[frequency > rng.uniform(3000, 7000)] *= 0.01
    if rng.random() < 0.4:
        gain[frequency < rng.uniform(60, 250)] *= 0.05
    out = np.fft.irfft(np.fft.rfft(sound) * gain, len(sound))
    return (out * np.sqrt(np.square(sound).mean() / np.square(out).mean())).astype(np.float32)


def _lossy(sound: Samples, rng: Generator) -> Samples:
    """Through Opus, MP3 or Vorbis at a low rate and back, laid in time where it was."""
    container, subtype, quality = (
        ("OGG", "OPUS", 1.0), ("OGG", "VORBIS", 0.9), ("MP3", "MPEG_LAYER_III", 0.95),
    )[rng.integers(3)]  # fmt: skip
    file = io.BytesIO()
    soundfile.write(
        file, np.clip(sound, -1, 1), RATE, format=container, subtype=subtype, compression_level=quality
    )
    file.seek(0)
    decoded, rate = soundfile.read(file, dtype="float32")
    if rate != RATE:
        raise ValueError(f"{subtype} came back at {rate} Hz")
    size = 1 << (len(sound) + len(decoded)).bit_length()
    likeness = np.fft.irfft(np.fft.rfft(decoded, size) * np.conj(np.fft.rfft(sound, size)), size)
    delay = int(np.argmax(likeness))
    delay = delay if delay < size // 2 else delay - size
    moved = decoded[delay:] if delay >= 0 else np.pad(decoded, (-delay, 0))
    return np.pad(moved, (0, max(0, len(sound) - len(moved))))[: len(sound)]


def _gain(sound: Samples, rng: Generator) -> Samples:
    return (sound * 10 ** (rng.uniform(-25, 0) / 20)).astype(np.float32)


CONDITIONS: Final[Mapping[str, Callable[[Samples, Any], Samples]]] = {
    "room": _room,
    "tilt": _tilt,
    "noise": _noise,
    "clipping": _clipping,
    "telephone": telephone,
    "lossy": _lossy,
    "gain": _gain,
}
"""In the order in which they happen to a sound."""


def changed(sound: Samples, condition: str, rng: Generator) -> Samples:
    """``sound`` under "clean" or under several conditions joined by "+"."""
    named = condition.split("+")
    for name, change in CONDITIONS.items():
        if name in named:
            sound = change(sound, rng)
            sound = sound * np.float32(min(1.0, 0.98 / np.abs(sound).max()))
    return sound


__all__ = ["CONDITIONS", "SOUNDS", "changed", "room_tone"]
