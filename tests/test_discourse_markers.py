import hashlib
import json
import sys
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spoken import words_at

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from coach.disfluencies import DETECTORS_VERSION, Hearing, find_disfluencies
from coach.disfluencies.discourse_markers import (
    DETECTOR,
    MARKERS,
    WEIGHTS_FILE,
    features,
    places,
    probability,
    word_class,
)
from coach.disfluencies.tokens import bare
from coach.transcript import Span
from training.discourse_markers.data import PLAIN, Said, held_out, is_for_checking, parse, variant, written
from training.discourse_markers.train import Choices, fit, of_inserted, of_written


def _found(text: str, silences: tuple[Span, ...] = ()) -> list[str]:
    """The bare markers in ``text`` between two other sentences."""
    words = words_at(f"The first thing is this. {text} Then it ends there.")
    return [
        " ".join(bare(word) for word in one.text.split())
        for one in find_disfluencies(Hearing(words, silences))
        if one.kind == "discourse_marker"
    ]


FILLER_USE = [
    ("It was, like, overfitting.", "like"),
    ("The, like, gradient vanishes.", "like"),
    ("We had like twenty layers.", "like"),
    ("It is, you know, quite deep.", "you know"),
    ("You know, we tune it.", "you know"),
    ("It fails, you know.", "you know"),
    ("It is, I mean, not convex.", "i mean"),
    ("I mean, we could try.", "i mean"),
    ("Well, it depends.", "well"),
    ("It is, well, slow.", "well"),
    ("Basically, it averages.", "basically"),
    ("It is, basically, an average.", "basically"),
    ("We add a penalty to the loss, basically on the weights.", "basically"),
    ("Okay, so, regularization.", "so"),
    ("Actually, it is not.", "actually"),
    ("It is, actually, quite slow.", "actually"),
    ("It's kind of slow.", "kind of"),
    ("We sort of guess the value.", "sort of"),
    ("It averages them, right?", "right"),
    ("Right, so we begin.", "right"),
    ("So, um, we begin here.", "so"),
    ("It never converged, so...", "so"),
]

ORDINARY_USE = [
    "We use features like this.",
    "It looks like noise.",
    "I would like to explain it.",
    "They like the result.",
    "Models like BERT or something like that.",
    "It sounds like a plan.",
    "You know the gradient of the loss.",
    "Do you know the answer?",
    "As you know, it is convex.",
    "What I mean is the variance.",
    "By bias I mean the systematic error.",
    "I mean that literally.",
    "It performs as well as the other.",
    "A well known result that works well.",
    "The posterior is well defined and works very well.",
    "We scale it so that it fits.",
    "It is so much faster.",
    "The loss falls, so the weights move.",
    "I think so.",
    "The right-hand side is right.",
    "The right answer is on the right side.",
    "It is all right.",
    "A kind of kernel and what kind of loss.",
    "This sort of problem is a new kind of task.",
    "What actually happens is actually true.",
    "They are basically equivalent.",
]


@pytest.mark.parametrize(("text", "marker"), FILLER_USE)
def test_a_marker_in_filler_use_is_found(text, marker):
    assert _found(text) == [marker]


@pytest.mark.parametrize("text", ORDINARY_USE)
def test_the_same_words_in_ordinary_use_are_not(text):
    assert _found(text) == []


@pytest.mark.parametrize(
    ("text", "marker"),
    [
        ("the forest is you know a committee of trees", "you know"),
        ("we waited for like three hours before the job had finished", "like"),
        ("and I mean nobody had looked at the table", "i mean"),
        ("the curve was sort of bumpy at both ends", "sort of"),
    ],
)
def test_a_text_without_punctuation_shows_a_marker_by_its_words(text, marker):
    found = [one.text for one in DETECTOR.detect(Hearing(words_at(text), (), (), None))]
    assert [one.lower() for one in found] == [marker]


@pytest.mark.parametrize(
    "text",
    [
        "the surface looks like a bowl and the ball works like a probe",
        "how do you know that the sample was drawn at random",
        "the net does very well on faces as well as on cars",
        "we clip the slope so that the step stays small",
        "on the right-hand side there is a new kind of term",
    ],
)
def test_a_text_without_punctuation_shows_ordinary_use_by_its_words(text):
    assert DETECTOR.detect(Hearing(words_at(text), (), (), None)) == []


def test_every_marker_has_an_example():
    assert {marker for _, marker in FILLER_USE} == set(MARKERS)


def test_a_silence_sets_a_marker_off_as_a_comma_does():
    text = "we trained it and the gradient was actually gone. Then we stopped, as one does."
    words = words_at(text, step=1.0, length=0.5)
    at = [word.text for word in words].index("actually")
    around = (
        Span(start=words[at].start - 0.45, end=words[at].start - 0.05),
        Span(start=words[at].end + 0.05, end=words[at].end + 0.45),
    )
    assert not DETECTOR.detect(Hearing(words, (), (), None))
    assert [one.text for one in DETECTOR.detect(Hearing(words, around, (), None))] == ["actually"]


