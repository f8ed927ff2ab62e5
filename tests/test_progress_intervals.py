"""Intervals: against published values and hand calculations, and by drawing thousands of histories."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import chi2, ttest_ind

from coach.progress.intervals import Counted, Estimate, mean, mean_change, mean_rate, rate, rate_change
from coach.uncertainty import MEASURED, marks, moments, true_count

DETECTOR = MEASURED["filled_pause"]
STEP = 1 / DETECTOR.recall


@pytest.mark.parametrize(
    ("count", "low", "high"),
    # Exact 95 % limits of a Poisson mean, table of Pearson and Hartley 1966 (Biometrika Tables, table 40)
    [
        (0, 0.0, 3.69),
        (1, 0.0253, 5.57),
        (2, 0.242, 7.22),
        (5, 1.623, 11.67),
        (10, 4.80, 18.39),
        (20, 12.22, 30.89),
    ],
)
def test_a_rate_has_the_exact_poisson_interval(count: int, low: float, high: float) -> None:
    found = rate(count, 1.0)
    assert (found.low, found.high) == (pytest.approx(low, rel=2e-3), pytest.approx(high, rel=2e-3))


def test_a_rate_is_per_minute() -> None:
    assert rate(10, 4.0).value == 2.5
    assert rate(10, 4.0).low == pytest.approx(rate(10, 1.0).low / 4)


def test_the_variance_of_the_detector_widens_as_fay_and_feuer_say() -> None:
    y, v, s = 6.0, 9.0, 1.2
    found = rate(y, 1.0, v, s)
    assert found.low == pytest.approx(v / (2 * y) * chi2.ppf(0.025, 2 * y**2 / v))
    up = (y + s) ** 2 / (v + s**2)
    assert found.high == pytest.approx((v + s**2) / (2 * (y + s)) * chi2.ppf(0.975, 2 * up))
    assert found.low < rate(y, 1.0).low
    assert found.high > rate(y, 1.0).high


def test_moments_are_those_of_the_distribution_of_the_true_count() -> None:
    sure = [0.9, 0.5, 0.7, 1.0]
    chances = true_count(sure, 3.0, DETECTOR)
    counts = np.arange(len(chances))
    expected = float(chances @ counts)
    right, variance = sum(sure), sum(c * (1 - c) for c in sure)
    assert moments(right, variance, 3.0, DETECTOR) == (
        pytest.approx(expected, abs=1e-6),
        pytest.approx(float(chances @ counts**2) - expected**2, abs=1e-6),
    )
    assert marks([], "filled_pause") == (0, 0)


def test_a_mean_takes_three() -> None:
    assert mean([1.0, 2.0]) is None
    assert mean_rate([Counted(1, 0, 1)] * 2) is None
    found = mean([1.0, 2.0, 3.0])
    assert found is not None
    assert found.value == 2.0
    assert found.low < 1.0  # three values say little
    assert found.high > 3.0


def test_the_same_figures_give_the_same_interval() -> None:
    assert mean([1.0, 2.0, 4.0, 3.0]) == mean([1.0, 2.0, 4.0, 3.0])


def test_a_change_within_questions_is_not_fooled_by_a_hard_question_that_comes_late() -> None:
    # Each question gains 5. The hard one (about 40) has more late answers: the plain means would say a loss.
    values = [80.0, 81.0, 79.0, 85.0, 40.0, 45.0, 44.0, 46.0]
    late = [False, False, False, True, False, True, True, True]
    question = [0, 0, 0, 0, 1, 1, 1, 1]
    side = np.array(late)
    plain = np.mean(np.array(values)[side]) - np.mean(np.array(values)[~side])
    found = mean_change(values, late, question)
    assert plain < 0
    assert found is not None
    assert found.value == pytest.approx(5.0)


def test_many_values_agree_with_the_t_interval() -> None:
    draw = np.random.default_rng(3)
    early, late = draw.normal(50, 10, 300), draw.normal(53, 10, 300)
    found = mean_change([*early, *late], [False] * 300 + [True] * 300, [0] * 600)
    exact = ttest_ind(late, early).confidence_interval()
    assert found is not None
    assert (found.low, found.high) == (pytest.approx(exact.low, abs=0.1), pytest.approx(exact.high, abs=0.1))


def test_the_two_ways_to_the_ends_meet_at_a_hundred() -> None:
    values = np.random.default_rng(4).normal(50, 10, 101)
    drawn, limit = mean(values[:100]), mean(values)  # type: ignore[arg-type]
    assert drawn is not None
    assert limit is not None
    assert (drawn.high - drawn.low) == pytest.approx(limit.high - limit.low, rel=0.1)


def test_nothing_can_be_said_without_two_sides() -> None:
    assert mean_change([1.0, 2.0, 3.0], [False] * 3, [0] * 3) is None
    assert mean_change([1.0, 2.0], [False, True], [0, 0]) is None  # nothing is left to tell the scatter from
    assert rate_change([Counted(3, 0, 1)] * 3, [True] * 3, [0] * 3) is None
    assert rate_change([], [], []) is None


def test_a_change_of_rates_is_later_minus_earlier_over_shared_questions() -> None:
    talks = [Counted(12, 0, 2), Counted(12, 0, 2), Counted(4, 0, 2), Counted(4, 0, 2), Counted(90, 0, 1)]
    found = rate_change(talks, [False, False, True, True, True], [0, 0, 0, 0, 1])
    assert found is not None
    assert found.value == pytest.approx(-4.0)  # the question with one side only does not count
    assert found.low < -4.0 < found.high < 0


def test_scatter_between_answers_widens_the_interval() -> None:
    even = [Counted(count, 0, 2) for count in (10, 10, 10, 5, 5, 5)]
    uneven = [Counted(count, 0, 2) for count in (1, 9, 20, 1, 2, 12)]
    sides = [False] * 3 + [True] * 3
    calm, wild = (rate_change(talks, sides, [0] * 6) for talks in (even, uneven))
    assert calm is not None
    assert wild is not None
    assert calm.value == wild.value == pytest.approx(-2.5)
    assert wild.high - wild.low > 2 * (calm.high - calm.low)


# Simulations. With 800 histories the standard error of a share of 0.05 is 0.008.
HISTORIES = 800
Draw = Callable[[np.random.Generator, int], NDArray[np.float64]]
SHAPES: dict[str, Draw] = {
    "bell": lambda draw, n: draw.normal(70, 10, n),
    "skewed": lambda draw, n: 60 + draw.exponential(10, n),
    "coarse": lambda draw, n: draw.choice([0.0, 25.0, 50.0, 75.0, 100.0], n, p=[0.05, 0.1, 0.2, 0.35, 0.3]),
}


def shares(found: list[Estimate]) -> tuple[float, float]:
    """How often an interval lies below and above 0."""
    return float(np.mean([one.high < 0 for one in found])), float(np.mean([one.low > 0 for one in found]))


@pytest.mark.parametrize("sizes", [(3, 3), (4, 3), (10, 10)], ids=str)
@pytest.mark.parametrize("shape", SHAPES)
def test_scores_that_do_not_change_are_seldom_said_to(shape: str, sizes: tuple[int, int]) -> None:
    draw = np.random.default_rng(11)
    late = [False] * sizes[0] + [True] * sizes[1]
    found = [
        mean_change(list(SHAPES[shape](draw, sum(sizes))), late, [0] * sum(sizes)) for _ in range(HISTORIES)
    ]
    worse, better = shares([one for one in found if one is not None])
    assert better <= 0.045
    assert worse <= 0.045
    assert better + worse <= 0.075


def test_scores_over_several_questions_keep_their_promise() -> None:
    draw = np.random.default_rng(12)
    question, late = [0, 0, 1, 1, 2, 2, 2, 2], [False, True, False, True, False, False, True, True]
    hard = np.array([0, 0, -30, -30, 15, 15, 15, 15])
    change = 6.0
    found = []
    for _ in range(HISTORIES):
        values = 70 + hard + change * np.array(late) + draw.normal(0, 8, 8)
        one = mean_change(list(values), late, question)
        assert one is not None
        found.append(one.low <= change <= one.high)
    assert 0.925 <= np.mean(found) <= 0.985


def talk(draw: np.random.Generator, per_minute: float, scatter: float) -> Counted:
    """A talk as Coach hears it: true pauses (negative binomial), the detector's misses and false marks."""
    minutes = float(draw.uniform(1.5, 4))
    true = draw.poisson(per_minute * minutes * (draw.gamma(1 / scatter, scatter) if scatter else 1))
    found, false = draw.binomial(true, DETECTOR.recall), draw.poisson(0.1 * minutes)
    sure = [0.95] * found + [0.3] * false
    count, noise = moments(sum(sure), sum(c * (1 - c) for c in sure), minutes, DETECTOR)
    return Counted(count, noise, minutes)


