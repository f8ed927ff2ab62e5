"""From what was found in a stretch of speech to a judgement: does it make a statement, or say the opposite of it?

Three logistic regressions on the :data:`FEATURES`: for making a key point, for opposing one, and for saying a
misconception. There are three for every set of witnesses that may be at hand; ``decision.json`` holds them,
``training/verifier/decide.py`` fits them, and docs/coverage.md says on what, and what they reach.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from coach.coverage.matching import Array, logistic

MAKES, OPPOSES, SAYS = range(3)
COVERED, PARTIAL = 0.5, 0.28  # probability that the point is made
CONTRADICTED = 0.5  # that its opposite is said; accusing wrongly does harm
MISTAKEN, MISTAKEN_ALONE = (
    0.6,
    0.95,
)  # that a misconception is said, with and without a point that it contradicts

FEATURES: Final[Mapping[str, tuple[str, ...]]] = {
    "words": (
        "telling", "telling_around", "words", "pairs", "denies",
        "against", "words_against", "pairs_against", "denies_against",
    ),
    "meaning": ("meaning", "meaning_against"),
    "verifier": ("makes_text", "makes_near", "opposes_text", "opposes_near", "makes_against", "opposes_against"),
}  # fmt: skip
"""Witness -> what it tells of a stretch and a statement.

telling, words, pairs: see :class:`~coach.coverage.matching.Likeness`, the best over the statement's wordings;
telling_around: the best of the windows that hold the stretch, for a point told over two sentences.
denies: 1 where only one of stretch and nearest wording holds a negation. against: 1 where the rubric has an opposite
wording; ``*_against`` are 0 without one: how much nearer the stretch is to an opposite wording than to any right one
(words, pairs, meaning), or what the verifier says of the nearest opposite wording. makes and opposes are log-odds
of the verifier for the statement's text and for its nearest wording.
"""


def names(meaning: bool, verifier: bool) -> tuple[str, ...]:
    """The features of the witnesses at hand, in the order of the weights."""
    asked = ["words", *(["meaning"] if meaning else []), *(["verifier"] if verifier else [])]
    return tuple(name for witness in asked for name in FEATURES[witness])


def decide(features: Array, meaning: bool, verifier: bool) -> Array:
    """``(n, 3)`` probabilities of makes, of opposes and of says from ``(n, len(names(...)))`` features."""
    weights, shift = _fitted()[names(meaning, verifier)]
    return logistic(features @ weights.T + shift)


@cache
def _fitted() -> dict[tuple[str, ...], tuple[Array, Array]]:
    told = json.loads(Path(__file__).with_name("decision.json").read_text(encoding="utf-8"))
    return {tuple(fit["features"]): (np.array(fit["weights"]), np.array(fit["shift"])) for fit in told}
