"""Fillers that the transcript lacks, found in the sound; and the times of those it has."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from spoken import voice

from coach.disfluencies import filled_pauses, swallowed
from coach.disfluencies.islands import islands, restlessness
from coach.recording import SAMPLE_RATE, Recording, read_recording
from coach.transcript import Span, Word
from coach.voice import silero_speech

TALKS = ("good-l1-vs-l2", "rambling-l1-vs-l2", "weak-streaming-recommender")


def word(text: str, start: float, end: float) -> Word:
    return Word(text=text, start=start, end=end, confidence=0.9)


def silence(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * SAMPLE_RATE), np.int16)


def joined(*parts: np.ndarray) -> Recording:
    return Recording(np.concatenate(parts))


def truth(samples: Path, name: str) -> tuple[dict[str, Any], Recording, list[Span]]:
    recording = read_recording(samples / f"{name}.flac")
    document = json.loads((samples / f"{name}.json").read_text(encoding="utf-8"))
    return document, recording, silero_speech(recording.samples)


def test_islands_are_the_sounds_between_silences() -> None:
    buzz = voice(lambda t: np.full_like(t, 120.0), 0.5).pcm
    found = islands(joined(silence(1), buzz, silence(0.4), buzz, silence(1)), (Span(start=1, end=2.4),))
    assert [(round(i.start, 1), round(i.end, 1)) for i in found] == [(1.0, 1.5), (1.9, 2.4)]
    assert [round(i.before, 1) for i in found] == [1.0, 0.4]
    assert [round(i.after, 1) for i in found] == [0.4, 1.0]
    assert islands(None, ()) == ()


def test_a_held_tone_is_at_rest_and_changing_sounds_are_not() -> None:
    held = voice(lambda t: np.full_like(t, 120.0), 0.6).samples
    hiss = np.random.default_rng(0).normal(0, 0.1, len(held)).astype(np.float32)
    syllables = np.where(np.arange(len(held)) // 1600 % 2, held, hiss)
    assert restlessness(held) < 1
    assert restlessness(syllables) > 5
    assert restlessness(held[:400]) is None


def test_a_held_sound_under_a_stretched_word_is_a_filled_pause() -> None:
    buzz = voice(lambda t: np.full_like(t, 120.0), 0.5).pcm
    recording = joined(silence(1), buzz, silence(0.3), buzz[: len(buzz) // 2], silence(1))
    speech = (Span(start=1.0, end=2.05),)
    (one,) = swallowed.detect([word("from", 1.2, 2.05)], (), speech, recording)
    assert (one.start, one.end) == (pytest.approx(1.0, abs=0.05), pytest.approx(1.5, abs=0.05))
    assert one.word_range is None
    # the same sound with a word of its own is that word
    assert swallowed.detect([word("Oh", 1.0, 1.5), word("from", 1.8, 2.05)], (), speech, recording) == []
    assert swallowed.detect([word("uh,", 1.3, 1.9)], (), speech, recording) == []
    assert swallowed.detect([word("from", 1.2, 2.05)], (), speech, None) == []


@pytest.mark.parametrize("name", TALKS)
def test_fillers_taken_out_of_the_transcript_are_given_back_by_the_sound(samples: Path, name: str) -> None:
    """The true words without the fillers, each word before a filler stretched over it, as Whisper does it."""
    document, recording, speech = truth(samples, name)
    # only what the rule is for: held long enough, and alone
    alone = islands(recording, speech)
    held = [
        filler for filler in document["fillers"]
        if any(abs(i.start - filler["start"]) < 0.05 and swallowed._alone(i) for i in alone)
    ]  # fmt: skip
    kept = [w for w in document["words"] if not any(_within(w, f) for f in document["fillers"])]
    words = [
        word(w["text"], w["start"], max([w["end"], *(f["end"] + 0.2 for f in held if 0 < f["start"] - w["start"] < 1.2)]))
        for w in kept
    ]  # fmt: skip
    found = swallowed.detect(words, (), speech, recording)
    hits = [f for f in held if any(abs(one.start - f["start"]) < 0.1 for one in found)]
    false = [one for one in found if not any(abs(one.start - f["start"]) < 0.1 for f in document["fillers"])]
    assert len(hits) >= 0.6 * len(held)
    assert len(held) >= 1
    assert false == []


def test_fluent_talk_has_none(samples: Path) -> None:
    document, recording, speech = truth(samples, "good-streaming-recommender")
    words = [word(w["text"], w["start"], w["end"]) for w in document["words"]]
    assert swallowed.detect(words, (), speech, recording) == []


@pytest.mark.parametrize("off", [-0.25, 0.0, 0.25])
def test_a_filler_that_stands_alone_is_where_the_sound_is(samples: Path, off: float) -> None:
    document, recording, speech = truth(samples, "rambling-l1-vs-l2")
    errors = []
    for filler in document["fillers"]:
        if not any(
            abs(i.start - filler["start"]) < 0.03 and i.duration < 1 for i in islands(recording, speech)
        ):
            continue
        moved = [word("um,", max(0.0, filler["start"] + off), filler["end"] + off)]
        (one,) = filled_pauses.detect(moved, (), speech, recording)
        errors.append(abs(one.start - filler["start"]))
    assert len(errors) >= 15
    assert np.median(errors) < 0.03


def test_two_fillers_written_for_one_short_sound_are_one() -> None:
    buzz = voice(lambda t: np.full_like(t, 120.0), 0.5).pcm
    recording = joined(silence(1), buzz, silence(1), buzz, buzz, silence(1))
    speech = (Span(start=1, end=1.5), Span(start=2.5, end=3.5))
    words = [word("Um,", 1.0, 1.2), word("uh,", 1.3, 1.6), word("um,", 2.5, 2.9), word("uh,", 3.1, 3.5)]
    found = filled_pauses.detect(words, (), speech, recording)
    assert [one.word_range for one in found] == [(0, 2), (2, 3), (3, 4)]
    assert (found[0].start, found[0].end) == (pytest.approx(1.0, abs=0.05), pytest.approx(1.5, abs=0.05))


def test_a_filler_without_any_time_was_made_up() -> None:
    assert filled_pauses.detect([word("uh,", 3.0, 3.0)], (), (), None) == []


def _within(w: dict[str, Any], filler: dict[str, Any]) -> bool:
    return bool(filler["start"] - 0.02 <= (w["start"] + w["end"]) / 2 <= filler["end"] + 0.02)
