"""MiniLM in int8 on CTranslate2: the mean of its last layer over one text, or over two that are read together."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

DIMENSIONS = 384
_BATCH = 32
_REMEMBERED = 20_000  # inputs; 1.5 kB each

Pair = tuple[str, str]
Means = NDArray[np.float32]


class Network:
    """The converted weights of ``folder`` (:func:`coach.coverage.weights.converted`).

    Inputs longer than ``longest`` word pieces are cut. One object may serve several threads.
    """

    def __init__(self, folder: Path, longest: int) -> None:
        import ctranslate2
        from tokenizers import Tokenizer

        self._model = ctranslate2.Encoder(str(folder), device="cpu", compute_type="int8")
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(longest)
        self._tokenizer.no_padding()  # the model pads, and knows each input's length
        self._remembered: OrderedDict[str | Pair, Means] = OrderedDict()
        self._lock = threading.Lock()

    def means(self, inputs: Sequence[str | Pair]) -> Means:
        """``(n, 384)`` float32, one row an input. An input met before is not computed again."""
        if not inputs:
            return np.zeros((0, DIMENSIONS), dtype=np.float32)
        with self._lock:
            new = [each for each in dict.fromkeys(inputs) if each not in self._remembered]
            for each, mean in zip(new, self._compute(new), strict=True):
                self._remembered[each] = mean
            rows = np.stack([self._remembered[each] for each in inputs])
            for each in inputs:
                self._remembered.move_to_end(each)
            while len(self._remembered) > _REMEMBERED:
                self._remembered.popitem(last=False)
        return rows

    def _compute(self, inputs: Sequence[str | Pair]) -> Means:
        encoded = self._tokenizer.encode_batch(list(inputs))
        rows = np.zeros((len(inputs), DIMENSIONS), dtype=np.float32)
        # Inputs of like length share a batch: padding is computed too.
        order = sorted(range(len(inputs)), key=lambda index: len(encoded[index].ids))
        for first in range(0, len(order), _BATCH):
            batch = order[first : first + _BATCH]
            states = np.array(
                self._model.forward_batch(
                    [encoded[index].ids for index in batch],
                    token_type_ids=[encoded[index].type_ids for index in batch],
                ).last_hidden_state
            )
            for row, index in enumerate(batch):
                rows[index] = states[row, : len(encoded[index].ids)].mean(axis=0)
        return rows
