"""Silent pauses against silences of known place: spliced sounds, clean and in noise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.recording import SAMPLE_RATE, Recording
from coach.silence import frames, phonation, silent_stretches
from coach.transcript import Span

GAPS = (0.3, 0.5, 1.2, 0.28, 0.8, 0.4)


def voice(rng: np.random.Generator, seconds: float) -> np.ndarray:
    """A buzz with moving pitch, formants and syllables; between syllables it falls by 12 dB, as speech does."""
    t = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    pitch = 2 * np.pi * np.cumsum(120 + 20 * np.sin(2 * np.pi * 0.7 * t + rng.random())) / SAMPLE_RATE
    formants = (500, 1500, 2500)
    sound = sum(
        np.sin(harmonic * pitch) * sum(np.exp(-(((120 * harmonic - f) / 150) ** 2)) for f in formants)
        for harmonic in range(1, 30)
    )
    syllables = 10 ** (-6 * (1 + np.cos(2 * np.pi * 4 * t)) / 20)
    return 0.3 * syllables * sound / np.abs(sound).max()


def spliced(gaps: tuple[float, ...] = GAPS, seed: int = 0) -> tuple[np.ndarray, list[tuple[float, float]]]:
    """Sound with silences between, 0.4 s of silence around, and where the silences are."""
    rng = np.random.default_rng(seed)
    parts, truth, at = [np.zeros(6400)], [], 0.4
    for gap in (*gaps, None):
        part = voice(rng, 1.25)
        parts.append(part)
        at += len(part) / SAMPLE_RATE
        if gap is not None:
            parts.append(np.zeros(round(gap * SAMPLE_RATE)))
            truth.append((at, at + gap))
            at += gap
    return np.concatenate([*parts, np.zeros(6400)]), truth


def in_noise(samples: np.ndarray, snr_db: float, tilt: float = 0.0) -> np.ndarray:
    """With steady noise whose power falls with frequency ** ``tilt``: 0 white, 1 pink."""
    hertz = np.maximum(np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE), 40)
    white = np.random.default_rng(9).normal(size=len(samples))
    noise = np.fft.irfft(np.fft.rfft(white) * hertz ** (-tilt / 2), len(samples))
    power = np.mean(samples[samples != 0] ** 2)
    return samples + noise / noise.std() * np.sqrt(power / 10 ** (snr_db / 10))


def stretches(samples: np.ndarray, speech: tuple[Span, ...] = ()) -> list[tuple[float, float]]:
    return [
        (span.start, span.end)
        for span in silent_stretches(Recording.of(np.clip(samples, -1, 1), SAMPLE_RATE), speech)
    ]


@pytest.mark.parametrize(("snr_db", "tilt"), [(None, 0), (20, 0), (20, 1), (10, 0), (10, 1)])
def test_known_silences_are_found_and_nothing_else(snr_db: float | None, tilt: float) -> None:
    samples, truth = spliced()
    found = stretches(samples if snr_db is None else in_noise(samples, snr_db, tilt))
    assert len(found) == len(truth)
    assert np.abs(np.array(found) - np.array(truth)).max() <= 0.04


@pytest.mark.parametrize("gain", [0.02, 0.2, 3.0])
def test_the_level_of_the_recording_does_not_matter(gain: float) -> None:
    samples, truth = spliced()
    found = stretches(gain * in_noise(samples, 25))
    assert len(found) == len(truth)
    assert np.abs(np.array(found) - np.array(truth)).max() <= 0.04


def test_hum_and_an_offset_are_not_sound() -> None:
    samples, truth = spliced()
    t = np.arange(len(samples)) / SAMPLE_RATE
    found = stretches(samples + 0.02 * np.sin(2 * np.pi * 50 * t) + 0.01)
    assert len(found) == len(truth)


def test_a_click_does_not_split_a_silence_but_a_word_does() -> None:
    samples, _ = spliced((1.2,))
    middle = round((0.4 + 1.25 + 0.6) * SAMPLE_RATE)
    click = samples.copy()
    click[middle : middle + 160] += 0.3 * np.random.default_rng(2).normal(size=160)
    assert len(stretches(click)) == 1
    word = samples.copy()
    word[middle - 1600 : middle + 1600] += voice(np.random.default_rng(2), 0.2)
    assert len(stretches(word)) == 2


def test_shorter_than_the_minimum_is_no_pause() -> None:
    samples, _ = spliced((0.2, 0.18, 0.15))
    assert stretches(samples) == []
    recording = Recording.of(samples, SAMPLE_RATE)
    assert len(silent_stretches(recording, minimum=0.1)) == 3


def test_what_lies_outside_the_speech_is_no_pause() -> None:
    """A cough before the talk: the silence after it is none of the talk's pauses."""
    samples, truth = spliced((0.9, 0.5))
    speech = (Span(start=truth[0][1], end=truth[1][0]), Span(start=truth[1][1], end=truth[1][1] + 1.25))
    found = stretches(samples, speech)
    assert len(found) == 1
    assert found[0] == pytest.approx(truth[1], abs=0.04)


@pytest.mark.parametrize("samples", [np.zeros(16_000), np.zeros(1), np.zeros(200), np.ones(16_000) * 0.1])
def test_without_any_sound_there_are_no_pauses(samples: np.ndarray) -> None:
    assert stretches(samples) == []


def test_phonation_is_what_the_pauses_leave() -> None:
    recording = Recording(np.zeros(10 * SAMPLE_RATE, np.int16))
    left = phonation(recording, [Span(start=0, end=1), Span(start=2, end=3.5)])
    assert [(span.start, span.end) for span in left] == [(1, 2), (3.5, 10)]
    assert [span.duration for span in phonation(recording, [])] == [10]


def test_there_is_a_frame_each_10_ms() -> None:
    samples, truth = spliced((1.0,))
    power, voiced, sounding = frames(Recording.of(samples, SAMPLE_RATE), [Span(start=0.5, end=0.7)])
    assert len(power) == len(voiced) == len(sounding) == len(samples) // 160
    assert np.flatnonzero(voiced).tolist() == list(range(50, 70))
    middle = round(100 * sum(truth[0]) / 2)
    assert not sounding[middle]
    assert sounding[60]


@given(st.integers(0, 2**32 - 1), st.floats(0.0, 4.0))
@settings(max_examples=30, deadline=None)
def test_pauses_are_in_order_within_the_recording_and_long_enough(seed: int, seconds: float) -> None:
    rng = np.random.default_rng(seed)
    samples = rng.normal(0, 0.1, int(seconds * SAMPLE_RATE) + 1) * (
        rng.random(int(seconds * SAMPLE_RATE) + 1) > 0.3
    )
    edge = 0.0
    for start, end in stretches(samples):
        assert edge <= start
        assert end - start >= 0.25 - 1e-6
        edge = end
    assert edge <= len(samples) / SAMPLE_RATE
