"""Figures and derivations of the questions on data, statistics, generative models and compression, computed."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

RNG = np.random.default_rng(11)


def softmax(scores: np.ndarray) -> np.ndarray:
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))


def normal_cdf(z: float) -> float:
    return 0.5 * (1 + math.erf(z / math.sqrt(2)))


def skewness(values: np.ndarray) -> float:
    z = (values - values.mean()) / values.std()
    return float((z**3).mean())


# generative-adversarial-networks


def value_of_game(data: np.ndarray, fake: np.ndarray, judge: np.ndarray) -> float:
    return float(data @ np.log(judge) + fake @ np.log(1 - judge))


def jensen_shannon(p: np.ndarray, q: np.ndarray) -> float:
    middle = (p + q) / 2
    kl = [np.sum(a[a > 0] * np.log(a[a > 0] / middle[a > 0])) for a in (p, q)]
    return float(sum(kl) / 2)


def test_best_discriminator_is_data_over_sum() -> None:
    data, fake = softmax(RNG.standard_normal((2, 6)))
    best = data / (data + fake)
    value = value_of_game(data, fake, best)
    for _ in range(200):
        assert value_of_game(data, fake, np.clip(best + 0.1 * RNG.standard_normal(6), 0.01, 0.99)) <= value
    assert np.allclose(data / (data + data), 0.5)


def test_game_against_the_best_discriminator_is_twice_jensen_shannon_minus_log_four() -> None:
    data, fake = softmax(RNG.standard_normal((2, 6)))
    value = value_of_game(data, fake, data / (data + fake))
    assert value == pytest.approx(2 * jensen_shannon(data, fake) - math.log(4))
    assert value > value_of_game(data, data, np.full(6, 0.5)) == pytest.approx(-math.log(4))


def test_non_saturating_loss_pulls_when_fakes_are_rejected() -> None:
    score, h = -10.0, 1e-4

    def d(s: float) -> float:
        return 1 / (1 + math.exp(-s))

    saturating = (math.log(1 - d(score + h)) - math.log(1 - d(score - h))) / (2 * h)
    other = (math.log(d(score + h)) - math.log(d(score - h))) / (2 * h)
    assert abs(saturating) < 1e-4
    assert other > 0.999


def test_simultaneous_steps_on_a_bilinear_game_spiral_outwards() -> None:
    x, y = 1.0, 0.0
    for _ in range(100):
        x, y = x - 0.1 * y, y + 0.1 * x
    assert math.hypot(x, y) > 1.5


def test_jensen_shannon_of_separate_points_does_not_depend_on_their_distance() -> None:
    points = np.eye(50)
    assert jensen_shannon(points[0], points[1]) == pytest.approx(math.log(2))
    assert jensen_shannon(points[0], points[49]) == pytest.approx(math.log(2))
    earth_movers = [np.abs(np.cumsum(points[0] - points[k])).sum() for k in (1, 49)]
    assert earth_movers == [1, 49]


# loss-functions


def best_constant(loss: np.ndarray, grid: np.ndarray) -> float:
    return float(grid[loss.mean(axis=1).argmin()])


def test_squared_error_finds_the_mean_absolute_the_median_pinball_the_quantile() -> None:
    y, grid = RNG.exponential(size=2001), np.linspace(0, 5, 1001)
    residual = y[None] - grid[:, None]
    assert best_constant(residual**2, grid) == pytest.approx(y.mean(), abs=0.005)
    assert best_constant(abs(residual), grid) == pytest.approx(np.median(y), abs=0.01)
    pinball = np.where(residual > 0, 0.9 * residual, -0.1 * residual)
    assert best_constant(pinball, grid) == pytest.approx(np.quantile(y, 0.9), abs=0.02)


def test_one_outlier_moves_least_squares_and_hardly_the_absolute_fit() -> None:
    y, grid = np.append(RNG.standard_normal(50), 500.0), np.linspace(-3, 12, 1501)
    residual = y[None] - grid[:, None]
    assert best_constant(residual**2, grid) > 8
    assert abs(best_constant(abs(residual), grid)) < 0.5


def test_huber_gradient_is_the_clipped_residual() -> None:
    delta, r, h = 1.5, np.linspace(-4, 4, 41), 1e-6

    def huber(e: np.ndarray) -> np.ndarray:
        return np.where(abs(e) <= delta, e**2 / 2, delta * (abs(e) - delta / 2))

    assert np.allclose((huber(r + h) - huber(r - h)) / (2 * h), np.clip(r, -delta, delta), atol=1e-5)


def test_hinge_stops_beyond_the_margin_and_the_error_rate_has_no_slope() -> None:
    margins = np.array([-2.0, 0.0, 0.5, 1.0, 3.0])
    assert np.maximum(0, 1 - margins).tolist() == [3.0, 1.0, 0.5, 0.0, 0.0]
    x, y, w = RNG.standard_normal((100, 3)), RNG.choice([-1, 1], 100), RNG.standard_normal(3)
    assert np.mean(np.sign(x @ w) != y) == np.mean(np.sign(x @ (w + 1e-9)) != y)


def test_focal_loss_turns_down_easy_examples() -> None:
    p = np.array([0.5, 0.99])
    plain, focal = -np.log(p), -((1 - p) ** 2) * np.log(p)
    assert focal[1] / focal[0] < 0.01 * plain[1] / plain[0]
    assert np.allclose(-((1 - p) ** 0) * np.log(p), plain)


# data-augmentation


def test_mixed_label_gives_the_mixed_loss() -> None:
    log_p, weight, labels = np.log(softmax(RNG.standard_normal(4))), 0.7, np.eye(4)
    mixed = -(weight * labels[0] + (1 - weight) * labels[2]) @ log_p
    assert mixed == pytest.approx(-weight * log_p[0] - (1 - weight) * log_p[2])


# transfer-learning


def test_low_rank_update_is_small_and_can_be_merged() -> None:
    assert 4096**2 == 16_777_216
    assert 2 * 4096 * 8 == 65_536
    w, down, up, x = (RNG.standard_normal(s) for s in ((20, 30), (4, 30), (20, 4), (30,)))
    assert np.allclose(w @ x + up @ (down @ x), (w + up @ down) @ x)
    assert np.linalg.matrix_rank(up @ down) == 4


# pca-and-svd


def centred_data() -> np.ndarray:
    x = RNG.standard_normal((300, 6)) @ RNG.standard_normal((6, 6))
    return np.asarray(x - x.mean(axis=0))


def test_right_singular_vectors_are_the_eigenvectors_of_the_covariance() -> None:
    x = centred_data()
    values, vectors = np.linalg.eigh(np.cov(x.T))
    _, s, vt = np.linalg.svd(x, full_matrices=False)
    assert np.allclose(s**2 / (len(x) - 1), values[::-1])
    assert np.allclose(abs(np.sum(vt * vectors[:, ::-1].T, axis=1)), 1)
    assert np.var(x @ vt[0], ddof=1) == pytest.approx(values[-1])


def test_first_components_reconstruct_best() -> None:
    x = centred_data()
    _, s, vt = np.linalg.svd(x, full_matrices=False)
    error = np.sum((x - x @ vt[:2].T @ vt[:2]) ** 2)
    assert error == pytest.approx(np.sum(s[2:] ** 2))
    assert np.sum(x**2) == pytest.approx(error + np.sum((x @ vt[:2].T) ** 2))
    for _ in range(100):
        q, _ = np.linalg.qr(RNG.standard_normal((6, 2)))
        assert np.sum((x - x @ q @ q.T) ** 2) >= error


def test_without_centring_the_first_direction_points_to_the_mean() -> None:
    mean = np.array([30.0, 40.0])
    x = RNG.standard_normal((500, 2)) * [1, 3] + mean
    first = np.linalg.svd(x, full_matrices=False)[2][0]
    assert abs(first @ mean) / 50 > 0.999
    centred = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)[2][0]
    assert abs(centred[1]) > 0.99


def test_a_change_of_unit_changes_the_components() -> None:
    x = RNG.standard_normal((500, 2))
    millimetres = (x - x.mean(axis=0)) * [1000, 1]
    assert abs(np.linalg.svd(millimetres, full_matrices=False)[2][0][0]) > 0.999


def test_the_separating_direction_can_have_the_least_variance() -> None:
    label = RNG.integers(0, 2, 1000)
    x = np.column_stack([10 * RNG.standard_normal(1000), label + 0.1 * RNG.standard_normal(1000)])
    x -= x.mean(axis=0)
    scores = x @ np.linalg.svd(x, full_matrices=False)[2].T
    assert scores[:, 0].std() > 10 * scores[:, 1].std()
    assert abs(np.corrcoef(scores[:, 0], label)[0, 1]) < 0.15
    assert abs(np.corrcoef(scores[:, 1], label)[0, 1]) > 0.95


def test_the_covariance_squares_the_condition_number() -> None:
    x = centred_data()
    assert np.linalg.cond(x.T @ x) == pytest.approx(np.linalg.cond(x) ** 2, rel=1e-6)


# curse-of-dimensionality


def test_sizes_of_neighbourhoods_cells_and_shells() -> None:
    sides = [share ** (1 / d) for share, d in ((0.1, 10), (0.01, 100))]
    assert sides == [pytest.approx(0.794, abs=0.001), pytest.approx(0.955, abs=0.001)]
    inner = np.mean(np.linalg.norm(RNG.uniform(-1, 1, (20_000, 2)), axis=1) < 0.9) / (math.pi / 4)
    assert inner == pytest.approx(0.9**2, abs=0.02)
    assert 0.9**100 < 3e-5


def contrast(points: np.ndarray) -> float:
    distances = np.linalg.norm(points[1:] - points[0], axis=1)
    return float(distances.max() / distances.min())


def test_distances_concentrate_unless_the_data_has_few_directions() -> None:
    assert contrast(RNG.random((500, 2))) > 10
    assert contrast(RNG.random((500, 1000))) < 1.3
    assert contrast(RNG.random((500, 2)) @ RNG.standard_normal((2, 1000))) > 5


def test_more_features_than_examples_fit_noise_perfectly() -> None:
    x, labels = RNG.standard_normal((50, 400)), RNG.choice([-1.0, 1.0], 50)
    assert np.allclose(x @ np.linalg.lstsq(x, labels, rcond=None)[0], labels)


def test_among_ten_thousand_random_features_dozens_look_good() -> None:
    y = RNG.standard_normal(200)
    x = RNG.standard_normal((10_000, 200))
    x -= x.mean(axis=1, keepdims=True)
    y -= y.mean()
    correlation = x @ y / np.linalg.norm(x, axis=1) / np.linalg.norm(y)
    assert 24 <= np.sum(abs(correlation) > 0.2) <= 100


# feature-scaling


def test_standardising_keeps_the_skew_and_a_log_removes_it() -> None:
    x = np.exp(RNG.standard_normal(5000))
    z = (x - x.mean()) / x.std()
    assert (z.mean(), z.std()) == (pytest.approx(0, abs=1e-9), pytest.approx(1))
    assert skewness(z) == pytest.approx(skewness(x))
    assert abs(skewness(np.log(x))) < 0.2


def test_an_outlier_squeezes_min_max_and_not_the_robust_scale() -> None:
    x = np.append(RNG.standard_normal(99), 1e6)
    scaled = (x - x.min()) / (x.max() - x.min())
    assert np.sort(scaled)[98] < 1e-4
    low, high = np.quantile(x, [0.25, 0.75])
    assert np.std(((x - np.median(x)) / (high - low))[:99]) > 0.5


def test_the_unit_decides_who_is_the_nearest_neighbour() -> None:
    people, deviations = np.array([[30, 50_000], [60, 50_010], [31, 52_000]]), np.array([15, 20_000])
    raw = np.linalg.norm(people - people[0], axis=1)
    scaled = np.linalg.norm((people - people[0]) / deviations, axis=1)
    assert raw[1] < raw[2]
    assert scaled[2] < scaled[1]


def steps_of_gradient_descent(x: np.ndarray, y: np.ndarray) -> int:
    best, w, curvature = np.linalg.lstsq(x, y, rcond=None)[0], np.zeros(2), np.linalg.norm(x, 2) ** 2
    for step in range(20_000):
        if np.linalg.norm(x @ (w - best)) < 1e-3 * np.linalg.norm(x @ best):
            return step
        w = w - x.T @ (x @ w - y) / curvature
    return 20_000


def test_scaling_makes_gradient_descent_faster() -> None:
    x = RNG.standard_normal((100, 2)) * [1, 30]
    y = x @ [1, 1 / 30]
    scaled = x / x.std(axis=0)
    assert np.linalg.cond(scaled) < np.linalg.cond(x)
    assert 20 * steps_of_gradient_descent(scaled, y) < steps_of_gradient_descent(x, y)


def best_split(x: np.ndarray, y: np.ndarray) -> frozenset[int]:
    order = np.argsort(x)
    cost = [y[order[:k]].var() * k + y[order[k:]].var() * (len(y) - k) for k in range(1, len(y))]
    return frozenset(order[: int(np.argmin(cost)) + 1].tolist())


def test_a_monotonic_change_leaves_the_split_of_a_tree() -> None:
    x, y = RNG.standard_normal((2, 60))
    assert best_split(x, y) == best_split(np.exp(3 * x) + 5, y)


def test_scaling_leaves_least_squares_and_changes_ridge() -> None:
    x, y = RNG.standard_normal((50, 3)), RNG.standard_normal(50)
    centimetres = x * [100, 1, 1]

    def predict(a: np.ndarray, penalty: float) -> np.ndarray:
        return a @ np.linalg.solve(a.T @ a + penalty * np.eye(3), a.T @ y)

    assert np.allclose(predict(x, 0), predict(centimetres, 0))
    assert not np.allclose(predict(x, 20), predict(centimetres, 20), atol=1e-3)


# missing-data-and-outliers


def test_mean_imputation_shrinks_variance_and_correlation() -> None:
    x, y = RNG.multivariate_normal([0, 0], [[1, 0.8], [0.8, 1]], 50_000).T
    gone = RNG.random(len(x)) < 0.3
    filled = np.where(gone, x[~gone].mean(), x)
    assert filled.var() == pytest.approx(0.7, abs=0.02)
    assert np.corrcoef(filled, y)[0, 1] == pytest.approx(0.8 * math.sqrt(0.7), abs=0.02)


def test_five_percent_gaps_in_twenty_columns_leave_a_third_of_the_rows() -> None:
    whole = np.mean((RNG.random((20_000, 20)) > 0.05).all(axis=1))
    assert whole == pytest.approx(0.95**20, abs=0.015) == pytest.approx(0.36, abs=0.015)


def test_dropping_rows_is_harmless_by_chance_and_biased_otherwise() -> None:
    x = RNG.standard_normal(50_000)
    income = x + 0.5 * RNG.standard_normal(50_000)
    assert income[RNG.random(50_000) < 0.5].mean() == pytest.approx(0, abs=0.03)
    observed = x < 0
    assert income[observed].mean() < -0.5
    slope, offset = np.polyfit(x[observed], income[observed], 1)
    assert np.where(observed, income, slope * x + offset).mean() == pytest.approx(0, abs=0.05)
    assert income[income < 1].mean() < -0.2


def test_in_ten_values_no_z_score_reaches_three() -> None:
    values = np.append(np.zeros(9), 1e9)
    z = (values - values.mean()) / values.std(ddof=1)
    assert z.max() == pytest.approx(9 / math.sqrt(10)) == pytest.approx(2.85, abs=0.005)
    spread = RNG.standard_normal(9)
    low, high = np.quantile(np.append(spread, 1e9), [0.25, 0.75])
    assert high + 1.5 * (high - low) < 1e9


# ab-testing


def users_per_group(p: float, lift: float) -> float:
    return (1.96 + 0.8416) ** 2 * 2 * p * (1 - p) / lift**2


def test_half_the_effect_takes_four_times_the_users_and_sixteen_is_the_rule() -> None:
    assert users_per_group(0.1, 0.005) == pytest.approx(4 * users_per_group(0.1, 0.01))
    assert users_per_group(0.1, 0.01) == pytest.approx(16 * 0.09 / 0.01**2, rel=0.03)


def test_planned_size_gives_eighty_percent_power_and_five_percent_false_positives() -> None:
    n, variance = users_per_group(0.1, 0.01), 0.1 * 0.9
    for effect, share in ((0.01, 0.80), (0.0, 0.05)):
        difference = effect + RNG.standard_normal(20_000) * math.sqrt(2 * variance / n)
        z = difference / math.sqrt(2 * variance / n)
        assert np.mean(abs(z) > 1.96) == pytest.approx(share, abs=0.012)


def test_twenty_looks_make_a_quarter_false_positives() -> None:
    sums = RNG.standard_normal((20_000, 20)).cumsum(axis=1)
    z = sums / np.sqrt(np.arange(1, 21))
    assert np.mean((abs(z) > 1.96).any(axis=1)) == pytest.approx(0.25, abs=0.015)
    assert np.mean(abs(z[:, -1]) > 1.96) == pytest.approx(0.05, abs=0.01)


def test_one_of_twenty_metrics_is_significant_by_chance() -> None:
    any_hit = np.mean((abs(RNG.standard_normal((20_000, 20))) > 1.96).any(axis=1))
    assert any_hit == pytest.approx(1 - 0.95**20, abs=0.015) == pytest.approx(0.64, abs=0.015)


def test_data_from_before_the_test_cuts_the_variance_by_the_squared_correlation() -> None:
    before, after = RNG.multivariate_normal([5, 5], [[1, 0.7], [0.7, 1]], 20_000).T
    theta = np.cov(before, after)[0, 1] / before.var(ddof=1)
    adjusted = after - theta * (before - before.mean())
    assert adjusted.mean() == pytest.approx(after.mean())
    assert adjusted.var() / after.var() == pytest.approx(1 - np.corrcoef(before, after)[0, 1] ** 2, rel=1e-3)


def test_a_tiny_effect_is_significant_with_enough_users() -> None:
    z = 0.001 / math.sqrt(2 * 0.25 / 10_000_000)
    assert z > 4


# central-limit-theorem


def test_the_mean_loses_its_skew_and_the_data_does_not() -> None:
    draws = RNG.exponential(size=(20_000, 100))
    assert skewness(draws.ravel()) == pytest.approx(2, abs=0.1)
    assert skewness(draws.mean(axis=1)) == pytest.approx(2 / math.sqrt(100), abs=0.08)
    assert draws.mean(axis=1).std() == pytest.approx(1 / math.sqrt(100), rel=0.03)


def test_shares_of_a_normal_distribution() -> None:
    shares = [100 * (2 * normal_cdf(k) - 1) for k in (1, 2, 3)]
    assert shares == [pytest.approx(s, abs=0.05) for s in (68.3, 95.4, 99.7)]
    assert 2 * normal_cdf(1.96) - 1 == pytest.approx(0.95, abs=1e-4)


def test_averaging_does_not_help_with_cauchy() -> None:
    draws = RNG.standard_cauchy((10_000, 100))
    spread = [np.subtract(*np.quantile(v, [0.75, 0.25])) for v in (draws[:, 0], draws.mean(axis=1))]
    assert spread == [pytest.approx(2, rel=0.1)] * 2


def test_error_bar_of_an_accuracy_and_rare_events() -> None:
    assert 196 * math.sqrt(0.9 * 0.1 / 1000) == pytest.approx(1.9, abs=0.05)
    assert 0.999**30 > 0.97


def test_dependent_values_carry_less_information() -> None:
    shared = RNG.standard_normal((20_000, 1))
    values = 0.9 * shared + math.sqrt(1 - 0.81) * RNG.standard_normal((20_000, 100))
    assert values[:, 0].std() == pytest.approx(1, abs=0.02)
    assert values.mean(axis=1).std() > 0.85


# time-series-forecasting


def test_differencing_removes_a_trend() -> None:
    series = 0.5 * np.arange(2000) + RNG.standard_normal(2000)
    change = np.diff(series)
    assert abs(series[:1000].mean() - series[1000:].mean()) > 400
    assert change[:1000].mean() == pytest.approx(change[1000:].mean(), abs=0.02)


def test_random_walk_uncertainty_grows_with_the_root_and_the_last_value_is_hard_to_beat() -> None:
    walks = RNG.standard_normal((5000, 200)).cumsum(axis=1)
    errors = [(walks[:, 99 + h] - walks[:, 99]).std() for h in (1, 25, 100)]
    assert errors == [pytest.approx(s, rel=0.05) for s in (1, 5, 10)]
    assert (walks[:, 100] - walks[:, :100].mean(axis=1)).std() > 3 * errors[0]


def test_a_shuffled_split_is_too_optimistic() -> None:
    walk, times = RNG.standard_normal(2000).cumsum(), np.arange(2000)

    def error(test: np.ndarray) -> float:
        train = np.setdiff1d(times, test)
        nearest = train[np.abs(train[None] - test[:, None]).argmin(axis=1)]
        return float(np.abs(walk[test] - walk[nearest]).mean())

    assert 5 * error(RNG.choice(times, 400, replace=False)) < error(times[-400:])


def test_percentage_errors_break_near_zero_and_punish_high_forecasts() -> None:
    actual, forecast = np.array([100.0, 100.0, 0.01]), np.array([101.0, 99.0, 1.0])
    ape = 100 * abs(actual - forecast) / actual
    assert ape.mean() > 3000
    assert abs(actual - forecast).max() <= 1
    assert 100 * abs(50 - 0) / 50 == 100 < 100 * abs(50 - 150) / 50


# collaborative-filtering


def alternate(ratings: np.ndarray, known: np.ndarray, rank: int) -> tuple[np.ndarray, list[float]]:
    rng, penalty = np.random.default_rng(0), 0.01
    users, items = rng.standard_normal((len(ratings), rank)), rng.standard_normal((ratings.shape[1], rank))
    cost = []
    for _ in range(30):
        for mine, other, r, k in ((users, items, ratings, known), (items, users, ratings.T, known.T)):
            for row in range(len(mine)):
                a = other[k[row]]
                mine[row] = np.linalg.solve(a.T @ a + penalty * np.eye(rank), a.T @ r[row, k[row]])
        fit = np.sum((ratings - users @ items.T)[known] ** 2)
        cost.append(float(fit + penalty * (np.sum(users**2) + np.sum(items**2))))
    return users @ items.T, cost


def test_fitting_observed_entries_recovers_what_zeros_destroy() -> None:
    truth = 3 + RNG.standard_normal((40, 2)) @ RNG.standard_normal((2, 30))
    known = RNG.random(truth.shape) < 0.6
    predicted, cost = alternate(truth, known, 3)
    assert all(late <= early + 1e-9 for early, late in pairwise(cost))
    u, s, vt = np.linalg.svd(np.where(known, truth, 0), full_matrices=False)
    zeros = (u[:, :3] * s[:3]) @ vt[:3]
    assert 5 * np.abs(predicted - truth)[~known].mean() < np.abs(zeros - truth)[~known].mean()


def test_sizes_of_the_vectors_at_scale() -> None:
    assert 100e6 * 64 * 4 / 1e9 == 25.6
    assert 10e6 * 64 * 4 / 1e9 == 2.56


# distribution-shift


def test_weighting_with_the_density_ratio_gives_the_new_expectation() -> None:
    x = RNG.standard_normal(200_000)
    weight = np.exp(-((x - 0.5) ** 2) / 2 + x**2 / 2)
    loss = x**2
    assert loss.mean() == pytest.approx(1, abs=0.02)
    assert (weight * loss).mean() == pytest.approx(1 + 0.5**2, abs=0.03)


def test_posterior_odds_follow_the_prior_odds() -> None:
    likelihood, old, new = np.array([0.2, 0.05]), np.array([0.1, 0.9]), np.array([0.2, 0.8])
    before, after = (likelihood * p / (likelihood @ p) for p in (old, new))
    ratio = (new[0] / new[1]) / (old[0] / old[1])
    assert after[0] / after[1] == pytest.approx(ratio * before[0] / before[1])


def test_class_shares_follow_from_predictions_and_confusion() -> None:
    rates = np.array([[0.9, 0.2], [0.1, 0.8]])
    shares = np.array([0.3, 0.7])
    assert np.allclose(np.linalg.solve(rates, rates @ shares), shares)
    assert (rates @ shares)[0] != pytest.approx(0.3, abs=0.05)


def kolmogorov_smirnov(a: np.ndarray, b: np.ndarray) -> float:
    grid = np.sort(np.concatenate([a, b]))
    parts = [np.searchsorted(np.sort(v), grid, side="right") / len(v) for v in (a, b)]
    return float(abs(parts[0] - parts[1]).max())


def test_inputs_and_a_classifier_of_old_and_new_show_covariate_shift() -> None:
    old, same, moved = RNG.standard_normal(5000), RNG.standard_normal(5000), RNG.standard_normal(5000) + 0.5
    assert kolmogorov_smirnov(old, moved) > 0.15
    assert kolmogorov_smirnov(old, same) < 0.05
    accuracy = [(np.mean(old < 0.25) + np.mean(new > 0.25)) / 2 for new in (moved, same)]
    assert accuracy == [pytest.approx(0.6, abs=0.02), pytest.approx(0.5, abs=0.02)]


# distillation-and-quantization


def test_a_temperature_softens_and_shrinks_the_gradient_by_its_square() -> None:
    teacher, student = RNG.standard_normal((2, 5))
    assert softmax(teacher / 4).max() < softmax(teacher).max()
    assert softmax(teacher / 4).min() > softmax(teacher).min()
    assert np.allclose(softmax(teacher / 1e6), 1 / 5, atol=1e-5)
    small, large = ((softmax(student / t) - softmax(teacher / t)) / t for t in (50.0, 100.0))
    assert np.linalg.norm(large) / np.linalg.norm(small) == pytest.approx(1 / 4, rel=0.05)


def quantized(x: np.ndarray, levels: int = 256) -> tuple[np.ndarray, float]:
    scale = float(x.max() - x.min()) / (levels - 1)
    zero = round(-float(x.min()) / scale)
    return scale * (np.clip(np.round(x / scale) + zero, 0, levels - 1) - zero), scale


def test_rounding_error_is_half_a_step_and_an_outlier_makes_it_coarse() -> None:
    x = RNG.uniform(-1, 1, 10_000)
    rounded, scale = quantized(x)
    error = abs(rounded - x).mean()
    assert abs(rounded - x).max() <= scale + 1e-12
    assert np.quantile(abs(rounded - x), 0.99) <= scale / 2 + 1e-12
    with_outlier, _ = quantized(np.append(x, 100.0))
    assert abs(with_outlier[:-1] - x).mean() > 30 * error
    assert len(np.unique(with_outlier[:-1])) <= 7


def test_sizes_of_quantized_models() -> None:
    assert np.dtype(np.int8).itemsize * 4 == np.dtype(np.float32).itemsize
    assert 7e9 * 16 / 8 / 1e9 == 14
    assert 7e9 * 4 / 8 / 1e9 == 3.5


# neural-network-basics


def test_a_stack_of_linear_layers_is_one_linear_layer() -> None:
    a, b, x = RNG.standard_normal((4, 3)), RNG.standard_normal((2, 4)), RNG.standard_normal(3)
    shift, offset = RNG.standard_normal(4), RNG.standard_normal(2)
    assert np.allclose(b @ (a @ x + shift) + offset, (b @ a) @ x + (b @ shift + offset))


def gradients(w: np.ndarray, v: np.ndarray, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    hidden = np.tanh(x @ w)
    error = (hidden @ v - y) / len(y)
    return x.T @ (np.outer(error, v) * (1 - hidden**2)), hidden.T @ error


def test_backpropagation_agrees_with_differences() -> None:
    x, y, w, v = (RNG.standard_normal(s) for s in ((20, 3), (20,), (3, 4), (4,)))

    def loss(weights: np.ndarray) -> float:
        return float(np.mean((np.tanh(x @ weights) @ v - y) ** 2) / 2)

    step = np.zeros_like(w)
    step[1, 2] = 1e-5
    assert gradients(w, v, x, y)[0][1, 2] == pytest.approx((loss(w + step) - loss(w - step)) / 2e-5, rel=1e-5)


def test_equal_neurons_stay_equal_and_random_ones_do_not() -> None:
    x, y = RNG.standard_normal((50, 3)), RNG.standard_normal(50)
    for start, alike in ((np.full((3, 4), 0.5), True), (0.5 * RNG.standard_normal((3, 4)), False)):
        w, v = start.copy(), np.full(4, 0.5)
        for _ in range(200):
            dw, dv = gradients(w, v, x, y)
            w, v = w - 0.1 * dw, v - 0.1 * dv
        assert np.allclose(w, w[:, :1]) == alike


def test_xor_needs_a_hidden_layer() -> None:
    points, labels = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
    grid = np.stack(np.meshgrid(*[np.linspace(-2, 2, 21)] * 3), axis=-1).reshape(-1, 3)
    outputs = (grid[:, :2] @ points.T + grid[:, 2:]) > 0
    assert (outputs == labels).sum(axis=1).max() == 3
    total = points.sum(axis=1)
    assert np.array_equal(np.maximum(total, 0) - 2 * np.maximum(total - 1, 0), labels)
    assert np.array_equal((total >= 1).astype(int) - (total >= 2), labels)


def test_parameters_of_the_small_network() -> None:
    assert (784 * 128 + 128, 128 * 10 + 10) == (100_480, 1290)
    assert 784 * 128 + 128 + 128 * 10 + 10 == 101_770


def test_more_hidden_neurons_come_closer_to_a_continuous_function() -> None:
    x = np.linspace(-1, 1, 200)[:, None]
    y = np.sin(6 * x[:, 0])
    errors = []
    for width in (2, 10, 100):
        hidden = np.maximum(x - np.linspace(-1, 1, width, endpoint=False), 0)
        design = np.column_stack([hidden, np.ones(200)])
        errors.append(float(abs(design @ np.linalg.lstsq(design, y, rcond=None)[0] - y).max()))
    assert errors[0] > errors[1] > errors[2]
    assert errors[2] < 0.01