@pytest.mark.parametrize("scatter", [0.0, 0.3])
@pytest.mark.parametrize("per_minute", [0.5, 2.0, 6.0])
@pytest.mark.parametrize("sizes", [(3, 3), (8, 8)], ids=str)
def test_rates_that_do_not_change_are_seldom_said_to(
    sizes: tuple[int, int], per_minute: float, scatter: float
) -> None:
    draw = np.random.default_rng(13)
    late = [False] * sizes[0] + [True] * sizes[1]
    found = [
        rate_change([talk(draw, per_minute, scatter) for _ in late], late, [0] * len(late), STEP)
        for _ in range(HISTORIES)
    ]
    better, worse = shares([one for one in found if one is not None])
    assert better <= 0.05
    assert worse <= 0.05
    assert better + worse <= 0.08


def test_the_interval_of_a_change_of_rates_holds_the_change() -> None:
    draw = np.random.default_rng(14)
    late = [False] * 5 + [True] * 5
    held = []
    for _ in range(HISTORIES):
        one = rate_change([talk(draw, 3.0 if side else 5.0, 0.1) for side in late], late, [0] * 10, STEP)
        assert one is not None
        held.append(one.low <= -2.0 <= one.high)
    assert np.mean(held) >= 0.93


def test_a_real_change_is_found_more_often_the_more_answers_there_are() -> None:
    draw = np.random.default_rng(15)

    def power(size: int) -> float:
        late = [False] * size + [True] * size
        found = [
            rate_change(
                [talk(draw, 3.0 if side else 6.0, 0.05) for side in late], late, [0] * len(late), STEP
            )
            for _ in range(300)
        ]
        return float(np.mean([one is not None and one.high < 0 for one in found]))

    few, many = power(3), power(10)
    assert few > 0.2
    assert many > 0.9


def test_the_interval_of_a_level_holds_the_rate() -> None:
    draw = np.random.default_rng(16)
    for scatter in (0.0, 0.3):
        found = [mean_rate([talk(draw, 4.0, scatter) for _ in range(5)], STEP) for _ in range(HISTORIES)]
        assert np.mean([one is not None and one.low <= 4.0 <= one.high for one in found]) >= 0.93


@pytest.mark.parametrize(("shape", "least"), [("bell", 0.93), ("coarse", 0.91)])
def test_the_interval_of_a_mean_holds_the_mean(shape: str, least: float) -> None:
    draw = np.random.default_rng(17)
    truth = {"bell": 70.0, "coarse": 68.75}[shape]
    found = [mean(list(SHAPES[shape](draw, 5))) for _ in range(HISTORIES)]
    assert np.mean([one is not None and one.low <= truth <= one.high for one in found]) >= least
