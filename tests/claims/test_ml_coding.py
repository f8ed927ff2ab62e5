"""Figures, derivations and algorithms that the ml-coding and low-level-design questions state, computed."""

from __future__ import annotations

import heapq
import io
import itertools
import logging
import logging.handlers
import math
import queue
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

RNG = np.random.default_rng(11)


def softmax(z: np.ndarray) -> np.ndarray:
    raised = np.exp(z - z.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


def sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


def numeric(loss: Callable[[], float], at: np.ndarray, h: float = 1e-5) -> np.ndarray:
    """Central differences of ``loss`` for each entry of the array ``at``, which is changed in place."""
    slope = np.zeros_like(at)
    for index in np.ndindex(at.shape):
        before = at[index]
        at[index] = before + h
        up = loss()
        at[index] = before - h
        slope[index] = (up - loss()) / (2 * h)
        at[index] = before
    return slope


# classifier-on-dummy-data and logistic-regression-from-scratch


def logistic_loss(w: np.ndarray, x: np.ndarray, y: np.ndarray) -> float:
    z = x @ w[:-1] + w[-1]
    return float(np.mean(np.logaddexp(0, z) - z * y))


def logistic_gradient(w: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    error = sigmoid(x @ w[:-1] + w[-1]) - y
    return np.append(x.T @ error, error.sum()) / len(y)


def fit_logistic(x: np.ndarray, y: np.ndarray, start: np.ndarray, steps: int = 300) -> np.ndarray:
    w = start.copy()
    for _ in range(steps):
        w -= 1.0 * logistic_gradient(w, x, y)
    return w


def accuracy(w: np.ndarray, x: np.ndarray, y: np.ndarray) -> float:
    return float(np.mean((x @ w[:-1] + w[-1] > 0) == y))


def dummy(n: int, flipped: float) -> tuple[np.ndarray, np.ndarray]:
    x = RNG.standard_normal((n, 2))
    return x, ((x.sum(axis=1) > 0) ^ (RNG.random(n) < flipped)).astype(float)


def test_loss_at_zero_weights_is_the_log_of_the_number_of_classes() -> None:
    for classes in (2, 3, 10):
        assert -math.log(softmax(np.zeros(classes))[0]) == pytest.approx(math.log(classes))
    x, y = dummy(50, 0.1)
    assert logistic_loss(np.zeros(3), x, y) == pytest.approx(math.log(2))
    assert math.log(2) == pytest.approx(0.69, abs=0.005)
    assert math.log(3) == pytest.approx(1.10, abs=0.005)


def test_ten_percent_of_flipped_labels_leave_ninety_percent() -> None:
    x, y = dummy(40_000, 0.1)
    w = fit_logistic(x[:2000], y[:2000], np.zeros(3))
    assert accuracy(np.array([1.0, 1.0, 0.0]), x, y) == pytest.approx(0.9, abs=0.01)
    assert 0.87 < accuracy(w, x[2000:], y[2000:]) < 0.91


def test_shuffled_labels_fall_to_chance_on_average_but_not_in_each_run() -> None:
    x, y = dummy(1200, 0.1)
    scores = []
    for _ in range(200):
        w = fit_logistic(x[:200], RNG.permutation(y[:200]), np.zeros(3), steps=20)
        scores.append(accuracy(w, x[200:], y[200:]))
    assert np.mean(scores) == pytest.approx(0.5, abs=0.08)
    assert max(abs(score - 0.5) for score in scores) > 0.25


def test_separate_permutations_of_features_and_labels_destroy_the_labels() -> None:
    x, y = dummy(4000, 0.0)
    together, apart = RNG.permutation(4000), RNG.permutation(4000)
    rule = np.array([1.0, 1.0, 0.0])
    assert accuracy(rule, x[together], y[together]) == 1
    assert accuracy(rule, x[together], y[apart]) == pytest.approx(0.5, abs=0.05)


def test_xor_needs_the_product_of_the_features() -> None:
    x = RNG.standard_normal((2000, 2))
    y = (x[:, 0] * x[:, 1] > 0).astype(float)
    assert accuracy(fit_logistic(x, y, np.zeros(3)), x, y) < 0.7
    for through_the_middle in np.column_stack([RNG.standard_normal((10, 2)), np.zeros(10)]):
        assert accuracy(through_the_middle, x, y) == pytest.approx(0.5, abs=0.06)
    wide = np.column_stack([x, x[:, 0] * x[:, 1]])
    assert accuracy(fit_logistic(wide, y, np.zeros(4)), wide, y) > 0.97


def test_labels_as_a_column_broadcast_to_n_by_n() -> None:
    assert (np.zeros(5) - np.zeros((5, 1))).shape == (5, 5)


def test_logistic_gradient_is_x_transposed_times_error() -> None:
    x, y = dummy(20, 0.2)
    w = RNG.standard_normal(3)
    assert np.allclose(logistic_gradient(w, x, y), numeric(lambda: logistic_loss(w, x, y), w), atol=1e-8)


def test_logistic_loss_from_probabilities_breaks_at_a_logit_of_40() -> None:
    with np.errstate(divide="ignore"):
        assert np.log(1 - sigmoid(np.array(40.0))) == -np.inf
    assert np.logaddexp(0, 40.0) == pytest.approx(40)
    z, y = RNG.standard_normal(100) * 50, RNG.integers(0, 2, 100)
    safe = np.maximum(z, 0) - z * y + np.log1p(np.exp(-abs(z)))
    assert np.allclose(safe, np.logaddexp(0, z) - z * y)


def test_logistic_loss_is_convex_and_ends_in_one_place() -> None:
    x, y = dummy(200, 0.2)
    ends = [fit_logistic(x, y, start, 3000) for start in (np.zeros(3), np.array([5.0, -5.0, 3.0]))]
    assert np.allclose(*ends, atol=1e-4)
    design = np.column_stack([x, np.ones(200)])
    p = sigmoid(design @ RNG.standard_normal(3))
    assert np.linalg.eigvalsh(design.T @ (design * (p * (1 - p))[:, None])).min() >= 0


def test_squared_error_on_a_sigmoid_is_not_convex() -> None:
    loss = (1 - sigmoid(np.array([-8.0, -4.0, 0.0]))) ** 2
    assert loss[1] > (loss[0] + loss[2]) / 2


def test_weights_grow_on_separable_data_unless_there_is_a_penalty() -> None:
    x, y = dummy(60, 0.0)
    short, long = (np.linalg.norm(fit_logistic(x, y, np.zeros(3), steps)) for steps in (500, 5000))
    assert long > 1.3 * short
    direction = np.array([1.0, 1.0, 0.0])
    losses = [logistic_loss(scale * direction, x, y) for scale in (1, 10, 100, 1000)]
    assert losses == sorted(losses, reverse=True)
    w = np.zeros(3)
    for _ in range(5000):
        w -= logistic_gradient(w, x, y) + 0.1 * w * [1, 1, 0]
    longer = w - logistic_gradient(w, x, y) - 0.1 * w * [1, 1, 0]
    assert np.allclose(w, longer, atol=1e-6)
    assert np.linalg.norm(w) < short


def test_oversampling_positives_adds_the_log_of_the_ratio() -> None:
    p, ratio = 0.01, 20.0
    sampled = p * ratio / (p * ratio + 1 - p)
    assert math.log(sampled / (1 - sampled)) == pytest.approx(math.log(p / (1 - p)) + math.log(ratio))


def test_best_threshold_is_the_cost_of_a_false_alarm_over_both_costs() -> None:
    alarm, miss = 1.0, 9.0
    for p in np.linspace(0.01, 0.99, 50):
        assert ((1 - p) * alarm < p * miss) == (p > alarm / (alarm + miss))


# k-means-from-scratch


def squared_distances(x: np.ndarray, centres: np.ndarray) -> np.ndarray:
    return ((x[:, None] - centres[None]) ** 2).sum(axis=2)


def k_means(x: np.ndarray, centres: np.ndarray) -> tuple[np.ndarray, np.ndarray, list[float]]:
    centres, labels, costs = centres.copy(), np.full(len(x), -1), []
    for _ in range(300):
        distances = squared_distances(x, centres)
        new = distances.argmin(axis=1)
        costs.append(float(distances.min(axis=1).sum()))
        if (new == labels).all():
            break
        labels = new
        for j in range(len(centres)):
            members = x[labels == j]
            centres[j] = members.mean(axis=0) if len(members) else x[distances.min(axis=1).argmax()]
    return centres, labels, costs


def plus_plus(x: np.ndarray, k: int) -> np.ndarray:
    chosen = [x[RNG.integers(len(x))]]
    while len(chosen) < k:
        nearest = squared_distances(x, np.array(chosen)).min(axis=1)
        chosen.append(x[RNG.choice(len(x), p=nearest / nearest.sum())])
    return np.array(chosen)


def test_k_means_cost_never_rises_and_ends() -> None:
    for _ in range(50):
        x = RNG.standard_normal((80, 2))
        costs = k_means(x, x[RNG.choice(80, 5, replace=False)])[2]
        assert len(costs) < 300
        assert all(b <= a + 1e-9 for a, b in itertools.pairwise(costs))


def test_both_ways_to_compute_distances_agree() -> None:
    x, c = RNG.standard_normal((30, 4)), RNG.standard_normal((3, 4))
    expanded = (x**2).sum(axis=1)[:, None] - 2 * x @ c.T + (c**2).sum(axis=1)
    assert expanded.shape == (30, 3)
    assert np.allclose(expanded, squared_distances(x, c))
    assert (np.sqrt(squared_distances(x, c)).argmin(axis=1) == expanded.argmin(axis=1)).all()


def test_the_mean_minimises_squared_and_the_median_absolute_distances() -> None:
    x, grid = RNG.exponential(size=101), np.linspace(0, 5, 5001)
    squared = ((x[:, None] - grid) ** 2).sum(axis=0)
    assert grid[squared.argmin()] == pytest.approx(x.mean(), abs=1e-3)
    assert grid[abs(x[:, None] - grid).sum(axis=0).argmin()] == pytest.approx(np.median(x), abs=1e-3)


def test_one_start_can_be_bad_and_plus_plus_with_restarts_finds_the_blobs() -> None:
    truth = np.repeat(np.arange(3), 50)
    x = np.array([[0.0, 0.0], [100.0, 0.0], [100.0, 10.0]])[truth] + RNG.standard_normal((150, 2))
    bad = k_means(x, np.array([[0.0, 1.0], [0.0, -1.0], [100.0, 5.0]]))[2][-1]
    best = min((k_means(x, plus_plus(x, 3)) for _ in range(10)), key=lambda run: run[2][-1])
    assert best[2][-1] < bad / 5
    assert len({(int(a), int(b)) for a, b in zip(truth, best[1], strict=True)}) == 3


@pytest.mark.filterwarnings("ignore:Mean of empty slice", "ignore:invalid value")
def test_the_mean_of_an_empty_cluster_is_not_a_number() -> None:
    x = RNG.standard_normal((20, 2))
    start = np.array([[0.0, 0.0], [50.0, 50.0]])
    empty = x[squared_distances(x, start).argmin(axis=1) == 1]
    assert np.isnan(empty.mean(axis=0)).all()
    assert len(set(k_means(x, start)[1].tolist())) == 2


def test_a_rate_of_one_over_the_count_keeps_the_running_mean() -> None:
    x, centre = RNG.standard_normal(100), 0.0
    for count, value in enumerate(x, start=1):
        centre += (value - centre) / count
    assert centre == pytest.approx(x.mean())


def test_partial_sums_and_counts_of_shards_give_the_mean() -> None:
    x = RNG.standard_normal((100, 3))
    shards = np.split(x, [10, 45])
    assert np.allclose(sum(s.sum(axis=0) for s in shards) / sum(map(len, shards)), x.mean(axis=0))
    assert not np.allclose(np.mean([s.mean(axis=0) for s in shards], axis=0), x.mean(axis=0))


# mlp-backprop-in-numpy

Params = dict[str, np.ndarray]


def mlp_loss(p: Params, x: np.ndarray, y: np.ndarray) -> tuple[float, Params]:
    before = x @ p["w1"] + p["b1"]
    hidden = np.maximum(before, 0)
    probabilities = softmax(hidden @ p["w2"] + p["b2"])
    loss = float(-np.log(probabilities[np.arange(len(y)), y]).mean())
    delta = (probabilities - np.eye(p["w2"].shape[1])[y]) / len(y)
    back = delta @ p["w2"].T * (before > 0)
    return loss, {"w1": x.T @ back, "b1": back.sum(axis=0), "w2": hidden.T @ delta, "b2": delta.sum(axis=0)}


def test_backprop_as_told_equals_finite_differences() -> None:
    x, y = RNG.standard_normal((6, 4)), RNG.integers(0, 3, 6)
    shapes = {"w1": (4, 5), "b1": (5,), "w2": (5, 3), "b2": (3,)}
    p = {name: RNG.standard_normal(shape) for name, shape in shapes.items()}
    gradients = mlp_loss(p, x, y)[1]
    for name, value in p.items():
        assert gradients[name].shape == value.shape
        assert np.allclose(gradients[name], numeric(lambda: mlp_loss(p, x, y)[0], value), atol=1e-7)
    probabilities = softmax(np.maximum(x @ p["w1"] + p["b1"], 0) @ p["w2"] + p["b2"])
    assert np.allclose((probabilities - np.eye(3)[y]).sum(axis=1), 0)


def test_hidden_units_that_start_equal_stay_equal() -> None:
    x, y = RNG.standard_normal((30, 4)), RNG.integers(0, 3, 30)
    p = {"w1": np.full((4, 5), 0.3), "b1": np.zeros(5), "w2": np.full((5, 3), 0.2), "b2": np.zeros(3)}
    for _ in range(50):
        for name, gradient in mlp_loss(p, x, y)[1].items():
            p[name] = p[name] - 0.5 * gradient
    assert np.allclose(p["w1"], p["w1"][:, :1])
    assert not np.allclose(p["w1"], 0.3)
    assert np.ptp(p["w2"], axis=0).max() < 1e-12


def test_central_differences_are_more_accurate_than_one_sided_ones() -> None:
    slope, central, one_sided = math.cos(1.0), [], []
    for h in (1e-2, 1e-3):
        central.append(abs((math.sin(1 + h) - math.sin(1 - h)) / (2 * h) - slope))
        one_sided.append(abs((math.sin(1 + h) - math.sin(1.0)) / h - slope))
    assert central[0] / central[1] == pytest.approx(100, rel=0.05)
    assert one_sided[0] / one_sided[1] == pytest.approx(10, rel=0.05)


def test_twenty_relu_layers_keep_the_signal_with_variance_two_over_fan_in() -> None:
    sizes = {}
    for gain in (1.0, 2.0):
        signal = RNG.standard_normal((20, 256))
        for _ in range(20):
            signal = np.maximum(signal @ (RNG.standard_normal((256, 256)) * math.sqrt(gain / 256)), 0)
        sizes[gain] = float((signal**2).mean())
    assert 0.1 < sizes[2.0] < 3
    assert sizes[1.0] < 1e-5
    half_each, layers = 0.5, 20
    assert half_each**layers == pytest.approx(1e-6, rel=0.05)


# batch-norm-from-scratch


def batch_norm(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, eps: float = 1e-5) -> np.ndarray:
    return gamma * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps) + beta


def batch_norm_backward(x: np.ndarray, gamma: np.ndarray, up: np.ndarray, eps: float = 1e-5) -> np.ndarray:
    deviation = np.sqrt(x.var(axis=0) + eps)
    x_hat, g = (x - x.mean(axis=0)) / deviation, up * gamma
    return (g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0)) / deviation


