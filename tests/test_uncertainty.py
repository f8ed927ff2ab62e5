"""Intervals of counts: against values worked out by hand, against drawn talks, and what must always hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from coach.transcript import Disfluency
from coach.uncertainty import LEVEL, MEASURED, Accuracy, likely_count, quantiles, true_count

SURE = st.lists(st.floats(0, 1), max_size=40)
MINUTES = st.floats(0, 60)
ACCURACIES = st.builds(
    Accuracy, recall=st.floats(0.2, 1), missed_per_minute=st.floats(0, 1), spread=st.floats(0, 1)
)
PERFECT = Accuracy(recall=1, missed_per_minute=0)


def found(*confidences: float, kind: str = "filled_pause", verdict: str | None = None) -> list[Disfluency]:
    return [
        Disfluency.model_validate(
            {"id": f"{kind}{n}", "kind": kind, "text": "um", "start": n, "end": n + 0.3, "detector": "hand",
             "confidence": confidence, "verdict": verdict}
        )
        for n, confidence in enumerate(confidences)
    ]  # fmt: skip


def test_what_is_certain_and_never_missed_has_no_width() -> None:
    assert quantiles(true_count([1.0] * 12, 5, PERFECT)) == (12, 12)
    assert quantiles(true_count([], 5, PERFECT)) == (0, 0)


def test_confidences_add_up_to_a_poisson_binomial() -> None:
    # 0.5 and 0.8: neither 0.1, one 0.5, both 0.4
    assert true_count([0.5, 0.8], 0, PERFECT) == pytest.approx([0.1, 0.5, 0.4])
    assert quantiles(true_count([0.5, 0.8], 0, PERFECT)) == (0, 2)
    assert quantiles(true_count([0.5, 0.85], 0, PERFECT)) == (1, 2)


def test_what_is_missed_is_poisson_without_spread() -> None:
    # one certain thing at a recall of 0.5: on average one more is missed
    e = np.exp(-1.0)
    assert true_count([1.0], 0, Accuracy(0.5, 0))[:4] == pytest.approx([0, e, e, e / 2])


def test_spread_makes_the_missed_ones_negative_binomial() -> None:
    # mean 2 and spread 1 is geometric: P(k) = 1/3 * (2/3)^k
    missed = true_count([], 4, Accuracy(1, 0.5, spread=1))
    assert missed[:3] == pytest.approx([1 / 3, 2 / 9, 4 / 27])
    counts = np.arange(len(missed))
    assert missed @ counts == pytest.approx(2, abs=1e-3)
    assert missed @ counts**2 - (missed @ counts) ** 2 == pytest.approx(2 + 2**2, abs=0.01)


def test_where_nothing_was_found_there_is_still_an_upper_end() -> None:
    assert quantiles(true_count([], 10, Accuracy(0.9, 0.05))) == (0, 1)


def test_unsure_marks_put_the_interval_below_what_was_found() -> None:
    low, high = quantiles(true_count([0.4] * 20, 1, Accuracy(0.95, 0.0)))
    assert low < high < 20


def test_long_talks_do_not_underflow() -> None:
    low, high = quantiles(true_count([1.0] * 2000, 60, Accuracy(0.5, 0.0)))
    # 2000 + Poisson(2000): 1.2816 standard deviations of 44.7 on both sides
    assert (low, high) == (pytest.approx(3943, abs=2), pytest.approx(4057, abs=2))


def test_verdicts_make_certain_or_take_away() -> None:
    plain = likely_count(found(*[0.5] * 10), 2, "filled_pause")
    accepted = likely_count(found(*[0.5] * 10, verdict="accepted"), 2, "filled_pause")
    rejected = likely_count(found(*[0.5] * 10, verdict="rejected"), 2, "filled_pause")
    assert accepted == likely_count(found(*[1.0] * 10), 2, "filled_pause")
    assert accepted[0] == 10 > plain[0]
    assert rejected == likely_count([], 2, "filled_pause")


def test_kinds_are_told_apart_and_can_be_taken_together() -> None:
    both = [*found(*[1.0] * 6, kind="repetition"), *found(*[1.0] * 4, kind="restart")]
    assert likely_count(both, 1, "repetition") == likely_count(both[:6], 1, "repetition")
    low, high = likely_count(both, 1, "repetition", "restart")
    ends = [likely_count(both, 1, kind) for kind in ("repetition", "restart")]
    assert low >= ends[0][0] + ends[1][0]
    assert high <= ends[0][1] + ends[1][1]


def test_every_measured_accuracy_makes_sense() -> None:
    assert set(MEASURED) == {"filled_pause", "discourse_marker", "repetition", "restart"}
    for accuracy in MEASURED.values():
        assert 0 < accuracy.recall <= 1
        assert accuracy.missed_per_minute >= 0
        assert accuracy.spread >= 0


@given(SURE, MINUTES, ACCURACIES)
def test_probabilities_add_up_and_the_interval_is_in_order(sure, minutes, accuracy):
    whole = true_count(sure, minutes, accuracy)
    low, high = quantiles(whole)
    assert whole.sum() == pytest.approx(1)
    assert (whole >= 0).all()
    assert 0 <= low <= high < len(whole)
    assert whole[low : high + 1].sum() >= LEVEL - 1e-9


@given(SURE, MINUTES, ACCURACIES, st.floats(0.2, 1))
@example([5e-324], 0.0, Accuracy(1, 0), 0.25)
def test_a_lower_recall_never_lowers_either_end(sure, minutes, accuracy, other):
    worse, better = sorted((accuracy.recall, other))
    ends = [
        quantiles(true_count(sure, minutes, Accuracy(recall, accuracy.missed_per_minute, accuracy.spread)))
        for recall in (better, worse)
    ]
    assert ends[0][0] <= ends[1][0]
    assert ends[0][1] <= ends[1][1]


@given(SURE, MINUTES, ACCURACIES, st.floats(0, 1))
def test_one_more_found_never_lowers_either_end(sure, minutes, accuracy, more):
    before = quantiles(true_count(sure, minutes, accuracy))
    after = quantiles(true_count([*sure, more], minutes, accuracy))
    assert before[0] <= after[0]
    assert before[1] <= after[1]


@given(
    SURE,
    st.floats(0, 10),
    st.builds(Accuracy, recall=st.floats(0.5, 1), missed_per_minute=st.floats(0, 0.5), spread=st.just(0.0)),
)
def test_the_quantiles_agree_with_drawn_talks_within_a_count(sure, minutes, accuracy):
    random, talks = np.random.default_rng(7), 20_000
    right = (random.random((talks, len(sure))) < np.array(sure)).sum(axis=1)
    mean = sum(sure) * (1 - accuracy.recall) / accuracy.recall + accuracy.missed_per_minute * minutes
    drawn = right + random.poisson(mean, talks)
    low, high = quantiles(true_count(sure, minutes, accuracy))
    assert abs(low - np.quantile(drawn, 0.1, method="inverted_cdf")) <= 1
    assert abs(high - np.quantile(drawn, 0.9, method="inverted_cdf")) <= 1
