"""Does a stretch of speech make a point, or say the opposite of it? A small network that reads both together.

It was trained for this (training/verifier, with its data, script and card). A sentence vector can't tell "high
variance means underfitting" from what is right; a network that sees the two texts at once can, mostly.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from coach.coverage.weights import CORRECTIONS, converted

NEITHER, MAKES, OPPOSES = range(3)
_MAX_TOKENS = 96  # what it was trained with; longer pairs are cut
_BATCH = 24
_REMEMBERED = 20_000

Pair = tuple[str, str]
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
        import ctranslate2
        from tokenizers import Tokenizer

        folder = converted(models_folder, corrections)
        self._model = ctranslate2.Encoder(str(folder), device="cpu", compute_type="int8")
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(_MAX_TOKENS)
        self._tokenizer.no_padding()  # the model pads, and knows each text's length
        with np.load(corrections) as learned:
            self._weight = learned["head.weight"].astype(np.float32)
            self._bias = learned["head.bias"].astype(np.float32)
        self._remembered: OrderedDict[Pair, NDArray[np.float64]] = OrderedDict()
        self._lock = threading.Lock()

    def verify(self, pairs: Sequence[Pair]) -> Verdicts:
        """``(n, 3)`` probabilities of neither, makes, opposes. A pair met before is not computed again."""
        if not pairs:
            return np.zeros((0, 3))
        with self._lock:
            new = [pair for pair in dict.fromkeys(pairs) if pair not in self._remembered]
            for pair, verdict in zip(new, self._compute(new), strict=True):
                self._remembered[pair] = verdict
            rows = np.stack([self._remembered[pair] for pair in pairs])
            while len(self._remembered) > _REMEMBERED:
                self._remembered.popitem(last=False)
        return rows

    def _compute(self, pairs: Sequence[Pair]) -> Verdicts:
        """Softmax of a linear layer on the mean of the last layer over both texts' tokens."""
        encoded = self._tokenizer.encode_batch(list(pairs))
        rows = np.zeros((len(pairs), 3))
        # Pairs of like length share a batch: padding is computed too.
        order = sorted(range(len(pairs)), key=lambda index: len(encoded[index].ids))
        for first in range(0, len(order), _BATCH):
            batch = order[first : first + _BATCH]
            states = np.array(
                self._model.forward_batch(
                    [encoded[index].ids for index in batch],
                    token_type_ids=[encoded[index].type_ids for index in batch],
                ).last_hidden_state
            )
            for row, index in enumerate(batch):
                logits = self._weight @ states[row, : len(encoded[index].ids)].mean(axis=0) + self._bias
                raised = np.exp(logits - logits.max())
                rows[index] = raised / raised.sum()
        return rows
