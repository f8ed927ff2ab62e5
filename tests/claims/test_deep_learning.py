"""What the questions on deep learning and its mathematics state, computed."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest

Array = np.ndarray


def dice(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def softmax(scores: Array) -> Array:
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


def sigmoid(x: Array) -> Array:
    return 0.5 * (1 + np.tanh(x / 2))


def slope(function: Callable[[Array], float], at: Array, h: float = 1e-5) -> Array:
    """Central differences of a scalar function by every entry of its argument."""
    result = np.empty_like(at)
    for i in np.ndindex(at.shape):
        step = np.zeros_like(at)
        step[i] = h
        result[i] = (function(at + step) - function(at - step)) / (2 * h)
    return result


# --- derive-backpropagation


def test_the_equations_of_back_propagation_are_the_gradient() -> None:
    rng = dice()
    w1, b1, w2, b2 = (rng.standard_normal(s) for s in [(5, 4), (5,), (3, 5), (3,)])
    x, y = rng.standard_normal((6, 4)), np.eye(3)[[0, 1, 2, 0, 1, 1]]

    def loss(w1: Array, b1: Array, w2: Array, b2: Array) -> float:
        p = softmax(np.tanh(x @ w1.T + b1) @ w2.T + b2)
        return float(-(y * np.log(p)).sum())

    a = np.tanh(x @ w1.T + b1)
    output_delta = softmax(a @ w2.T + b2) - y
    hidden_delta = output_delta @ w2 * (1 - a**2)
    outer = sum(np.outer(d, inputs) for d, inputs in zip(hidden_delta, x, strict=True))
    assert np.allclose(output_delta.T @ a, slope(lambda w: loss(w1, b1, w, b2), w2), atol=1e-7)
    assert np.allclose(output_delta.sum(axis=0), slope(lambda b: loss(w1, b1, w2, b), b2), atol=1e-7)
    assert np.allclose(outer, slope(lambda w: loss(w, b1, w2, b2), w1), atol=1e-7)
    assert np.allclose(hidden_delta.sum(axis=0), slope(lambda b: loss(w1, b, w2, b2), b1), atol=1e-7)


def test_the_simple_output_error_holds_for_the_other_two_pairs_as_well() -> None:
    z, y = np.array([0.7]), 1.0
    p = sigmoid(z)
    assert np.allclose(slope(lambda s: float(-np.log(sigmoid(s))[0]), z), p - y)
    assert np.allclose(slope(lambda s: float(0.5 * (s[0] - y) ** 2), z), z - y)


def test_the_error_of_a_central_difference_falls_with_the_square_of_the_step() -> None:
    errors = [abs(slope(lambda x: math.exp(x[0]), np.array([1.0]), h)[0] - math.e) for h in (1e-2, 1e-3)]
    assert errors[0] / errors[1] == pytest.approx(100, rel=0.01)
    best = abs(slope(lambda x: math.exp(x[0]), np.array([1.0]), 1e-5)[0] - math.e)
    too_small = abs(slope(lambda x: math.exp(x[0]), np.array([1.0]), 1e-12)[0] - math.e)
    assert best < 1e-9 < too_small


# --- eigenvalue-decomposition


def test_a_matrix_is_eigenvectors_times_eigenvalues_times_inverse() -> None:
    a = np.array([[2.0, 1.0], [0.0, 3.0]])
    values, v = np.linalg.eig(a)
    assert np.allclose(v @ np.diag(values) @ np.linalg.inv(v), a)
    assert np.allclose(v @ np.diag(values**7) @ np.linalg.inv(v), np.linalg.matrix_power(a, 7))
    assert abs(v[:, 0] @ v[:, 1]) > 0.5  # not orthogonal, as the matrix is not symmetric


def test_a_shear_is_invertible_and_has_one_eigenvector_direction() -> None:
    shear = np.array([[1.0, 1.0], [0.0, 1.0]])
    assert np.linalg.det(shear) == 1
    assert np.allclose(np.linalg.eigvals(shear), 1)
    assert 2 - np.linalg.matrix_rank(shear - np.eye(2)) == 1
    assert 2 - np.linalg.matrix_rank(np.zeros((2, 2))) == 2  # diagonal, though not invertible


def test_a_symmetric_matrix_has_orthonormal_eigenvectors() -> None:
    a = dice().standard_normal((6, 6))
    a += a.T
    values, v = np.linalg.eig(a)
    assert np.isrealobj(values)
    assert np.allclose(v.T @ v, np.eye(6))
    assert np.allclose(v @ np.diag(values) @ v.T, a)


def test_power_iteration_finds_the_eigenvalue_of_largest_size() -> None:
    q, _ = np.linalg.qr(dice().standard_normal((4, 4)))
    a = q @ np.diag([-5.0, 4.0, 1.0, 0.1]) @ q.T
    x, errors = dice(1).standard_normal(4), []
    for _ in range(60):
        x = a @ x
        x /= np.linalg.norm(x)
        errors.append(np.linalg.norm(x - q[:, 0] * (q[:, 0] @ x)))
    assert errors[-1] < 1e-4
    assert errors[40] / errors[39] == pytest.approx(4 / 5, rel=0.01)


def test_eigenvalues_of_the_covariance_are_variances_along_the_principal_directions() -> None:
    data = dice().standard_normal((500, 3)) @ np.array([[3.0, 1, 0], [0, 1, 0.5], [0, 0, 0.2]])
    data -= data.mean(axis=0)
    values, directions = np.linalg.eigh(np.cov(data.T))
    assert np.allclose((data @ directions).var(axis=0, ddof=1), values)
    other = dice(1).standard_normal((3, 200))
    other /= np.linalg.norm(other, axis=0)
    assert (data @ other).var(axis=0, ddof=1).max() <= values[-1]
    singular = np.linalg.svd(data, compute_uv=False)
    assert np.allclose(singular**2 / 499, values[::-1])
    assert np.linalg.cond(data.T @ data) == pytest.approx(np.linalg.cond(data) ** 2)


# --- floating-point-in-ml


def bfloat16(x: Array | float) -> Array:
    """Rounded to the nearest number whose lower half of the float32 bits is zero."""
    bits = np.atleast_1d(np.asarray(x, np.float32)).view(np.uint32)
    rounded = (bits.astype(np.uint64) + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000
    return rounded.astype(np.uint32).view(np.float32)


def test_ranges_and_spacings_of_the_formats() -> None:
    half, single = np.finfo(np.float16), np.finfo(np.float32)
    assert (half.nexp, half.nmant, float(half.max)) == (5, 10, 65504)
    assert (single.nexp, single.nmant) == (8, 23)
    assert float(single.eps) == pytest.approx(1.2e-7, rel=0.01)
    assert float(half.eps) == pytest.approx(9.8e-4, rel=0.01)
    assert bfloat16(1 + 2**-7)[0] - 1 == 2**-7 == pytest.approx(7.8e-3, rel=0.01)
    assert bfloat16(1 + 2**-9)[0] == 1
    assert bfloat16(3e38)[0] == pytest.approx(3e38, rel=0.004)
    assert float(half.smallest_subnormal) == pytest.approx(6e-8, rel=0.01)
    assert float(single.tiny) < 1.2e-38
    assert float(single.smallest_subnormal) < 2e-45


def test_bfloat16_is_coarser_than_float16() -> None:
    x = dice().uniform(0.1, 10, 1000)
    coarse, fine = abs(bfloat16(x) / x - 1).max(), abs(x.astype(np.float16) / x - 1).max()
    assert fine < 2**-10 < coarse < 2**-7


def test_a_small_number_is_absorbed_and_order_matters() -> None:
    big = np.float32(16_777_216)
    assert big == 2**24
    assert big + np.float32(1) == big
    assert (big + np.float32(1)) + np.float32(1) != big + (np.float32(1) + np.float32(1))
    assert 0.1 + 0.2 != 0.3


def test_mean_of_squares_minus_squared_mean_cancels() -> None:
    x = (1e4 + dice().uniform(-0.01, 0.01, 1000)).astype(np.float32)
    bad = [float((part**2).mean() - part.mean() ** 2) for part in x.reshape(50, 20)]
    good = [float(((part - part.mean()) ** 2).mean()) for part in x.reshape(50, 20)]
    assert min(bad) < 0 < min(good)


def test_exponentials_overflow_above_88_and_the_maximum_may_be_subtracted() -> None:
    assert np.log(np.finfo(np.float32).max) == pytest.approx(88.72, abs=0.01)
    with np.errstate(over="ignore"):
        assert np.isinf(np.exp(np.float32(89)))
    x = dice().standard_normal(5)
    assert np.allclose(np.exp(x) / np.exp(x).sum(), softmax(x + 1000))


def test_small_updates_are_lost_in_16_bits_and_kept_in_32() -> None:
    weights = dice().uniform(1, 2, 1000).astype(np.float32)
    held = bfloat16(weights)
    assert (bfloat16(held * 1.0019) == held).all()
    assert (bfloat16(held * 1.004) != held).any()
    half = weights.astype(np.float16)
    assert (half.astype(np.float32) * np.float32(1.0002)).astype(np.float16).tolist() == half.tolist()
    assert (half * np.float16(1.001) != half).any()
    assert (weights * np.float32(1.00001) != weights).all()


def test_loss_scaling_saves_gradients_that_float16_can_not_hold() -> None:
    gradient = 2e-8
    assert np.float16(gradient) == 0
    assert float(np.float16(gradient * 2**16)) / 2**16 == pytest.approx(gradient, rel=1e-3)


def test_eight_bit_quantisation_errs_by_half_a_step_at_most() -> None:
    x = dice().standard_normal(1000)
    step = (x.max() - x.min()) / 255
    levels = np.round((x - x.min()) / step)
    assert len(np.unique(levels)) <= 256
    assert abs(levels * step + x.min() - x).max() <= step / 2 * (1 + 1e-9)


# --- markov-processes

CHAIN = np.array([[0.9, 0.1, 0.0], [0.2, 0.5, 0.3], [0.1, 0.4, 0.5]])


def test_powers_of_the_transition_matrix_are_several_steps() -> None:
    start, rng = np.array([1.0, 0.0, 0.0]), dice()
    states = np.zeros(40_000, int)
    for _ in range(3):
        states = (rng.random(len(states))[:, None] > CHAIN[states].cumsum(axis=1)).sum(axis=1)
    seen = np.bincount(states, minlength=3) / len(states)
    assert np.allclose(start @ np.linalg.matrix_power(CHAIN, 3), seen, atol=0.01)


def test_the_stationary_distribution_is_a_left_eigenvector_and_the_limit() -> None:
    values, vectors = np.linalg.eig(CHAIN.T)
    stationary = np.real(vectors[:, np.argmax(np.real(values))])
    stationary /= stationary.sum()
    assert values.max() == pytest.approx(1)
    assert np.allclose(stationary @ CHAIN, stationary)
    assert np.allclose(np.linalg.matrix_power(CHAIN, 200), stationary)  # every row, so every start


def test_chains_that_do_not_settle() -> None:
    switching = np.array([[0.0, 1.0], [1.0, 0.0]])
    assert np.allclose(np.array([0.5, 0.5]) @ switching, [0.5, 0.5])
    assert np.allclose(np.linalg.matrix_power(switching, 1001), switching)
    absorbing = np.eye(2)
    assert all(np.allclose(pi @ absorbing, pi) for pi in (np.array([0.3, 0.7]), np.array([0.9, 0.1])))


def test_the_bellman_equation_gives_the_discounted_rewards() -> None:
    reward, gamma = np.array([0.0, 1.0, 5.0]), 0.9
    value = np.linalg.solve(np.eye(3) - gamma * CHAIN, reward)
    total = sum(gamma**k * np.linalg.matrix_power(CHAIN, k) @ reward for k in range(400))
    assert np.allclose(value, reward + gamma * CHAIN @ value)
    assert np.allclose(value, total)
    assert value[0] > reward[2] > reward[0] == 0  # no reward of its own, and a high value


def test_value_iteration_contracts_and_finds_the_best_policy() -> None:
    rng, gamma = dice(), 0.8
    moves, rewards = rng.dirichlet(np.ones(4), (3, 4)), rng.standard_normal((3, 4))

    def improved(value: Array) -> Array:
        return (rewards + gamma * moves @ value).max(axis=0)

    one, two = rng.standard_normal((2, 4))
    assert abs(improved(one) - improved(two)).max() <= gamma * abs(one - two).max()
    for _ in range(200):
        one = improved(one)
    best = np.full(4, -np.inf)
    for policy in itertools.product(range(3), repeat=4):
        p, r = moves[list(policy), range(4)], rewards[list(policy), range(4)]
        best = np.maximum(best, np.linalg.solve(np.eye(4) - gamma * p, r))
    assert np.allclose(one, best)


# --- gradient-descent-variants


def regression(rng: np.random.Generator) -> tuple[Array, Array]:
    x = rng.standard_normal((400, 3))
    return x, x @ np.array([1.0, -2.0, 0.5]) + rng.standard_normal(400)


def test_a_random_batch_gives_an_unbiased_gradient_with_noise_by_the_square_root() -> None:
    rng = dice()
    x, y = regression(rng)
    each = 2 * (x @ np.ones(3) - y)[:, None] * x
    spread = {}
    for size in (4, 16):
        batches = each[rng.integers(0, 400, (20_000, size))].mean(axis=1)
        assert np.allclose(batches.mean(axis=0), each.mean(axis=0), atol=0.1)
        spread[size] = batches.std(axis=0)
    assert np.allclose(spread[4] / spread[16], 2, rtol=0.05)


def test_a_constant_step_keeps_jittering_and_a_falling_one_settles() -> None:
    rng = dice()
    x, y = regression(rng)
    best = np.linalg.lstsq(x, y, rcond=None)[0]
    gaps = {}
    for name in ("constant", "falling"):
        w, away = np.zeros(3), []
        for step in range(6000):
            i = rng.integers(400)
            rate = 0.05 if name == "constant" else 0.05 / (1 + step / 50)
            w -= rate * 2 * (x[i] @ w - y[i]) * x[i]
            away.append(float(np.linalg.norm(w - best)))
        gaps[name] = float(np.mean(away[-1000:]))
    assert gaps["falling"] < 0.3 * gaps["constant"]
    assert gaps["constant"] > 0.1


def test_the_mean_of_the_parts_is_the_gradient_of_the_whole_batch() -> None:
    rng = dice()
    x, y = regression(rng)
    each = 2 * (x @ np.ones(3) - y)[:, None] * x
    assert np.allclose(each.reshape(8, 50, 3).mean(axis=1).mean(axis=0), each.mean(axis=0))


def test_at_a_saddle_the_full_gradient_is_zero_and_a_single_one_is_not() -> None:
    # the mean of (a - n)(b - n) over examples n of mean zero has a saddle at a = b = 0
    noise = dice().standard_normal(1000)
    noise -= noise.mean()
    singles = np.stack([-noise, -noise], axis=1)
    assert np.allclose(singles.mean(axis=0), 0)
    assert np.count_nonzero(singles[:, 0]) == 1000


# --- momentum-and-adam


def descend(rate: float, beta: float, steps: int) -> tuple[Array, int]:
    """Steps on a ravine with curvatures 1 and 100; where it ends, and how often the steep gradient flips."""
    curvature, x, velocity, flips = np.array([1.0, 100.0]), np.array([1.0, 1.0]), np.zeros(2), 0
    for _ in range(steps):
        gradient = curvature * x
        velocity = beta * velocity + gradient
        x = x - rate * velocity
        flips += int(gradient[1] * (curvature * x)[1] < 0)
    return x, flips


def test_plain_descent_zigzags_in_a_ravine_and_momentum_gets_further() -> None:
    plain, flips = descend(0.019, 0.0, 100)
    assert flips == 100
    assert abs(plain[0]) > 0.1
    helped, _ = descend(0.019, 0.8, 100)
    assert np.linalg.norm(helped) < 0.01 * np.linalg.norm(plain)


def test_momentum_adds_up_what_agrees_and_cancels_what_alternates() -> None:
    beta, same, alternating = 0.9, 0.0, 0.0
    for step in range(500):
        same = beta * same + 1
        alternating = beta * alternating + (-1) ** step
    assert same == pytest.approx(1 / (1 - beta))
    assert abs(alternating) == pytest.approx(1 / (1 + beta))


def adam(gradients: Array, rate: float = 0.1, b1: float = 0.9, b2: float = 0.999) -> Array:
    m, v, steps = 0.0, 0.0, []
    for t, g in enumerate(gradients, 1):
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
        steps.append(-rate * (m / (1 - b1**t)) / (math.sqrt(v / (1 - b2**t)) + 1e-12))
    return np.array(steps)


def test_adam_takes_the_same_steps_whatever_the_scale_of_the_gradient() -> None:
    gradients = dice().standard_normal(50)
    assert np.allclose(adam(gradients), adam(100 * gradients))
    assert np.allclose(adam(np.full(20, 1e-3)), -0.1)


def test_bias_correction_restores_a_constant_gradient_from_the_first_step() -> None:
    m = 0.0
    for t in range(1, 6):
        m = 0.9 * m + 0.1 * 3.0
        assert m < 3
        assert m / (1 - 0.9**t) == pytest.approx(3)
    assert 0.9**100 < 1e-4


def test_decoupled_decay_shrinks_all_weights_alike_and_a_penalty_in_adam_does_not() -> None:
    weights, scale, decay = np.array([1.0, 1.0]), np.array([0.1, 10.0]), 0.01
    noise = dice().choice([-1.0, 1.0], (2000, 1)) * scale
    penalty = [adam(noise[:, i] + decay * weights[i])[-1000:].mean() for i in range(2)]
    assert abs(penalty[0]) > 5 * abs(penalty[1])
    assert np.allclose((weights - 0.1 * decay * weights) / weights, 0.999)


def test_the_state_of_adam_for_ten_billion_parameters_takes_80_gigabytes() -> None:
    assert 10e9 * 2 * np.dtype(np.float32).itemsize / 1e9 == 80


# --- learning-rate


@pytest.mark.parametrize(("rate", "converges"), [(0.019, True), (0.021, False)])
def test_the_limit_of_the_learning_rate_is_two_over_the_largest_curvature(
    rate: float, converges: bool
) -> None:
    x, _ = descend(rate, 0.0, 2000)
    assert (np.linalg.norm(x) < 1e-3) == converges


def test_several_small_steps_are_nearly_one_long_step() -> None:
    x, y = regression(dice())
    w = np.ones(3)

    def gradient(w: Array, rows: slice) -> Array:
        return 2 * x[rows].T @ (x[rows] @ w - y[rows]) / len(x[rows])

    small = w.copy()
    for part in range(4):
        small -= 0.001 * gradient(small, slice(part * 100, part * 100 + 100))
    long = w - 0.004 * gradient(w, slice(0, 400))
    assert np.linalg.norm(small - long) < 0.02 * np.linalg.norm(long - w)


# --- activation-functions


def test_linear_layers_collapse_into_one_and_a_relu_between_them_prevents_it() -> None:
    rng = dice()
    w1, w2, x = rng.standard_normal((5, 3)), rng.standard_normal((2, 5)), rng.standard_normal((3, 10))
    assert np.allclose(w2 @ (w1 @ x), (w2 @ w1) @ x)

    def bent(x: Array) -> Array:
        return w2 @ np.maximum(w1 @ x, 0)

    assert not np.allclose(bent(x) + bent(-x), 0)


def test_slopes_of_sigmoid_and_tanh() -> None:
    x = np.linspace(-8, 8, 1601)
    slopes = sigmoid(x) * (1 - sigmoid(x))
    assert slopes.max() == slopes[800] == 0.25
    assert slopes[0] < 0.001
    assert np.allclose(np.tanh(x), 2 * sigmoid(2 * x) - 1)
    assert (1 - np.tanh(x) ** 2).max() == 1
    assert 1 - np.tanh(8.0) ** 2 < 1e-5


def test_a_dead_relu_gets_no_gradient_and_a_leaky_one_does() -> None:
    x = dice().uniform(0, 1, (50, 3))
    z = x @ np.array([-1.0, -1.0, -1.0]) - 0.1
    assert (z < 0).all()
    assert not (np.where(z > 0, 1.0, 0.0)[:, None] * x).sum(axis=0).any()
    assert (np.where(z > 0, 1.0, 0.01)[:, None] * x).sum(axis=0).all()


def test_gelu_and_silu_are_smooth_and_dip_below_zero() -> None:
    x = np.linspace(-6, 6, 2401)
    gelu = x * np.array([0.5 * (1 + math.erf(v / math.sqrt(2))) for v in x])
    silu = x * sigmoid(x)
    for curve in (gelu, silu):
        assert -0.3 < curve.min() < -0.1
        assert abs(np.diff(curve, 2)).max() < 1e-4
        assert curve[-1] == pytest.approx(6, abs=0.02)


# --- convolutional-networks


def convolve(x: Array, w: Array, pad: int = 0, stride: int = 1) -> Array:
    """Input channels, height, width; filters of shape outputs, inputs, height, width."""
    x = np.pad(x, ((0, 0), (pad, pad), (pad, pad)))
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(1, 2))[:, ::stride, ::stride]
    return np.einsum("ihwab,oiab->ohw", windows, w)


def test_sizes_and_parameter_counts_of_a_convolution() -> None:
    for size, kernel, pad, stride in itertools.product((9, 32), (1, 3, 5), (0, 1, 2), (1, 2, 3)):
        out = convolve(np.zeros((1, size, size)), np.zeros((1, 1, kernel, kernel)), pad, stride)
        assert out.shape[1] == (size + 2 * pad - kernel) // stride + 1
    assert (32 + 4 - 5) // 2 + 1 == 16
    assert 3 * 3 * 64 * 64 == 36_864


def test_convolution_follows_a_shift_and_not_a_rotation() -> None:
    rng = dice()
    image, w = np.zeros((2, 20, 20)), rng.standard_normal((3, 2, 3, 3))
    image[:, 5:9, 5:9] = rng.standard_normal((2, 4, 4))
    moved = np.roll(image, (2, 3), axis=(1, 2))
    response = convolve(image, w)
    assert np.allclose(convolve(moved, w), np.roll(response, (2, 3), axis=(1, 2)))
    assert not np.allclose(convolve(moved, w), response)
    assert not np.allclose(convolve(np.rot90(image, axes=(1, 2)), w), np.rot90(response, axes=(1, 2)))


def test_each_filter_sums_over_all_input_channels() -> None:
    rng = dice()
    x, w = rng.standard_normal((3, 6, 6)), rng.standard_normal((4, 3, 3, 3))
    parts = sum(convolve(x[i : i + 1], w[:, i : i + 1]) for i in range(3))
    assert convolve(x, w).shape[0] == 4
    assert np.allclose(convolve(x, w), parts)


def test_two_layers_of_three_by_three_see_five_by_five() -> None:
    ones, seen = np.ones((1, 1, 3, 3)), np.zeros((11, 11))
    for i, j in np.ndindex(11, 11):
        x = np.zeros((1, 11, 11))
        x[0, i, j] = 1
        seen[i, j] = convolve(convolve(x, ones), ones)[0, 3, 3]
    rows, columns = np.nonzero(seen)
    assert (np.ptp(rows) + 1, np.ptp(columns) + 1) == (5, 5)


def test_pooling_quarters_the_positions_and_blunts_small_shifts() -> None:
    def pool(x: Array) -> Array:
        return x.reshape(4, 2, 4, 2).max(axis=(1, 3))

    x, near = np.zeros((8, 8)), np.zeros((8, 8))
    x[2, 2] = near[3, 3] = 1
    assert pool(x).size == x.size / 4
    assert (pool(x) == pool(near)).all()


def test_separable_convolutions_cost_eight_to_nine_times_less() -> None:
    for outputs in (64, 128, 512):
        assert 7.8 < 1 / (1 / outputs + 1 / 9) < 9


# --- rnn-and-lstm


def test_the_gradient_of_shared_weights_is_a_sum_over_the_steps() -> None:
    rng = dice()
    u, x, steps = rng.standard_normal((3, 3)) * 0.6, rng.standard_normal((5, 3)), 5

    def states(each: list[Array]) -> list[Array]:
        h = [np.zeros(3)]
        for t in range(steps):
            h.append(np.tanh(x[t] + each[t] @ h[-1]))
        return h

    apart = [
        slope(lambda w, t=t: float(states([w if s == t else u for s in range(steps)])[-1].sum()), u)
        for t in range(steps)
    ]
    shared = slope(lambda w: float(states([w] * steps)[-1].sum()), u)
    assert np.allclose(sum(apart), shared, atol=1e-8)


def test_a_plain_cell_forgets_exponentially_and_can_explode() -> None:
    rng = dice()
    q, _ = np.linalg.qr(rng.standard_normal((8, 8)))
    for size, expected in ((0.8, "vanishes"), (1.5, "explodes"), (1.0, "stays")):
        through = np.linalg.norm(np.linalg.matrix_power(size * q, 100), 2)
        assert {"vanishes": through < 1e-9, "explodes": through > 1e9, "stays": 0.99 < through < 1.01}[
            expected
        ]


def test_the_direct_derivative_of_the_cell_state_is_the_forget_gate() -> None:
    rng = dice()
    c, forget, write, new = (sigmoid(rng.standard_normal(4)) for _ in range(4))
    jacobian = np.stack([slope(lambda s, i=i: float((forget * s + write * new)[i]), c) for i in range(4)])
    assert np.allclose(jacobian, np.diag(forget))
    assert 0.99**100 > 0.3
    assert 0.8**100 < 1e-9


def test_a_gru_has_three_quarters_of_the_weights_of_an_lstm() -> None:
    block = 64 * (32 + 64) + 64
    assert 3 * block / (4 * block) == 0.75


# --- attention-and-transformer


def attend(x: Array, w: Array, mask: bool = False) -> tuple[Array, Array]:
    q, k, v = x @ w[0], x @ w[1], x @ w[2]
    scores = q @ k.T / math.sqrt(q.shape[1])
    if mask:
        scores = np.where(np.tril(np.ones_like(scores)) > 0, scores, -np.inf)
    weights = softmax(scores)
    return weights @ v, weights


def test_dot_products_grow_with_the_dimension_and_saturate_the_softmax() -> None:
    rng = dice()
    q, k = rng.standard_normal((2, 20_000, 256))
    assert (q * k).sum(axis=1).var() == pytest.approx(256, rel=0.05)
    scores = rng.standard_normal((1000, 10)) * 16
    assert np.median(softmax(scores).max(axis=1)) > 0.99 > np.median(softmax(scores / 16).max(axis=1))


def test_attention_is_an_average_that_does_not_know_the_order() -> None:
    rng = dice()
    x, w, order = rng.standard_normal((6, 4)), rng.standard_normal((3, 4, 4)), rng.permutation(6)
    out, weights = attend(x, w)
    assert np.allclose(weights.sum(axis=1), 1)
    assert weights.min() > 0
    assert np.allclose(attend(x[order], w)[0], out[order])
    place = rng.standard_normal((6, 4))
    assert not np.allclose(attend(x[order] + place, w)[0], attend(x + place, w)[0][order])


def test_the_causal_mask_hides_later_tokens_only() -> None:
    rng = dice()
    x, w = rng.standard_normal((6, 4)), rng.standard_normal((3, 4, 4))
    out, weights = attend(x, w, mask=True)
    changed = x.copy()
    changed[4:] += 1
    assert np.allclose(np.triu(weights, 1), 0)
    assert np.allclose(weights.sum(axis=1), 1)
    assert np.allclose(attend(changed, w, mask=True)[0][:4], out[:4])
    assert not np.allclose(attend(changed, w)[0][:4], attend(x, w)[0][:4])


def test_a_cache_of_keys_and_values_gives_the_same_next_token() -> None:
    rng = dice()
    x, w = rng.standard_normal((6, 4)), rng.standard_normal((3, 4, 4))
    keys, values = x[:5] @ w[1], x[:5] @ w[2]
    keys, values = np.vstack([keys, x[5] @ w[1]]), np.vstack([values, x[5] @ w[2]])
    last = softmax(x[5] @ w[0] @ keys.T / 2) @ values
    assert np.allclose(last, attend(x, w, mask=True)[0][5])


def test_attention_matrices_grow_with_the_square() -> None:
    rng = dice()
    w = rng.standard_normal((3, 4, 4))
    sizes = [attend(rng.standard_normal((n, 4)), w)[1].size for n in (50, 100)]
    assert sizes[1] == 4 * sizes[0]
    assert (100_000 / 100) ** 2 * sizes[1] == 1e10


# --- word-embeddings


def test_bag_of_words_tf_idf_and_one_hot() -> None:
    texts = [t.split() for t in ("the dog bites the man", "the man bites the dog", "the cat sleeps")]
    words = sorted(set(itertools.chain(*texts)))
    counts = np.array([[text.count(word) for word in words] for text in texts])
    assert (counts[0] == counts[1]).all()
    weight = counts * np.log(3 / (counts > 0).sum(axis=0))
    assert not weight[:, words.index("the")].any()
    assert weight[2, words.index("cat")] > weight[0, words.index("dog")] > 0
    one_hot = np.eye(len(words))
    apart = np.linalg.norm(one_hot[:, None] - one_hot[None], axis=2)
    assert np.allclose(apart[~np.eye(len(words), dtype=bool)], math.sqrt(2))
    table = dice().standard_normal((len(words), 3))
    assert (one_hot[2] @ table == table[2]).all()


def test_skip_gram_with_negative_samples_puts_words_of_like_context_together() -> None:
    rng = dice()
    # words 0 and 1 keep the company of 4 and 5, words 2 and 3 that of 6 and 7; 0 and 1 never meet
    company = {0: (4, 5), 1: (4, 5), 2: (6, 7), 3: (6, 7)}
    centre, around = rng.standard_normal((2, 8, 6)) * 0.1
    for _ in range(6000):
        word = int(rng.integers(4))
        targets = [int(rng.choice(company[word])), *rng.integers(4, 8, 2).tolist()]
        for target, label in zip(targets, (1, 0, 0), strict=True):
            push = 0.1 * (label - float(sigmoid(centre[word] @ around[target])))
            centre[word], around[target] = (
                centre[word] + push * around[target],
                around[target] + push * centre[word],
            )
    unit = centre[:4] / np.linalg.norm(centre[:4], axis=1, keepdims=True)
    cosine = unit @ unit.T
    assert min(cosine[0, 1], cosine[2, 3]) > 0.8
    assert cosine[:2, 2:].max() < 0.3


# --- vanishing-and-exploding-gradients


def gradient_norms(layers: int, spread: float, activation: str, skip: bool = False) -> list[float]:
    """Norm of the gradient at the input of each layer, from the first layer to the last."""
    rng = dice()
    width, h, kept = 100, rng.standard_normal(100), []
    for _ in range(layers):
        w = rng.standard_normal((width, width)) * spread / math.sqrt(width)
        z = w @ h
        out, d = {
            "sigmoid": (sigmoid(z), sigmoid(z) * (1 - sigmoid(z))),
            "relu": (np.maximum(z, 0), (z > 0) * 1.0),
        }[activation]
        kept.append((w, d))
        h = h + out if skip else out
    gradient, norms = np.ones(width), []
    for w, d in reversed(kept):
        gradient = (gradient if skip else 0) + w.T @ (d * gradient)
        norms.append(float(np.linalg.norm(gradient)))
    return norms[::-1]


def test_gradients_vanish_explode_or_keep_their_size_by_the_initial_weights() -> None:
    last = 10.0  # norm of a vector of a hundred ones
    assert gradient_norms(30, 1.0, "sigmoid")[0] < 1e-12 * last
    assert gradient_norms(30, 1.0, "relu")[0] < 1e-3 * last
    assert gradient_norms(30, 3.0, "relu")[0] > 1e6 * last
    assert 0.02 * last < gradient_norms(30, math.sqrt(2), "relu")[0] < 50 * last
    early = gradient_norms(30, 1.0, "sigmoid")
    assert early[0] < early[15] < early[29]


def test_a_residual_path_keeps_the_gradient_alive() -> None:
    assert gradient_norms(30, 0.3, "relu")[0] < 1e-12
    assert gradient_norms(30, 0.3, "relu", skip=True)[0] > 1


def test_clipping_limits_the_length_keeps_the_direction_and_never_enlarges() -> None:
    def clip(g: Array, limit: float) -> Array:
        return g * min(1, limit / float(np.linalg.norm(g)))

    large, small = np.array([30.0, 40.0]), np.array([1e-9, 0.0])
    assert np.allclose(clip(large, 5), [3, 4])
    assert (clip(small, 5) == small).all()


def test_figures_of_compounding() -> None:
    for factor, layers, result in ((0.25, 10, 1e-6), (0.8, 100, 2e-10), (1.2, 100, 8e7)):
        assert factor**layers == pytest.approx(result, rel=0.05)
    assert 0.5**50 < 1e-15
    assert 1.5**50 > 1e8


# --- residual-connections


def test_a_residual_block_with_zero_weights_is_the_identity() -> None:
    x = dice().standard_normal(5)
    assert np.allclose(x + np.zeros((5, 5)) @ np.maximum(x, 0), x)


def test_the_derivative_of_a_block_is_the_identity_plus_that_of_its_branch() -> None:
    rng = dice()
    x, w = rng.standard_normal(4), rng.standard_normal((4, 4))

    def branch(x: Array) -> Array:
        return np.tanh(w @ x)

    whole = np.stack([slope(lambda v, i=i: float((v + branch(v))[i]), x) for i in range(4)])
    inner = np.stack([slope(lambda v, i=i: float(branch(v)[i]), x) for i in range(4)])
    assert np.allclose(whole, np.eye(4) + inner)


def test_a_stack_of_linear_blocks_is_a_sum_over_two_to_the_n_paths() -> None:
    branches = dice().standard_normal((5, 3, 3))
    whole = np.eye(3)
    for b in branches:
        whole = (np.eye(3) + b) @ whole
    paths = np.zeros((3, 3))
    for taken in itertools.product((False, True), repeat=5):
        path = np.eye(3)
        for b, used in zip(branches, taken, strict=True):
            path = b @ path if used else path
        paths += path
    assert np.allclose(whole, paths)
    assert sum(1 for taken in itertools.product((False, True), repeat=5) if not taken[2]) == 2**5 / 2


def test_the_variance_of_the_stream_grows_with_the_number_of_blocks() -> None:
    stream = dice().standard_normal((20, 20_000)).cumsum(axis=0)
    assert np.allclose(stream.var(axis=1), np.arange(1, 21), rtol=0.05)


# --- dropout


def test_inverted_dropout_keeps_the_mean_and_raises_the_second_moment() -> None:
    rng, keep = dice(), 0.8
    x = rng.standard_normal(20) + 1
    dropped = (rng.random((40_000, 20)) < keep) * x / keep
    assert np.allclose(dropped.mean(axis=0), x, atol=0.03)
    assert np.allclose((dropped**2).mean(axis=0), x**2 / keep, rtol=0.03, atol=0.01)


def test_for_one_linear_layer_the_full_network_is_the_average_of_all_thinned_ones() -> None:
    rng = dice()
    x, w = rng.standard_normal(6), rng.standard_normal((2, 6))
    masks = np.array(list(itertools.product((0, 1), repeat=6)))
    assert len(masks) == 2**6
    assert np.allclose((masks * x / 0.5 @ w.T).mean(axis=0), w @ x)
    bent = np.maximum(masks * x / 0.5 @ w.T, 0).mean(axis=0)
    assert not np.allclose(bent, np.maximum(w @ x, 0))


def test_dropout_on_inputs_of_a_regression_acts_like_an_l2_penalty() -> None:
    rng, keep = dice(), 0.7
    x, y = regression(rng)
    penalised = np.linalg.solve(x.T @ x + (1 - keep) / keep * np.diag((x**2).sum(axis=0)), x.T @ y)
    masks = (rng.random((300, *x.shape)) < keep) / keep
    noisy = (masks * x).reshape(-1, 3)
    fitted = np.linalg.lstsq(noisy, np.tile(y, 300), rcond=None)[0]
    assert np.allclose(fitted, penalised, atol=0.02)
    assert np.linalg.norm(fitted) < np.linalg.norm(np.linalg.lstsq(x, y, rcond=None)[0])


def test_without_scaling_the_activations_at_inference_would_be_larger() -> None:
    x = np.ones(100)
    assert ((dice().random((2000, 100)) < 0.5) * x).sum(axis=1).mean() == pytest.approx(x.sum() / 2, rel=0.01)


# --- batch-normalization


def batch_norm(x: Array, gamma: Array | float = 1.0, beta: Array | float = 0.0) -> Array:
    return gamma * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + 1e-12) + beta


def test_batch_norm_standardises_each_feature_and_can_be_undone() -> None:
    x = dice().standard_normal((32, 4)) * [1, 2, 3, 4] + [5, 6, 7, 8]
    assert np.allclose(batch_norm(x).mean(axis=0), 0)
    assert np.allclose(batch_norm(x).std(axis=0), 1)
    assert np.allclose(batch_norm(x, x.std(axis=0), x.mean(axis=0)), x)


def test_scale_of_the_weights_and_bias_before_batch_norm_have_no_effect() -> None:
    rng = dice()
    x, w = rng.standard_normal((32, 4)), rng.standard_normal((4, 3))
    assert np.allclose(batch_norm(x @ w), batch_norm(x @ (10 * w)))
    assert np.allclose(batch_norm(x @ w), batch_norm(x @ w + [1.0, -2.0, 3.0]))


def test_batch_norm_couples_the_examples_and_layer_norm_does_not() -> None:
    rng = dice()
    x, others = rng.standard_normal((8, 5)), rng.standard_normal((8, 5))
    others[0] = x[0]

    def layer_norm(x: Array) -> Array:
        return batch_norm(x.T).T

    assert not np.allclose(batch_norm(x)[0], batch_norm(others)[0])
    assert np.allclose(layer_norm(x)[0], layer_norm(others)[0])
    assert np.allclose(layer_norm(x[:1]), layer_norm(x)[:1])
    assert not batch_norm(x[:1]).any()  # a batch of one: everything becomes zero


def test_statistics_of_small_batches_are_noisier() -> None:
    rng = dice()
    small, large = (rng.standard_normal((4000, n)).mean(axis=1).std() for n in (2, 128))
    assert small / large == pytest.approx(8, rel=0.1)


def test_batch_norm_at_inference_folds_into_the_layer_before_it() -> None:
    rng = dice()
    x, w, b = rng.standard_normal((7, 4)), rng.standard_normal((3, 4)), rng.standard_normal(3)
    mean, deviation, gamma, beta = rng.uniform(0.5, 2, (4, 3))
    plain = gamma * (x @ w.T + b - mean) / deviation + beta
    folded_w, folded_b = w * (gamma / deviation)[:, None], (b - mean) * gamma / deviation + beta
    assert np.allclose(x @ folded_w.T + folded_b, plain)


def test_a_convolution_has_one_pair_of_statistics_per_channel() -> None:
    x = dice().standard_normal((8, 64, 5, 5)) * 3 + 2
    mean, deviation = x.mean(axis=(0, 2, 3), keepdims=True), x.std(axis=(0, 2, 3), keepdims=True)
    assert mean.size == deviation.size == 64
    assert np.allclose(((x - mean) / deviation).var(axis=(0, 2, 3)), 1)
