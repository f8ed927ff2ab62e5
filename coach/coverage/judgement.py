"""The verdict on every key point and misconception, with the speaker's own words as evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from coach.assessment import Evidence, KeyPointFinding, KeyPointStatus, MisconceptionFinding
from coach.coverage.comparison import Candidates, Compared
from coach.coverage.decision import (
    CONTRADICTED,
    COVERED,
    MAKES,
    MISTAKEN,
    MISTAKEN_ALONE,
    OPPOSES,
    PARTIAL,
    SAYS,
    decide,
)
from coach.coverage.matching import Array
from coach.coverage.view import evidence

if TYPE_CHECKING:
    from coach.rubric import KeyPoint, Misconception

_AS_GOOD = 0.9  # share of the best window's probability that a shorter quote must still reach
_SHORTEST_LIST = 8  # words
_LOOSE = "and or but so because then that which the a an of to is are"
_LEADING = frozenset(f"{_LOOSE} also well now".split())
_TRAILING = frozenset(f"{_LOOSE} in on for with if when".split())


def judge(point: KeyPoint, compared: Compared) -> KeyPointFinding:
    """Whether the answer makes ``point``.

    Contradicted needs a stretch that says the opposite, and no stretch elsewhere that makes the point: who says
    it right once is not accused. Otherwise the likeliest stretch decides.
    """
    candidates = compared.points[point.id]
    status: KeyPointStatus = "missed"
    confidence, quoted = 1.0, None
    if len(candidates.windows):
        told = decide(candidates.features, compared.meaning, compared.verifier)
        against = told[:, OPPOSES]
        apart = ~_touching(compared, candidates.windows, against >= CONTRADICTED)
        made = np.where(apart, told[:, MAKES], 0.0)
        best = float(made.max())
        if best >= COVERED:
            status, confidence, quoted = "covered", best, _shortest(compared, candidates, made, COVERED)
        elif against.max() >= CONTRADICTED:
            status, confidence = "contradicted", float(against.max())
            quoted = _shortest(compared, candidates, against, CONTRADICTED)
        elif best >= PARTIAL:
            status, confidence, quoted = "partial", best, _shortest(compared, candidates, made, PARTIAL)
        else:
            confidence = 1.0 - best
    return KeyPointFinding(
        id=point.id,
        text=point.text,
        weight=point.weight,
        required=point.required,
        status=status,
        confidence=confidence,
        evidence=() if quoted is None else (quoted,),
    )


def mistaken(item: Misconception, compared: Compared) -> MisconceptionFinding | None:
    """The misconception with its quote when the answer says it, else None.

    Two have to agree: a stretch says the misconception, and one that shares words with it opposes the point
    that the misconception contradicts. Where it names no point, it takes a surer stretch.
    """
    candidates = compared.wrong[f"!{item.id}"]
    if not len(candidates.windows):
        return None
    says = decide(candidates.features, compared.meaning, compared.verifier)[:, SAYS]
    enough, point = MISTAKEN_ALONE, item.contradicts
    if point is not None and point in compared.points:
        enough = MISTAKEN
        says = np.where(_opposed(compared, point, candidates.windows), says, 0.0)
    if says.max() < enough:
        return None
    return MisconceptionFinding(
        id=item.id,
        text=item.text,
        confidence=float(says.max()),
        correction=item.correction,
        evidence=(_shortest(compared, candidates, says, enough),),
    )


def _opposed(compared: Compared, point: str, indices: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of the windows share a word with one that opposes the point."""
    candidates = compared.points[point]
    if not len(candidates.windows):
        return np.zeros(len(indices), dtype=bool)
    against = decide(candidates.features, compared.meaning, compared.verifier)[:, OPPOSES] >= CONTRADICTED
    both = np.concatenate([candidates.windows, indices])
    return _touching(compared, both, np.concatenate([against, np.zeros(len(indices), dtype=bool)]))[
        len(against) :
    ]


def lists(compared: Compared) -> tuple[Evidence, ...]:
    """Stretches that name terms in a row without saying anything of them, neighbours joined."""
    joined: list[tuple[int, int]] = []
    for window in compared.windows:  # in the order of their starts
        if window.listed and joined and window.start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], window.end))
        elif window.listed:
            joined.append((window.start, window.end))
    return tuple(
        evidence(compared.transcript, compared.view, start, end)
        for start, end in joined
        if end - start >= _SHORTEST_LIST
    )


def _touching(compared: Compared, indices: NDArray[np.int64], chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which of the windows share a word with a chosen one."""
    spans = [(compared.windows[index].start, compared.windows[index].end) for index in indices.tolist()]
    taken = [span for span, is_chosen in zip(spans, chosen.tolist(), strict=True) if is_chosen]
    return np.array([any(a < end and start < b for start, end in taken) for a, b in spans], dtype=bool)


def _shortest(compared: Compared, candidates: Candidates, probability: Array, threshold: float) -> Evidence:
    """The shortest window nearly as good as the best one, without the loose words at its ends."""
    enough = max(threshold, _AS_GOOD * float(probability.max()))
    chosen = min(
        (
            (compared.windows[index].end - compared.windows[index].start, -probability[row], index)
            for row, index in enumerate(candidates.windows.tolist())
            if probability[row] >= enough
        ),
    )[2]
    window = compared.windows[chosen]
    start, end = window.start, window.end
    while end - start > 1 and compared.view[start].text in _LEADING:
        start += 1
    while end - start > 1 and compared.view[end - 1].text in _TRAILING:
        end -= 1
    return evidence(compared.transcript, compared.view, start, end)
