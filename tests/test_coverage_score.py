"""The coverage score by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.assessment import KeyPointFinding
from coach.coverage.decision import COVERED, PARTIAL
from coach.coverage.score import coverage_score


def finding(status: str, weight: float = 1.0, within: float = 0.5) -> KeyPointFinding:
    """``within``: how far a partial one has come from the lower end of the band to the upper, 0..1."""
    return KeyPointFinding(
        id="x",
        text="x",
        weight=weight,
        required=False,
        status=status,  # type: ignore[arg-type]
        confidence=PARTIAL + within * (COVERED - PARTIAL),
    )


def test_weights_and_credits_by_hand():
    # (2 * 1 + 1 * 0.5 + 1 * 0 + 4 * 0) / (2 + 1 + 1 + 4) = 2.5 / 8
    findings = [finding("covered", 2), finding("partial"), finding("missed"), finding("contradicted", 4)]
    assert coverage_score(findings) == pytest.approx(0.3125)


@pytest.mark.parametrize(
    ("status", "score"), [("covered", 1.0), ("partial", 0.5), ("missed", 0.0), ("contradicted", 0.0)]
)
def test_one_status_alone_whatever_the_weights(status, score):
    assert coverage_score([finding(status, 0.3), finding(status, 7)]) == pytest.approx(score)


def test_the_partial_band_has_no_step_at_either_end():
    assert coverage_score([finding("partial", within=0.0)]) == coverage_score([finding("missed")])
    assert coverage_score([finding("partial", within=0.25)]) == pytest.approx(0.25)
    assert coverage_score([finding("partial", within=1.0)]) == pytest.approx(
        coverage_score([finding("covered")])
    )


def test_nothing_to_weigh_is_an_error_and_not_zero():
    with pytest.raises(ValueError, match="at least one key point"):
        coverage_score([])


STATUS = st.sampled_from(["covered", "partial", "missed", "contradicted"])


@given(st.lists(st.tuples(STATUS, st.floats(0.01, 100)), min_size=1, max_size=12), st.floats(0.1, 10))
def test_score_is_a_share_and_does_not_depend_on_the_scale_of_weights(parts, factor):
    score = coverage_score([finding(status, weight) for status, weight in parts])
    scaled = coverage_score([finding(status, weight * factor) for status, weight in parts])
    assert 0 <= score <= 1
    assert scaled == pytest.approx(score)