def test_batch_norm_gradient_has_three_paths() -> None:
    x, gamma, beta = RNG.standard_normal((8, 3)), RNG.standard_normal(3), RNG.standard_normal(3)
    up = RNG.standard_normal((8, 3))
    right = numeric(lambda: float((up * batch_norm(x, gamma, beta)).sum()), x)
    assert np.allclose(batch_norm_backward(x, gamma, up), right, atol=1e-7)
    assert not np.allclose(up * gamma / np.sqrt(x.var(axis=0) + 1e-5), right, atol=0.05)
    assert np.allclose(right.sum(axis=0), 0, atol=1e-7)
    x_hat = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + 1e-5)
    slope = numeric(lambda: float((up * batch_norm(x, gamma, beta)).sum()), gamma)
    assert np.allclose((up * x_hat).sum(axis=0), slope, atol=1e-7)


def test_batch_norm_standardises_and_can_be_undone() -> None:
    x = RNG.standard_normal((500, 3)) * [5, 1, 0.1] + 100
    out = batch_norm(x, np.ones(3), np.zeros(3))
    assert np.allclose(out.mean(axis=0), 0, atol=1e-9)
    assert np.allclose(out.var(axis=0), x.var(axis=0) / (x.var(axis=0) + 1e-5))
    assert (out.var(axis=0) < 1).all()
    assert np.allclose(batch_norm(x, np.sqrt(x.var(axis=0) + 1e-5), x.mean(axis=0)), x)


