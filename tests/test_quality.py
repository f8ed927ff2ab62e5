"""The quality report, on a real voice made worse in known ways, and the voice detector on what is no voice."""

from __future__ import annotations

import json

import numpy as np
import pytest

from coach.bundled import bundled
from coach.quality import assess_quality, clipped_share, signal_to_noise, speech_level
from coach.recording import SAMPLE_RATE, Recording, read_recording
from coach.transcript import Span
from coach.voice import silero_speech

from test_silence import in_noise, spliced  # isort: skip

SECONDS = 20


@pytest.fixture(scope="module")
def talk() -> tuple[np.ndarray, list[Span]]:
    """A buzz with pauses, and where it sounds: level and noise are then known exactly."""
    samples, pauses = spliced((0.6, 0.5, 0.9, 0.6))
    edges = [0.4, *(edge for pause in pauses for edge in pause), len(samples) / SAMPLE_RATE - 0.4]
    return samples, [Span(start=a, end=b) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def report(samples: np.ndarray, speech: list[Span], rate: int = SAMPLE_RATE, browser: bool = False):
    return assess_quality(Recording.of(samples, rate), speech, browser)


def test_a_good_recording_has_no_problems(talk: tuple[np.ndarray, list[Span]]) -> None:
    samples, speech = talk
    found = report(in_noise(samples, 40), speech)
    assert found.problems == ()
    assert found.advice == ()
    assert found.withheld is None
    assert found.speech_share == pytest.approx(5 * 1.25 / (len(samples) / SAMPLE_RATE), abs=1e-3)


def test_the_level_is_that_of_the_speech_alone() -> None:
    samples = np.zeros(4 * SAMPLE_RATE)
    samples[SAMPLE_RATE : 2 * SAMPLE_RATE] = 0.1 * np.tile([1.0, -1.0], SAMPLE_RATE // 2)
    recording = Recording.of(samples, SAMPLE_RATE)
    assert speech_level(recording, [Span(start=1, end=2)]) == pytest.approx(-20.0, abs=0.01)
    assert speech_level(recording, []) is None
    assert speech_level(recording, [Span(start=3, end=4)]) is None


def test_too_quiet(talk: tuple[np.ndarray, list[Span]]) -> None:
    samples, speech = talk
    before, after = report(samples, speech), report(samples * 10 ** (-30 / 20), speech)
    assert before.level_dbfs is not None
    assert after.level_dbfs == pytest.approx(before.level_dbfs - 30, abs=0.1)
    assert after.problems == ("too_quiet",)
    assert "closer to the microphone" in after.advice[0]


@pytest.mark.parametrize("rate", [16_000, 48_000])
@pytest.mark.parametrize("gain_afterwards", [1.0, 0.5])
def test_clipped(talk: tuple[np.ndarray, list[Span]], rate: int, gain_afterwards: float) -> None:
    """Cut off before resampling, so that the flat tops ripple, and perhaps turned down afterwards."""
    samples, speech = talk
    if rate != SAMPLE_RATE:
        samples = np.interp(np.arange(len(samples) * 3) / 3, np.arange(len(samples)), samples)
    limit = np.quantile(np.abs(samples), 0.97)
    found = report(gain_afterwards * np.clip(samples / limit, -1, 1), speech, rate)
    assert found.problems == ("clipped",)
    assert found.clipped_share is not None
    assert 0.03 / 5 < found.clipped_share < 0.04  # of the rippled tops only some are flat


def test_a_peak_at_full_scale_is_not_clipping(talk: tuple[np.ndarray, list[Span]]) -> None:
    samples, _ = talk
    assert clipped_share((samples / np.abs(samples).max()).astype("f4")) < 0.0005
    assert clipped_share(np.zeros(100, np.float32)) == 0


@pytest.mark.parametrize("snr_db", [5, 10, 20, 30])
def test_the_signal_to_noise_ratio_is_right(talk: tuple[np.ndarray, list[Span]], snr_db: float) -> None:
    """White noise: the voice band holds 4.9 of its 8 kHz, so that there the ratio is 2.1 dB better."""
    samples, speech = talk
    recording = Recording.of(in_noise(samples, snr_db), SAMPLE_RATE)
    assert signal_to_noise(recording, speech) == pytest.approx(snr_db + 2.1, abs=1.5)
    assert ("noisy" in assess_quality(recording, speech).problems) == (snr_db <= 10)


def test_without_silence_there_is_no_noise_to_measure() -> None:
    samples, _ = spliced(())
    sound = samples[6400:-6400]
    whole = [Span(start=0, end=len(sound) / SAMPLE_RATE)]
    assert signal_to_noise(Recording.of(sound, SAMPLE_RATE), whole) is None
    assert signal_to_noise(Recording.of(samples, SAMPLE_RATE), []) is None


def test_mostly_silence(talk: tuple[np.ndarray, list[Span]]) -> None:
    samples, speech = talk
    found = report(np.concatenate([samples, np.zeros(30 * SAMPLE_RATE)]), speech)
    assert found.problems == ("mostly_silence",)
    assert "not muted" in found.advice[0]


def test_nothing_but_silence() -> None:
    found = report(np.zeros(SAMPLE_RATE), [])
    assert found.problems == ("mostly_silence",)
    assert found.level_dbfs is None
    assert found.snr_db is None
    assert found.speech_share == 0


def test_not_speech() -> None:
    found = report(np.random.default_rng(0).normal(0, 0.1, SAMPLE_RATE * 5), [])
    assert found.problems == ("not_speech",)


def test_what_the_browser_falsifies_is_withheld(talk: tuple[np.ndarray, list[Span]]) -> None:
    samples, speech = talk
    found = report(np.clip(0.001 * samples, -1e-4, 1e-4), speech, browser=True)
    assert (found.level_dbfs, found.clipped_share, found.snr_db) == (None, None, None)
    assert found.speech_share is not None
    assert found.withheld is not None
    assert "browser" in found.withheld
    assert found.problems == ()


def test_each_problem_has_its_advice_in_order(talk: tuple[np.ndarray, list[Span]]) -> None:
    samples, speech = talk
    quiet = np.concatenate([in_noise(samples, 5), np.zeros(SAMPLE_RATE * 30)]) * 0.003
    found = report(quiet, speech)
    assert found.problems == ("too_quiet", "mostly_silence")
    assert [advice.split()[0] for advice in found.advice] == ["Your", "Only"]


def no_voices() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(4)
    n = SECONDS * SAMPLE_RATE
    t = np.arange(n) / SAMPLE_RATE
    white = rng.normal(size=n)
    step = SAMPLE_RATE // 2
    notes = np.repeat(220 * 2 ** (rng.integers(-5, 12, n // step) / 12), step)
    phase = 2 * np.pi * np.cumsum(notes) / SAMPLE_RATE
    melody = sum(np.sin(k * phase) / k for k in range(1, 9)) * np.exp(-3 * (t % 0.5))
    return {
        "silence": np.zeros(n),
        "hiss": white,
        "rumble": np.cumsum(white - white.mean()),
        "pulsing noise": white * (1 + 0.9 * np.sin(2 * np.pi * 4 * t)),
        "sine": np.sin(2 * np.pi * 440 * t),
        "hum": sum(np.sin(2 * np.pi * 50 * k * t) / k for k in range(1, 10)),
        "clicks": (rng.random(n) < 1e-3).astype(float),
        "melody": melody,
        "drums": white * np.exp(-20 * (t % 0.4)),
    }


@pytest.mark.parametrize("kind", no_voices())
@pytest.mark.parametrize("level", [0.5, 0.02])
def test_what_is_no_voice_is_not_heard_as_one(kind: str, level: float) -> None:
    samples = no_voices()[kind]
    heard = silero_speech((level * samples / max(1e-9, np.abs(samples).max())).astype("f4"))
    assert sum(span.duration for span in heard) < 0.05 * SECONDS


def test_a_person_is_heard_where_the_words_are() -> None:
    """The shipped recording of a human, whose words are known with their times."""
    recording = read_recording(bundled("samples") / "human-spacewalk.flac")
    truth = json.loads((bundled("samples") / "human-spacewalk.json").read_text(encoding="utf-8"))
    speech = silero_speech(recording.samples)
    found = assess_quality(recording, speech)
    assert "not_speech" not in found.problems
    assert "mostly_silence" not in found.problems
    first, last = truth["words"][0], truth["words"][-1]
    assert speech[0].start == pytest.approx(first["start"], abs=0.5)
    assert speech[-1].end == pytest.approx(last["end"], abs=0.5)


def test_no_samples_no_voice() -> None:
    assert silero_speech(np.zeros(0, np.float32)) == []
