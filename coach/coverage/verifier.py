"""Does a stretch of speech make a point, or say the opposite of it? A small network that reads both together.

It was trained for this (training/verifier, with its data, script and card). A sentence vector can't tell "high
variance means underfitting" from what is right; a network that sees the two texts at once can, mostly.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from coach.coverage.network import Network, Pair
from coach.coverage.weights import CORRECTIONS, converted

NEITHER, MAKES, OPPOSES = range(3)
_MAX_TOKENS = 96  # the longest pairs it met in training had 80; longer ones are cut

Verdicts = NDArray[np.float64]


class Verifier(Protocol):
    """What coverage asks of a verifier."""

    name: str

    def verify(self, pairs: Sequence[Pair]) -> Verdicts:
        """``(n, 3)`` probabilities of neither, makes, opposes for n pairs of (what was said, point)."""
        ...


class PairVerifier:
    """The trained verifier in int8. One object may serve several threads.

    ``models_folder`` is where the converted weights are kept; they are made there on first use. Raises
    ModelError when they can't be made.
    """

    name = "minilm-verifier-1"

    def __init__(self, models_folder: Path, corrections: Path = CORRECTIONS) -> None:
        self._network = Network(converted(models_folder, corrections), _MAX_TOKENS)
        with np.load(corrections) as learned:
            self._weight = learned["head.weight"].astype(np.float32)
            self._bias = learned["head.bias"].astype(np.float32)

    def verify(self, pairs: Sequence[Pair]) -> Verdicts:
        """``(n, 3)`` probabilities of neither, makes, opposes: softmax of a linear layer on the pair's mean."""
        logits = self._network.means(pairs) @ self._weight.T + self._bias
        raised = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(raised / raised.sum(axis=1, keepdims=True), dtype=np.float64)


__all__ = ["MAKES", "NEITHER", "OPPOSES", "Pair", "PairVerifier", "Verdicts", "Verifier"]
