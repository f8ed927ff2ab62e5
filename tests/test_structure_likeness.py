"""Likeness: cues counted and capped, meaning by the real encoder, marks apart from stages."""

from __future__ import annotations

import numpy as np
import pytest
from structures import compared

from coach.coverage import SentenceEncoder
from coach.structure.rules import rules_of


@pytest.fixture(scope="module")
def encoder(models) -> SentenceEncoder:
    return SentenceEncoder(models)


def test_a_row_a_unit_and_a_column_a_stage_then_none_then_the_marks(encoder):
    answer = compared("First the goal. Then the data.", "ml-system-design", encoder)
    rules = rules_of("ml-system-design")
    columns = len(rules.stages) + 1 + len(rules.of("mark"))
    assert answer.found.firm.shape == answer.found.loose.shape == answer.found.meaning.shape == (2, columns)
    assert answer.found.of_marks().firm.shape == (2, len(rules.of("mark")))


def test_the_nearest_stage_in_meaning_needs_no_cue(encoder):
    said = {
        "tests": "Finally a few small examples, to see if they give the expected output.",
        "restatement": "So they hand me a bunch of words, and the job is to tell which of them are mirror images.",
        "complexity": "It needs about as many operations as there are entries, and hardly any storage.",
    }
    rules = rules_of("coding")
    for stage, text in said.items():
        meaning = compared(text, "coding", encoder).found.meaning[0, : len(rules.stages)]
        assert rules.stages[int(np.argmax(meaning))].id == stage


def test_cues_beyond_the_cap_add_nothing():
    answer = compared(
        "The time complexity is linear, so O of n, constant space, and the rest is quadratic.", "coding"
    )
    assert answer.found.firm.max() == 2
    assert answer.found.loose.max() <= 3


def test_without_an_encoder_there_is_no_meaning():
    assert compared("A test.", "coding").found.meaning is None
