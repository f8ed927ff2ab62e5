import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spoken import words_at

from coach.disfluencies import DETECTORS, DETECTORS_VERSION, Detector, Hearing, find_disfluencies
from coach.disfluencies.detector import found
from coach.disfluencies.tokens import bare
from coach.transcript import Span, Word


def _texts(text: str, kind: str, silences: tuple[Span, ...] = ()) -> list[str]:
    """The bare texts of the disfluencies of ``kind`` in ``text``."""
    return [
        " ".join(bare(word) for word in one.text.split())
        for one in find_disfluencies(Hearing(words_at(text), silences))
        if one.kind == kind
    ]


# ---------------------------------------------------------------- filled pauses


@pytest.mark.parametrize(
    "spelling",
    [
        "um",
        "umm",
        "ummm",
        "uh",
        "uhh",
        "uhm",
        "er",
        "err",
        "erm",
        "eh",
        "ehm",
        "ah",
        "ahh",
        "hm",
        "hmm",
        "hmmm",
        "mm",
        "mmm",
        "Um,",
        "Uh...",
        "uh—",
        "(um)",
        "“Um”",
        "UM",
        "um…",
    ],
)
def test_every_spelling_of_a_filled_pause_is_found(spelling):
    found_texts = _texts(f"the model {spelling} learns", "filled_pause")
    assert found_texts == [bare(spelling)]


@pytest.mark.parametrize(
    "text",
    [
        "uh-huh that is it",
        "mm-hmm it is",
        "uh-uh it is not",
        "Uh -huh, yes",
        "mm hmm yes",
        "ah ha there it is",
        "the ER diagram shows it",
        "a gap of 5 mm is enough",
        "her error is other than a human umbrella the emperor",
        "a the an eh-oh",
        "the EM algorithm and an umlaut",
    ],
)
def test_what_only_looks_like_a_filled_pause_is_left_alone(text):
    assert _texts(text, "filled_pause") == []


def test_a_repeated_filler_is_two_filled_pauses_and_no_repetition():
    kinds = [one.kind for one in find_disfluencies(Hearing(words_at("the um um model")))]
    assert kinds == ["filled_pause", "filled_pause"]


def test_a_filled_pause_is_as_sure_as_its_word():
    words = [Word(text="um", start=0, end=0.2, confidence=0.31)]
    assert find_disfluencies(Hearing(words))[0].confidence == 0.31


# ---------------------------------------------------------------- prolongations


def _drawn_out(seconds: float, after: str = "model") -> list[Word]:
    """Ten even light words of 0.15 s, then "the" of ``seconds``, then ``after``."""
    words, now = [], 0.0
    for text, length in [*[("to", 0.15), ("train", 0.3)] * 10, ("the", seconds), (after, 0.3)]:
        words.append(Word(text=text, start=now, end=now + length, confidence=0.9))
        now += length
    return words


def _prolonged(words: list[Word], *silences: Span) -> list[str]:
    return [one.text for one in find_disfluencies(Hearing(words, silences)) if one.kind == "prolongation"]


def test_a_light_word_of_four_times_the_usual_length_is_a_prolongation_of_low_confidence():
    assert _prolonged(_drawn_out(0.65)) == ["the"]
    assert _prolonged(_drawn_out(0.55)) == []
    (one,) = [d for d in find_disfluencies(Hearing(_drawn_out(0.65))) if d.kind == "prolongation"]
    assert one.confidence < 0.5


def test_a_silence_inside_a_words_time_does_not_prolong_it():
    words = _drawn_out(0.9)
    the = words[-2]
    assert _prolonged(words, Span(start=the.start + 0.3, end=the.end)) == []


def test_a_word_before_a_filled_pause_or_punctuation_is_not_prolonged():
    assert _prolonged(_drawn_out(0.9, after="um")) == []
    words = _drawn_out(0.9)
    words[-2] = words[-2].model_copy(update={"text": "the,"})
    assert _prolonged(words) == []


def test_too_few_light_words_give_no_measure_of_the_speaker():
    assert _prolonged(_drawn_out(0.9)[8:]) == []


# ---------------------------------------------------------------- all together


def test_within_a_kind_nothing_is_counted_twice_and_the_surer_wins():
    words = words_at("um")

    def detector(name: str, confidence: float) -> Detector:
        return Detector(name, "1", lambda heard: [found(heard.words, 0, 1, "filled_pause", name, confidence)])

    (one,) = find_disfluencies(Hearing(words), detectors=(detector("a", 0.6), detector("b", 0.8)))
    assert one.detector == "b"


def test_ids_name_kind_and_time_and_are_unique():
    words = [
        Word(text="um", start=12.341, end=12.39, confidence=1),
        Word(text="um", start=12.343, end=12.4, confidence=1),
    ]
    assert [one.id for one in find_disfluencies(Hearing(words))] == [
        "filled_pause@12.34",
        "filled_pause@12.34#2",
    ]


def test_every_detector_has_a_name_and_stands_in_the_version():
    assert len({detector.name for detector in DETECTORS}) == len(DETECTORS)
    for detector in DETECTORS:
        assert f"{detector.name}/{detector.version}" in DETECTORS_VERSION.split()


VOCABULARY = st.sampled_from(
    [
        "um,",
        "uh",
        "the",
        "the",
        "the",
        "model",
        "like",
        "like,",
        "you",
        "know",
        "well",
        "so",
        "I",
        "mean",
        "gra-",
        ".",
        "we",
        "we",
        "is",
        "it's",
        "that",
        "very",
        "right?",
        "5",
        "uh-huh",
    ]
)


@given(st.lists(VOCABULARY, max_size=40))
def test_whatever_is_said_the_result_is_in_order_within_the_words_and_unique(texts):
    words = words_at(" ".join(texts))
    result = find_disfluencies(Hearing(words))
    assert len({one.id for one in result}) == len(result)
    assert [one.start for one in result] == sorted(one.start for one in result)
    for one in result:
        first, stop = one.word_range
        assert 0 <= first < stop <= len(words)
        assert one.text == " ".join(word.text for word in words[first:stop])
    for kind in {one.kind for one in result}:
        ranges = sorted(one.word_range for one in result if one.kind == kind)
        assert all(a[1] <= b[0] for a, b in itertools.pairwise(ranges))


@given(st.lists(VOCABULARY, max_size=40), st.floats(0, 1000))
def test_a_later_start_changes_nothing_but_the_times(texts, later):
    here = find_disfluencies(Hearing(words_at(" ".join(texts), start=1.0)))
    there = find_disfluencies(Hearing(words_at(" ".join(texts), start=1.0 + later)))
    assert [(d.kind, d.word_range) for d in here] == [(d.kind, d.word_range) for d in there]
