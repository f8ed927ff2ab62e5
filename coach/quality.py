"""How good a recording is: level, clipping, noise, share of speech, and what to do about each problem."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from coach.assessment import Quality, QualityProblem
from coach.recording import Recording
from coach.silence import frames, runs
from coach.transcript import Span

# 16 dB under the -26 dBov at which speech is set for telephony (ITU-T P.56 levels, as used in P.800 tests).
# Of 126 recordings of people, only whispers, creaky murmurs and one far microphone lie below.
TOO_QUIET_DBFS: Final = -42.0
# Half a millisecond in every second. Clipping one sample in a hundred at 48 kHz, seen after resampling,
# showed 0.0016 at least; unclipped recordings of people, turned up to full scale, at most 0.0004.
CLIPPED_SHARE: Final = 0.0005
# Soft syllables sink into the noise below: at 10 dB a tenth of the edges of pauses is off by 30 ms and more.
NOISY_SNR_DB: Final = 15.0
# Fluent talks are 50 to 80 % phonation; what lies far below is a recording with little talk in it.
MOSTLY_SILENCE_SHARE: Final = 0.25
# Melodies, drums and buzzers get up to 3 % from the voice detector.
NOT_SPEECH_SHARE: Final = 0.05
SILENT_DBFS: Final = -60.0  # what lies below is the noise of a microphone in a quiet room, or a muted one

_CEILING: Final = 0.98  # of the limit: resampling makes flat tops ripple
_FLAT_RUN: Final = 2
# The loudest thousandth of the samples against the loudest hundredth: 1.29 and more in recordings of people,
# 1.05 in the middle and 1.11 at most in 95 of 100 once every hundredth sample is clipped.
_FLAT_TOP_RATIO: Final = 1.2
_NOISE_AT_LEAST_S: Final = 0.3
_FRAME_S: Final = 0.01

_ADVICE: Final[dict[QualityProblem, str]] = {
    "too_quiet": "Your voice is at {level:.0f} dB below full scale, which is very quiet: "
    "move closer to the microphone, or raise its input level.",
    "clipped": "The loudest parts are cut off ({clipped:.2%} of all samples): "
    "lower the microphone's input level, or move back a little.",
    "noisy": "Your voice is only {snr:.0f} dB above the background noise: "
    "move closer to the microphone, and close the window or switch off what hums.",
    "mostly_silence": "Only {speech:.0%} of the recording is speech: "
    "check that the right microphone is on and not muted, and stop recording when you are done.",
    "not_speech": "There is sound but hardly any speech in it ({speech:.0%}): "
    "check that the right microphone or file is chosen.",
}
_WITHHELD: Final = (
    "Level, clipping and noise are not given: the browser sets the level and takes noise away before Coach "
    "gets the sound, so they would not be your microphone's."
)


def assess_quality(recording: Recording, speech: Sequence[Span], browser_processed: bool = False) -> Quality:
    """The quality of ``recording`` whose voice is in ``speech`` (in order, not overlapping).

    ``level_dbfs`` is the RMS of the speech, a square wave at full scale being 0 dB. ``snr_db`` is the power
    of speech over that of the silences from 150 to 5000 Hz, None with less than 0.3 s of silence.
    With ``browser_processed`` these and ``clipped_share`` are None and ``withheld`` says why.
    """
    share = (
        min(1.0, sum(span.duration for span in speech) / recording.duration) if len(recording.pcm) else None
    )
    level = None if browser_processed else speech_level(recording, speech)
    clipped = None if browser_processed or share is None else clipped_share(recording.samples)
    snr = None if browser_processed else signal_to_noise(recording, speech)
    problems = _problems(level, clipped, snr, share, _rms_dbfs(recording.samples))
    values = {"level": -(level or 0.0), "clipped": clipped or 0.0, "snr": snr or 0.0, "speech": share or 0.0}
    return Quality(
        level_dbfs=level,
        clipped_share=clipped,
        snr_db=snr,
        speech_share=share,
        problems=problems,
        advice=tuple(_ADVICE[problem].format(**values) for problem in problems),
        withheld=_WITHHELD if browser_processed else None,
    )


def speech_level(recording: Recording, speech: Sequence[Span]) -> float | None:
    """RMS of the stretches of speech in dB relative to full scale, None where there are none."""
    rate = len(recording.pcm) / recording.duration if len(recording.pcm) else 0.0
    stretches = [recording.samples[round(s.start * rate) : round(s.end * rate)] for s in speech]
    return _rms_dbfs(*stretches)


def clipped_share(samples: NDArray[np.float32]) -> float:
    """Share of ``samples`` (n,), n >= 1, in flat runs at the ceiling.

    The ceiling is full scale, or where the loudest samples pile up below it: a clipped recording may have
    been turned down afterwards.
    """
    size = np.abs(samples)
    ceiling = 1.0
    if size.max() < _CEILING:
        ceiling, loudest = (float(value) for value in np.quantile(size, (0.99, 0.999)))
        if ceiling == 0 or loudest > _FLAT_TOP_RATIO * ceiling:
            return 0.0
    starts, ends = runs(size >= _CEILING * ceiling)
    lengths = ends - starts
    return float(lengths[lengths >= _FLAT_RUN].sum()) / len(samples)


def signal_to_noise(recording: Recording, speech: Sequence[Span]) -> float | None:
    """Speech over background in dB, None with too little of either to tell."""
    power, voiced, sounding = frames(recording, speech)
    voice, background = power[voiced & sounding], power[~sounding]
    if len(voice) == 0 or len(background) * _FRAME_S < _NOISE_AT_LEAST_S:
        return None
    noise = float(np.median(background))  # a click or a breath does not move it
    signal = max(float(np.mean(voice)) - noise, 1e-3 * noise)
    return 10 * float(np.log10(signal / noise))


def _problems(
    level: float | None, clipped: float | None, snr: float | None, share: float | None, overall: float | None
) -> tuple[QualityProblem, ...]:
    silent = overall is None or overall < SILENT_DBFS
    hardly_any = share is not None and share < NOT_SPEECH_SHARE
    found: dict[QualityProblem, bool] = {
        "too_quiet": level is not None and level < TOO_QUIET_DBFS,
        "clipped": clipped is not None and clipped > CLIPPED_SHARE,
        "noisy": snr is not None and snr < NOISY_SNR_DB,
        "mostly_silence": share is not None and share < MOSTLY_SILENCE_SHARE and (silent or not hardly_any),
        "not_speech": hardly_any and not silent,
    }
    return tuple(problem for problem, is_so in found.items() if is_so)


def _rms_dbfs(*stretches: NDArray[np.float32]) -> float | None:
    """Over all ``stretches`` together. None for no samples, and for nothing but zeros."""
    energy = sum(float(np.einsum("i,i", each, each, dtype=np.float64)) for each in stretches)
    power = energy / max(1, sum(map(len, stretches)))
    return 10 * float(np.log10(power)) if power > 0 else None
