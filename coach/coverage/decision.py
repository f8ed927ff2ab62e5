"""From likeness to a judgement: how probable it is that a stretch makes a point, or says the opposite of it.

The constants are fitted; docs/coverage.md says on what, and what they reach.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from coach.coverage.matching import Array, Likeness

COVERED, PARTIAL = 0.55, 0.40  # probability that the point is made
DOUBTFUL, CONTRADICTED = 0.4, 0.7  # that its opposite is said; accusing wrongly does harm


@dataclass(frozen=True, slots=True)
class Features:
    """The best likeness over the wordings of one statement, one value a window (``meaning``: or None).

    ``denies`` is that of the nearest wording.
    """

    telling: Array
    words: Array
    pairs: Array
    denies: Array
    meaning: Array | None


def best(likeness: Likeness, columns: Sequence[int]) -> Features:
    """The best value over some of the wordings, window by window."""
    chosen = list(columns)
    words = likeness.words[:, chosen]
    meaning = None if likeness.meaning is None else likeness.meaning[:, chosen]
    nearest = np.argmax(words if meaning is None else words + meaning, axis=1)
    return Features(
        telling=likeness.telling[:, chosen].max(axis=1),
        words=words.max(axis=1),
        pairs=likeness.pairs[:, chosen].max(axis=1),
        denies=np.take_along_axis(likeness.denies[:, chosen], nearest[:, None], axis=1)[:, 0],
        meaning=None if meaning is None else meaning.max(axis=1),
    )


def made(found: Features) -> Array:
    """Probability 0..1 that each window makes the point."""
    if found.meaning is None:
        return _logistic(-2.38 + 6.5 * found.telling)
    return _logistic(-4.11 + 4.46 * found.meaning + 4.47 * found.telling)


def opposed(opposite: Features, right: Features) -> Array:
    """Probability 0..1 that each window says the opposite wording rather than any right one."""
    words, pairs = opposite.words - right.words, opposite.pairs - right.pairs
    if opposite.meaning is None or right.meaning is None:
        return _logistic(-3.94 + 3.33 * words + 2.09 * pairs + 3.86 * opposite.words - 1.04 * opposite.denies)
    meaning = opposite.meaning - right.meaning
    topic = 2.81 * opposite.words + 1.85 * opposite.meaning - 0.86 * opposite.denies
    return _logistic(-4.31 + 3.41 * meaning + 2.1 * words + 1.2 * pairs + topic)


def _logistic(logit: Array) -> Array:
    return np.asarray(1.0 / (1.0 + np.exp(-logit)), dtype=np.float64)
