import pytest
from hypothesis import given
from hypothesis import strategies as st
from spoken import words_at

from coach.pauses import place_pauses
from coach.transcript import Pause, Span, Word


def _said(*parts: str | float) -> tuple[list[Word], list[Span]]:
    """Words of 0.3 s, and silences of the given lengths between them."""
    words, silences, now = [], [], 0.0
    for part in parts:
        if isinstance(part, float):
            silences.append(Span(start=now, end=now + part))
            now += part
            continue
        for text in part.split():
            words.append(Word(text=text, start=now, end=now + 0.3, confidence=1))
            now += 0.3
    return words, silences


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        ("the model learns.", "Then it stops", "boundary"),
        ("two parts:", "bias and variance", "boundary"),
        ("the bias falls,", "the variance grows", "boundary"),
        ("the bias falls", "because it fits", "boundary"),
        ("the bias falls", "which is good", "boundary"),
        ("the bias falls, um,", "and the variance", "boundary"),
        ("the bias falls", "uh and then", "boundary"),
        ("um", "the model", "boundary"),
        ("the", "model learns", "within_clause"),
        ("the,", "model learns", "within_clause"),
        ("the um", "model learns", "within_clause"),
        ("the model", "learns quickly", "within_clause"),
        ("it falls and", "because of that", "within_clause"),
        ("because", "the model", "within_clause"),
        ("we want...", "the model", "within_clause"),
    ],
)
def test_the_words_around_a_pause_say_where_it_stands(before, after, place):
    words, silences = _said(before, 0.5, after)
    assert [pause.place for pause in place_pauses(silences, words)] == [place]


def test_only_silences_from_a_quarter_second_between_words_count():
    words, silences = _said(0.8, "the", 0.2, "model", 0.25, "learns", 0.9)
    assert place_pauses(silences, words) == (Pause(start=1.6, end=1.85, place="within_clause"),)


@pytest.mark.parametrize("swallower", ["before", "after"])
def test_a_word_whose_time_swallowed_the_silence_still_stands_on_its_side(swallower):
    left, right = (
        Word(text="fails.", start=1.5, end=2.0, confidence=1),
        Word(text="The", start=5.0, end=5.4, confidence=1),
    )
    if swallower == "before":
        left = left.model_copy(update={"end": 4.9})
    else:
        right = right.model_copy(update={"start": 2.1})
    (pause,) = place_pauses([Span(start=2.0, end=5.0)], [left, right])
    assert pause.place == "boundary"


def test_without_words_there_are_no_pauses():
    assert place_pauses([Span(start=1, end=2)], []) == ()


@given(
    st.lists(st.sampled_from(["the", "model", "learns.", "and", "um", "because", "it,"]), max_size=20),
    st.lists(st.tuples(st.floats(0, 10), st.floats(0, 2)), max_size=8),
)
def test_every_pause_is_one_of_the_silences(texts, stretches):
    silences = [Span(start=start, end=start + length) for start, length in stretches]
    spans = {(silence.start, silence.end) for silence in silences}
    pauses = place_pauses(silences, words_at(" ".join(texts)))
    assert all((pause.start, pause.end) in spans and pause.duration > 0.248 for pause in pauses)
    assert [pause.start for pause in pauses] == sorted(pause.start for pause in pauses)
