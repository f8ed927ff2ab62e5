"""Where somebody speaks: Silero voice activity detection, the model that comes with faster-whisper."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from coach.recording import SAMPLE_RATE
from coach.transcript import Span

# Below Silero's default of 0.5, for whispered and creaky voices. Steady noise and sines still give nothing at
# all, and made-up melodies, drums and buzzers at most 3 % of their length.
THRESHOLD: Final = 0.35
FAINT: Final = 0.1
"""Where even this little is not reached, nobody speaks: held vowels and telephone sound seem half a voice to Silero."""
MIN_SPEECH_S: Final = 0.1
MIN_SILENCE_S: Final = 0.3
PAD_S: Final = 0.03


def silero_speech(samples: NDArray[np.float32], threshold: float = THRESHOLD) -> list[Span]:
    """The stretches of ``samples`` (n,) float32, 16 kHz, with a voice in them: in order, not overlapping.

    ``threshold`` 0..1 is how sure the detector must be.
    """
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    if len(samples) == 0:
        return []
    options = VadOptions(
        threshold=threshold,
        min_speech_duration_ms=round(1000 * MIN_SPEECH_S),
        min_silence_duration_ms=round(1000 * MIN_SILENCE_S),
        speech_pad_ms=round(1000 * PAD_S),
    )
    stretches = get_speech_timestamps(np.asarray(samples, dtype=np.float32), options)
    return [Span(start=each["start"] / SAMPLE_RATE, end=each["end"] / SAMPLE_RATE) for each in stretches]
