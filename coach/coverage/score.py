"""The coverage score: one number for how much of a rubric was said."""

from __future__ import annotations

from collections.abc import Sequence

from coach.assessment import KeyPointFinding
from coach.coverage.decision import COVERED, PARTIAL


def credit(finding: KeyPointFinding) -> float:
    """What a key point earns, 0..1: covered 1, missed and contradicted 0, partial the surer the more.

    Within the partial band it rises evenly with the confidence, so that a hair's breadth never costs half a point.
    """
    if finding.status == "partial":
        return min(max((finding.confidence - PARTIAL) / (COVERED - PARTIAL), 0.0), 1.0)
    return 1.0 if finding.status == "covered" else 0.0


def coverage_score(findings: Sequence[KeyPointFinding]) -> float:
    """Sum of weight times credit over the sum of weights, 0..1. Raises ValueError where nothing has a weight."""
    total = sum(finding.weight for finding in findings)
    if total <= 0:
        raise ValueError("coverage needs at least one key point with a weight above 0")
    return min(sum(finding.weight * credit(finding) for finding in findings) / total, 1.0)