def test_running_statistics_make_predictions_independent_of_the_batch() -> None:
    mean, variance = np.zeros(2), np.ones(2)
    for _ in range(300):
        batch = RNG.standard_normal((64, 2)) * [2, 3] + [5, -1]
        mean = 0.9 * mean + 0.1 * batch.mean(axis=0)
        variance = 0.9 * variance + 0.1 * batch.var(axis=0, ddof=1)
    assert np.allclose(mean, [5, -1], atol=0.5)
    assert np.allclose(variance, [4, 9], rtol=0.3)
    alone, others = np.array([[1.0, 2.0]]), RNG.standard_normal((9, 2)) * 50
    together = np.vstack([alone, others])
    ones, zeros = np.ones(2), np.zeros(2)
    assert np.allclose(((together - mean) / np.sqrt(variance))[0], ((alone - mean) / np.sqrt(variance))[0])
    assert not np.allclose(batch_norm(together, ones, zeros)[0], batch_norm(alone, ones, zeros)[0])
    assert np.allclose(batch_norm(alone, ones, zeros), 0)


def test_image_statistics_are_one_pair_per_channel() -> None:
    images = RNG.standard_normal((4, 3, 5, 6))
    assert images.mean(axis=(0, 2, 3)).shape == (3,)
    rows = images.transpose(0, 2, 3, 1).reshape(-1, 3)
    assert np.allclose(images.var(axis=(0, 2, 3)), rows.var(axis=0))


def test_a_batch_of_two_gives_plus_and_minus_one() -> None:
    out = batch_norm(np.array([[3.0, -70.0], [4.5, 12.0]]), np.ones(2), np.zeros(2))
    assert np.allclose(abs(out), 1, atol=1e-4)


def test_batch_norm_can_be_folded_into_the_layer_before_it() -> None:
    x, w, b = RNG.standard_normal((7, 4)), RNG.standard_normal((4, 3)), RNG.standard_normal(3)
    mean, variance, gamma, beta = RNG.standard_normal((4, 3))
    variance, scale = variance**2, gamma / np.sqrt(variance**2 + 1e-5)
    two = gamma * (x @ w + b - mean) / np.sqrt(variance + 1e-5) + beta
    assert np.allclose(x @ (w * scale) + (beta + scale * (b - mean)), two)


# decision-tree-split-from-scratch


def gini(labels: np.ndarray) -> float:
    shares = np.unique(labels, return_counts=True)[1] / len(labels)
    return float(1 - (shares**2).sum())


def slow_split(x: np.ndarray, y: np.ndarray) -> float:
    best = 0.0
    for column in x.T:
        for value in np.unique(column)[:-1]:
            left = column <= value
            after = left.mean() * gini(y[left]) + (~left).mean() * gini(y[~left])
            best = max(best, gini(y) - after)
    return best


def fast_split(x: np.ndarray, y: np.ndarray) -> tuple[float, int, float]:
    n, best = len(y), (0.0, -1, 0.0)
    one_hot = np.eye(y.max() + 1)[y]
    for feature, column in enumerate(x.T):
        order = np.argsort(column, kind="stable")
        values, left = column[order], np.cumsum(one_hot[order], axis=0)[:-1]
        right, size = one_hot.sum(axis=0) - left, np.arange(1, n)
        after = (size - (left**2).sum(axis=1) / size) / n
        after += (n - size - (right**2).sum(axis=1) / (n - size)) / n
        after[values[1:] == values[:-1]] = np.inf
        cut = int(after.argmin())
        if gini(y) - after[cut] > best[0] + 1e-12:
            best = (float(gini(y) - after[cut]), feature, (values[cut] + values[cut + 1]) / 2)
    return best


