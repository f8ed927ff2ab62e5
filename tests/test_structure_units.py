"""Units: every word once, sentences where there are some, clauses where they run on, silences heard."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from structures import CODED, bare, spoken

from coach.coverage.view import matching_view
from coach.structure.units import LONGEST, LONGEST_CLAUSE, SHORTEST, units_of
from coach.transcript import Pause, Transcript


def cut(text: str):
    transcript = Transcript.written(text)
    return units_of(matching_view(transcript, (), {}), transcript)


def test_short_sentences_are_the_units():
    assert [unit.text for unit in cut("It fails. I look at the log, then I know.")] == [
        "it fails", "i look at the log then i know",
    ]  # fmt: skip


def test_text_without_punctuation_is_cut_where_a_thought_begins():
    units = cut(bare(CODED))
    assert len(units) >= 7
    assert all(SHORTEST <= unit.words <= LONGEST_CLAUSE for unit in units)
    assert sum(unit.text.split()[0] in {"but", "so", "if", "and", "then", "for"} for unit in units) >= 4


def test_a_long_sentence_is_cut_at_its_punctuation_first():
    units = cut(f"{'we look at every one of them ' * 3}all day; after that the rest is easy so we stop.")
    assert units[0].text.endswith("all day")


def test_a_silence_between_clauses_is_a_place_to_cut():
    words = "w " * 10
    transcript, pauses, _ = spoken(f"{words}[2 s]{words}{words}")
    view = matching_view(transcript, (), {})
    assert units_of(view, transcript, pauses)[0].end == 10
    inside = tuple(Pause(start=p.start, end=p.end, place="within_clause") for p in pauses)
    assert units_of(view, transcript, inside)[0].end != 10


def test_nothing_gives_nothing():
    assert cut("") == []


@given(st.lists(st.sampled_from(["so", "and", "graph", "heap.", "one,", "then", "it", "um"]), max_size=120))
def test_together_the_units_hold_every_word_once(words: list[str]):
    transcript = Transcript.written(" ".join(words))
    view = matching_view(transcript, (), {})
    units = units_of(view, transcript)
    assert [index for unit in units for index in range(unit.start, unit.end)] == list(range(len(view)))
    assert all(unit.words <= LONGEST for unit in units)
