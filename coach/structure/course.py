"""The course of an answer: which stage each unit most likely belongs to, given the others and the usual order.

A hidden Markov model over the stages of a domain (Rabiner 1989): what a unit says speaks for a stage, and from
one unit to the next one stays, goes on, and seldom goes back. All constants are natural logarithms; they were set on
the development half of the labelled answers (docs/structure.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from coach.structure.likeness import Array, Likeness

MEANING: Final = 8.0  # per unit of likeness in meaning, -1..1
FIRM, MORE_FIRM = 2.0, 0.4  # the first firm cue of a stage, and the second
LOOSE, MORE_LOOSE = 1.1, 0.6  # the first other cue, and each of the next two
NO_STAGE: Final = 0.2  # what belongs to no stage has fewer prototypes
FULL_WEIGHT: Final = 8  # words; a shorter unit says less

ONWARD: Final = 0.5  # cost of going on to the next stage
SKIPPED: Final = 0.3  # and of each stage left out on the way
BACK: Final = 2.0  # cost of going back
ASIDE: Final = 1.0  # cost of going from a stage to none, and from none to a stage
LATE: Final = 0.3  # cost per stage left out at the beginning


@dataclass(frozen=True, slots=True)
class Course:
    """``path[unit]`` is the column of its stage (the last column: none), ``chance`` (units, columns) 0..1 how
    likely each is, given the whole answer."""

    path: tuple[int, ...]
    chance: Array


def course(found: Likeness, words: Sequence[int]) -> Course:
    """The likeliest course through the stages of ``found``; ``words`` is the length of each unit."""
    spoken = _emission(found, words)
    steps, first = _steps(found.stages)
    return Course(_viterbi(spoken, steps, first), _chances(spoken, steps, first))


def _emission(found: Likeness, words: Sequence[int]) -> Array:
    """Log probability of each column for each unit by itself."""
    columns = found.stages + 1
    firm, loose = found.firm[:, :columns], found.loose[:, :columns]
    logits = (
        FIRM * (firm > 0)
        + MORE_FIRM * np.maximum(firm - 1, 0)
        + LOOSE * (loose > 0)
        + MORE_LOOSE * np.maximum(loose - 1, 0)
    )
    if found.meaning is not None:
        logits = logits + MEANING * found.meaning[:, :columns]
    logits[:, -1] += NO_STAGE
    weight = np.minimum(1.0, np.asarray(words, dtype=np.float64) / FULL_WEIGHT)
    return np.asarray((logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)) * weight[:, None])


def _steps(stages: int) -> tuple[Array, Array]:
    """What a step from column to column costs, and what beginning in each costs, both as negative numbers."""
    order = np.arange(stages)
    ahead = order[None, :] - order[:, None]
    steps = np.full((stages + 1, stages + 1), -ASIDE)
    steps[:stages, :stages] = np.where(ahead > 0, -ONWARD - SKIPPED * (ahead - 1), -BACK)
    np.fill_diagonal(steps, 0.0)
    return steps, -LATE * np.append(order, 1.0)


def _viterbi(spoken: Array, steps: Array, first: Array) -> tuple[int, ...]:
    """The likeliest path (Viterbi 1967)."""
    best = spoken[0] + first
    came_from = []
    for row in spoken[1:]:
        reached = best[:, None] + steps
        came_from.append(reached.argmax(axis=0))
        best = reached.max(axis=0) + row
    path = [int(best.argmax())]
    for choices in reversed(came_from):
        path.append(int(choices[path[-1]]))
    return tuple(reversed(path))


def _chances(spoken: Array, steps: Array, first: Array) -> Array:
    """How likely each column is for each unit, given all units (forward and backward pass)."""
    steps = steps - np.logaddexp.reduce(steps, axis=1, keepdims=True)
    forward = [spoken[0] + first]
    for row in spoken[1:]:
        forward.append(np.logaddexp.reduce(forward[-1][:, None] + steps, axis=0) + row)
    backward = [np.zeros(spoken.shape[1])]
    for row in spoken[:0:-1]:
        backward.append(np.logaddexp.reduce(steps + (row + backward[-1])[None, :], axis=1))
    total = np.array(forward) + np.array(backward[::-1])
    return np.asarray(np.exp(total - np.logaddexp.reduce(total, axis=1, keepdims=True)))
