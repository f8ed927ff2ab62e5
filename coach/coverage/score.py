"""The coverage score: one number for how much of a rubric was said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from coach.assessment import KeyPointFinding, KeyPointStatus

CREDIT: Mapping[KeyPointStatus, float] = {"covered": 1.0, "partial": 0.5, "missed": 0.0, "contradicted": 0.0}


def coverage_score(findings: Sequence[KeyPointFinding]) -> float:
    """Sum of weight times credit over the sum of weights, 0..1.

    Covered counts 1, partial 0.5, missed and contradicted 0. Raises ValueError where nothing has a
    weight.
    """
    total = sum(finding.weight for finding in findings)
    if total <= 0:
        raise ValueError("coverage needs at least one key point with a weight above 0")
    return min(sum(finding.weight * CREDIT[finding.status] for finding in findings) / total, 1.0)
