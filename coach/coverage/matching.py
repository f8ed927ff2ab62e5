"""How near each stretch of an answer is to each wording of a rubric: by words, by pairs, by meaning.

Every array has one row a window and one column a wording. Values are 0..1, cosines -1..1.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from coach.coverage.encoder import Encoder
from coach.coverage.view import Token, Window
from coach.coverage.words import DIRECTIONS, FUNCTION_WORDS, NEGATIONS, generality, stem

Array = NDArray[np.float64]
Pair = tuple[str, str]
Feature = TypeVar("Feature", str, Pair)

_STEM_RATIO = 88.0  # letters: "regularisatn"/"regularisation" pass, "precision"/"decision" do not
_REACH = 3  # content words that a pair may lie apart, and words that a negation reaches


@dataclass(frozen=True, slots=True)
class Likeness:
    """Windows against wordings.

    ``telling`` is the recall of stems weighted by how well they tell the points apart, ``words`` the recall
    of all content stems alike ("L1" tells little among points about L1, but all about which one is meant),
    ``pairs`` the recall of neighbouring content words with their direction, ``denies`` 1 where only one of
    the two holds a negation, ``meaning`` the cosine, if there is an encoder.
    """

    telling: Array
    words: Array
    pairs: Array
    denies: Array
    meaning: Array | None


def likeness(
    view: Sequence[Token],
    windows: Sequence[Window],
    wordings: Sequence[Sequence[str]],
    weights: dict[str, float],
    encoder: Encoder | None,
) -> Likeness:
    """Compare every window with every wording (its words); ``weights`` as :func:`stem_weights` gives them."""
    said = [token.text for token in view]
    recall = _Recall(windows, len(wordings))
    meaning = None
    if encoder is not None and windows and wordings:
        texts = [" ".join(words) for words in wordings]
        cosines = encoder.encode([window.text for window in windows]) @ encoder.encode(texts).T
        meaning = cosines.astype(np.float64)
    alike = [_strongest({word: generality(word) for word in words}) for words in wordings]
    heard = _heard_stems(said, {found for group in alike for found in group})
    pairs = [{pair: 1.0 for _, _, pair in directed_pairs(words)} for words in wordings]
    negated = np.array(
        [not NEGATIONS.isdisjoint(said[window.start : window.end]) for window in windows], dtype=bool
    )
    negative = np.array([not NEGATIONS.isdisjoint(words) for words in wordings], dtype=bool)
    return Likeness(
        telling=recall(heard, [{s: weights.get(s, w) for s, w in group.items()} for group in alike]),
        words=recall(heard, alike),
        pairs=recall(_places(directed_pairs(said)), pairs),
        denies=(negated[:, None] != negative[None, :]).astype(np.float64),
        meaning=meaning,
    )


def stem_weights(points: Sequence[Iterable[str]]) -> dict[str, float]:
    """How much each stem tells one key point from the others, 0..1; ``points`` holds each point's words.

    generality(word) * log((n+1) / (df+0.5)) / log((n+1) / 1.5), df = number of the n points that use the stem
    (Sparck Jones 1972, smoothed and scaled to 1 for a stem of one point only).
    """
    groups = [_strongest({word: generality(word) for word in words}) for words in points]
    n = len(points)

    def rarity(found: str) -> float:
        df = sum(found in group for group in groups)
        return math.log((n + 1) / (df + 0.5)) / math.log((n + 1) / 1.5)

    return {found: weight * rarity(found) for group in groups for found, weight in group.items()}


def directed_pairs(words: Sequence[str]) -> list[tuple[int, int, Pair]]:
    """Content words at most three content words apart: first index, last index, the two in order.

    A direction word reads "+" or "-" ("high", "reduces"), and a negation in the three words before turns it
    round, or marks another word with "!": "does not shrink" gives "+", "not zero" gives "!zero".
    """
    content: list[tuple[int, str]] = []
    denied = -_REACH - 1
    for index, word in enumerate(words):
        if word in NEGATIONS:
            denied = index
            continue
        sign = DIRECTIONS.get(word, 0)
        if not sign and word in FUNCTION_WORDS:
            continue
        negated = index - denied <= _REACH
        if negated:
            denied = -_REACH - 1
        if sign:
            content.append((index, "-" if (sign < 0) != negated else "+"))
        else:
            content.append((index, ("!" if negated else "") + stem(word)))
    return [
        (a, b, (one, other) if one < other else (other, one))
        for position, (a, one) in enumerate(content)
        for b, other in content[position + 1 : position + 1 + _REACH]
        if one != other
    ]


def logistic(logit: Array) -> Array:
    """Log-odds as probabilities, 0..1."""
    return np.asarray(1.0 / (1.0 + np.exp(-logit)), dtype=np.float64)


class _Recall:
    """Weighted share of a wording's features that a window holds."""

    def __init__(self, windows: Sequence[Window], wordings: int) -> None:
        self.starts = np.array([window.start for window in windows])
        self.ends = np.array([window.end for window in windows])
        self.shape = (len(windows), wordings)

    def __call__(
        self, places: dict[Feature, list[tuple[int, int]]], wanted: Sequence[dict[Feature, float]]
    ) -> Array:
        result = np.zeros(self.shape)
        held: dict[Feature, NDArray[np.bool_]] = {}
        for column, features in enumerate(wanted):
            total = sum(features.values())
            if not total:
                continue
            for feature, weight in features.items():
                if feature in places:
                    if feature not in held:
                        held[feature] = self._holds(places[feature])
                    result[:, column] += weight / total * held[feature]
        return result

    def _holds(self, places: list[tuple[int, int]]) -> NDArray[np.bool_]:
        inside = np.zeros(self.shape[0], dtype=bool)
        for first, last in places:
            inside |= (self.starts <= first) & (last < self.ends)
        return inside


def _strongest(weights: Mapping[str, float]) -> dict[str, float]:
    """Weights of words as weights of their stems."""
    stems: dict[str, float] = {}
    for word, weight in weights.items():
        stems[stem(word)] = max(weight, stems.get(stem(word), 0.0))
    return stems


def _places(found: Iterable[tuple[int, int, Feature]]) -> dict[Feature, list[tuple[int, int]]]:
    places: dict[Feature, list[tuple[int, int]]] = {}
    for first, last, feature in found:
        places.setdefault(feature, []).append((first, last))
    return places


def _heard_stems(said: Sequence[str], wanted: set[str]) -> dict[str, list[tuple[int, int]]]:
    """Where each wanted stem was said: equal, joined from two words ("over fitting"), or nearly spelt so."""
    stems = [stem(word) for word in said]
    found = [(index, index, text) for index, text in enumerate(stems)]
    found += [
        (index, index + 1, joined)
        for index, (one, other) in enumerate(pairwise(said))
        if (joined := stem(one + other)) in wanted
    ]
    for text in set(stems) - wanted:
        for near in wanted if len(text) >= 6 else ():
            if len(near) >= 6 and near[0] == text[0] and fuzz.ratio(text, near) >= _STEM_RATIO:
                found += [(index, index, near) for index, other in enumerate(stems) if other == text]
    return _places(found)
