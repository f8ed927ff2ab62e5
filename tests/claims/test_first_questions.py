"""Figures and derivations that the questions state, computed."""

from __future__ import annotations

import heapq
import math
import random
from collections import OrderedDict, defaultdict
from itertools import pairwise

import numpy as np
import pytest

RNG = np.random.default_rng(7)


def softmax(scores: np.ndarray) -> np.ndarray:
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


def test_l1_gives_zeros_where_l2_only_shrinks() -> None:
    x = RNG.standard_normal((200, 10))
    y = x[:, 0] * 3 - x[:, 1] * 2 + RNG.standard_normal(200)
    penalty, step = 40.0, 1 / np.linalg.norm(x, 2) ** 2
    lasso = np.zeros(10)
    for _ in range(3000):
        moved = lasso - step * x.T @ (x @ lasso - y)
        lasso = np.sign(moved) * np.maximum(abs(moved) - step * penalty, 0)
    ridge = np.linalg.solve(x.T @ x + penalty * np.eye(10), x.T @ y)
    plain = np.linalg.solve(x.T @ x, x.T @ y)
    assert np.count_nonzero(lasso) < 10
    assert np.count_nonzero(ridge) == 10
    assert np.linalg.norm(ridge) < np.linalg.norm(plain)


def test_squared_error_is_bias_squared_plus_variance_plus_noise() -> None:
    truth, noise = math.sin(1.0), 0.3
    design = np.vander(np.linspace(0, 3, 12), 3)
    targets = np.sin(design[:, 1]) + noise * RNG.standard_normal((40_000, 12))
    predictions = targets @ np.linalg.pinv(design).T @ np.array([1.0, 1.0, 1.0])
    error = np.mean((truth + noise * RNG.standard_normal(40_000) - predictions) ** 2)
    parts = (predictions.mean() - truth) ** 2 + predictions.var() + noise**2
    assert error == pytest.approx(parts, rel=0.03)


def test_cross_entropy_gradient_is_prediction_minus_label() -> None:
    logits, label, h = RNG.standard_normal(5), np.eye(5)[2], 1e-6
    steps = h * np.eye(5)
    numeric = [(math.log(softmax(logits - s)[2]) - math.log(softmax(logits + s)[2])) / (2 * h) for s in steps]
    assert np.allclose(numeric, softmax(logits) - label, atol=1e-6)


def test_squared_error_on_a_sigmoid_has_no_pull_when_confidently_wrong() -> None:
    p = 1 / (1 + math.exp(10))
    assert abs(2 * (p - 1) * p * (1 - p)) < 1e-3 < abs(p - 1)


def test_cross_entropy_is_entropy_plus_kl() -> None:
    p, q = softmax(RNG.standard_normal(5)), softmax(RNG.standard_normal(5))
    assert -(p @ np.log(q)) == pytest.approx(-(p @ np.log(p)) + p @ np.log(p / q))


def test_dot_products_have_the_variance_of_their_length() -> None:
    q, k = RNG.standard_normal((2, 50_000, 64))
    assert (q * k).sum(axis=1).var() == pytest.approx(64, rel=0.05)


def test_masking_with_zero_leaves_weight_and_minus_infinity_none() -> None:
    scores, past = RNG.standard_normal((5, 5)), np.tril(np.ones((5, 5)))
    assert softmax(scores * past)[0, 1:].min() > 0
    assert softmax(np.where(past > 0, scores, -np.inf))[0, 1:].max() == 0
    assert np.allclose(softmax(scores), softmax(scores + 7))
    assert math.floor(np.log(np.finfo(np.float32).max)) == 88


def convolve(x: np.ndarray, w: np.ndarray, pad: int, stride: int) -> np.ndarray:
    x = np.pad(x, ((0, 0), (pad, pad), (pad, pad)))
    rows, columns = w.shape[2:]
    height, width = (x.shape[1] - rows) // stride + 1, (x.shape[2] - columns) // stride + 1
    out = np.empty((len(w), height, width))
    for f, i, j in np.ndindex(out.shape):
        out[f, i, j] = (w[f] * x[:, i * stride : i * stride + rows, j * stride : j * stride + columns]).sum()
    return out


@pytest.mark.parametrize(("pad", "stride"), [(0, 1), (1, 2), (2, 1)])
def test_im2col_equals_loops_and_copies_pixels(pad: int, stride: int) -> None:
    x, w = RNG.standard_normal((3, 9, 7)), RNG.standard_normal((4, 3, 3, 2))
    padded = np.pad(x, ((0, 0), (pad, pad), (pad, pad)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 2), axis=(1, 2))[:, ::stride, ::stride]
    columns = windows.transpose(1, 2, 0, 3, 4).reshape(-1, 18)
    fast = (columns @ w.reshape(4, -1).T).T.reshape(4, *windows.shape[1:3])
    assert np.allclose(fast, convolve(x, w, pad, stride))
    assert columns.size > x.size


def test_convolution_sizes_and_costs() -> None:
    identity = np.zeros((1, 1, 3, 3))
    identity[0, 0, 1, 1] = 1
    x = RNG.standard_normal((1, 32, 32))
    assert np.allclose(convolve(x, identity, 1, 1), x)
    assert convolve(x, np.ones((1, 1, 5, 5)), 2, 2).shape == (1, 16, 16)
    inputs, outputs, kernel = 64, 128, 3
    separable = inputs * kernel**2 + inputs * outputs
    assert separable / (inputs * outputs * kernel**2) == pytest.approx(1 / outputs + 1 / kernel**2)


