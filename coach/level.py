"""The level of sound while it is being recorded."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

FLOOR_DBFS: Final = -120.0  # shown for digital silence, whose level is minus infinity
_WINDOW_SECONDS: Final = 0.3


class Meter:
    """The level of the last 0.3 s, and whether anything so far was clipped. ``sample_rate`` is in Hz.

    ``level_dbfs`` is the RMS in dB of full scale, -120 to 0 (a full-scale sine: -3); ``peak`` the highest
    absolute sample, 0 to 1. Both are None before any sound. ``clipped``: three full-scale samples in a row
    (a single one can be an honest peak).
    """

    def __init__(self, sample_rate: int) -> None:
        self._window = max(1, round(_WINDOW_SECONDS * sample_rate))
        self._recent = np.empty(0, np.int32)
        self.level_dbfs: float | None = None
        self.peak: float | None = None
        self.clipped = False

    def add(self, samples: NDArray[np.int16]) -> None:
        """Take in ``samples`` (n,) int16."""
        if not samples.size:
            return
        fresh = samples.astype(np.int32)
        full = np.abs(np.concatenate([self._recent[-2:], fresh])) >= 32767
        self.clipped |= bool((full[:-2] & full[1:-1] & full[2:]).any())
        self._recent = np.concatenate([self._recent, fresh])[-self._window :]
        self.peak = float(np.abs(self._recent).max()) / 32768
        power = float(np.mean(np.square(self._recent / 32768)))
        self.level_dbfs = max(FLOOR_DBFS, 10 * float(np.log10(power))) if power > 0 else FLOOR_DBFS
