"""The parts of matching by hand: words, the matching view, windows, weights, directed pairs."""

from __future__ import annotations

import math

import numpy as np
import pytest

from coach.coverage.matching import directed_pairs, likeness, stem_weights
from coach.coverage.view import accepted_forms, claim_spans, is_list, matching_view, windows
from coach.coverage.words import DIRECTIONS, generality, stem, tokens
from coach.transcript import Transcript


def view(text, forms=None):
    return matching_view(Transcript.written(text), (), forms or {})


def texts(text, forms=None):
    return [token.text for token in view(text, forms)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Doesn't converge!", ["does", "not", "converge"]),
        ("can't, won\u2019t", ["can", "not", "will", "not"]),
        ("k-fold; true/false", ["k", "fold", "true", "false"]),
        ("the model's L2", ["the", "model", "l2"]),
        ("l two", ["l", "2"]),
        ("... —", []),
    ],
)
def test_tokens(text, expected):
    assert tokens(text) == expected


def test_stems_ignore_inflection_and_the_ocean_but_not_meaning():
    assert stem("regularizes") == stem("regularisation") == stem("regularization")
    assert stem("overfitting") == stem("overfits") != stem("underfits")


def test_function_words_tell_least():
    assert generality("the") < generality("model") < generality("gradient")


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("apply soft max here", ["apply", "softmax", "here"]),
        ("apply Soft-Max here", ["apply", "softmax", "here"]),
        ("apply softmacks here", ["apply", "softmax", "here"]),
        ("apply self mass here", ["apply", "softmax", "here"]),
        ("the soft. Max is here", ["the", "soft", "max", "is", "here"]),
        ("a soft maximum", ["a", "soft", "maximum"]),
    ],
)
def test_accepted_and_nearly_spelt_forms_read_as_the_term(said, read):
    assert texts(said, accepted_forms([("softmax", ["self mass", "softmacks"])])) == read


@pytest.mark.parametrize("other", ["underfitting", "l2norm", "unregularized", "decoders"])
def test_opposites_and_neighbours_are_not_taken_for_a_misspelt_term(other):
    forms = accepted_forms([("overfitting", []), ("l1norm", []), ("regularized", []), ("encoders", [])])
    assert texts(other, forms) == [other]


def test_a_term_keeps_the_place_of_all_its_words():
    (token,) = [
        t for t in view("we use um soft max now", accepted_forms([("softmax", [])])) if t.text == "softmax"
    ]
    assert (token.first, token.last) == (3, 5)


def test_claims_end_at_punctuation_and_before_conjunctions_and_never_cross_a_sentence():
    answer = view("lasso drops some features but ridge keeps every single one. heaps are quite another thing")
    assert claim_spans(answer) == {(0, 4), (4, 10), (0, 10), (10, 15)}


def test_every_word_lies_in_a_window_with_and_without_punctuation():
    for text in ("one two three", "word " * 100, "A short one. " * 30, "no end here but " * 20):
        answer = view(text)
        held = np.zeros(len(answer), dtype=bool)
        for window in windows(answer):
            held[window.start : window.end] = True
        assert held.all()


def test_a_list_is_told_from_speech():
    terms = view("softmax query key value attention head mask scale dropout residual norm encoder decoder")
    speech = view("so the query is compared with each of the keys and we scale that by the root of d")
    assert is_list(terms, 0, len(terms))
    assert is_list(terms, 3, 6)
    assert not is_list(speech, 0, len(speech))


def test_stem_weights_by_hand():
    weights = stem_weights([["lasso", "the", "penalty"], ["ridge", "penalty"], ["heap"]])
    # n = 3: one point of three log(4/1.5)/log(4/1.5) = 1, two of three log(4/2.5)/log(4/1.5)
    assert weights[stem("lasso")] == pytest.approx(1.0)
    assert weights[stem("penalty")] == pytest.approx(math.log(1.6) / math.log(4 / 1.5))
    assert weights["the"] == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("high bias", ("+", "bias")),
        ("the bias is low", ("-", "bias")),
        ("it does not reduce the bias", ("+", "bias")),
        ("weights are not zeroed", ("!zero", "weight")),
        ("weights are zeroed", ("weight", "zero")),
    ],
)
def test_pairs_carry_their_direction(text, pair):
    assert pair in [found for _, _, found in directed_pairs(text.split())]


def test_no_direction_word_points_both_ways():
    assert DIRECTIONS["high"] == -DIRECTIONS["low"]
    assert set(DIRECTIONS.values()) == {1, -1}


def test_recall_is_one_for_the_wording_itself_and_zero_for_another():
    answer = view("bagging lowers variance by averaging many trees")
    wordings = [tokens("Bagging lowers variance by averaging many trees."), tokens("Heaps sift up.")]
    found = likeness(answer, windows(answer), wordings, {}, None)
    whole = [window.end - window.start for window in windows(answer)].index(len(answer))
    assert found.telling[whole] == pytest.approx([1.0, 0.0])
    assert found.words[whole] == pytest.approx([1.0, 0.0])
    assert found.pairs[whole] == pytest.approx([1.0, 0.0])
    assert found.meaning is None


def test_a_negation_on_one_side_only_is_seen():
    answer = view("ridge never makes any weight zero")
    wordings = [tokens("ridge makes weights zero"), tokens("ridge does not make weights zero")]
    assert likeness(answer, windows(answer), wordings, {}, None).denies[0].tolist() == [1.0, 0.0]
