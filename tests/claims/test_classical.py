"""Figures and derivations of the questions on classical machine learning, computed."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


def sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


def entropy(shares: np.ndarray) -> float:
    kept = shares[shares > 0]
    return float(-(kept * np.log2(kept)).sum())


def folds_of(n: int, k: int, rng: np.random.Generator) -> list[np.ndarray]:
    return np.array_split(rng.permutation(n), k)


# k-means-clustering


def squared_distances(x: np.ndarray, centres: np.ndarray) -> np.ndarray:
    return ((x[:, None] - centres[None]) ** 2).sum(-1)


def k_means(x: np.ndarray, centres: np.ndarray, rounds: int = 60) -> tuple[np.ndarray, list[float]]:
    costs = []
    for _ in range(rounds):
        labels = squared_distances(x, centres).argmin(1)
        costs.append(float(squared_distances(x, centres)[np.arange(len(x)), labels].sum()))
        means = [x[labels == i].mean(0) if (labels == i).any() else c for i, c in enumerate(centres)]
        centres = np.array(means)
    return labels, costs


def test_the_k_means_objective_never_rises(rng: np.random.Generator) -> None:
    x = rng.standard_normal((200, 2))
    _, costs = k_means(x, x[:5])
    assert (np.diff(costs) <= 1e-9).all()
    assert costs[-1] < costs[0]


def test_the_mean_minimises_the_squared_distances(rng: np.random.Generator) -> None:
    x = rng.standard_normal((50, 3))
    others = x.mean(0) + rng.standard_normal((20, 3))
    assert (squared_distances(x, x.mean(0)[None]).sum() < squared_distances(x, others).sum(0)).all()


def test_k_means_depends_on_its_start() -> None:
    x = np.array([[0.0, 0], [0, 1], [10, 0], [10, 1]])
    good, bad = k_means(x, x[[0, 2]])[1][-1], k_means(x, x[[0, 1]])[1][-1]
    assert good == pytest.approx(1)
    assert bad == pytest.approx(100)


def test_the_best_k_means_objective_falls_with_k(rng: np.random.Generator) -> None:
    x = np.vstack([rng.standard_normal((20, 2)) * 0.3 + m for m in ([0, 0], [5, 0], [0, 5])])
    starts = [[x[rng.choice(60, k, replace=False)] for _ in range(20)] for k in range(1, 7)]
    best = [min(k_means(x, s, 15)[1][-1] for s in tries) for tries in starts]
    assert (np.diff(best) < 0).all()
    assert best[1] - best[2] > 10 * (best[2] - best[3])  # the elbow at three
    assert k_means(x, x)[1][-1] == 0


def test_a_wide_feature_decides_the_clusters(rng: np.random.Generator) -> None:
    truth = np.repeat([0, 1], 100)
    x = np.column_stack([truth * 8 + rng.standard_normal(200), 500 * rng.standard_normal(200)])

    def agreement(z: np.ndarray) -> float:
        tries = [k_means(z, z[[i, i + 100]], 20) for i in range(10)]
        hits = (min(tries, key=lambda found: found[1][-1])[0] == truth).mean()
        return max(hits, 1 - hits)

    assert agreement(x) < 0.65
    assert agreement((x - x.mean(0)) / x.std(0)) > 0.95


def test_k_means_cuts_nested_rings(rng: np.random.Generator) -> None:
    angle, truth = rng.uniform(0, 2 * np.pi, 200), np.repeat([0, 1], 100)
    x = np.column_stack([np.cos(angle), np.sin(angle)]) * (1 + 4 * truth)[:, None]
    hits = (k_means(x, x[[0, 150]])[0] == truth).mean()
    assert max(hits, 1 - hits) < 0.8


# random-forest-and-bagging


def test_a_bootstrap_sample_misses_about_37_percent(rng: np.random.Generator) -> None:
    n = 1000
    missed = [1 - len(np.unique(rng.integers(0, n, n))) / n for _ in range(200)]
    assert (1 - 1 / n) ** n == pytest.approx(1 / math.e, rel=1e-3)
    assert np.mean(missed) == pytest.approx(0.368, abs=0.005)


@pytest.mark.parametrize("rho", [0.0, 0.3, 0.7])
def test_correlation_is_the_floor_of_the_variance_of_an_average(rho: float, rng: np.random.Generator) -> None:
    trees = 50
    shared, own = rng.standard_normal((20_000, 1)), rng.standard_normal((20_000, trees))
    average = (math.sqrt(rho) * shared + math.sqrt(1 - rho) * own).mean(1)
    assert average.var() == pytest.approx(rho + (1 - rho) / trees, rel=0.05)


def grow(x: np.ndarray, y: np.ndarray, depth: int) -> tuple | float:
    """A regression tree on one feature: (threshold, left, right) or the mean."""
    order = np.argsort(x)
    x, y, n = x[order], y[order], len(x)
    if depth == 0 or n < 2:
        return float(y.mean())
    left, count = np.cumsum(y)[:-1], np.arange(1, n)
    gain = left**2 / count + (y.sum() - left) ** 2 / (n - count)
    gain[x[1:] == x[:-1]] = -np.inf
    cut = int(gain.argmax()) + 1
    if gain[cut - 1] == -np.inf:
        return float(y.mean())
    middle = (x[cut - 1] + x[cut]) / 2
    return middle, grow(x[:cut], y[:cut], depth - 1), grow(x[cut:], y[cut:], depth - 1)


def predict(tree: tuple | float, x: np.ndarray) -> np.ndarray:
    if not isinstance(tree, tuple):
        return np.full(len(x), tree)
    return np.where(x < tree[0], predict(tree[1], x), predict(tree[2], x))


def test_bagging_lowers_variance_and_leaves_the_bias(rng: np.random.Generator) -> None:
    single, bagged = [], []
    at = np.array([1.0])
    for _ in range(30):
        x = rng.uniform(0, 3, 40)
        y = np.sin(x) + 0.5 * rng.standard_normal(40)
        single.append(predict(grow(x, y, 20), at)[0])
        rows = rng.integers(0, 40, (20, 40))
        bagged.append(np.mean([predict(grow(x[r], y[r], 20), at)[0] for r in rows]))
    assert np.var(bagged) < 0.75 * np.var(single)
    assert abs(np.mean(bagged) - np.mean(single)) < 0.15


# gradient-boosting


def test_the_negative_gradients_of_boosting() -> None:
    y, score, h = 10.0, 8.0, 1e-6
    squared = -(0.5 * (y - score - h) ** 2 - 0.5 * (y - score + h) ** 2) / (2 * h)
    assert squared == pytest.approx(2.0)

    def log_loss(z: float, label: int) -> float:
        return math.log1p(math.exp(z)) - label * z

    z = math.log(0.3 / 0.7)
    assert -(log_loss(z + h, 1) - log_loss(z - h, 1)) / (2 * h) == pytest.approx(1 - 0.3, abs=1e-6)


def test_the_leaf_value_of_xgboost_is_a_newton_step(rng: np.random.Generator) -> None:
    g, h, penalty = rng.standard_normal(20), rng.uniform(0.1, 1, 20), 2.0
    w = np.linspace(-5, 5, 100_001)
    cost = g.sum() * w + 0.5 * (h.sum() + penalty) * w**2
    assert w[cost.argmin()] == pytest.approx(-g.sum() / (h.sum() + penalty), abs=1e-3)


def boost(rate: float, rounds: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    x, new_x = rng.uniform(0, 3, 60), rng.uniform(0, 3, 400)
    y, new_y = (np.sin(2 * v) + 0.5 * rng.standard_normal(len(v)) for v in (x, new_x))
    now, new_now, errors = np.zeros(60), np.zeros(400), []
    for _ in range(rounds):
        tree = grow(x, y - now, 2)
        now, new_now = now + rate * predict(tree, x), new_now + rate * predict(tree, new_x)
        errors.append((np.mean((y - now) ** 2), np.mean((new_y - new_now) ** 2)))
    return tuple(np.array(errors).T)


def test_boosting_overfits_with_too_many_rounds(rng: np.random.Generator) -> None:
    train, validation = boost(0.3, 300, rng)
    assert (np.diff(train) <= 1e-12).all()
    assert validation.argmin() < 60
    assert validation[-1] > 1.2 * validation.min()


def test_a_smaller_learning_rate_needs_more_trees() -> None:
    rounds = [int((boost(r, 250, np.random.default_rng(7))[0] > 0.3).sum()) for r in (0.4, 0.1, 0.025)]
    assert rounds[0] < rounds[1] < rounds[2] < 250


# decision-trees


def test_gini_and_entropy_are_zero_when_pure_and_largest_when_even() -> None:
    p = np.linspace(0, 1, 101)
    gini = 1 - p**2 - (1 - p) ** 2
    bits = [entropy(np.array([q, 1 - q])) for q in p]
    assert gini[0] == gini[-1] == bits[0] == bits[-1] == 0
    assert p[gini.argmax()] == p[int(np.argmax(bits))] == 0.5
    assert gini.max() == pytest.approx(0.5)
    assert max(bits) == pytest.approx(1)


def gain(labels: np.ndarray, branch: np.ndarray) -> float:
    def bits(part: np.ndarray) -> float:
        return entropy(np.bincount(part) / len(part))

    parts = [labels[branch == b] for b in np.unique(branch)]
    return bits(labels) - sum(len(part) / len(labels) * bits(part) for part in parts)


def test_information_gain_is_never_negative(rng: np.random.Generator) -> None:
    tries = [(rng.integers(0, 3, 30), rng.integers(0, 4, 30)) for _ in range(300)]
    assert min(gain(labels, branch) for labels, branch in tries) > -1e-12


def test_the_gain_favours_an_id_and_the_gain_ratio_does_not() -> None:
    labels, ids = np.repeat([0, 1], 16), np.arange(32)
    useful = labels.copy()
    useful[0] = 1
    assert gain(labels, ids) == pytest.approx(1)
    assert gain(labels, useful) < 1
    split = {name: entropy(np.bincount(b) / 32) for name, b in (("id", ids), ("useful", useful))}
    assert gain(labels, ids) / split["id"] < gain(labels, useful) / split["useful"]


def test_a_greedy_split_sees_nothing_in_an_exclusive_or() -> None:
    a, b = np.array(list(product([0, 1], repeat=2)) * 5).T
    assert gain(a ^ b, a) == pytest.approx(0)
    assert gain(a ^ b, b) == pytest.approx(0)
    assert gain(a ^ b, 2 * a + b) == pytest.approx(1)


def test_a_tree_does_not_change_with_a_monotone_transformation(rng: np.random.Generator) -> None:
    x = rng.uniform(1, 9, 50)
    y = np.sin(x) + 0.1 * rng.standard_normal(50)
    plain = predict(grow(x, y, 4), x)
    assert np.allclose(plain, predict(grow(np.log(x), y, 4), np.log(x)))
    assert np.allclose(plain, predict(grow(1000 * x, y, 4), 1000 * x))


def test_a_regression_tree_cannot_extrapolate() -> None:
    x = np.arange(10.0)
    assert predict(grow(x, 2 * x, 10), np.array([100.0]))[0] == 18


def test_a_full_tree_memorises_even_noise(rng: np.random.Generator) -> None:
    x, y = rng.uniform(size=40), rng.standard_normal(40)
    assert np.allclose(predict(grow(x, y, 40), x), y)


# linear-regression


def least_squares(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.linalg.lstsq(x, y, rcond=None)[0]


def test_the_normal_equations_give_the_least_squares_solution(rng: np.random.Generator) -> None:
    x, y = np.column_stack([np.ones(30), rng.standard_normal((30, 3))]), rng.standard_normal(30)
    w = np.linalg.solve(x.T @ x, x.T @ y)
    assert np.allclose(x.T @ (y - x @ w), 0)
    worse = w + 0.1 * rng.standard_normal((50, 4))
    assert (((y - worse @ x.T) ** 2).sum(1) > ((y - x @ w) ** 2).sum()).all()


def test_a_polynomial_is_still_linear_regression() -> None:
    x = np.linspace(-1, 1, 20)
    assert np.allclose(least_squares(np.vander(x, 3), 3 * x**2 - x + 2), [3, -1, 2])


def test_least_squares_is_unbiased_without_normal_errors(rng: np.random.Generator) -> None:
    x = np.column_stack([np.ones(20), rng.exponential(size=20)])
    errors = rng.exponential(size=(20_000, 20)) - 1
    w = (x @ [1.0, 2.0] + errors) @ np.linalg.pinv(x).T
    assert w.mean(0) == pytest.approx([1, 2], abs=0.02)


def test_collinear_features_inflate_the_standard_errors(rng: np.random.Generator) -> None:
    a, noise = rng.standard_normal((2, 100))

    def standard_error(b: np.ndarray) -> float:
        x = np.column_stack([a, b])
        return math.sqrt(np.linalg.inv(x.T @ x)[0, 0])

    assert standard_error(a + 0.05 * noise) > 10 * standard_error(noise)


def test_autocorrelated_errors_make_the_usual_standard_error_too_small(rng: np.random.Generator) -> None:
    n, runs = 100, 2000
    errors = np.zeros((runs, n))
    errors[:, 0] = rng.standard_normal(runs)
    for t in range(1, n):
        errors[:, t] = 0.8 * errors[:, t - 1] + 0.6 * rng.standard_normal(runs)
    x = np.column_stack([np.ones(n), np.arange(n) / n])
    slopes = (errors @ np.linalg.pinv(x).T)[:, 1]
    usual = math.sqrt(np.linalg.inv(x.T @ x)[1, 1] * errors.var())
    assert slopes.std() > 2 * usual


def test_one_outlier_tilts_the_line() -> None:
    x = np.column_stack([np.ones(20), np.arange(20.0)])
    y = x @ [1.0, 0.5]
    assert least_squares(x, y)[1] == pytest.approx(0.5)
    y[-1] += 60
    assert least_squares(x, y)[1] > 1.2


def test_r_squared_never_falls_in_training_and_may_be_negative_on_new_data(
    rng: np.random.Generator,
) -> None:
    y, new_y = rng.standard_normal((2, 30))
    x, new_x = rng.standard_normal((2, 30, 20))

    def r_squared(k: int, x: np.ndarray, y: np.ndarray, w: np.ndarray) -> float:
        return 1 - ((y - x[:, :k] @ w) ** 2).sum() / ((y - y.mean()) ** 2).sum()

    x[:, 0] = new_x[:, 0] = 1
    weights = [least_squares(x[:, :k], y) for k in range(1, 21)]
    train = [r_squared(k, x, y, w) for k, w in enumerate(weights, 1)]
    assert (np.diff(train) >= -1e-12).all()
    assert train[-1] > 0.3
    assert r_squared(20, new_x, new_y, weights[-1]) < 0


def test_more_features_than_examples_leave_the_solution_open(rng: np.random.Generator) -> None:
    x, y = rng.standard_normal((5, 8)), rng.standard_normal(5)
    assert np.linalg.matrix_rank(x.T @ x) == 5
    null = np.linalg.svd(x)[2][-1]
    w = least_squares(x, y)
    assert np.allclose(x @ w, y)
    assert np.allclose(x @ (w + 3 * null), y)
    assert np.linalg.eigvalsh(x.T @ x + 0.1 * np.eye(8)).min() > 0.09


# logistic-regression


def test_a_coefficient_multiplies_the_odds(rng: np.random.Generator) -> None:
    w = np.array([0.7, -1.2])
    x = rng.standard_normal((10, 2))
    p, q = sigmoid(x @ w), sigmoid((x + np.array([1, 0])) @ w)
    assert np.allclose(np.log(p / (1 - p)), x @ w)
    assert np.allclose(q / (1 - q) / (p / (1 - p)), math.exp(0.7))
    assert math.exp(0.7) == pytest.approx(2, abs=0.02)
    assert np.ptp(q - p) > 0.05  # the change of the probability is not constant


def fit_logistic(x: np.ndarray, y: np.ndarray, penalty: float = 0.0, steps: int = 25) -> np.ndarray:
    w = np.zeros(x.shape[1])
    for _ in range(steps):
        p = sigmoid(x @ w)
        hessian = x.T @ (x * (p * (1 - p))[:, None]) + (penalty + 1e-9) * np.eye(len(w))
        w -= np.linalg.solve(hessian, x.T @ (p - y) + penalty * w)
    return w


def test_the_log_loss_of_a_linear_score_is_convex(rng: np.random.Generator) -> None:
    x, y = rng.standard_normal((40, 3)), rng.integers(0, 2, 40)

    def loss(w: np.ndarray) -> float:
        return float((np.logaddexp(0, x @ w) - y * (x @ w)).sum())

    for _ in range(50):
        u, v = 3 * rng.standard_normal((2, 3))
        assert loss((u + v) / 2) <= (loss(u) + loss(v)) / 2 + 1e-9
    w, h = rng.standard_normal(3), 1e-6
    numeric = [(loss(w + h * e) - loss(w - h * e)) / (2 * h) for e in np.eye(3)]
    assert np.allclose(numeric, x.T @ (sigmoid(x @ w) - y), atol=1e-4)


def test_weights_run_away_on_separable_data_unless_penalised() -> None:
    x, y = np.array([[-2.0], [-1], [1], [2]]), np.array([0, 0, 1, 1])
    free = [abs(fit_logistic(x, y, 0, steps)[0]) for steps in (4, 8, 12)]
    held = [abs(fit_logistic(x, y, 1, steps)[0]) for steps in (10, 20)]
    assert free[0] + 2 < free[1] < free[2] - 2
    assert held[0] == pytest.approx(held[1])


def test_the_best_threshold_follows_from_the_costs() -> None:
    false_alarm, miss = 1.0, 20.0
    p = np.linspace(0, 1, 100_001)
    flag = false_alarm * (1 - p) < miss * p
    assert p[flag].min() == pytest.approx(false_alarm / (false_alarm + miss), abs=1e-4)
    assert false_alarm / (false_alarm + miss) == pytest.approx(0.05, abs=0.005)


def test_obvious_positives_move_a_least_squares_boundary_more() -> None:
    x, y = np.array([-3.0, -2, -1, 0.5, -0.5, 1, 2, 3]), np.array([0, 0, 0, 0, 1, 1, 1, 1])
    more_x, more_y = np.append(x, [30.0, 35, 40]), np.append(y, [1, 1, 1])

    def columns(v: np.ndarray) -> np.ndarray:
        return np.column_stack([np.ones(len(v)), v])

    def line(v: np.ndarray, labels: np.ndarray) -> float:
        a, b = least_squares(columns(v), labels)
        return (0.5 - a) / b

    def logistic(v: np.ndarray, labels: np.ndarray) -> float:
        a, b = fit_logistic(columns(v), labels)
        return -a / b

    assert abs(line(more_x, more_y) - line(x, y)) > 0.9
    assert abs(logistic(more_x, more_y) - logistic(x, y)) < 0.1
    assert (columns(more_x) @ least_squares(columns(more_x), more_y)).max() > 1


# precision-recall-and-roc


def counts(score: np.ndarray, truth: np.ndarray, threshold: float) -> tuple[int, int, int, int]:
    said = score >= threshold
    pairs = (said & truth, said & ~truth, ~said & truth, ~said & ~truth)
    return tuple(int(p.sum()) for p in pairs)


def area(score: np.ndarray, truth: np.ndarray) -> float:
    table = np.array([counts(score, truth, t) for t in np.sort(np.append(score, np.inf))[::-1]])
    tp, fp, fn, tn = table.T
    x, y = fp / (fp + tn), tp / (tp + fn)
    return float((np.diff(x) * (y[1:] + y[:-1]) / 2).sum())


def test_the_area_is_the_share_of_pairs_in_order(rng: np.random.Generator) -> None:
    truth = rng.random(80) < 0.3
    score = np.round(truth + rng.standard_normal(80), 1)  # with ties
    higher, lower = score[truth][:, None], score[~truth][None]
    assert area(score, truth) == pytest.approx(((higher > lower) + 0.5 * (higher == lower)).mean())
    assert area(np.exp(score), truth) == pytest.approx(area(score, truth))


def test_recall_falls_with_the_threshold_and_precision_mostly_rises(rng: np.random.Generator) -> None:
    truth = rng.random(400) < 0.4
    score = truth * 1.5 + rng.standard_normal(400)
    tp, fp, fn, _ = np.array([counts(score, truth, t) for t in np.linspace(-1, 2.5, 30)]).T
    precision, recall = tp / (tp + fp), tp / (tp + fn)
    assert (np.diff(recall) <= 0).all()
    assert precision[-1] > precision[0] + 0.3
    assert (np.diff(precision) < 0).any()


def test_f1_is_pulled_to_the_smaller_number() -> None:
    precision, recall = 1.0, 0.1
    assert 2 * precision * recall / (precision + recall) == pytest.approx(0.18, abs=0.002)
    assert (precision + recall) / 2 == pytest.approx(0.55)


def test_a_small_false_positive_rate_can_mean_mostly_false_alarms() -> None:
    positives, false_alarms = 1.0, 999 * 0.01
    assert false_alarms == pytest.approx(10, abs=0.1)
    assert positives / (positives + false_alarms) == pytest.approx(0.09, abs=0.002)


def test_micro_averages_equal_accuracy_and_macro_counts_classes_alike() -> None:
    truth = np.repeat([0, 1, 2], [80, 15, 5])
    said = np.where(truth == 2, 0, truth)
    hits = [int(((said == c) & (truth == c)).sum()) for c in range(3)]
    micro_precision = sum(hits) / sum(int((said == c).sum()) for c in range(3))
    micro_recall = sum(hits) / sum(int((truth == c).sum()) for c in range(3))
    assert micro_precision == micro_recall == (said == truth).mean() == 0.95
    assert np.mean([h / (truth == c).sum() for c, h in enumerate(hits)]) == pytest.approx(2 / 3)


# class-imbalance-and-accuracy


def test_the_constant_classifier_is_99_percent_accurate() -> None:
    truth = np.arange(1000) < 10
    said = np.zeros(1000, dtype=bool)
    assert (said == truth).mean() == 0.99
    assert (said & truth).sum() == 0


def test_weighting_an_example_is_like_copying_it(rng: np.random.Generator) -> None:
    x, y, w = rng.standard_normal((30, 2)), rng.integers(0, 2, 30), rng.standard_normal(2)
    weight = np.where(y == 1, 5, 1)
    by_weight = x.T @ (weight * (sigmoid(x @ w) - y))
    copies = np.repeat(np.arange(30), weight)
    assert np.allclose(by_weight, x[copies].T @ (sigmoid(x[copies] @ w) - y[copies]))


def test_undersampling_is_corrected_by_the_odds() -> None:
    positives, negatives, kept = 30.0, 970.0, 0.1
    shown = positives / (positives + kept * negatives)
    odds = shown / (1 - shown) * kept
    assert shown > 7 * positives / (positives + negatives)
    assert odds / (1 + odds) == pytest.approx(positives / (positives + negatives))


def test_balancing_makes_the_probabilities_too_high(rng: np.random.Generator) -> None:
    truth = rng.random(4000) < 0.05
    x = np.column_stack([np.ones(4000), truth + rng.standard_normal(4000)])
    balanced = np.concatenate([np.flatnonzero(~truth), rng.choice(np.flatnonzero(truth), 3800)])
    plain, raised = (fit_logistic(x[rows], truth[rows]) for rows in (np.arange(4000), balanced))
    assert sigmoid(x @ plain).mean() == pytest.approx(truth.mean(), abs=1e-6)
    assert sigmoid(x @ raised).mean() > 5 * truth.mean()


def test_stratified_folds_hold_the_same_share(rng: np.random.Generator) -> None:
    truth = np.arange(500) < 10
    split = [np.array_split(rng.permutation(np.flatnonzero(truth == c)), 5) for c in (True, False)]
    assert [truth[np.concatenate(parts)].mean() for parts in zip(*split, strict=True)] == [0.02] * 5
    plain = [truth[fold].sum() for _ in range(20) for fold in folds_of(500, 5, rng)]
    assert min(plain) == 0


def test_oversampling_before_the_split_leaks(rng: np.random.Generator) -> None:
    x, truth = rng.standard_normal((1000, 5)), np.arange(1000) < 20  # nothing to be learned
    rows = np.concatenate([np.arange(1000), rng.choice(20, 980)])

    def recall(train: np.ndarray, test: np.ndarray) -> float:
        nearest = squared_distances(x[test], x[train]).argmin(1)
        return truth[train][nearest][truth[test]].mean()

    mixed = rng.permutation(rows)
    assert recall(mixed[:1500], mixed[1500:]) > 0.95
    clean = rng.permutation(1000)
    train = clean[:700]
    extra = rng.choice(train[truth[train]], 600)
    assert recall(np.concatenate([train, extra]), clean[700:]) < 0.4


# cross-validation, feature-selection


def test_each_example_is_held_out_once(rng: np.random.Generator) -> None:
    folds = folds_of(103, 5, rng)
    assert sorted(np.concatenate(folds)) == list(range(103))
    assert {len(f) for f in folds} == {20, 21}


def nearest_mean(x: np.ndarray, y: np.ndarray, new: np.ndarray) -> np.ndarray:
    centres = np.array([x[y == c].mean(0) for c in (0, 1)])
    return squared_distances(new, centres).argmin(1)


def test_selecting_before_the_split_fakes_a_good_score(rng: np.random.Generator) -> None:
    x, y = rng.standard_normal((60, 3000)), np.tile([0, 1], 30)

    def best(rows: np.ndarray) -> np.ndarray:
        difference = x[rows][y[rows] == 1].mean(0) - x[rows][y[rows] == 0].mean(0)
        return np.argsort(-abs(difference))[:20]

    wrong, right = [], []
    for fold in folds_of(60, 5, rng):
        train = np.setdiff1d(np.arange(60), fold)
        for chosen, hits in ((best(np.arange(60)), wrong), (best(train), right)):
            said = nearest_mean(x[np.ix_(train, chosen)], y[train], x[np.ix_(fold, chosen)])
            hits.extend(said == y[fold])
    assert np.mean(wrong) > 0.85
    assert np.mean(right) < 0.7


def test_the_best_of_many_scores_is_optimistic(rng: np.random.Generator) -> None:
    guesses, truth = rng.integers(0, 2, (300, 400)), rng.integers(0, 2, 400)
    validation = (guesses[:, :100] == truth[:100]).mean(1)
    winner = validation.argmax()
    assert validation[winner] > 0.6
    assert (guesses[winner, 100:] == truth[100:]).mean() == pytest.approx(0.5, abs=0.08)


def test_the_same_patient_on_both_sides_leaks(rng: np.random.Generator) -> None:
    patient = np.repeat(np.arange(40), 5)
    label = rng.integers(0, 2, 40)[patient]
    x = rng.standard_normal((40, 6))[patient] + 0.1 * rng.standard_normal((200, 6))

    def score(fold: np.ndarray) -> float:
        train = np.setdiff1d(np.arange(200), fold)
        nearest = squared_distances(x[fold], x[train]).argmin(1)
        return (label[train][nearest] == label[fold]).mean()

    rows = np.mean([score(fold) for fold in folds_of(200, 5, rng)])
    whole = np.mean([score(np.flatnonzero(np.isin(patient, fold))) for fold in folds_of(40, 5, rng)])
    assert rows > 0.98
    assert whole < 0.7


def test_shuffled_folds_flatter_a_forecast(rng: np.random.Generator) -> None:
    walk, time = np.cumsum(rng.standard_normal(300)), np.arange(300)

    def error(train: np.ndarray, test: np.ndarray) -> float:
        nearest = abs(time[test][:, None] - time[train][None]).argmin(1)
        return np.mean((walk[test] - walk[train][nearest]) ** 2)

    shuffled = rng.permutation(300)
    assert error(shuffled[:240], shuffled[240:]) < error(time[:240], time[240:]) / 3


def test_one_input_of_an_exclusive_or_has_no_correlation() -> None:
    a, b = np.array(list(product([0, 1], repeat=2))).T
    assert np.corrcoef(a, a ^ b)[0, 1] == pytest.approx(0)
    assert np.corrcoef((a - b) ** 2, a ^ b)[0, 1] == pytest.approx(1)


def test_l1_selects_while_it_trains(rng: np.random.Generator) -> None:
    x = rng.standard_normal((100, 8))
    y = 2 * x[:, 0] - x[:, 1] + 0.3 * rng.standard_normal(100)
    lasso, step, penalty = np.zeros(8), 1 / np.linalg.norm(x, 2) ** 2, 30.0
    for _ in range(1000):
        moved = lasso - step * x.T @ (x @ lasso - y)
        lasso = np.sign(moved) * np.maximum(abs(moved) - step * penalty, 0)
    assert set(np.flatnonzero(lasso)) == {0, 1}
    assert np.count_nonzero(np.linalg.solve(x.T @ x + penalty * np.eye(8), x.T @ y)) == 8


def test_a_twin_hides_the_importance_of_a_feature(rng: np.random.Generator) -> None:
    cause = rng.standard_normal(400)

    def drop(x: np.ndarray) -> float:
        y = cause + 0.1 * rng.standard_normal(400)
        w = np.linalg.solve(x.T @ x + np.eye(x.shape[1]), x.T @ y)
        shuffled = x.copy()
        shuffled[:, 0] = rng.permutation(shuffled[:, 0])
        return np.mean((y - shuffled @ w) ** 2) - np.mean((y - x @ w) ** 2)

    assert drop(np.column_stack([cause, cause])) < 0.4 * drop(cause[:, None])


def test_chance_correlations_among_ten_thousand_features(rng: np.random.Generator) -> None:
    x, y = rng.standard_normal((100, 10_000)), rng.standard_normal(100)
    x, y = (v - v.mean(0) for v in (x, y))
    best = abs(y @ x / np.linalg.norm(x, axis=0) / np.linalg.norm(y)).max()
    assert best == pytest.approx(0.4, abs=0.05)


def test_principal_components_mix_all_features(rng: np.random.Generator) -> None:
    x = rng.standard_normal((200, 4)) @ rng.standard_normal((4, 4))
    first = np.linalg.svd(x - x.mean(0))[2][0]
    assert (abs(first) > 1e-3).all()


# overfitting


def polynomial_errors(n: int, degree: int, penalty: float, rng: np.random.Generator) -> np.ndarray:
    new_x = np.linspace(-0.95, 0.95, 200)
    errors = []
    for _ in range(20):
        x = np.linspace(-1, 1, n)
        y = np.sin(3 * x) + 0.3 * rng.standard_normal(n)
        v, new = (np.polynomial.legendre.legvander(u, degree) for u in (x, new_x))
        w = np.linalg.solve(v.T @ v + (penalty + 1e-9) * np.eye(degree + 1), v.T @ y)
        errors.append((np.mean((y - v @ w) ** 2), np.mean((np.sin(3 * new_x) - new @ w) ** 2 + 0.09)))
    return np.median(errors, axis=0)


def test_a_flexible_model_overfits_and_a_simple_one_underfits(rng: np.random.Generator) -> None:
    high, fair, low = (polynomial_errors(20, d, 0, rng) for d in (18, 5, 0))
    assert high[0] < 0.1 * high[1]  # a gap
    assert low.min() > 3 * fair[1]  # both errors large
    assert abs(low[0] - low[1]) < 0.3 * low[1]
    assert fair[1] < high[1]  # fewer parameters help


def test_more_data_and_a_penalty_lower_the_error_of_a_flexible_model(rng: np.random.Generator) -> None:
    base, more, held = (
        polynomial_errors(20, 18, 0, rng),
        *(polynomial_errors(n, 18, p, rng) for n, p in ((2000, 0), (20, 0.3))),
    )
    assert more[1] < base[1] / 2
    assert more[1] - more[0] < 0.02
    assert held[1] < base[1]
    assert held[0] > base[0]


def test_early_stopping_beats_training_to_the_end(rng: np.random.Generator) -> None:
    x, new_x = np.linspace(-1, 1, 20), np.linspace(-0.95, 0.95, 200)
    v, new = (np.polynomial.legendre.legvander(u, 18) for u in (x, new_x))
    y = np.sin(3 * x) + 0.5 * rng.standard_normal(20)
    w, step, errors = np.zeros(19), 1 / np.linalg.norm(v, 2) ** 2, []
    for _ in range(8000):
        w -= step * v.T @ (v @ w - y)
        errors.append((np.mean((y - v @ w) ** 2), np.mean((np.sin(3 * new_x) - new @ w) ** 2)))
    train, validation = np.array(errors).T
    assert (np.diff(train) <= 1e-12).all()
    assert 0 < validation.argmin() < 2000
    assert validation[-1] > 1.5 * validation.min()


# support-vector-machines


def fit_svm(x: np.ndarray, y: np.ndarray, c: float, steps: int = 6000) -> np.ndarray:
    """Half the squared norm of the weights plus c times the hinge losses, by subgradient descent."""
    columns = np.column_stack([x, np.ones(len(x))])
    w, mean = np.zeros(3), np.zeros(3)
    for t in range(steps):
        inside = y * (columns @ w) < 1
        gradient = np.append(w[:2], 0) - c * (y[inside] @ columns[inside])
        w = w - gradient / (10 + 0.1 * t) / max(1.0, c)
        mean += w * (t >= steps // 2)
    return mean / (steps - steps // 2)


def blobs(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    y = np.repeat([-1.0, 1.0], 30)
    return rng.standard_normal((60, 2)) + 1.3 * y[:, None], y


def test_a_large_c_narrows_the_margin(rng: np.random.Generator) -> None:
    x, y = blobs(rng)
    margins, broken = [], []
    for c in (0.01, 0.1, 1.0):
        w = fit_svm(x, y, c)
        margins.append(1 / np.linalg.norm(w[:2]))
        broken.append(int((y * (x @ w[:2] + w[2]) < 1 - 1e-2).sum()))
    assert margins[0] > margins[1] > margins[2]
    assert broken[0] > broken[1] > broken[2]


def test_points_beyond_the_margin_do_not_matter(rng: np.random.Generator) -> None:
    x, y = blobs(rng)
    w = fit_svm(x, y, 0.1)
    near = y * (x @ w[:2] + w[2]) < 1.1
    assert 0 < near.sum() < 45
    assert fit_svm(x[near], y[near], 0.1) == pytest.approx(w, abs=0.02)
    without = np.flatnonzero(near)[::2]
    assert fit_svm(np.delete(x, without, 0), np.delete(y, without), 0.1) != pytest.approx(w, abs=0.02)


def test_the_hinge_loss_is_zero_beyond_the_margin() -> None:
    score = np.array([-1.0, 0.0, 0.5, 1.0, 2.0, 50.0])
    assert list(np.maximum(0, 1 - score)) == [2, 1, 0.5, 0, 0, 0]
    assert (np.log1p(np.exp(-score[:-1])) > 0.1).all()


def test_the_margin_is_one_over_the_norm() -> None:
    w, b = np.array([3.0, 4.0]), 2.0
    on_boundary = -b * w / (w @ w)
    on_margin = on_boundary + w / (w @ w)
    assert w @ on_margin + b == pytest.approx(1)
    assert np.linalg.norm(on_margin - on_boundary) == pytest.approx(1 / 5)


def test_a_polynomial_kernel_is_a_dot_product_of_features(rng: np.random.Generator) -> None:
    def features(v: np.ndarray) -> np.ndarray:
        a, b = v
        r = math.sqrt(2)
        return np.array([1, r * a, r * b, a * a, b * b, r * a * b])

    u, v = rng.standard_normal((2, 2))
    assert (1 + u @ v) ** 2 == pytest.approx(features(u) @ features(v))


def test_a_larger_gamma_shortens_the_reach_and_random_features_imitate_it(
    rng: np.random.Generator,
) -> None:
    assert np.exp(-10.0) < np.exp(-1.0) < np.exp(-0.1)
    x, gamma = rng.standard_normal((10, 3)), 0.5
    kernel = np.exp(-gamma * squared_distances(x, x))
    directions, shift = math.sqrt(2 * gamma) * rng.standard_normal((3, 20_000)), rng.random(20_000)
    z = math.sqrt(2 / 20_000) * np.cos(x @ directions + 2 * np.pi * shift)
    assert np.allclose(z @ z.T, kernel, atol=0.04)
    assert np.linalg.eigvalsh(kernel).min() > 0


# naive-bayes


def test_naive_bayes_by_hand() -> None:
    prior = np.array([0.2, 0.8])  # spam, ham
    likelihood = np.array([0.05 * 0.1, 0.001 * 0.02])
    posterior = prior * likelihood / (prior @ likelihood)
    assert posterior.argmax() == 0
    assert posterior[0] == pytest.approx(0.984, abs=0.001)


def test_independence_needs_few_numbers(rng: np.random.Generator) -> None:
    marginals = rng.random(10)  # ten numbers describe all 1024 combinations
    joint = [np.where(x, marginals, 1 - marginals).prod() for x in product([0, 1], repeat=10)]
    assert len(joint) - 1 == 2**10 - 1 == 1023
    assert sum(joint) == pytest.approx(1)


def test_add_one_smoothing_removes_the_zero() -> None:
    seen = np.array([3, 0, 7])
    plain, smooth = seen / seen.sum(), (seen + 1) / (seen.sum() + 3)
    assert plain.prod() == 0
    assert smooth.prod() > 0
    assert smooth.sum() == pytest.approx(1)


def test_a_product_of_small_probabilities_underflows() -> None:
    factors = np.full(81, 1e-4)
    assert factors.prod() == 0
    assert np.full(80, 1e-4).prod() > 0
    assert np.log(factors).sum() == pytest.approx(-81 * 4 * math.log(10))


def test_a_duplicated_feature_makes_naive_bayes_more_extreme(rng: np.random.Generator) -> None:
    y = rng.random(50_000) < 0.3
    x = rng.random(50_000) < np.where(y, 0.8, 0.2)
    truth = y[x].mean()
    prior, evidence = math.log(y.mean() / (1 - y.mean())), math.log(x[y].mean() / x[~y].mean())
    once, twice = (1 / (1 + math.exp(-prior - copies * evidence)) for copies in (1, 2))
    assert once == pytest.approx(truth)
    assert twice > truth + 0.2


# k-nearest-neighbours


def neighbours(x: np.ndarray, y: np.ndarray, new: np.ndarray, k: int) -> np.ndarray:
    nearest = np.argsort(squared_distances(new, x), axis=1)[:, :k]
    return (y[nearest].mean(1) > 0.5).astype(int)


def test_one_neighbour_is_perfect_in_training_and_all_give_the_majority(
    rng: np.random.Generator,
) -> None:
    x, y = rng.standard_normal((101, 2)), (rng.random(101) < 0.4).astype(int)
    assert (neighbours(x, y, x, 1) == y).all()
    assert (neighbours(x, y, x, 101) == int(y.mean() > 0.5)).all()


def test_the_boundary_is_smoother_with_more_neighbours(rng: np.random.Generator) -> None:
    x = rng.uniform(0, 1, (300, 1))
    y = (rng.random(300) < 0.2 + 0.6 * (x[:, 0] > 0.5)).astype(int)
    line = np.linspace(0, 1, 500)[:, None]
    changes = [abs(np.diff(neighbours(x, y, line, k))).sum() for k in (1, 5, 51)]
    assert changes[0] > 2 * changes[1]
    assert changes[1] > changes[2] > 0


def test_the_scale_of_a_feature_changes_the_neighbours(rng: np.random.Generator) -> None:
    y = np.tile([0, 1], 100)
    x = np.column_stack([3 * y + rng.standard_normal(200), rng.standard_normal(200)])

    def score(z: np.ndarray) -> float:
        return (neighbours(z[:100], y[:100], z[100:], 5) == y[100:]).mean()

    assert score(x) > 0.85
    assert score(x * [1, 1000]) < 0.65


def test_distances_become_alike_in_high_dimensions(rng: np.random.Generator) -> None:
    ratios, spreads = [], []
    for d in (2, 20, 1000):
        distance = np.sqrt(squared_distances(rng.random((1, d)), rng.random((500, d))))
        ratios.append(distance.max() / distance.min())
        spreads.append(distance.std())
    assert ratios[0] > 10 > ratios[1] > 1.5 > ratios[2]
    assert spreads[2] == pytest.approx(spreads[1], rel=0.2)


def test_cosine_and_euclid_agree_on_vectors_of_length_one(rng: np.random.Generator) -> None:
    x, q = rng.standard_normal((50, 8)), rng.standard_normal(8)
    unit, query = x / np.linalg.norm(x, axis=1, keepdims=True), q / np.linalg.norm(q)
    order = np.argsort(-unit @ query)
    assert (np.argsort(((unit - query) ** 2).sum(1)) == order).all()
    long = x * rng.uniform(0.1, 10, (50, 1))
    assert (np.argsort(-(long @ q) / np.linalg.norm(long, axis=1)) == order).all()


# hyperparameter-tuning


def test_a_grid_explodes_and_repeats_its_values(rng: np.random.Generator) -> None:
    assert 10**5 == len(list(product(range(10), repeat=5))) == 100_000
    grid = np.array(list(product([0.1, 0.5, 0.9], repeat=2)))
    sampled = rng.random((9, 2))
    assert len(np.unique(grid[:, 0])) == 3
    assert len(np.unique(sampled[:, 0])) == 9


def test_random_search_wins_when_one_hyperparameter_matters(rng: np.random.Generator) -> None:
    best = rng.random(4000)
    side = (np.arange(5) + 0.5) / 5
    grid = abs(side[None] - best[:, None]).min(1)
    sampled = abs(rng.random((4000, 25)) - best[:, None]).min(1)
    assert sampled.mean() < 0.6 * grid.mean()
    assert (sampled < grid).mean() > 0.7


def test_successive_halving_costs_far_less_than_full_runs() -> None:
    cost = sum((64 // 2**r) * 2**r for r in range(7))
    assert cost == 64 * 7
    assert 64 * 64 / cost > 9


def test_uniform_sampling_neglects_the_small_values(rng: np.random.Generator) -> None:
    uniform, logarithmic = rng.uniform(1e-4, 1, 100_000), 10 ** rng.uniform(-4, 0, 100_000)
    assert (uniform > 0.1).mean() == pytest.approx(0.9, abs=0.01)
    assert (logarithmic > 0.1).mean() == pytest.approx(0.25, abs=0.01)


# categorical-encoding


def test_all_dummies_and_an_intercept_are_collinear(rng: np.random.Generator) -> None:
    dummies = np.eye(4)[rng.integers(0, 4, 50)]
    full, dropped = (np.column_stack([np.ones(50), d]) for d in (dummies, dummies[:, 1:]))
    assert np.linalg.matrix_rank(full) == 4 < full.shape[1]
    assert np.linalg.matrix_rank(dropped) == 4 == dropped.shape[1]
    assert set(np.round(squared_distances(np.eye(4), np.eye(4)).ravel(), 9)) == {0, 2}


def test_integer_codes_mislead_a_linear_model_but_not_a_tree() -> None:
    code = np.tile([0, 1, 2], 20)
    y = np.array([0.0, 10.0, 0.0])[code]
    line = np.column_stack([np.ones(60), code])
    assert np.allclose(line @ least_squares(line, y), y.mean())
    assert np.allclose(np.eye(3)[code] @ least_squares(np.eye(3)[code], y), y)
    assert np.allclose(predict(grow(code.astype(float), y, 2), code), y)


def test_target_encoding_leaks_unless_it_is_out_of_fold(rng: np.random.Generator) -> None:
    category, y = rng.integers(0, 500, 1000), rng.standard_normal(1000)  # nothing to be learned

    def encode(rows: np.ndarray, to: np.ndarray) -> np.ndarray:
        total, count = (np.bincount(category[rows], w, 500) for w in (y[rows], None))
        return ((total + 5 * y[rows].mean()) / (count + 5))[category[to]]

    everything = np.arange(1000)
    honest = np.empty(1000)
    for fold in folds_of(1000, 5, rng):
        honest[fold] = encode(np.setdiff1d(everything, fold), fold)
    assert np.corrcoef(encode(everything, everything), y)[0, 1] > 0.5
    assert np.corrcoef(honest, y)[0, 1] < 0.1


def test_a_category_with_one_row_carries_its_own_label() -> None:
    y = np.array([1.0, 0, 0, 1])
    means = [y[[i]].mean() for i in range(4)]
    assert means == list(y)
    smoothed = (y + 5 * y.mean()) / 6
    assert abs(smoothed - y.mean()).max() < 0.1


def test_an_embedding_is_one_hot_times_a_matrix(rng: np.random.Generator) -> None:
    table, ids = rng.standard_normal((6, 3)), np.array([4, 0, 4])
    assert np.allclose(np.eye(6)[ids] @ table, table[ids])


def test_two_ids_collide_with_one_chance_in_the_number_of_buckets(rng: np.random.Generator) -> None:
    first, second = rng.integers(0, 100, (2, 200_000))
    assert (first == second).mean() == pytest.approx(0.01, rel=0.1)
