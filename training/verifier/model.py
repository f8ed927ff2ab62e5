"""MiniLM read as a judge of two texts: the pinned sentence encoder with small learned corrections.

The six layers of all-MiniLM-L6-v2 (Wang and others 2020; its layout is BERT's, Devlin and others 2019) stay as they
are. To each dense layer a product of two narrow matrices is added and trained (LoRA, Hu and others 2021), so that
what has to be kept is about 1 MB rather than 91. A text pair is ``[CLS] said [SEP] point [SEP]``; the mean over its
tokens is classified.
"""

from __future__ import annotations

import math
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

LAYERS, HEADS, WIDTH = 6, 12, 384
CLASSES = ("neither", "makes", "opposes")
DENSE = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)


class Corrected(nn.Module):
    """A dense layer that stays, plus ``up @ down`` that learns."""

    def __init__(self, weight: Tensor, bias: Tensor, rank: int) -> None:
        super().__init__()
        self.register_buffer("weight", weight)
        self.register_buffer("bias", bias)
        self.down = nn.Parameter(torch.randn(rank, weight.shape[1]) / math.sqrt(weight.shape[1]))
        self.up = nn.Parameter(torch.zeros(weight.shape[0], rank))

    def forward(self, x: Tensor) -> Tensor:
        return functional.linear(x, self.weight, self.bias) + (x @ self.down.T) @ self.up.T


class Layer(nn.Module):
    """One transformer layer, post-norm."""

    def __init__(self, weights: dict[str, Tensor], index: int, rank: int, dropout: float) -> None:
        super().__init__()
        name = f"encoder.layer.{index}"
        self.dense = nn.ModuleList(
            Corrected(weights[f"{name}.{part}.weight"], weights[f"{name}.{part}.bias"], rank)
            for part in DENSE
        )
        for part, key in (("first", "attention.output.LayerNorm"), ("second", "output.LayerNorm")):
            self.register_buffer(f"{part}_scale", weights[f"{name}.{key}.weight"])
            self.register_buffer(f"{part}_shift", weights[f"{name}.{key}.bias"])
        self.dropout = dropout

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        query, key, value, attended, inner, outer = self.dense
        n, length, _ = x.shape

        def heads(layer: nn.Module) -> Tensor:
            return layer(x).view(n, length, HEADS, WIDTH // HEADS).transpose(1, 2)

        drop = self.dropout if self.training else 0.0
        mixed = functional.scaled_dot_product_attention(
            heads(query), heads(key), heads(value), attn_mask=mask[:, None, None, :], dropout_p=drop
        )
        mixed = attended(mixed.transpose(1, 2).reshape(n, length, WIDTH))
        x = self._norm(x + functional.dropout(mixed, drop), self.first_scale, self.first_shift)
        new = outer(functional.gelu(inner(x)))
        return self._norm(x + functional.dropout(new, drop), self.second_scale, self.second_shift)

    def _norm(self, x: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
        return functional.layer_norm(x, (WIDTH,), scale, shift, 1e-12)


class Verifier(nn.Module):
    """(ids, token types, mask), each ``(n, length)``, to logits ``(n, 3)`` in the order of :data:`CLASSES`."""

    def __init__(self, safetensors: Path, rank: int = 32, dropout: float = 0.1) -> None:
        super().__init__()
        weights = load_file(str(safetensors))
        for name in ("word_embeddings", "token_type_embeddings", "position_embeddings"):
            self.register_buffer(name, weights[f"embeddings.{name}.weight"])
        self.register_buffer("scale", weights["embeddings.LayerNorm.weight"])
        self.register_buffer("shift", weights["embeddings.LayerNorm.bias"])
        # the encoder has never seen a second text: what tells it apart is learned too
        self.second = nn.Parameter(torch.zeros(WIDTH))
        self.layers = nn.ModuleList(Layer(weights, index, rank, dropout) for index in range(LAYERS))
        self.head = nn.Linear(WIDTH, len(CLASSES))
        self.dropout = nn.Dropout(dropout)

    def forward(self, ids: Tensor, types: Tensor, mask: Tensor) -> Tensor:
        x = self.word_embeddings[ids] + self.token_type_embeddings[types]
        x = x + types[:, :, None] * self.second + self.position_embeddings[: ids.shape[1]]
        x = functional.layer_norm(x, (WIDTH,), self.scale, self.shift, 1e-12)
        for layer in self.layers:
            x = layer(x, mask)
        mean = (x * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
        return self.head(self.dropout(mean))

    def learned(self) -> dict[str, Tensor]:
        """What was trained and has to be kept."""
        return {name: value.detach() for name, value in self.named_parameters()}