def test_one_sweep_finds_the_gain_of_the_brute_force_search_with_ties() -> None:
    for _ in range(300):
        n = int(RNG.integers(2, 12))
        x, y = RNG.integers(0, 4, (n, 3)).astype(float), RNG.integers(0, 3, n)
        gain, feature, threshold = fast_split(x, y)
        assert gain == pytest.approx(slow_split(x, y), abs=1e-12)
        if feature >= 0:
            left = x[:, feature] < threshold
            after = left.mean() * gini(y[left]) + (~left).mean() * gini(y[~left])
            assert gini(y) - after == pytest.approx(gain)


def test_gini_is_the_chance_that_two_draws_differ() -> None:
    assert gini(np.array([2, 2, 2])) == 0
    assert gini(np.array([0, 1])) == 0.5
    assert gini(np.arange(5)) == pytest.approx(1 - 1 / 5)
    y = RNG.integers(0, 3, 50)
    assert gini(y) == pytest.approx(np.mean(y[:, None] != y[None]))


def test_no_first_split_helps_on_xor_although_two_levels_are_perfect() -> None:
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
    y = np.array([0, 1, 1, 0])
    assert slow_split(x, y) == 0
    assert slow_split(x[:2], y[:2]) == slow_split(x[2:], y[2:]) == 0.5


def test_error_rate_misses_progress_that_gini_sees() -> None:
    parent, left, right = np.repeat([0, 1], [80, 20]), np.repeat([0, 1], [50, 0]), np.repeat([0, 1], [30, 20])

    def error(labels: np.ndarray) -> float:
        return float(min(labels.mean(), 1 - labels.mean()))

    assert error(left) / 2 + error(right) / 2 == pytest.approx(error(parent))
    assert gini(left) / 2 + gini(right) / 2 < gini(parent)


def test_without_weights_one_pure_example_looks_as_good_as_a_pure_half() -> None:
    y = np.repeat([0, 1], [10, 10])
    assert (gini(y[:1]) + gini(y[1:])) / 2 == pytest.approx(0.25, abs=0.01)
    assert gini(y) - (gini(y[:1]) / 20 + gini(y[1:]) * 19 / 20) < 0.03


def test_gini_is_twice_the_variance_of_binary_labels() -> None:
    y = RNG.integers(0, 2, 37)
    assert gini(y) == pytest.approx(2 * y.var())


def test_categories_ordered_by_their_rate_hold_the_best_of_all_subsets() -> None:
    for _ in range(40):
        category, y = RNG.integers(0, 5, 40), RNG.integers(0, 2, 40)
        present = sorted(set(category.tolist()), key=lambda c: y[category == c].mean())

        def cost(subset: tuple[int, ...], c: np.ndarray = category, y: np.ndarray = y) -> float:
            left = np.isin(c, subset)
            return float(left.mean() * gini(y[left]) + (~left).mean() * gini(y[~left]))

        sizes = range(1, len(present))
        ordered = min(cost(tuple(present[:size])) for size in sizes)
        everything = min(cost(s) for size in sizes for s in itertools.combinations(present, size))
        assert ordered == pytest.approx(everything)


# pca-from-scratch


def test_right_singular_vectors_are_eigenvectors_of_the_covariance() -> None:
    x = RNG.standard_normal((60, 4)) @ RNG.standard_normal((4, 4)) + 30
    centred = x - x.mean(axis=0)
    u, s, vt = np.linalg.svd(centred, full_matrices=False)
    values, vectors = np.linalg.eigh(np.cov(x.T))
    assert np.allclose(s**2 / 59, values[::-1])
    assert np.allclose(abs(np.sum(vt * vectors[:, ::-1].T, axis=1)), 1)
    assert np.allclose(centred @ vt[:2].T, u[:, :2] * s[:2])
    scores = centred @ vt.T
    assert np.allclose(np.cov(scores.T), np.diag(s**2 / 59))
    assert np.allclose(scores.var(axis=0) / scores.var(axis=0).sum(), s**2 / (s**2).sum())
    errors = [float(((centred - centred @ vt[:k].T @ vt[:k]) ** 2).sum()) for k in range(5)]
    assert errors == sorted(errors, reverse=True)
    assert np.allclose(errors, [(s[k:] ** 2).sum() for k in range(5)])
    assert np.allclose(scores @ vt + x.mean(axis=0), x)


def test_shares_of_variance_come_from_squares() -> None:
    u = np.linalg.qr(np.column_stack([np.ones(30), RNG.standard_normal((30, 2))]))[0][:, 1:]
    x = u * [3.0, 1.0]
    assert np.linalg.svd(x)[1] == pytest.approx([3, 1])
    assert x.var(axis=0) / x.var(axis=0).sum() == pytest.approx([0.9, 0.1])


def test_without_centring_the_first_direction_points_at_the_mean() -> None:
    x = RNG.standard_normal((500, 2)) * [3.0, 0.3] + [0.0, 50.0]
    assert abs(np.linalg.svd(x)[2][0]) == pytest.approx([0, 1], abs=0.05)
    assert abs(np.linalg.svd(x - x.mean(axis=0))[2][0]) == pytest.approx([1, 0], abs=0.05)


def test_gram_matrix_gives_the_same_components_for_wide_data() -> None:
    x = RNG.standard_normal((6, 50))
    x -= x.mean(axis=0)
    values, vectors = np.linalg.eigh(x @ x.T)
    _, s, vt = np.linalg.svd(x, full_matrices=False)
    direction = x.T @ vectors[:, -1]
    assert abs(direction @ vt[0]) / np.linalg.norm(direction) == pytest.approx(1)
    assert np.allclose(values[::-1][:5], s[:5] ** 2)
    assert np.linalg.matrix_rank(x) == 5


def test_the_covariance_loses_digits_that_the_svd_keeps() -> None:
    q = np.linalg.qr(RNG.standard_normal((40, 2)))[0]
    x = q * [1.0, 1e-9]
    assert np.linalg.svd(x)[1][1] == pytest.approx(1e-9, rel=1e-3)
    smallest = np.linalg.eigvalsh(x.T @ x)[0]
    assert np.linalg.cond(x.T @ x) > 1e15 or smallest <= 0


# adam-from-scratch


def adam(
    gradient: Callable[[np.ndarray], np.ndarray],
    start: np.ndarray,
    steps: int,
    rate: float = 0.01,
    decay: float = 0.0,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    corrected: bool = True,
) -> np.ndarray:
    w, m, v = start.astype(float), np.zeros(start.shape), np.zeros(start.shape)
    for t in range(1, steps + 1):
        g = gradient(w)
        m = betas[0] * m + (1 - betas[0]) * g
        v = betas[1] * v + (1 - betas[1]) * g**2
        m_hat, v_hat = (m / (1 - betas[0] ** t), v / (1 - betas[1] ** t)) if corrected else (m, v)
        w = w * (1 - rate * decay) - rate * m_hat / (np.sqrt(v_hat) + eps)
    return w


def test_adams_first_step_is_the_learning_rate_whatever_the_gradient() -> None:
    g = np.array([1e6, -1e-3, 0.5, 0.0])
    assert adam(lambda _: g, np.zeros(4), 1) == pytest.approx([-0.01, 0.01, -0.01, 0], rel=1e-4)
    uncorrected = adam(lambda _: g, np.zeros(4), 1, corrected=False)
    assert abs(uncorrected[0]) / 0.01 == pytest.approx(0.1 / math.sqrt(0.001), rel=1e-3)
    assert 0.1 / math.sqrt(0.001) == pytest.approx(3.2, abs=0.05)


