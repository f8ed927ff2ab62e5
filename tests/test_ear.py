"""The ear on made-up chances, and on a real recording through the real encoder."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.recording import read_recording
from coach.transcript import Word
from coach.transcription import ear
from coach.transcription.ear import EARS, hesitations, load_ear, with_onsets
from coach.transcription.pieces import cut
from coach.transcription.verbatim import load_whisper


def held(*stretches: tuple[int, int], count: int = 200, chance: float = 0.9) -> np.ndarray:
    chances = np.zeros(count, np.float32)
    for first, last in stretches:
        chances[first:last] = chance
    return chances


def test_a_held_stretch_is_a_hesitation_with_its_time_and_likelihood() -> None:
    (one,) = hesitations(held((50, 75)))
    assert (one.start, one.end) == (1.0, 1.5)
    assert one.likelihood == one.peak == pytest.approx(0.9)


def test_what_wavers_for_a_moment_is_one_and_what_rests_is_two() -> None:
    assert len(hesitations(held((50, 60), (64, 75)))) == 1
    assert len(hesitations(held((50, 60), (80, 95)))) == 2


def test_a_blip_is_none() -> None:
    assert hesitations(held((50, 53))) == []
    assert hesitations(held((50, 75), chance=0.2)) == []
    assert hesitations(np.zeros(0, np.float32)) == []


@given(st.lists(st.floats(0, 1, width=32), max_size=120))
def test_hesitations_are_in_order_apart_and_inside(values: list[float]) -> None:
    found = hesitations(np.array(values, np.float32))
    assert all(0 <= one.start < one.end <= len(values) * 0.02 + 1e-9 for one in found)
    assert all(a.end < b.start for a, b in pairwise(found))
    assert all(0 <= one.likelihood <= one.peak <= 1 for one in found)


def test_words_begin_where_the_ear_hears_a_beginning_and_stay_in_order() -> None:
    begins = np.zeros(200, np.float32)
    begins[50], begins[60] = 0.8, 0.9
    words = [
        Word(text="one", start=1.04, end=1.3, confidence=1),
        Word(text="two", start=1.16, end=1.4, confidence=1),
        Word(text="three", start=2.0, end=2.4, confidence=1),
    ]
    mended = with_onsets(words, begins)
    assert [word.start for word in mended] == pytest.approx([1.0, 1.2, 2.0])


def test_the_weights_are_small_and_give_chances() -> None:
    for name in EARS:
        path = Path(ear.__file__).with_name(f"ear-{name}.npz")
        assert path.stat().st_size < 1_000_000
        states = np.random.default_rng(1).normal(size=(70, len(load_ear(name)._weights["mean"])))
        told = load_ear(name).hear(states.astype(np.float32))
        assert told.shape == (70, 2)
        assert np.all((told >= 0) & (told <= 1))


def test_a_frame_depends_on_its_neighbourhood_only() -> None:
    """Two convolutions of nine frames reach eight frames far."""
    one = (
        np.random.default_rng(2).normal(size=(100, len(load_ear("base")._weights["mean"]))).astype(np.float32)
    )
    other = one.copy()
    other[60:] += 5
    a, b = load_ear("base").hear(one), load_ear("base").hear(other)
    assert np.allclose(a[:52], b[:52], atol=1e-5)
    assert not np.allclose(a[52:60], b[52:60], atol=1e-5)


@pytest.mark.whisper
@pytest.mark.parametrize("name", ["base", "tiny.en"])
def test_a_persons_fillers_are_heard_near_their_labels(name: str, models: Path, samples: Path) -> None:
    """Six of the nine were, onsets within 0.25 s; the recording was not trained on. Writing adds the others."""
    whisper = load_whisper(name, models)
    recording = read_recording(samples / "human-spacewalk.flac")
    heard = [one for piece in cut([recording.pcm]) for one in whisper.hear(piece).hesitations]
    told = json.loads((samples / "human-spacewalk.json").read_text(encoding="utf-8"))["fillers"]
    near = [f for f in told if any(abs(one.start - f["start"]) <= 0.25 for one in heard)]
    assert len(told) == 9
    assert len(near) >= 5
    assert len(heard) <= 12
