"""The five-second check before the first recording: was anybody heard, and loudly enough?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from coach.recording import SAMPLE_RATE, Recording

# The loudest tenth of 50 ms frames stands for the voice, so that pauses in the sentence don't count. Rough
# limits of our own: the hiss of a laptop's microphone lies near -50 dBFS, meters for speech aim at -20.
_FRAME_S: Final = 0.05
SILENT_DBFS: Final = -50.0
QUIET_DBFS: Final = -35.0
_FULL_SCALE: Final = 0.995


@dataclass(frozen=True, slots=True)
class Heard:
    """``level`` in dBFS (None for digital silence), what it means, and what to do in a sentence."""

    level: float | None
    verdict: Literal["good", "quiet", "silent", "loud"]
    sentence: str


def heard(recording: Recording) -> Heard:
    """What the check recording tells."""
    frame = round(_FRAME_S * SAMPLE_RATE)
    samples = recording.samples
    frames = samples[: len(samples) // frame * frame].reshape(-1, frame)
    power = np.mean(frames**2, axis=1) if len(frames) else np.zeros(1)
    loud = float(np.quantile(power, 0.9))
    if loud <= 0.0:
        return Heard(None, "silent", _SILENT)
    level = 10 * float(np.log10(loud))
    if level < SILENT_DBFS:
        return Heard(level, "silent", _SILENT)
    if float(np.abs(samples).max()) >= _FULL_SCALE:
        return Heard(
            level, "loud", "You are so loud that the sound clips. Move back a little or turn the input down."
        )
    if level < QUIET_DBFS:
        return Heard(
            level, "quiet", "You are rather quiet. Come closer to the microphone, or turn the input up."
        )
    return Heard(level, "good", "You can be heard well.")


_SILENT: Final = (
    "Almost nothing was heard. Check that the right microphone is chosen and not muted, then try again."
)
