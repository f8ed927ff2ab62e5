"""Texts as points in space: near means alike in meaning. all-MiniLM-L6-v2 on CTranslate2, without torch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from coach.coverage.network import DIMENSIONS, Network
from coach.coverage.weights import converted

_MAX_TOKENS = 256  # what the model was trained with; longer texts are cut

Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """What coverage asks of a sentence encoder."""

    name: str

    def encode(self, texts: Sequence[str]) -> Vectors:
        """``(n, d)`` float32 unit vectors, one row a text."""
        ...


class SentenceEncoder:
    """all-MiniLM-L6-v2 in int8: 384 numbers a text. One object may serve several threads.

    ``models_folder`` is where the converted weights are kept; they are made there on first use. Raises
    ModelError when they can't be made.
    """

    name = "all-minilm-l6-v2-int8"

    def __init__(self, models_folder: Path) -> None:
        self._network = Network(converted(models_folder), _MAX_TOKENS)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """``(n, 384)`` float32 unit vectors, one row a text: means scaled to length one (the model card's pooling)."""
        rows = self._network.means(texts)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.asarray(rows / np.maximum(lengths, 1e-12), dtype=np.float32)


__all__ = ["DIMENSIONS", "Encoder", "SentenceEncoder", "Vectors"]