def test_adam_does_not_see_the_scale_of_the_loss_and_finds_the_minimum() -> None:
    curvature, target = np.array([100.0, 0.1]), np.array([3.0, -2.0])
    small, large = (adam(lambda w, s=s: s * curvature * (w - target), np.zeros(2), 50) for s in (1, 100))
    assert np.allclose(small, large, atol=1e-5)
    assert np.allclose(adam(lambda w: curvature * (w - target), np.zeros(2), 4000), target, atol=0.01)


def test_decay_in_the_gradient_hardly_acts_on_weights_with_large_gradients() -> None:
    noise = RNG.standard_normal((400, 2)) * [100.0, 0.01]

    def run(inside: float, outside: float) -> np.ndarray:
        steps = iter(noise)
        return adam(lambda w: next(steps) + inside * w, np.ones(2), 400, rate=0.001, decay=outside)

    plain, l2, decoupled = run(0, 0), run(0.1, 0), run(0, 0.1)
    assert abs(plain - l2)[0] < 0.01
    assert abs(plain - l2)[1] > 0.1
    assert np.allclose((plain - decoupled) / plain, 1 - (1 - 0.001 * 0.1) ** 400, atol=0.02)


def test_for_plain_descent_a_penalty_and_weight_decay_are_the_same() -> None:
    w, g, rate, decay = RNG.standard_normal(5), RNG.standard_normal(5), 0.1, 0.01
    assert np.allclose(w - rate * (g + decay * w), w * (1 - rate * decay) - rate * g)


def test_adam_goes_on_moving_after_the_gradient_is_gone() -> None:
    gradients = iter([np.ones(1)] + [np.zeros(1)] * 5)
    longer = iter([np.ones(1)] + [np.zeros(1)] * 5)
    assert adam(lambda _: next(gradients), np.zeros(1), 6) < adam(lambda _: next(longer), np.zeros(1), 1)
    assert 0.9**44 < 0.01 < 0.9**43
    assert 7e9 * 2 * 4 / 1e9 == 56


# roc-auc-from-scratch


def auc_pairs(y: np.ndarray, score: np.ndarray) -> float:
    difference = score[y == 1][:, None] - score[y == 0][None]
    return float(np.mean((difference > 0) + 0.5 * (difference == 0)))


def roc(y: np.ndarray, score: np.ndarray, group_ties: bool = True) -> tuple[np.ndarray, np.ndarray]:
    if y.min() == y.max():
        raise ValueError("the area is undefined for a single class")
    order = np.argsort(-score, kind="stable")
    y, score = y[order], score[order]
    last = np.append(score[1:] != score[:-1], True) if group_ties else np.ones(len(y), bool)
    hits, alarms = np.cumsum(y)[last], np.cumsum(1 - y)[last]
    return np.insert(alarms / (1 - y).sum(), 0, 0.0), np.insert(hits / y.sum(), 0, 0.0)


def trapezoids(x: np.ndarray, height: np.ndarray) -> float:
    return float((np.diff(x) * (height[1:] + height[:-1]) / 2).sum())


def auc_ranks(y: np.ndarray, score: np.ndarray) -> float:
    ranks = np.array([np.sum(score < s) + (np.sum(score == s) + 1) / 2 for s in score])
    p, n = y.sum(), (1 - y).sum()
    return float((ranks[y == 1].sum() - p * (p + 1) / 2) / (p * n))


def test_three_ways_to_the_area_agree_with_ties() -> None:
    for _ in range(200):
        n = int(RNG.integers(2, 15))
        y, score = RNG.permutation(np.arange(n) % 2), RNG.integers(0, 5, n).astype(float)
        area = trapezoids(*roc(y, score))
        assert area == pytest.approx(auc_pairs(y, score))
        assert area == pytest.approx(auc_ranks(y, score))
        assert area == pytest.approx(trapezoids(*roc(y, np.exp(3 * score))))
        assert trapezoids(*roc(y, -score)) == pytest.approx(1 - area)


def test_special_cases_of_the_area() -> None:
    y = np.array([0, 0, 1, 1])
    assert trapezoids(*roc(y, np.array([1.0, 2.0, 3.0, 4.0]))) == 1
    assert trapezoids(*roc(y, np.zeros(4))) == 0.5
    with pytest.raises(ValueError, match="undefined"):
        roc(np.ones(3), np.arange(3.0))


def test_ungrouped_ties_make_the_area_depend_on_the_order_of_the_rows() -> None:
    score = np.zeros(4)
    areas = {trapezoids(*roc(np.array(y), score, group_ties=False)) for y in ([1, 1, 0, 0], [0, 0, 1, 1])}
    assert areas == {0.0, 1.0}


def test_rare_positives_have_a_low_precision_at_a_small_false_positive_rate() -> None:
    negatives, false_positive_rate = 9999, 0.01
    assert 1 / (1 + false_positive_rate * negatives) == pytest.approx(0.01, abs=0.0005)


def test_histogram_error_is_at_most_half_the_pairs_in_common_bins() -> None:
    y = RNG.integers(0, 2, 600)
    score = np.clip(0.3 * y + RNG.normal(0.35, 0.2, 600), 0, 0.999)
    bins = np.floor(score * 20)
    shared = np.mean(bins[y == 1][:, None] == bins[y == 0][None])
    assert abs(auc_pairs(y, bins) - auc_pairs(y, score)) <= shared / 2


# pytorch-training-loop


def test_mean_over_batches_of_unequal_size_needs_weights() -> None:
    losses = RNG.exponential(size=130)
    batches = np.split(losses, [64, 128])
    weighted = sum(b.mean() * len(b) for b in batches) / 130
    assert weighted == pytest.approx(losses.mean())
    assert np.mean([b.mean() for b in batches]) != pytest.approx(losses.mean())
    assert (1 / 3 / 2) / (1 / 3 / 64) == 32


def test_an_uncleared_gradient_is_the_sum_of_all_batches() -> None:
    x, y = dummy(30, 0.1)
    w, total = np.zeros(3), np.zeros(3)
    parts = [logistic_gradient(w, x[i : i + 10], y[i : i + 10]) for i in (0, 10, 20)]
    for part in parts:
        total += part
    assert np.allclose(total / 3, logistic_gradient(w, x, y))


# top-k-and-nucleus-sampling


def keep_top_k(logits: np.ndarray, k: int) -> np.ndarray:
    out = np.full(logits.shape, -np.inf)
    best = np.argpartition(-logits, k - 1)[:k]
    out[best] = logits[best]
    return out


def keep_nucleus(logits: np.ndarray, p: float) -> np.ndarray:
    order = np.argsort(-logits, kind="stable")
    probability = softmax(logits[order])
    before = np.cumsum(probability) - probability
    keep = np.zeros(len(logits), bool)
    keep[order[before < p]] = True
    return np.where(keep, logits, -np.inf)


