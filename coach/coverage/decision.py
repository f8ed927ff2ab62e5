"""From likeness to a judgement: how probable it is that a stretch makes a point, or says the opposite of it.

The constants are fitted; docs/coverage.md says on what, and what they reach.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from coach.coverage.matching import Array, Likeness

COVERED, PARTIAL = 0.45, 0.30  # probability that the point is made
CONTRADICTED = 0.65  # probability that its opposite is said; high, because accusing wrongly does harm


@dataclass(frozen=True, slots=True)
class Features:
    """The best likeness over the wordings of one statement, one value a window (``meaning``: or None)."""

    telling: Array
    words: Array
    pairs: Array
    meaning: Array | None


def best(likeness: Likeness, columns: Sequence[int]) -> Features:
    """The best value over some of the wordings, window by window."""
    chosen = list(columns)
    return Features(
        telling=likeness.telling[:, chosen].max(axis=1),
        words=likeness.words[:, chosen].max(axis=1),
        pairs=likeness.pairs[:, chosen].max(axis=1),
        meaning=None if likeness.meaning is None else likeness.meaning[:, chosen].max(axis=1),
    )


def made(found: Features) -> Array:
    """Probability 0..1 that each window makes the point."""
    if found.meaning is None:
        return _logistic(-2.72 + 6.71 * found.telling)
    return _logistic(-4.85 + 5.05 * found.meaning + 4.62 * found.telling)


def opposed(opposite: Features, right: Features) -> Array:
    """Probability 0..1 that each window says the opposite wording rather than any right one."""
    words, pairs = opposite.words - right.words, opposite.pairs - right.pairs
    if opposite.meaning is None or right.meaning is None:
        return _logistic(-4.3 + 5.0 * words + 2.5 * pairs + 4.0 * opposite.words)
    meaning = opposite.meaning - right.meaning
    return _logistic(
        -4.78 + 4.03 * meaning + 3.93 * words + 2.19 * pairs + 1.54 * opposite.words + 2.26 * opposite.meaning
    )


def _logistic(logit: Array) -> Array:
    return np.asarray(1.0 / (1.0 + np.exp(-logit)), dtype=np.float64)
