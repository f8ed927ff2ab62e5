import numpy as np
import pytest
from spoken import talk_of, voice, words_at

from coach.metrics import measure
from coach.recording import SAMPLE_RATE, Recording
from coach.transcript import Pause, Span


def _measured(recording: Recording, **changes: object):
    whole = (Span(start=0, end=recording.duration),)
    return measure(talk_of(words_at("it learns"), recording=recording, **({"speech": whole} | changes)))


def test_a_vibrato_varies_by_its_depth_over_the_square_root_of_two():
    wavering = voice(lambda t: 140 * 2 ** (2 * np.sin(2 * np.pi * 2 * t) / 12), 6)
    assert _measured(wavering)["pitch_variation"].value == pytest.approx(2 / np.sqrt(2), abs=0.1)


def test_a_glide_varies_by_its_width_over_the_square_root_of_twelve():
    gliding = voice(lambda t: 100 * 2 ** (8 * (t / 6) / 12), 6)
    assert _measured(gliding)["pitch_variation"].value == pytest.approx(8 / np.sqrt(12), abs=0.1)


@pytest.mark.parametrize("hertz", [90.0, 220.0])
def test_a_monotone_has_no_variation_at_any_height(hertz):
    flat = voice(lambda t: np.full_like(t, hertz), 5)
    assert _measured(flat)["pitch_variation"].value == pytest.approx(0, abs=0.05)


def test_a_long_talk_is_sampled_over_its_whole_length():
    # the second half lies 6 semitones higher: half below, half above the middle, SD 3
    two_halves = voice(lambda t: np.where(t < 150, 110.0, 110.0 * 2**0.5), 300)
    assert _measured(two_halves)["pitch_variation"].value == pytest.approx(3, abs=0.2)


def test_only_stretches_with_a_voice_count():
    half = voice(lambda t: np.full_like(t, 120.0), 10)
    other = voice(lambda t: np.full_like(t, 200.0), 10)
    both = Recording(pcm=np.concatenate([half.pcm, other.pcm]))
    assert _measured(both, speech=(Span(start=0, end=10),))["pitch_variation"].value == pytest.approx(
        0, abs=0.1
    )


def test_noise_and_short_sounds_have_no_pitch_variation():
    noise = Recording(pcm=np.random.default_rng(1).normal(0, 2000, 6 * SAMPLE_RATE).astype(np.int16))
    result = _measured(noise)["pitch_variation"]
    assert result.value is None
    assert "3 s" in result.reason
    short = voice(lambda t: np.full_like(t, 120.0), 0.5)
    assert _measured(short)["pitch_variation"].value is None


def test_pitch_variation_is_marked_experimental():
    assert _measured(voice(lambda t: np.full_like(t, 120.0), 5))["pitch_variation"].experimental


def _sine(amplitude: float, seconds: float) -> np.ndarray:
    t = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return np.asarray(amplitude * 32768 * np.sin(2 * np.pi * 250 * t), np.int16)


def test_loudness_of_a_sine_is_its_root_mean_square_without_the_pauses():
    sound = Recording(pcm=np.concatenate([_sine(0.1, 3), np.zeros(SAMPLE_RATE, np.int16), _sine(0.1, 3)]))
    pause = Pause(start=3, end=4, place="boundary")
    assert _measured(sound, pauses=(pause,))["loudness"].value == pytest.approx(-23.01, abs=0.02)


def test_loudness_variation_of_two_levels():
    sound = Recording(pcm=np.concatenate([_sine(0.1, 4), _sine(0.05, 4)]))
    assert _measured(sound)["loudness_variation"].value == pytest.approx(20 * np.log10(2) / 2, abs=0.02)


def test_digital_silence_has_no_loudness():
    silent = Recording(pcm=np.zeros(6 * SAMPLE_RATE, np.int16))
    assert _measured(silent)["loudness"].value is None
    assert _measured(silent)["loudness_variation"].value is None


def test_a_level_that_a_browser_has_set_is_not_claimed():
    found = _measured(Recording(pcm=_sine(0.1, 6)), browser_processed=True)
    for name in ("loudness", "loudness_variation"):
        assert found[name].value is None
        assert "browser" in found[name].reason
