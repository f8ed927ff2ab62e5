"""Texts as points in space: near means alike in meaning. all-MiniLM-L6-v2 on CTranslate2, without torch."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from coach.coverage.weights import converted

DIMENSIONS = 384
_MAX_TOKENS = 256  # what the model was trained with; longer texts are cut
_BATCH = 32
_REMEMBERED = 20_000  # texts; 1.5 kB each

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
        import ctranslate2
        from tokenizers import Tokenizer

        folder = converted(models_folder)
        self._model = ctranslate2.Encoder(str(folder), device="cpu", compute_type="int8")
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(_MAX_TOKENS)
        self._tokenizer.no_padding()  # the model pads, and knows each text's length
        self._remembered: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """``(n, 384)`` float32 unit vectors, one row a text. A text met before is not computed again."""
        if not texts:
            return np.zeros((0, DIMENSIONS), dtype=np.float32)
        with self._lock:
            new = [text for text in dict.fromkeys(texts) if text not in self._remembered]
            for text, vector in zip(new, self._compute(new), strict=True):
                self._remembered[text] = vector
            rows = np.stack([self._remembered[text] for text in texts])
            for text in texts:
                self._remembered.move_to_end(text)
            while len(self._remembered) > _REMEMBERED:
                self._remembered.popitem(last=False)
        return rows

    def _compute(self, texts: Sequence[str]) -> Vectors:
        """Mean of the last layer over a text's tokens, scaled to length one (the model card's pooling)."""
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        rows = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        # Texts of like length share a batch: padding is computed too.
        order = sorted(range(len(texts)), key=lambda index: len(tokens[index]))
        for first in range(0, len(order), _BATCH):
            batch = order[first : first + _BATCH]
            states = np.array(self._model.forward_batch([tokens[index] for index in batch]).last_hidden_state)
            for row, index in enumerate(batch):
                rows[index] = states[row, : len(tokens[index])].mean(axis=0)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.asarray(rows / np.maximum(lengths, 1e-12), dtype=np.float32)
