import numpy as np
import pytest
from spoken import quiet, words_at

from coach.disfluencies import Hearing, find_disfluencies
from coach.disfluencies.likeness import alike, begins, sound_key
from coach.disfluencies.tokens import bare
from coach.recording import SAMPLE_RATE, Recording
from coach.transcript import Span, Word


def _repeated(text: str) -> list[str]:
    return [
        " ".join(bare(word) for word in one.text.split())
        for one in find_disfluencies(Hearing(words_at(text)))
        if one.kind == "repetition"
    ]


@pytest.mark.parametrize(
    ("text", "abandoned"),
    [
        ("the the model", "the"),
        ("I, I, I think so", "i i"),
        ("we want, um, we want a model", "we want"),
        ("we want you know we want a model", "we want"),
        ("if the loss if the loss falls", "if the loss"),
        ("it is one of the it is one of the best", ""),  # five words: longer than a listener notices
        ("as a result of as a result of this", "as a result of"),
        ("the variance, variance goes down", "variance"),
        ("it is that, that we want", "that"),
        ("in in the end", "in"),
        ("It works. So, it. It has converged", "it"),  # the full stop is a guess
        ("we look at the. The gradient falls", "the"),
    ],
)
def test_repetitions_cover_every_copy_but_the_last(text, abandoned):
    assert _repeated(text) == ([abandoned] if abandoned else [])


@pytest.mark.parametrize(
    "text",
    [
        "very very good",
        "it had had an effect",
        "I know that that is true",
        "what it is is a bound",
        "no no it is not",
        "one one two two zero zero",
        "x x transpose",
        "dot dot dot",
        "layer by layer by layer",
        "batch by sequence by sequence length",
        "bigger and bigger and bigger",
        "years and years of data",
        "It reduces variance. Variance is one half.",
        "We train it. It learns.",
        "A sample set of this. This one is small.",
        "L2 L2 5 5",
        "the data is i i d and the a p i is open",
        "in time, in space",
    ],
)
def test_doubles_that_are_meant_are_left_alone(text):
    assert _repeated(text) == []


def test_a_repetition_covers_the_words_up_to_the_copy():
    (one,) = [
        d
        for d in find_disfluencies(Hearing(words_at("so we want, um, we want it")))
        if d.kind == "repetition"
    ]
    assert one.word_range == (1, 3)
    assert (one.start, one.end) == pytest.approx((1.4, 2.1))


# ---------------------------------------------------------------- likeness


@pytest.mark.parametrize(
    ("left", "right"), [("wait", "wight"), ("will", "wheel"), ("has", "haze"), ("purity", "pureity")]
)
def test_words_of_one_sound_are_alike(left, right):
    assert alike(left, right)
    assert alike(right, left)


@pytest.mark.parametrize(
    ("left", "right"),
    [("encoder", "decoder"), ("mean", "median"), ("input", "output"), ("in", "on"), ("a", "the")],
)
def test_words_of_other_sound_are_not(left, right):
    assert not alike(left, right)


def test_a_fragment_begins_a_longer_word_by_its_sound():
    assert begins("wight", "waits")
    assert begins("gra", "gradient")
    assert not begins("in", "into")  # two sounds are too few to tell
    assert not begins("waits", "wight")
    assert sound_key("") == ""


# ---------------------------------------------------------------- echoes

_NOISE_SEED = 3


def _vowels(formants: list[float], seconds: float) -> np.ndarray:
    """A buzz of 120 Hz whose strongest harmonics glide through ``formants`` (Hz)."""
    t = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    peak = np.interp(t, np.linspace(0, seconds, len(formants)), formants)
    harmonics = (
        np.exp(-(((120 * k - peak) / 250) ** 2)) * np.sin(2 * np.pi * 120 * k * t) for k in range(1, 40)
    )
    return np.asarray(sum(harmonics))


def _talk(first: list[float], second: list[float], seconds: float = 0.2) -> Recording:
    """Ten syllables, then ``first``, a break of 70 ms, ``second`` and what follows it; two copies of a word from 4 s on."""
    rng = np.random.default_rng(_NOISE_SEED)
    body = [_vowels(list(rng.uniform(300, 3000, 4)), 0.4) for _ in range(10)]
    tail = [_vowels(list(rng.uniform(300, 3000, 4)), 0.4) for _ in range(4)]
    sound = np.concatenate([*body, _vowels(first, seconds), np.zeros(1120), _vowels(second, seconds), *tail])
    sound = 0.1 * sound + 1e-5 * rng.standard_normal(len(sound))
    return Recording(pcm=np.asarray(np.clip(sound, -1, 1) * 32767, np.int16))


def _written() -> list[Word]:
    words = words_at("one may see how some of us will need more", start=0.0, step=0.4, length=0.4)
    return [
        *words,
        Word(text="our", start=4.0, end=4.45, confidence=0.9),
        Word(text="loss", start=4.47, end=5.5, confidence=0.9),
    ]


def test_a_copy_that_was_not_written_is_found_in_the_sound():
    sound = _talk([500, 900, 1500], [500, 900, 1500])
    found = find_disfluencies(Hearing(_written(), (), (Span(start=0, end=sound.duration),), sound))
    (one,) = [d for d in found if d.kind == "repetition"]
    assert one.text == "our"
    assert one.word_range is None
    assert one.start == pytest.approx(4.0, abs=0.06)


def test_a_break_between_other_sounds_is_none():
    sound = _talk([500, 900, 1500], [2800, 2000, 2500])
    found = find_disfluencies(Hearing(_written(), (), (Span(start=0, end=sound.duration),), sound))
    assert not [d for d in found if d.kind in {"repetition", "restart"}]


def test_silence_and_a_moment_of_sound_hold_no_echo():
    for recording in (quiet(3), quiet(0.2)):
        found = find_disfluencies(Hearing(words_at("the model"), (), (Span(start=0, end=3),), recording))
        assert not [d for d in found if d.kind in {"repetition", "restart"}]


def test_a_held_vowel_before_the_break_is_a_filled_pause_and_no_copy():
    sound = _talk([600, 600, 600], [600, 600, 600], seconds=0.34)
    found = find_disfluencies(Hearing(_written(), (), (Span(start=0, end=sound.duration),), sound))
    assert not [d for d in found if d.kind in {"repetition", "restart"}]
