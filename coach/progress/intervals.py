"""Intervals: how sure a rate, a mean and their changes are. Pure; every interval is of 95 %.

A side of a comparison is the earlier or the later half of the answers to a question. Over several questions a change
is taken within each question first, so that a hard question that came late is not taken for a loss.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

LEVEL: Final = 0.95
FEWEST: Final = 3
"""Answers that a mean needs, and a side of a comparison: fewer say nothing of how much they scatter."""
RESAMPLES: Final = 1000
_TAIL: Final = (1 - LEVEL) / 2
_MOST_DRAWN: Final = 100
_LEAST_VARIANCE: Final = (
    0.25  # of a count: where nearly none is expected, one more would else weigh without bound
)
_SEED: Final = 20_260_101  # the same figures give the same interval every time

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with the interval it lies in with 95 % confidence, all in the same unit."""

    value: float
    low: float
    high: float


def rate(count: float, minutes: float, variance: float | None = None, step: float = 1.0) -> Estimate:
    """A rate per minute out of ``count`` events in ``minutes`` (above 0).

    ``variance`` is that of the count, Poisson and detector together (at least ``count``; None: Poisson alone), ``step``
    the weight of one more event. Gamma interval of Fay and Feuer 1997 (Statistics in Medicine 16:791)::

        low  = v / (2 y) * chi2(a / 2;     df = 2 y**2 / v)
        high = (v + s**2) / (2 (y + s)) * chi2(1 - a / 2; df = 2 (y + s)**2 / (v + s**2))

    With v = y and s = 1 it is the exact Poisson interval of Garwood 1936 (Biometrika 28:437).
    """
    from scipy.special import gammaincinv

    v = count if variance is None else variance
    low = 0.0 if count <= 0 or v <= 0 else v / count * float(gammaincinv(count**2 / v, _TAIL))
    scale = (v + step**2) / (count + step)
    high = scale * float(gammaincinv((count + step) / scale, 1 - _TAIL))
    return Estimate(count / minutes, low / minutes, high / minutes)


def mean(values: Sequence[float]) -> Estimate | None:
    """The mean of at least three values, with a bootstrap interval; None of fewer.

    Deviations are drawn with replacement and stretched for small numbers (:func:`_stretched`).
    """
    if len(values) < FEWEST:
        return None
    x = np.asarray(values, np.float64)
    middle = float(x.mean())
    low, high = _stretched(x - middle, np.full(len(x), 1 / len(x)), len(x) - 1)
    return Estimate(middle, middle - high, middle - low)


def mean_change(values: Sequence[float], late: Sequence[bool], question: Sequence[int]) -> Estimate | None:
    """Later minus earlier, within questions; None where no two answers of a question are on different sides.

    Least squares of ``value = question + change * late + error`` (fixed effects), with the interval from a bootstrap
    of the residuals (Efron and Tibshirani 1993, An Introduction to the Bootstrap, section 9.4). It needs one answer
    more than there are questions and change together.
    """
    x, side = np.asarray(values, np.float64), np.asarray(late, np.float64)
    group = np.asarray(question, np.int64)
    within = side - _group_means(side, group)
    spread = float(within @ within)
    freedom = len(x) - len(np.unique(group)) - 1
    if spread == 0 or freedom < 1:
        return None
    pull = within / spread
    change = float(pull @ x)
    residuals = x - _group_means(x, group) - change * within
    low, high = _stretched(residuals, pull, freedom)
    return Estimate(change, change - high, change - low)


def _group_means(x: Array, group: NDArray[np.int64]) -> Array:
    means = _sums(group, x) / _or_one(_sums(group, np.ones(len(x))))
    return np.asarray(means[group], np.float64)


def _sums(group: NDArray[np.int64], x: Array) -> Array:
    """The sum of ``x`` in each group, by its number."""
    return np.asarray(np.bincount(group, x), np.float64)


def _stretched(residuals: Array, weights: Array, freedom: int) -> tuple[float, float]:
    """The 2.5 % and 97.5 % quantile of the error of ``weights @ values``, by drawing residuals with replacement.

    Residuals are smaller than the errors they stand for, by sqrt(freedom / n), and their size is itself uncertain:
    both ends are stretched by sqrt(n / freedom) and by t / z. Hesterberg 2015 (The American Statistician 69:371)
    shows that without it the bootstrap interval of a small sample is too narrow. Of more than 100 residuals the normal
    distribution is taken that the draws tend to: the same ends, and thousands of answers cost nothing.
    """
    from scipy.special import ndtri, stdtrit

    n = len(residuals)
    if n > _MOST_DRAWN:
        high = float(ndtri(1 - _TAIL)) * float(residuals.std()) * float(weights @ weights) ** 0.5
        low = -high
    else:
        drawn = np.random.default_rng(_SEED).integers(0, n, (RESAMPLES, n))
        low, high = np.quantile(residuals[drawn] @ weights, (_TAIL, 1 - _TAIL))
    stretch = (n / freedom) ** 0.5 * float(stdtrit(freedom, 1 - _TAIL) / ndtri(1 - _TAIL))
    return float(low) * stretch, float(high) * stretch


