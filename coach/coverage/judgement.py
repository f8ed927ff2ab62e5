"""One answer against one rubric: what each key point and each misconception found, and the verdict on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from coach.assessment import Evidence, KeyPointFinding, KeyPointStatus, MisconceptionFinding
from coach.coverage.decision import CONTRADICTED, COVERED, DOUBTFUL, PARTIAL, Features, best, made, opposed
from coach.coverage.encoder import Encoder
from coach.coverage.matching import Array, likeness, stem_weights
from coach.coverage.view import Token, Window, accepted_forms, evidence, matching_view, windows
from coach.transcript import Disfluency, Transcript

if TYPE_CHECKING:
    from coach.rubric import KeyPoint, Misconception, Rubric

_AS_GOOD = 0.9  # share of the best window's probability that a shorter quote must still reach
_LESS_THAN_COVERED = float(np.nextafter(COVERED, 0))
_LOOSE = "and or but so because then that which the a an of to is are"
_LEADING = frozenset(f"{_LOOSE} also well now".split())
_TRAILING = frozenset(f"{_LOOSE} in on for with if when".split())


@dataclass(frozen=True, slots=True)
class Compared:
    """What the wordings of a rubric found in an answer, one :class:`Features` a key point or misconception.

    ``right`` and ``opposite`` are by key point id (``opposite`` only where the rubric has opposite wordings),
    ``wrong`` by misconception id, ``any_right`` over all key points together.
    """

    transcript: Transcript
    view: Sequence[Token]
    windows: Sequence[Window]
    right: dict[str, Features]
    opposite: dict[str, Features]
    wrong: dict[str, Features]
    any_right: Features

    @property
    def spoken(self) -> NDArray[np.bool_]:
        """Which windows say something rather than list terms."""
        return np.array([not window.listed for window in self.windows], dtype=bool)

    @property
    def claims(self) -> NDArray[np.bool_]:
        """Which windows are one claim, said rather than listed: only these can accuse."""
        return np.array([window.claim and not window.listed for window in self.windows], dtype=bool)


def compare(
    transcript: Transcript, rubric: Rubric, disfluencies: Sequence[Disfluency], encoder: Encoder | None
) -> Compared:
    """Compare every window of the answer with every wording of the rubric, in one pass."""
    right = {point.id: [point.text, *point.phrasings] for point in rubric.key_points}
    wrong = {item.id: [item.text, *item.phrasings] for item in rubric.misconceptions}
    opposite = {point.id: list(point.counter_phrasings) for point in rubric.key_points}
    for item in rubric.misconceptions:
        if item.contradicts in opposite:
            opposite[item.contradicts] += wrong[item.id]

    forms = accepted_forms((term.say, term.accept) for point in rubric.key_points for term in point.terms)
    view = matching_view(transcript, disfluencies, forms)
    stretches = windows(view)
    groups = (right, opposite, wrong)
    wordings = list(dict.fromkeys(text for group in groups for texts in group.values() for text in texts))
    words = {
        text: [token.text for token in matching_view(Transcript.written(text), (), forms)]
        for text in wordings
    }
    weights = stem_weights([[word for text in texts for word in words[text]] for texts in right.values()])
    found = likeness(view, stretches, [words[text] for text in wordings], weights, encoder)
    column = {text: index for index, text in enumerate(wordings)}
    by_right, by_opposite, by_wrong = (
        {key: best(found, [column[text] for text in texts]) for key, texts in group.items() if texts}
        for group in groups
    )
    any_right = best(found, [column[text] for texts in right.values() for text in texts])
    return Compared(transcript, view, stretches, by_right, by_opposite, by_wrong, any_right)


def judge(point: KeyPoint, compared: Compared) -> KeyPointFinding:
    """Whether the answer makes ``point``.

    Contradicted needs a short stretch that is nearer to an opposite wording, and no stretch elsewhere that
    makes the point: who says it right once is not accused, though the misconception is still reported. Where
    it can't be told which of the two was said, the stretch is worth partial at most.
    """
    status: KeyPointStatus = "missed"
    confidence, quoted = 1.0, None
    if compared.windows:
        right = compared.right[point.id]
        against = _against(compared.opposite.get(point.id), compared)
        against_best = float(against.max())
        probability = np.where(
            compared.spoken & ~_touching(compared, against >= CONTRADICTED), made(right), 0.0
        )
        doubtful = _touching(compared, against >= DOUBTFUL)
        probability = np.where(doubtful, np.minimum(probability, _LESS_THAN_COVERED), probability)
        top = float(probability.max())
        if top >= COVERED:
            status, confidence, quoted = "covered", top, _shortest(compared, probability, COVERED)
        elif against_best >= CONTRADICTED:
            status, confidence = "contradicted", against_best
            quoted = _shortest(compared, against, CONTRADICTED)
        elif top >= PARTIAL:
            status, confidence, quoted = "partial", top, _shortest(compared, probability, PARTIAL)
        else:
            confidence = 1.0 - top
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
    """The misconception with its quote when the answer says it rather than what is right, else None."""
    if not compared.windows:
        return None
    says = _against(compared.wrong[item.id], compared)
    if says.max() < CONTRADICTED:
        return None
    return MisconceptionFinding(
        id=item.id,
        text=item.text,
        confidence=float(says.max()),
        correction=item.correction,
        evidence=(_shortest(compared, says, CONTRADICTED),),
    )


def _against(opposite: Features | None, compared: Compared) -> Array:
    """Probability a window that it says the opposite, 0 where it is no claim.

    A claim is read with its neighbours: of all claims that hold it, the mildest verdict counts. "Squares
    every weight" accuses nobody who said "ridge" just before. Nor does a claim accuse that denies the wording
    it is nearest to.
    """
    verdict = np.zeros(len(compared.windows))
    if opposite is None:
        return verdict
    probability = opposed(opposite, compared.any_right)
    claims = np.flatnonzero(compared.claims)
    accusing = np.flatnonzero(compared.claims & (opposite.denies == 0))
    starts = np.array([window.start for window in compared.windows])[claims]
    ends = np.array([window.end for window in compared.windows])[claims]
    for index in accusing.tolist():
        window = compared.windows[index]
        verdict[index] = probability[claims[(starts <= window.start) & (ends >= window.end)]].min()
    return verdict


def _touching(compared: Compared, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which windows share a word with a chosen one."""
    words = np.zeros(len(compared.view) + 1, dtype=int)
    for window, taken in zip(compared.windows, chosen, strict=True):
        if taken:
            words[window.start : window.end] = 1
    before = np.concatenate([[0], np.cumsum(words)])
    return np.array([before[window.end] > before[window.start] for window in compared.windows], dtype=bool)


def _shortest(compared: Compared, probability: Array, threshold: float) -> Evidence:
    """The shortest window nearly as good as the best one, without the loose words at its ends."""
    enough = max(threshold, _AS_GOOD * float(probability.max()))
    chosen = min(
        (index for index in range(len(compared.windows)) if probability[index] >= enough),
        key=lambda index: (compared.windows[index].end - compared.windows[index].start, -probability[index]),
    )
    window = compared.windows[chosen]
    start, end = window.start, window.end
    while end - start > 1 and compared.view[start].text in _LEADING:
        start += 1
    while end - start > 1 and compared.view[end - 1].text in _TRAILING:
        end -= 1
    return evidence(compared.transcript, compared.view, start, end)
