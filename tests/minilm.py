"""The network of both coverage models written out in float32 numpy, one text at a time, no padding."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from coach.coverage import weights

_ERF = np.vectorize(math.erf, otypes=[np.float32])


def pinned() -> dict[str, np.ndarray]:
    """The weights of the pinned safetensors."""
    from safetensors.numpy import load_file

    return dict(load_file(str(weights.source_folder() / "model.safetensors")))


def last_layer(w: dict[str, np.ndarray], ids: Sequence[int], types: Sequence[int]) -> np.ndarray:
    """``(tokens, 384)`` states of BERT (Devlin and others 2019) with the weights ``w``."""

    def norm(x: np.ndarray, name: str) -> np.ndarray:
        centred = x - x.mean(-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12)
        return scaled * w[f"{name}.weight"] + w[f"{name}.bias"]

    def linear(x: np.ndarray, name: str) -> np.ndarray:
        return x @ w[f"{name}.weight"].T + w[f"{name}.bias"]

    x = w["embeddings.word_embeddings.weight"][list(ids)]
    x = x + w["embeddings.position_embeddings.weight"][: len(ids)]
    x = norm(x + w["embeddings.token_type_embeddings.weight"][list(types)], "embeddings.LayerNorm")
    for layer in range(6):
        name = f"encoder.layer.{layer}"
        q, k, v = (
            linear(x, f"{name}.attention.self.{part}").reshape(len(ids), 12, 32).transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        scores = np.exp(q @ k.transpose(0, 2, 1) / np.sqrt(np.float32(32)))
        mixed = (scores / scores.sum(-1, keepdims=True) @ v).transpose(1, 0, 2).reshape(len(ids), 384)
        x = norm(x + linear(mixed, f"{name}.attention.output.dense"), f"{name}.attention.output.LayerNorm")
        inner = linear(x, f"{name}.intermediate.dense")
        gelu = inner * (1 + _ERF(inner / np.sqrt(np.float32(2)))) / 2
        x = norm(x + linear(gelu, f"{name}.output.dense"), f"{name}.output.LayerNorm")
    return x
