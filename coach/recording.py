"""Recording: any audio or video file, or samples, as mono 16 kHz 16-bit."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE: Final = 16_000


@dataclass(frozen=True)
class Recording:
    """Sound as it is analysed and kept: ``pcm`` (n,) int16, mono, 16 kHz.

    Everything is computed from these samples and the FLAC that is kept holds exactly them, so that a talk
    scored again from the store gives the same figures.
    """

    pcm: NDArray[np.int16]
    source_sample_rate_hz: int | None = None
    source_channels: int | None = None

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return len(self.pcm) / SAMPLE_RATE

    @cached_property
    def samples(self) -> NDArray[np.float32]:
        """(n,) float32 in [-1, 1)."""
        return self.pcm.astype(np.float32) / 32768.0

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the samples as little-endian 16-bit."""
        return hashlib.sha256(self.pcm.astype("<i2").tobytes()).hexdigest()