def test_double_softmax_over_ten_classes_can_not_go_below_1_46() -> None:
    assert -math.log(softmax(np.eye(10)[0])[0]) == pytest.approx(1.46, abs=0.005)
    assert math.log(10) == pytest.approx(2.30, abs=0.005)
    assert np.finfo(np.float16).max == 65504


def test_sizes_stated_in_the_design_questions() -> None:
    assert 100e6 * 64 * 4 / 1e9 == 25.6
    assert 100_000**2 * 2 / 1e9 == 20


def first_position(values: list[int], target: int) -> int:
    low, high = 0, len(values)
    while low < high:
        middle = low + (high - low) // 2
        if values[middle] < target:
            low = middle + 1
        else:
            high = middle
    return low if low < len(values) and values[low] == target else -1


def test_binary_search_as_told_equals_a_scan() -> None:
    chance = random.Random(0)
    for _ in range(10_000):
        values = sorted(chance.randrange(6) for _ in range(chance.randrange(9)))
        target = chance.randrange(-1, 7)
        assert first_position(values, target) == (values.index(target) if target in values else -1)


Edges = list[tuple[int, int, int]]


def dijkstra(nodes: int, edges: Edges) -> list[float]:
    out = defaultdict(list)
    for start, end, weight in edges:
        out[start].append((end, weight))
    distance = [0.0] + [math.inf] * (nodes - 1)
    heap, closed = [(0.0, 0)], set()
    while heap:
        so_far, node = heapq.heappop(heap)
        if node in closed:
            continue
        closed.add(node)
        for neighbour, weight in out[node]:
            if neighbour not in closed and so_far + weight < distance[neighbour]:
                distance[neighbour] = so_far + weight
                heapq.heappush(heap, (distance[neighbour], neighbour))
    return distance


def bellman_ford(nodes: int, edges: Edges) -> list[float]:
    distance = [0.0] + [math.inf] * (nodes - 1)
    for _ in range(nodes):
        for start, end, weight in edges:
            distance[end] = min(distance[end], distance[start] + weight)
    return distance


def test_dijkstra_as_told_equals_bellman_ford_until_an_edge_is_negative() -> None:
    chance = random.Random(1)
    for _ in range(2000):
        edges = [
            (chance.randrange(7), chance.randrange(7), chance.randrange(10))
            for _ in range(chance.randrange(20))
        ]
        assert dijkstra(7, edges) == bellman_ford(7, edges)
    negative = [(0, 1, 2), (0, 2, 3), (2, 1, -2), (1, 3, 1)]
    assert bellman_ford(4, negative)[3] == 2
    assert dijkstra(4, negative)[3] == 3


class LinkedCache:
    """The design of the question: a map to nodes [previous, next, key, value] between two dummies."""

    def __init__(self, capacity: int) -> None:
        self.capacity, self.nodes = capacity, {}
        self.head, self.tail = [None, None, None, None], [None, None, None, None]
        self.head[1], self.tail[0] = self.tail, self.head

    def _unlink(self, node: list) -> None:
        node[0][1], node[1][0] = node[1], node[0]

    def _to_front(self, node: list) -> None:
        node[0], node[1] = self.head, self.head[1]
        self.head[1][0] = self.head[1] = node

    def get(self, key: int) -> int:
        if key not in self.nodes:
            return -1
        node = self.nodes[key]
        self._unlink(node)
        self._to_front(node)
        return node[3]

    def put(self, key: int, value: int) -> None:
        if key in self.nodes:
            self._unlink(self.nodes[key])
        self.nodes[key] = [None, None, key, value]
        self._to_front(self.nodes[key])
        if len(self.nodes) > self.capacity:
            oldest = self.tail[0]
            self._unlink(oldest)
            del self.nodes[oldest[2]]


def test_the_lru_design_equals_an_ordered_dict() -> None:
    chance = random.Random(2)
    for capacity in (1, 2, 5):
        cache, model = LinkedCache(capacity), OrderedDict()
        for _ in range(20_000):
            key = chance.randrange(8)
            if chance.random() < 0.5:
                if key in model:
                    model.move_to_end(key)
                assert cache.get(key) == model.get(key, -1)
            else:
                value = chance.randrange(100)
                cache.put(key, value)
                model[key] = value
                model.move_to_end(key)
                if len(model) > capacity:
                    model.popitem(last=False)
            assert cache.nodes.keys() == model.keys()


def test_a_fixed_window_lets_twice_the_limit_through_at_its_border() -> None:
    passed, counts = [], defaultdict(int)
    for at in [59.9 + i * 0.01 for i in range(20)]:
        counts[int(at // 60)] += 1
        if counts[int(at // 60)] <= 10:
            passed.append(at)
    assert len(passed) == 20
    assert passed[-1] - passed[0] < 0.2


def test_lazy_refill_equals_refilling_all_the_time() -> None:
    times = sorted(random.Random(3).randrange(60_000) for _ in range(400))  # milliseconds
    capacity, rate = 5_000, 1  # millitokens, millitokens per millisecond
    lazy, stepped, spent = capacity, capacity, []
    for before, now in pairwise([0, *times]):
        lazy = min(capacity, lazy + (now - before) * rate)
        for _ in range(now - before):
            stepped = min(capacity, stepped + rate)
        assert lazy == stepped
        if lazy >= 1000:
            lazy, stepped = lazy - 1000, stepped - 1000
            spent.append(now)
    assert 0 < len(spent) < len(times)
