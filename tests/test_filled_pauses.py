"""Filled pauses from two witnesses: what was written and what was heard."""

from __future__ import annotations

import pytest

from coach.disfluencies import Hearing, find_disfluencies
from coach.disfluencies.filled_pauses import candidates, chance, detect
from coach.transcript import Word
from coach.transcription.ear import Hesitation


def word(text: str, start: float, end: float, confidence: float = 0.9) -> Word:
    return Word(text=text, start=start, end=end, confidence=confidence)


def sound(start: float, end: float, likelihood: float = 0.9, peak: float = 0.99) -> Hesitation:
    return Hesitation(start=start, end=end, likelihood=likelihood, peak=peak)


SENTENCE = [word("the", 0.5, 0.7), word("model", 2.0, 2.4), word("learns.", 2.4, 2.9)]


def test_one_that_is_written_and_heard_is_where_it_is_heard() -> None:
    (one,) = detect(
        Hearing([SENTENCE[0], word("um,", 0.7, 0.76), *SENTENCE[1:]], hesitations=[sound(1.2, 1.6)])
    )
    assert (one.start, one.end, one.text, one.word_range) == (1.2, 1.6, "um,", (1, 2))
    assert one.confidence > 0.9


def test_one_that_is_swallowed_is_found_by_ear() -> None:
    (one,) = detect(Hearing(SENTENCE, hesitations=[sound(1.2, 1.6)]))
    assert (one.start, one.end, one.text, one.word_range) == (1.2, 1.6, "um", None)


def test_a_drawn_out_word_that_is_surely_heard_is_less_likely_one() -> None:
    weak = sound(0.5, 0.7, likelihood=0.4, peak=0.6)
    (inside,) = candidates(Hearing(SENTENCE, hesitations=[weak]))
    (alone,) = candidates(Hearing(SENTENCE[1:], hesitations=[weak]))
    claimed = chance(inside, Hearing(SENTENCE, hesitations=[weak]))
    assert claimed < chance(alone, Hearing(SENTENCE[1:], hesitations=[weak]))
    assert detect(Hearing(SENTENCE, hesitations=[weak])) == []


def test_one_that_is_written_for_no_time_and_not_heard_was_made_up() -> None:
    assert detect(Hearing([*SENTENCE, word("uh,", 2.9, 2.9)], hesitations=[])) == []


def test_each_hesitation_speaks_for_one_written_filler() -> None:
    words = [word("um,", 1.0, 1.2), word("uh,", 1.2, 1.4), word("so", 2.0, 2.2)]
    found = detect(Hearing(words, hesitations=[sound(1.0, 1.2), sound(1.5, 1.8)]))
    assert [(one.start, one.word_range) for one in found] == [(1.0, (0, 1)), (1.5, (1, 2))]


def test_a_hesitation_far_from_a_written_filler_is_another_one() -> None:
    found = detect(Hearing([word("um,", 0.2, 0.5), *SENTENCE], hesitations=[sound(3.2, 3.6)]))
    assert [(one.start, one.word_range) for one in found] == [(0.2, (0, 1)), (3.2, None)]


def test_without_an_ear_what_is_written_counts_as_surely_as_its_word() -> None:
    found = detect(Hearing([word("um,", 1.0, 1.2, 0.31), *SENTENCE]))
    assert [(one.text, one.confidence) for one in found] == [("um,", 0.31)]


@pytest.mark.parametrize("text", ["uh-huh", "mm-hmm,", "5 mm", "mm hmm"])
def test_answers_and_units_are_none_even_where_something_is_held(text: str) -> None:
    words = [word(each, 1.0 + i * 0.2, 1.2 + i * 0.2) for i, each in enumerate(text.split())]
    assert detect(Hearing(words, hesitations=[])) == []


def test_a_word_that_was_written_for_a_filler_is_passed_over_by_the_others() -> None:
    words = [
        word("to,", 0.3, 0.5), word("Luh,", 1.0, 1.5), word("to", 2.0, 2.2), word("learn", 2.2, 2.6),
    ]  # fmt: skip
    found = find_disfluencies(Hearing(words, hesitations=[sound(1.0, 1.5)]))
    assert [(one.kind, one.word_range) for one in found] == [("repetition", (0, 1)), ("filled_pause", (1, 2))]
