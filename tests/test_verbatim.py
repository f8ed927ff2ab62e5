"""What is done with Whisper's words, and Whisper itself on real sound."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from coach.errors import ModelError
from coach.recording import read_recording
from coach.transcript import Span, Word
from coach.transcription.pieces import Piece, cut
from coach.transcription.verbatim import (
    HeardPiece,
    Whisper,
    load_whisper,
    loops,
    starts_in_speech,
    whole_words,
    without_loops,
)


@dataclass
class Part:
    word: str
    start: float
    end: float
    probability: float = 0.5


def test_parts_of_one_word_become_one() -> None:
    words = whole_words(
        [Part(" self", 0, 0.3, 0.9), Part("-attention", 0.3, 0.8, 0.4), Part(" is", 0.8, 1.0)], 2.0
    )
    assert [(w.text, w.start, w.end, w.confidence) for w in words] == [
        ("self-attention", 0, 0.8, 0.4),
        ("is", 0.8, 1.0, 0.5),
    ]


def test_punctuation_alone_is_no_word() -> None:
    words = whole_words([Part(" Yeah.", 0, 0.3), Part(" .", 0.3, 0.4), Part(" ...", 0.4, 0.5)], 2.0)
    assert [word.text for word in words] == ["Yeah."]


@given(
    st.lists(
        st.tuples(
            st.sampled_from([" a", "b", " ", "", " c,", " ...", " -"]),
            st.floats(-1, 40),
            st.floats(-1, 40),
            st.floats(-1, 2),
        ),
        max_size=20,
    )
)
def test_words_are_always_in_order_and_inside(parts: list[tuple[str, float, float, float]]) -> None:
    words = whole_words((Part(*part) for part in parts), 30.0)
    assert all(0 <= word.start <= word.end <= 30 for word in words)
    assert all(a.start <= b.start for a, b in pairwise(words))


@pytest.mark.parametrize(
    ("text", "looped"),
    [
        ("uh " * 12, True),
        ("you know " * 7, True),
        ("let me do that " * 6, True),
        ("the loss the loss the loss goes down", False),
        ("um uh um so uh the the gradient", False),
        ("zero point one zero point one zero point two", False),
        ("", False),
    ],
)
def test_loops(text: str, looped: bool) -> None:
    assert loops(text.split()) is looped


@given(
    st.lists(st.sampled_from("abc"), max_size=30),
    st.integers(6, 20),
    st.sampled_from(["uh", "you know", "a b c"]),
)
def test_a_loop_is_said_once_and_the_rest_stays(before: list[str], times: int, phrase: str) -> None:
    def said(text: str) -> list[Word]:
        return [Word(text=t, start=i, end=i + 1, confidence=1) for i, t in enumerate(text.split())]

    text = " ".join(["x", *before, "y"])
    assume(without_loops(said(text)) == said(text))
    looped = [word.text for word in without_loops(said(f"{text} {(phrase + ' ') * times} z"))]
    assert looped == f"{text} {phrase} z".split()


def test_a_word_that_starts_in_silence_starts_where_the_voice_does() -> None:
    word = Word(text="so", start=0.1, end=2.2, confidence=1)
    late = starts_in_speech([word], [Span(start=1.9, end=5)])
    assert [(w.start, w.end) for w in late] == [(1.9, 2.2)]
    inside = Word(text="so", start=2.0, end=2.2, confidence=1)
    assert starts_in_speech([inside], [Span(start=1.9, end=5)]) == [inside]


def test_a_folder_that_is_no_model_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"nonsense")
    with pytest.raises(ModelError, match="can't run on cpu"):
        Whisper("mine", tmp_path)


def test_an_impossible_compute_type_is_a_sentence(models: Path) -> None:
    with pytest.raises(ModelError, match="int3"):
        load_whisper("tiny.en", models, compute_type="int3")


@pytest.mark.whisper
@pytest.mark.parametrize("name", ["base", "tiny.en"])
def test_fillers_are_written_down(name: str, models: Path, samples: Path) -> None:
    """The human sample holds nine "um" and "uh"; a plain call writes none of them."""
    recording = read_recording(samples / "human-spacewalk.flac")
    whisper = load_whisper(name, models)
    heard = [whisper.hear(piece) for piece in cut([recording.pcm])]
    words = [word.text.lower().strip(".,!?…-") for piece in heard for word in piece.words]
    assert sum(word in {"um", "uh", "umm", "uhh"} for word in words) >= 7
    assert {"celebrating", "qualified", "opportunities"} <= set(words)


@pytest.mark.whisper
def test_nothing_is_heard_in_silence_and_noise(models: Path) -> None:
    rng = np.random.default_rng(1)
    whisper = load_whisper("base", models)
    for pcm in (np.zeros(20 * 16000, np.int16), rng.integers(-600, 600, 20 * 16000, dtype=np.int16)):
        assert whisper.hear(Piece(0, pcm)).words == ()


@pytest.mark.whisper
def test_the_same_piece_gives_the_same_words_at_its_own_time(models: Path, samples: Path) -> None:
    piece = next(cut([read_recording(samples / "human-spacewalk.flac").pcm]))
    whisper = load_whisper("tiny.en", models)
    one, other = whisper.hear(piece), whisper.hear(piece)
    later = whisper.hear(Piece(piece.first + 160_000, piece.pcm))
    assert one == other
    assert HeardPiece.model_validate_json(one.model_dump_json()) == one
    assert [w.start + 10 for w in one.words] == pytest.approx([w.start for w in later.words])
    assert whisper.key(piece, "en") != whisper.key(Piece(piece.first + 160_000, piece.pcm), "en")
