"""Agreement with marks: AUROC, F1, calibration error, grades; intervals by bootstrap over questions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import cohen_kappa_score, roc_auc_score

Array = NDArray[np.float64]
ROUNDS = 500
BINS = 10


def auroc(truth: Array, told: Array) -> float:
    """Probability that a made point gets a higher value than one not made; NaN where one kind is missing."""
    return float(roc_auc_score(truth, told)) if 0 < truth.sum() < len(truth) else float("nan")


def f1(truth: Array, told: Array) -> float:
    """Micro F1 of 0/1 judgements; NaN where there is nothing to find and nothing found."""
    found = truth.sum() + told.sum()
    return float(2 * (truth * told).sum() / found) if found else float("nan")


def precision(truth: Array, told: Array) -> float:
    """Share of the told that are true; NaN where nothing was told."""
    return float((truth * told).sum() / told.sum()) if told.sum() else float("nan")


def recall(truth: Array, told: Array) -> float:
    """Share of the true that were told; NaN where nothing is true."""
    return float((truth * told).sum() / truth.sum()) if truth.sum() else float("nan")


def reliability(truth: Array, probability: Array, bins: int = BINS) -> list[tuple[float, float, int]]:
    """(mean probability, share true, how many) of equally filled bins, from low to high."""
    groups = [part for part in np.array_split(np.argsort(probability, kind="stable"), bins) if len(part)]
    return [(float(probability[g].mean()), float(truth[g].mean()), len(g)) for g in groups]


def calibration_error(truth: Array, probability: Array) -> float:
    """Expected calibration error over ten bins of equal mass (Guo and others 2017; equal mass: Nixon and others 2019)."""
    return sum(abs(p - t) * n for p, t, n in reliability(truth, probability)) / len(truth)


def best_threshold(truth: Array, told: Array) -> float:
    """The threshold with the best micro F1. For the development split only."""
    steps = np.unique(np.quantile(told, np.linspace(0, 1, 401)))
    return float(max(steps, key=lambda step: f1(truth, (told >= step).astype(float))))


def pearson(truth: Array, told: Array) -> float:
    """Correlation of grades; NaN where one side never varies."""
    return float(np.corrcoef(truth, told)[0, 1]) if truth.std() and told.std() else float("nan")


def weighted_kappa(truth: Array, told: Array, levels: int = 5) -> float:
    """Quadratically weighted kappa (Cohen 1968) of grades 0..1 rounded to ``levels`` equal steps."""
    a, b = (np.rint(np.clip(x, 0, 1) * (levels - 1)).astype(int) for x in (truth, told))
    return float(cohen_kappa_score(a, b, weights="quadratic", labels=list(range(levels))))


def kappa(one: Sequence[int], two: Sequence[int]) -> float:
    """Cohen's kappa of two markers."""
    return float(cohen_kappa_score(one, two))


def interval(
    measure: Callable[..., float], groups: Sequence[str], *columns: Array, seed: int = 0
) -> tuple[float, float]:
    """95 % interval of ``measure(*columns)``, drawing whole questions with replacement."""
    names = sorted(set(groups))
    members = {name: np.flatnonzero(np.array(groups) == name) for name in names}
    random = np.random.default_rng(seed)
    values = []
    for _ in range(ROUNDS):
        rows = np.concatenate([members[name] for name in random.choice(names, len(names))])
        values.append(measure(*(column[rows] for column in columns)))
    low, high = np.nanquantile(values, [0.025, 0.975]) if np.isfinite(values).any() else (np.nan, np.nan)
    return float(low), float(high)