def test_nucleus_is_the_smallest_set_that_reaches_p() -> None:
    for _ in range(200):
        logits, p = RNG.standard_normal(7) * 2, float(RNG.uniform(0.1, 0.99))
        probability = softmax(logits)
        kept = np.isfinite(keep_nucleus(logits, p))
        assert probability[kept].sum() >= p
        sets = (s for size in range(1, 8) for s in itertools.combinations(range(7), size))
        smallest = next(len(s) for s in sets if probability[list(s)].sum() >= p)
        assert kept.sum() == smallest
        assert probability[kept].min() > max(probability[~kept], default=0)


def test_nucleus_keeps_the_crossing_token_and_adapts_its_size() -> None:
    sure, unsure = np.log([0.05, 0.9, 0.05]), np.log(np.full(10, 0.1))
    assert np.isfinite(keep_nucleus(sure, 0.5)).tolist() == [False, True, False]
    assert np.isfinite(keep_nucleus(unsure, 0.55)).sum() == 6
    assert np.isfinite(keep_top_k(unsure, 3)).sum() == np.isfinite(keep_top_k(sure, 3)).sum() == 3


def test_limits_of_k_and_p() -> None:
    logits = RNG.standard_normal(9)
    assert softmax(keep_top_k(logits, 1)).argmax() == logits.argmax()
    assert softmax(keep_top_k(logits, 1)).max() == 1
    assert np.allclose(softmax(keep_nucleus(logits, 1.0)), softmax(logits))


def test_forgetting_to_map_back_keeps_the_wrong_tokens() -> None:
    logits = np.log([0.05, 0.15, 0.8])
    order = np.argsort(-logits)
    probability = softmax(logits[order])
    wrong = (np.cumsum(probability) - probability) < 0.7
    assert np.isfinite(keep_nucleus(logits, 0.7)).tolist() == [False, False, True]
    assert wrong.tolist() == [True, False, False]


def test_sampled_frequencies_match_and_removed_tokens_never_come() -> None:
    logits = np.log([0.1, 0.5, 0.05, 0.35])
    probability = softmax(keep_nucleus(logits, 0.8))
    assert probability == pytest.approx([0, 0.5 / 0.85, 0, 0.35 / 0.85])
    draws = RNG.choice(4, 100_000, p=probability)
    assert np.bincount(draws, minlength=4) / 100_000 == pytest.approx(probability, abs=0.01)
    assert set(draws.tolist()) == {1, 3}


def test_temperature_sharpens_below_one_and_a_masked_zero_keeps_probability() -> None:
    logits = np.array([2.0, 1.0, -1.0])
    tops = [softmax(logits / t)[0] for t in (0.01, 0.5, 1.0, 2.0, 100.0)]
    assert tops == sorted(tops, reverse=True)
    assert tops[0] == pytest.approx(1)
    assert tops[-1] == pytest.approx(1 / 3, abs=0.01)
    assert softmax(logits * [1, 1, 0])[2] > softmax(logits)[2] > 0


def test_gumbel_noise_and_argmax_sample_from_the_softmax() -> None:
    logits = np.log([0.1, 0.2, 0.7])
    noise = -np.log(-np.log(RNG.random((100_000, 3))))
    counts = np.bincount((logits + noise).argmax(axis=1)) / 100_000
    assert counts == pytest.approx([0.1, 0.2, 0.7], abs=0.01)


# padding-and-masking-batches


