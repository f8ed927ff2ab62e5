"""The ear: a small classifier on the states of Whisper's encoder that hears what its decoder swallows.

Every 20 ms it tells how likely somebody holds a filled pause, and how likely a word begins. It was trained on
synthetic speech of many voices and on recordings of people (``training/ear``: script, seed, model card).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from coach.transcript import Span, Word
from coach.transcription.window import FRAME_S

Floats = NDArray[np.float32]

EARS: Final = ("base",)
"""The models to whose encoders an ear was trained; beside any other model the first of them listens too."""
HELD_FROM: Final = 0.3
"""Frames at least this likely to be a filled pause make a hesitation."""
BRIDGE_S: Final = 0.12
"""Two of them so near are one that wavered: nobody draws breath for a second one in less."""
SHORTEST_S: Final = 0.1
ONSET_FROM: Final = 0.3
ONSET_REACH_S: Final = 0.14
"""How far a word's beginning is moved to where the ear hears one."""


class Hesitation(Span):
    """A stretch that sounds like a filled pause. ``likelihood`` is the mean over its frames, ``peak`` the largest."""

    likelihood: float
    peak: float


class Ear:
    """The classifier for the states of one encoder, one of ``EARS``."""

    def __init__(self, encoder: str) -> None:
        self.name = encoder
        with np.load(Path(__file__).with_name(f"ear-{encoder}.npz")) as weights:
            self._weights = {name: weights[name].astype(np.float32) for name in weights.files}

    def hear(self, states: Floats) -> Floats:
        """(frames, 2) from (frames, width) states: chance of a filled pause, chance that a word begins."""
        w = self._weights
        hidden = np.maximum((states - w["mean"]) / w["spread"] @ w["in.weight"] + w["in.bias"], 0)
        hidden = np.maximum(_convolved(hidden, w["first.weight"], w["first.bias"]), 0)
        hidden = hidden + np.maximum(_convolved(hidden, w["second.weight"], w["second.bias"]), 0)
        chances: Floats = 1 / (1 + np.exp(-(hidden @ w["out.weight"] + w["out.bias"])))
        return chances


@lru_cache(maxsize=2)
def load_ear(encoder: str) -> Ear:
    """The ear for one encoder, loaded once."""
    return Ear(encoder)


def _convolved(hidden: Floats, kernel: Floats, bias: Floats) -> Floats:
    """Over time, same length: ``hidden`` (frames, width) with ``kernel`` (taps, width, out)."""
    taps = len(kernel)
    padded = np.pad(hidden, ((taps // 2, taps // 2), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, taps, axis=0)  # (frames, width, taps)
    flat = windows.transpose(0, 2, 1).reshape(len(hidden), -1)
    convolved: Floats = flat @ kernel.reshape(-1, kernel.shape[-1]) + bias
    return convolved


def hesitations(chances: Floats) -> list[Hesitation]:
    """The stretches of (frames,) ``chances`` that sound like a filled pause, in order."""
    held = np.flatnonzero(chances >= HELD_FROM)
    if not len(held):
        return []
    parts = np.split(held, np.flatnonzero(np.diff(held) > round(BRIDGE_S / FRAME_S) + 1) + 1)
    return [
        Hesitation(
            start=round(part[0] * FRAME_S, 2),
            end=round((part[-1] + 1) * FRAME_S, 2),
            likelihood=round(float(chances[part[0] : part[-1] + 1].mean()), 4),
            peak=round(float(chances[part].max()), 4),
        )
        for part in parts
        if (part[-1] + 1 - part[0]) * FRAME_S >= SHORTEST_S
    ]


def with_onsets(words: Sequence[Word], chances: Floats) -> list[Word]:
    """``words`` that begin where (frames,) ``chances`` has its nearest clear peak, where there is one in reach."""
    reach = round(ONSET_REACH_S / FRAME_S)
    mended: list[Word] = []
    for word in words:
        at = round(word.start / FRAME_S)
        first = max(0, at - reach)
        near = chances[first : at + reach + 1]
        start = word.start
        if len(near) and near.max() >= ONSET_FROM:
            start = min((first + int(near.argmax())) * FRAME_S, word.end)
        earliest = mended[-1].start if mended else 0.0
        mended.append(word.model_copy(update={"start": max(start, earliest)}))
    return mended