# ---------------------------------------------------------------- the place of a marker


def test_a_place_ends_where_the_clause_does_and_skips_filled_pauses():
    ((first, stop, at),) = places(words_at("It ends. We, um, saw you know uh the end. More of it."))
    assert (first, stop) == (5, 7)
    assert at.before == ("saw", "we")
    assert at.after == ("the", "end")
    assert (at.left, at.right, at.filled_left, at.filled_right) == ("nothing", "nothing", False, True)


@pytest.mark.parametrize(
    ("text", "left", "right"),
    [
        ("Well, it is late.", "edge", "comma"),
        ("It is late, right?", "comma", "question"),
        ("It is late, you know.", "comma", "edge"),
        ("It was late, so...", "comma", "edge"),
        ("it is well known here", "unknown", "unknown"),
        ("It is well known here.", "nothing", "nothing"),
    ],
)
def test_a_place_says_what_sets_the_marker_off(text, left, right):
    ((_, _, at),) = places(words_at(text))
    assert (at.left, at.right) == (left, right)


@pytest.mark.parametrize(
    ("word", "told"),
    [("the", "article"), ("14", "number"), ("sampling", "ing"), ("kernel", "other"), ("is", "is"), ("", "")],
)
def test_a_word_has_one_class(word, told):
    assert word_class(word) == told


def test_punctuation_inside_a_marker_makes_it_none():
    assert not list(places(words_at("This is for you, know that.")))


# ---------------------------------------------------------------- the weights


def test_other_weights_are_another_version():
    written_bytes = WEIGHTS_FILE.read_bytes()
    assert DETECTOR.version == f"2-{hashlib.sha256(written_bytes).hexdigest()[:8]}"
    assert f"{DETECTOR.name}/{DETECTOR.version}" in DETECTORS_VERSION.split()


def test_the_weights_are_small_finite_and_have_all_markers():
    weights = json.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))["weights"]
    assert WEIGHTS_FILE.stat().st_size < 200_000
    assert all(abs(weight) < 20 for weight in weights.values())
    assert {name.split(": ")[0] for name in weights if ": " in name} == set(MARKERS) - {"sort of"}


WORDS = st.lists(
    st.sampled_from(["like", "you", "know", "well,", "so", "um", "is", "the", "right?", "I", "mean."])
)


@given(WORDS)
def test_a_probability_is_one_and_always_the_same(texts):
    words = words_at(" ".join(texts))
    weights = json.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))["weights"]
    for _, _, at in places(words):
        assert 0 <= probability(at, weights) <= 1
        assert features(at) == features(at)
    found = DETECTOR.detect(Hearing(words, (), (), None))
    assert found == DETECTOR.detect(Hearing(words, (), (), None))
    assert all(0.5 <= one.confidence <= 1 for one in found)


def test_no_weights_decide_nothing():
    ((_, _, at),) = places(words_at("It is well known here."))
    assert probability(at, {}) == 0.5


# ---------------------------------------------------------------- the training


def test_training_is_the_same_each_time_and_learns():
    lines = [said for line, said in written() if not is_for_checking(line)][:90]
    told = [*of_written(lines, (PLAIN,), 1, 1.0), *of_inserted(lines, (PLAIN,), 2, 0.2)]
    few = Choices(rare=2)
    weights = fit(told, few, steps=60)
    assert weights == fit(told, few, steps=60)
    right = [(sum(weights.get(f, 0) for f in one.features) > 0) == one.filler for one in told]
    assert sum(right) > 0.9 * len(right)


def test_the_notation_of_the_calls_is_read():
    raw = "{D Well, } [ I, + {E I mean } we ] {C and } like <noise> <<sounds like rain>> it. /"
    assert [(one.text, one.label) for one in parse(raw)] == [
        ("Well,", "D"), ("I,", "O"), ("I", "E"), ("mean", "E"), ("we", "O"), ("and", "C"), ("like", "O"), ("it.", "O"),
    ]  # fmt: skip


def test_the_calls_held_out_are_fixed():
    assert sorted(held_out(range(24))) == [1, 5, 6, 10, 13, 16, 17, 19]


def test_brackets_mark_fillers_in_the_written_sentences():
    told = dict(written())
    line = "It is, (kind of), the opposite."
    assert [one.text for one in told[line] if one.label == "D"] == ["kind", "of,"]
    assert 0.2 < sum(map(is_for_checking, told)) / len(told) < 0.3


def test_no_written_sentence_is_one_of_these_tests():
    taken = {text.lower() for text, _ in FILLER_USE} | {text.lower() for text in ORDINARY_USE}
    ours = {" ".join(one.text for one in said).lower() for _, said in written()}
    assert not taken.intersection(ours)


def test_a_plain_variant_has_no_punctuation():
    words, silences = variant([Said("Well,"), Said("it"), Said("ends.")], PLAIN, Random(0))
    assert [word.text for word in words] == ["well", "it", "ends"]
    assert silences == []