def pad(rows: list[np.ndarray], extra: int = 0, value: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    lengths = np.array([len(row) for row in rows])
    out = np.full((len(rows), lengths.max() + extra, *rows[0].shape[1:]), value)
    for i, row in enumerate(rows):
        out[i, : len(row)] = row
    return out, np.arange(out.shape[1])[None, :] < lengths[:, None]


def masked_mean(x: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return np.where(mask, x, 0).sum(axis=1) / mask.sum(axis=1)


def masked_attention(x: np.ndarray, mask: np.ndarray) -> np.ndarray:
    scores = np.where(mask[:, None, :], x @ x.swapaxes(1, 2), -np.inf)
    return softmax(scores) @ np.where(mask[..., None], x, 0)


def test_masked_mean_and_loss_do_not_see_padding_nor_garbage() -> None:
    rows = [RNG.standard_normal(n) for n in (3, 7, 1)]
    for extra, value in ((0, 0.0), (10, 0.0), (4, 1e6), (2, np.nan)):
        x, mask = pad(rows, extra, value)
        assert mask.sum(axis=1).tolist() == [3, 7, 1]
        assert np.allclose(masked_mean(x, mask), [row.mean() for row in rows])
        loss = np.where(mask, x**2, 0).sum() / mask.sum()
        assert loss == pytest.approx(np.concatenate(rows) @ np.concatenate(rows) / 11)
    x, _ = pad(rows)
    assert abs(x.mean(axis=1)[2]) == pytest.approx(abs(rows[2].mean()) / 7)


def test_masked_attention_is_the_same_alone_and_in_a_batch() -> None:
    rows = [RNG.standard_normal((n, 4)) for n in (3, 6)]
    for extra, value in ((0, 0.0), (5, 100.0)):
        out = masked_attention(*pad(rows, extra, value))
        for i, row in enumerate(rows):
            alone = masked_attention(*pad([row]))[0]
            assert np.allclose(out[i, : len(row)], alone)
    x, mask = pad(rows)
    zeroed = softmax((x @ x.swapaxes(1, 2)) * mask[:, None, :])
    assert zeroed[0, 0, 3:].min() > 0


@pytest.mark.filterwarnings("ignore:invalid value")
def test_a_fully_masked_row_gives_not_a_number() -> None:
    assert np.isnan(softmax(np.full(3, -np.inf))).all()


def test_zero_as_a_mask_deletes_real_zeros() -> None:
    x, mask = pad([np.array([0.0, 2.0, 0.0]), np.array([4.0])])
    assert (x != 0).sum() == 2 < mask.sum() == 4


def test_buckets_of_similar_length_waste_less() -> None:
    lengths = RNG.integers(5, 200, 512)

    def wasted(order: np.ndarray) -> float:
        batches = lengths[order].reshape(-1, 32)
        return 1 - lengths.sum() / float((batches.max(axis=1) * 32).sum())

    assert wasted(np.argsort(lengths)) < 0.1
    assert wasted(RNG.permutation(512)) > 0.3


def test_mean_over_tokens_weighs_long_sequences_more() -> None:
    long, short = np.full(100, 1.0), np.full(10, 3.0)
    assert np.concatenate([long, short]).mean() == pytest.approx((100 * 1 + 10 * 3) / 110)
    assert np.mean([long.mean(), short.mean()]) == 2


# elevator-system


class Lift:
    """LOOK: it serves all stops in its direction before it turns round."""

    def __init__(self, floors: int) -> None:
        self.floor, self.way, self.open, self.travelled = 0, 1, False, 0
        self.stops, self.floors = set[int](), floors

    def tick(self, choose: str = "look") -> int | None:
        """One step: closes the doors, opens them at a stop, or moves by one floor. Returns the floor served."""
        if self.open:
            self.open = False
            return None
        if self.floor in self.stops:
            self.stops.discard(self.floor)
            self.open = True
            return self.floor
        if self.stops:
            if choose == "nearest":
                target = min(self.stops, key=lambda stop: (abs(stop - self.floor), stop))
                self.way = 1 if target > self.floor else -1
            elif not any((stop - self.floor) * self.way > 0 for stop in self.stops):
                self.way = -self.way
            assert not self.open
            self.floor += self.way
            self.travelled += 1
        return None


def test_keeping_the_direction_serves_every_call_with_less_travel_than_order_of_arrival() -> None:
    chance = random.Random(3)
    for _ in range(100):
        calls = [chance.randrange(20) for _ in range(12)]
        lift = Lift(20)
        lift.stops = set(calls)
        served = []
        while lift.stops or lift.open:
            before, was_open = lift.floor, lift.open
            floor = lift.tick()
            served += [] if floor is None else [floor]
            assert lift.floor == before or not was_open
        assert sorted(served) == sorted(set(calls))
        assert lift.travelled <= sum(abs(a - b) for a, b in itertools.pairwise([0, *calls]))


def test_nearest_first_starves_a_floor_that_look_reaches() -> None:
    waits = {}
    for rule in ("look", "nearest"):
        lift, waits[rule] = Lift(20), 0
        lift.stops = {0, 1, 19}
        for now in range(1, 400):
            if lift.tick(rule) == 19:
                break
            lift.stops |= {1} if lift.floor == 0 else {0} if lift.floor == 1 else set()
            waits[rule] = now
    assert waits["look"] < 60
    assert waits["nearest"] == 399


# vending-machine


def greedy_change(amount: int, coins: dict[int, int]) -> dict[int, int] | None:
    out = {}
    for coin in sorted(coins, reverse=True):
        out[coin] = min(amount // coin, coins[coin])
        amount -= coin * out[coin]
    return out if amount == 0 else None


def best_change(amount: int, coins: dict[int, int]) -> dict[int, int] | None:
    """Bounded dynamic programming over the amounts: fewest coins for each."""
    best: dict[int, dict[int, int]] = {0: {}}
    for coin, stock in coins.items():
        reached = dict(best)
        for total, used in best.items():
            for count in range(1, stock + 1):
                new = {**used, coin: count}
                old = reached.get(total + coin * count)
                if total + coin * count <= amount and (old is None or sum(new.values()) < sum(old.values())):
                    reached[total + coin * count] = new
        best = reached
    return best.get(amount)


def test_greedy_change_gets_stuck_where_change_exists() -> None:
    assert greedy_change(30, {25: 1, 10: 3}) is None
    assert best_change(30, {25: 1, 10: 3}) == {10: 3}
    plenty = {1: 9, 3: 9, 4: 9}
    greedy, best = greedy_change(6, plenty), best_change(6, plenty)
    assert greedy is not None
    assert best == {3: 2}
    assert sum(greedy.values()) == 3
    usual = dict.fromkeys((1, 2, 5, 10, 20, 50, 100, 200), 99)
    for amount in range(100):
        assert sum((greedy_change(amount, usual) or {}).values()) == sum(
            (best_change(amount, {c: min(n, amount // c) for c, n in usual.items()}) or {}).values()
        )


def test_change_is_found_exactly_when_some_combination_of_the_coins_gives_it() -> None:
    chance = random.Random(8)
    for _ in range(200):
        coins = {coin: chance.randrange(3) for coin in (5, 10, 20, 25)}
        every = {
            sum(c * n for c, n in zip(coins, counts, strict=True))
            for counts in itertools.product(*(range(n + 1) for n in coins.values()))
        }
        amount = 5 * chance.randrange(25)
        found = best_change(amount, coins)
        assert (found is not None) == (amount in every)
        assert found is None or all(n <= coins[c] for c, n in found.items())


def test_floats_are_no_money() -> None:
    assert 0.1 + 0.2 != 0.3
    assert sum([0.1] * 10) != 1.0


class Machine:
    """The sale as told: change is worked out first, and booked only when the drop is confirmed."""

    def __init__(self, price: int, stock: int, coins: dict[int, int]) -> None:
        self.price, self.stock, self.till = price, stock, dict(coins)
        self.inserted: dict[int, int] = {}

    def insert(self, coin: int) -> None:
        self.inserted[coin] = self.inserted.get(coin, 0) + 1

    def cancel(self) -> dict[int, int]:
        back, self.inserted = self.inserted, {}
        return back

    def buy(self, drops: bool) -> tuple[bool, dict[int, int]]:
        paid = sum(c * n for c, n in self.inserted.items())
        if not self.stock or paid < self.price:
            return False, self.cancel()
        pool = {c: self.till.get(c, 0) + self.inserted.get(c, 0) for c in {*self.till, *self.inserted}}
        change = best_change(paid - self.price, pool)
        if change is None or not drops:
            return False, self.cancel()
        self.till = {c: n - change.get(c, 0) for c, n in pool.items()}
        self.stock, self.inserted = self.stock - 1, {}
        return True, change


def test_no_money_is_lost_over_random_sequences() -> None:
    chance = random.Random(5)
    for _ in range(60):
        machine = Machine(35, 5, {5: 1, 10: 2, 25: 1})
        start = sum(c * n for c, n in machine.till.items())
        money_in = money_out = sold = 0
        for _ in range(40):
            action = chance.randrange(4)
            if action < 2:
                coin = chance.choice([5, 10, 25, 50])
                machine.insert(coin)
                money_in += coin
                continue
            done, back = (False, machine.cancel()) if action == 2 else machine.buy(chance.random() < 0.7)
            money_out += sum(c * n for c, n in back.items())
            sold += done
        money_out += sum(c * n for c, n in machine.cancel().items())
        assert money_in == money_out + 35 * sold
        assert sum(c * n for c, n in machine.till.items()) == start + 35 * sold
        assert min(machine.till.values()) >= 0
        assert machine.stock == 5 - sold


# key-value-store-with-expiry


class Store:
    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock, self.data = clock, dict[str, tuple[object, float]]()
        self.heap: list[tuple[float, str]] = []

    def set(self, key: str, value: object, ttl: float = math.inf) -> None:
        deadline = self.clock() + ttl
        self.data[key] = (value, deadline)
        if deadline < math.inf:
            heapq.heappush(self.heap, (deadline, key))

    def get(self, key: str) -> object | None:
        value, deadline = self.data.get(key, (None, math.inf))
        if self.clock() >= deadline:
            del self.data[key]
            return None
        return value

    def sweep(self, trust_the_heap: bool = False) -> None:
        while self.heap and self.heap[0][0] <= self.clock():
            deadline, key = heapq.heappop(self.heap)
            if key in self.data and (trust_the_heap or self.data[key][1] == deadline):
                del self.data[key]


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_store_equals_a_plain_model_with_a_fake_clock() -> None:
    chance, clock = random.Random(2), Clock()
    store, model = Store(clock), dict[str, tuple[int, float]]()
    for step in range(5000):
        clock.now += chance.randrange(3)
        key = chance.choice("abcdef")
        if chance.random() < 0.5:
            ttl = chance.choice([1, 5, 20, math.inf])
            store.set(key, step, ttl)
            model[key] = (step, clock.now + ttl)
        elif chance.random() < 0.2:
            store.sweep()
        value, deadline = model.get(key, (None, math.inf))
        assert store.get(key) == (value if clock.now < deadline else None)


def test_boundary_overwrite_and_stale_heap_entries() -> None:
    clock = Clock()
    store = Store(clock)
    store.set("a", 1, ttl=10)
    clock.now = 9.5
    assert store.get("a") == 1
    store.set("a", 2, ttl=10)
    clock.now = 10
    store.sweep()
    assert store.get("a") == 2
    clock.now = 19.5
    assert store.get("a") is None
    trusting, clock.now = Store(clock), 0
    trusting.set("a", 1, ttl=10)
    clock.now = 9
    trusting.set("a", 2, ttl=10)
    clock.now = 10
    trusting.sweep(trust_the_heap=True)
    assert trusting.get("a") is None


def test_checking_on_reads_alone_keeps_unread_keys_for_ever() -> None:
    clock = Clock()
    store = Store(clock)
    for number in range(1000):
        store.set(str(number), number, ttl=1)
    clock.now = 100
    assert store.get("7") is None
    assert len(store.data) == 999
    store.sweep()
    assert len(store.data) == 0


# logging-library


class Costly:
    def __init__(self) -> None:
        self.formatted = 0

    def __str__(self) -> str:
        self.formatted += 1
        return "costly"


def test_levels_are_inherited_and_formatting_is_lazy_in_pythons_logging() -> None:
    parent, child = logging.getLogger("coachclaims.app"), logging.getLogger("coachclaims.app.database")
    parent.propagate = False
    records = logging.handlers.BufferingHandler(100)
    parent.addHandler(records)
    parent.setLevel(logging.WARNING)
    assert child.level == logging.NOTSET
    assert child.getEffectiveLevel() == logging.WARNING
    costly = Costly()
    child.info("x=%s", costly)
    assert (len(records.buffer), costly.formatted) == (0, 0)
    child.info(f"x={costly}")
    assert (len(records.buffer), costly.formatted) == (0, 1)
    child.setLevel(logging.INFO)
    child.info("x=%s", costly)
    assert [record.getMessage() for record in records.buffer] == ["x=costly"]
    parent.removeHandler(records)


class SmallLogger:
    """The design of the question: level check, lazy text, handlers that can't hurt, a bounded queue."""

    def __init__(self, level: int, handlers: list[Callable[[str], None]], size: int) -> None:
        self.level, self.handlers = level, handlers
        self.queue, self.dropped, self.trouble = queue.Queue[str](size), 0, io.StringIO()

    def log(self, level: int, template: str, *values: object) -> None:
        if level < self.level:
            return
        try:
            self.queue.put_nowait(template % values)
        except queue.Full:
            self.dropped += 1

    def drain(self) -> None:
        while not self.queue.empty():
            text = self.queue.get_nowait()
            for handler in self.handlers:
                try:
                    handler(text)
                except Exception as error:
                    self.trouble.write(str(error))


def test_a_failing_handler_harms_nobody_and_a_full_queue_is_counted() -> None:
    kept: list[str] = []

    def broken(text: str) -> None:
        raise OSError("disk is full")

    logger = SmallLogger(20, [broken, kept.append], size=3)
    costly = Costly()
    logger.log(10, "%s", costly)
    for number in range(5):
        logger.log(20, "line %d", number)
    logger.drain()
    assert costly.formatted == 0
    assert kept == ["line 0", "line 1", "line 2"]
    assert logger.dropped == 2
    assert "disk is full" in logger.trouble.getvalue()


# task-scheduler


class Scheduler:
    """The design of the question, with a fake clock: ``run_until`` moves the time by hand."""

    def __init__(self) -> None:
        self.now, self.number, self.errors = 0.0, itertools.count(), list[str]()
        self.heap: list[tuple[float, int, dict]] = []

    def add(self, due: float, work: Callable[[], float], period: float = 0, rate: bool = True) -> dict:
        task = {"work": work, "period": period, "rate": rate, "cancelled": False}
        heapq.heappush(self.heap, (due, next(self.number), task))
        return task

    def run_until(self, end: float) -> None:
        while self.heap and self.heap[0][0] <= end:
            due, _, task = heapq.heappop(self.heap)
            if task["cancelled"]:
                continue
            self.now, took = due, 0.0
            try:
                took = task["work"]()
            except Exception as error:
                self.errors.append(str(error))
            if task["period"]:
                start = due if task["rate"] else due + took
                heapq.heappush(self.heap, (start + task["period"], next(self.number), task))
        self.now = end


def test_due_tasks_run_in_order_ties_as_added_and_cancelled_ones_not() -> None:
    scheduler, ran = Scheduler(), list[tuple[str, float]]()

    def note(name: str) -> Callable[[], float]:
        return lambda: ran.append((name, scheduler.now)) or 0.0

    scheduler.add(5, note("late"))
    scheduler.add(1, note("first"))
    scheduler.add(3, note("tie a"))
    dropped = scheduler.add(2, note("dropped"))
    scheduler.add(3, note("tie b"))
    dropped["cancelled"] = True
    scheduler.run_until(4.999)
    assert ran == [("first", 1), ("tie a", 3), ("tie b", 3)]
    scheduler.run_until(5)
    assert ran[-1] == ("late", 5)


def test_fixed_delay_drifts_by_the_running_time_and_fixed_rate_does_not() -> None:
    starts: dict[bool, list[float]] = {True: [], False: []}
    for rate in (True, False):
        scheduler = Scheduler()
        scheduler.add(0, lambda s=scheduler, r=rate: starts[r].append(s.now) or 2.0, period=60, rate=rate)
        scheduler.run_until(600)
    assert starts[True] == [60.0 * i for i in range(11)]
    assert starts[False] == [62.0 * i for i in range(10)]


def test_a_failing_task_stops_neither_itself_nor_others() -> None:
    scheduler, ran = Scheduler(), list[float]()

    def fail() -> float:
        raise RuntimeError("no luck")

    scheduler.add(0, fail, period=10)
    scheduler.add(1, lambda: ran.append(scheduler.now) or 0.0, period=10)
    scheduler.run_until(35)
    assert ran == [1, 11, 21, 31]
    assert len(scheduler.errors) == 4


def test_days_with_a_clock_change_have_23_and_25_hours() -> None:
    try:
        zone, utc = ZoneInfo("Europe/Berlin"), ZoneInfo("UTC")
    except Exception:
        pytest.skip("no time zone data on this machine")
    for month, day, hours in ((3, 29, 23), (10, 25, 25), (6, 1, 24)):
        morning = datetime(2026, month, day, tzinfo=zone)
        next_day = morning + timedelta(days=1)
        assert (next_day.astimezone(utc) - morning.astimezone(utc)) == timedelta(hours=hours)
