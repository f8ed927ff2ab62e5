"""The cut rule: causal, deterministic, in silence, at most 30 s."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.recording import SAMPLE_RATE, read_recording
from coach.transcription.pieces import LONGEST_S, Piece, cut


def noise(seconds: float, seed: int = 0, level: int = 3000) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.integers(-level, level, int(seconds * SAMPLE_RATE), dtype=np.int16)


def bounds(pieces: list[Piece]) -> list[tuple[int, int]]:
    return [(piece.first, piece.first + len(piece.pcm)) for piece in pieces]


@given(
    seconds=st.floats(0.1, 130),
    seed=st.integers(0, 20),
    cuts=st.lists(st.integers(1, 40 * SAMPLE_RATE), max_size=12),
)
@settings(max_examples=25, deadline=None)
def test_pieces_are_the_recording_however_it_arrives(seconds: float, seed: int, cuts: list[int]) -> None:
    pcm = noise(seconds, seed)
    whole = list(cut([pcm]))
    edges = [0, *sorted(edge for edge in cuts if edge < len(pcm)), len(pcm)]
    arriving = list(cut([pcm[a:b] for a, b in pairwise(edges)]))
    assert bounds(arriving) == bounds(whole)
    assert np.array_equal(np.concatenate([piece.pcm for piece in arriving]), pcm)
    assert all(len(piece.pcm) <= LONGEST_S * SAMPLE_RATE for piece in whole)


def test_a_cut_lies_in_the_silence_between_20_and_30_s() -> None:
    pcm = noise(60)
    silence = slice(int(24.0 * SAMPLE_RATE), int(24.5 * SAMPLE_RATE))
    pcm[silence] = 0
    first = next(iter(cut([pcm])))
    assert 24.1 <= first.end <= 24.4


def test_what_comes_later_changes_no_earlier_cut() -> None:
    pcm = noise(100)
    other = pcm.copy()
    other[45 * SAMPLE_RATE :] = noise(55, seed=9)
    assert next(iter(cut([pcm]))).end == next(iter(cut([other]))).end


def test_a_piece_comes_out_as_soon_as_its_30_s_are_in() -> None:
    taken = 0

    def arriving():
        nonlocal taken
        for second in range(60):
            taken = second + 1
            yield noise(1, seed=second)

    next(cut(arriving()))
    assert taken == 30


def test_nothing_gives_no_piece() -> None:
    assert list(cut([])) == []
    assert list(cut([np.zeros(0, np.int16)])) == []


def test_no_word_of_a_real_talk_is_cut(samples) -> None:
    """The truth knows where every word is; no cut may fall inside one."""
    import json

    checked = 0
    for path in sorted(samples.glob("*.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))
        if "words" not in truth or truth.get("kind") == "human":
            continue
        pieces = list(cut([read_recording(samples / f"{path.stem}.flac").pcm]))
        for piece in pieces[:-1]:
            inside = [w for w in truth["words"] if w["start"] + 0.1 < piece.end < w["end"] - 0.1]
            assert not inside, f"{path.stem}: the cut at {piece.end:.2f} s splits {inside}"
            checked += 1
    assert checked >= 4


def test_a_hash_names_the_sound() -> None:
    one, other = Piece(0, noise(1)), Piece(0, noise(1, seed=1))
    assert one.sha256 == Piece(5, noise(1)).sha256
    assert one.sha256 != other.sha256