@dataclass(frozen=True, slots=True)
class Counted:
    """Events in one answer: expected true ``count``, its ``noise`` (the detector's variance), ``minutes`` of talk."""

    count: float
    noise: float
    minutes: float


def rate_change(
    talks: Sequence[Counted], late: Sequence[bool], question: Sequence[int], step: float = 1.0
) -> Estimate | None:
    """Later minus earlier rate per minute, within questions; None where no question has both sides.

    Each side is a standardised rate: the questions' rates, weighted by ``t1 * t2 / (t1 + t2)`` of their minutes
    (Greenland and Robins 1985, Biometrics 41:55), with the interval of :func:`rate`. The interval of the difference
    comes from the two by recovery of variances (MOVER; Zou and Donner 2008, Statistics in Medicine 27:1693).
    The variance is at least Poisson plus detector, and at least what the scatter between answers shows
    (:func:`_dispersion`): people vary more from talk to talk than chance does.
    """
    if not talks:
        return None
    side, group = np.asarray(late, bool), np.asarray(question, np.int64)
    count, noise, minutes = _columns(talks)
    early_minutes, late_minutes = (_sums(group, minutes * chosen) for chosen in (~side, side))
    both = early_minutes * late_minutes > 0
    if not both.any():
        return None
    total = early_minutes + late_minutes
    share = np.where(both, early_minutes * late_minutes / np.where(total > 0, total, 1), 0.0)
    share /= share.sum()
    per_count = np.where(
        side, (share / _or_one(late_minutes))[group], (share / _or_one(early_minutes))[group]
    )
    change = float((per_count * count)[side].sum() - (per_count * count)[~side].sum())
    used = both[group]
    base = _sums(group, count - change * side * minutes) / _or_one(total)
    expected = np.maximum(minutes * (base[group] + change * side), 0.0)
    freedom = int(used.sum()) - int(both.sum()) - 1
    inflation = _dispersion(count[used], expected[used], noise[used], freedom)
    sides = [
        _weighted_rate(per_count[chosen & used], count[chosen & used], noise[chosen & used], step, inflation)
        for chosen in (~side, side)
    ]
    return _difference(*sides)


def mean_rate(talks: Sequence[Counted], step: float = 1.0) -> Estimate | None:
    """The rate per minute over at least three answers, with the interval of :func:`rate`; None of fewer.

    Its variance is at least Poisson plus detector, and at least what the scatter between the answers shows.
    """
    if len(talks) < FEWEST:
        return None
    count, noise, minutes = _columns(talks)
    expected = minutes * count.sum() / minutes.sum()
    inflation = _dispersion(count, expected, noise, len(talks) - 1)
    return _weighted_rate(np.full(len(talks), 1 / minutes.sum()), count, noise, step, inflation)


def _columns(talks: Sequence[Counted]) -> tuple[Array, Array, Array]:
    count, noise, minutes = np.array([(talk.count, talk.noise, talk.minutes) for talk in talks]).T
    return count, noise, minutes


def _or_one(x: Array) -> Array:
    return np.where(x > 0, x, 1.0)


def _weighted_rate(weight: Array, count: Array, noise: Array, step: float, inflation: float) -> Estimate:
    """A weighted sum of counts as a rate; ``inflation`` multiplies its variance."""
    variance = inflation * float(weight**2 @ (count + noise))
    return rate(float(weight @ count), 1.0, variance, step * inflation * float(weight.max()))


def _difference(early: Estimate, late: Estimate) -> Estimate:
    change = late.value - early.value
    low = change - ((late.value - late.low) ** 2 + (early.high - early.value) ** 2) ** 0.5
    high = change + ((late.high - late.value) ** 2 + (early.value - early.low) ** 2) ** 0.5
    return Estimate(change, low, high)


def _dispersion(count: Array, expected: Array, noise: Array, freedom: int) -> float:
    """By how much the variance exceeds Poisson plus detector, at least 1.

    Pearson's chi-square over its degrees of freedom (quasi-Poisson; McCullagh and Nelder 1989, section 6.2), times
    (t / z)**2, because it is itself estimated from few answers.
    """
    from scipy.special import ndtri, stdtrit

    stretch = float(stdtrit(max(freedom, 1), 1 - _TAIL) / ndtri(1 - _TAIL)) ** 2
    if freedom < 1:
        return stretch  # nothing is known of the scatter
    variance = np.maximum(expected, _LEAST_VARIANCE) + noise
    return max(1.0, stretch * float((((count - expected) ** 2) / variance).sum()) / freedom)


__all__ = [
    "FEWEST",
    "LEVEL",
    "Counted",
    "Estimate",
    "mean",
    "mean_change",
    "mean_rate",
    "rate",
    "rate_change",
]
