"""Shares: of speaking time where there is any, else of words; together one, silences left out."""

from __future__ import annotations

from itertools import pairwise

import pytest
from structures import CODED, compared, spoken

from coach.coverage import SentenceEncoder
from coach.structure.parts import parts_of
from coach.structure.shares import shares_of, stretches_of


@pytest.fixture(scope="module")
def encoder(models) -> SentenceEncoder:
    return SentenceEncoder(models)


def measured(text, encoder, pauses=True):
    transcript, silences, _ = spoken(text)
    answer = compared(text, "coding", encoder, transcript, silences)
    silences = silences if pauses else ()
    stretches = stretches_of(answer, silences)
    return stretches, {one.id: one for one in shares_of(answer, stretches, parts_of(answer, ()), silences)}


def test_shares_are_of_speaking_time_and_together_one(encoder):
    stretches, shares = measured(CODED, encoder)
    assert sum(one.share for one in shares.values() if one.share is not None) == pytest.approx(1)
    assert sum(one.share for one in stretches) == pytest.approx(1)
    spoken_s = 0.3 * len(CODED.split())
    for one in shares.values():
        if one.share is not None:
            assert one.seconds == pytest.approx(one.share * spoken_s, abs=0.01)
    assert stretches[0].start == 0
    assert all(a.end <= b.start + 1e-9 for a, b in pairwise(stretches))


def test_silence_is_no_speaking_time(encoder):
    first, rest = CODED.split("best profit. ")
    text = f"{first}best [20 s] profit. {rest}"
    _, shares = measured(text, encoder)
    _, plain = measured(CODED, encoder)
    assert shares["restatement"].share == pytest.approx(plain["restatement"].share, abs=0.01)
    _, counted = measured(text, encoder, pauses=False)
    assert counted["restatement"].share > 2 * plain["restatement"].share


def test_a_stage_that_was_named_within_another_has_no_share_rather_than_none(encoder):
    text = "I would test it with an edge case like an empty list, and against brute force on random arrays."
    _, shares = measured(text, encoder)
    assert shares["edge_cases"].share is None
    assert shares["edge_cases"].reason
    assert shares["restatement"].share == 0.0  # it is absent: that is told


def test_a_written_answer_is_shared_by_words(encoder):
    answer = compared(CODED, "coding", encoder)
    stretches = stretches_of(answer, ())
    shares = shares_of(answer, stretches, parts_of(answer, ()), ())
    assert all(one.seconds is None for one in shares)
    tests = next(one for one in shares if one.id == "tests")
    assert tests.share == pytest.approx(18 / len(CODED.split()), abs=0.02)
    assert stretches[-1].start is None
    assert CODED[stretches[-1].char_start :].startswith("I would test")
