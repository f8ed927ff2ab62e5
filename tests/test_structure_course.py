"""The course: what is said decides, the usual order helps, one doubtful sentence does not break a stage."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from coach.structure.course import course
from coach.structure.likeness import Likeness


def heard(*columns: int | None, stages: int = 4) -> Likeness:
    """Units with one firm and one loose cue of the column given, or none at all."""
    firm = np.zeros((len(columns), stages + 1))
    for unit, column in enumerate(columns):
        if column is not None:
            firm[unit, column] = 1
    return Likeness(None, firm, firm.copy(), stages)


def path(*columns: int | None, words: int = 12) -> tuple[int, ...]:
    found = heard(*columns)
    return course(found, [words] * len(columns)).path


def test_clear_cues_decide():
    assert path(0, 1, 2, 3) == (0, 1, 2, 3)
    assert path(2, 2, 0, 0) == (2, 2, 0, 0)


def test_a_sentence_without_cues_belongs_to_those_around_it():
    assert path(1, None, 1) == (1, 1, 1)


def test_what_belongs_to_none_is_heard_too():
    assert path(4, 4, 4) == (4, 4, 4)


def test_a_doubtful_step_goes_on_rather_than_back():
    found = heard(1, None, 2)
    found.loose[1, 0] = found.loose[1, 2] = 1  # as near to the stage before as to the one after
    assert course(found, [12, 12, 12]).path == (1, 2, 2)


def test_short_units_say_less():
    found = heard(1, 2, 1)
    assert course(found, [12, 12, 12]).path == (1, 2, 1)
    assert course(found, [12, 2, 12]).path == (1, 1, 1)


@given(st.lists(st.sampled_from([None, 0, 1, 2, 3, 4]), min_size=1, max_size=12))
def test_chances_are_probabilities_and_the_path_is_among_the_likely(columns):
    told = course(heard(*columns), [10] * len(columns))
    assert np.allclose(told.chance.sum(axis=1), 1)
    assert (told.chance >= 0).all()
    assert len(told.path) == len(columns)
    assert all(told.chance[unit, column] > 0.05 for unit, column in enumerate(told.path))
