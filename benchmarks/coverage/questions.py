"""Which questions are for developing and which are kept for the test. Everything is split by question, never by row."""

from __future__ import annotations

import hashlib
from typing import Final, Literal

Split = Literal["dev", "test"]

FIRST: Final = frozenset({
    "attention-from-scratch", "bias-variance-tradeoff", "binary-search", "classifier-on-device",
    "convolution-from-scratch", "data-driven-decision", "design-document-question-answering",
    "design-streaming-recommender", "dijkstra-with-a-heap", "find-the-bug-pytorch", "growth-from-feedback",
    "l1-vs-l2-regularization", "lru-cache", "mle-and-cross-entropy", "parking-lot", "rate-limiter",
    "solid-and-interfaces", "time-you-failed",
})  # fmt: skip
"""The questions that the first scorer was fitted on."""


def half(name: str) -> Split:
    """One of two halves, by nothing but the name."""
    return "test" if int(hashlib.sha256(name.encode("utf-8")).hexdigest(), 16) % 2 else "dev"


def split(question: str) -> Split:
    """The half that a question of the library belongs to."""
    return "dev" if question in FIRST else half(question)
