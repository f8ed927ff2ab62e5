"""eSpeak NG's formant voices as a voice of the benchmark, with the sample where every word begins.

The library tells where each word starts while it speaks; a word ends where the next one starts. It is reached
through ctypes (eSpeak NG is GPL; it is a tool here and never part of Coach) and needs ``libespeak-ng1``.
"""

from __future__ import annotations

import ctypes
import ctypes.util
from collections.abc import Sequence
from functools import cache
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
import soxr
from voices import RATE, Utterance

_SYNCHRONOUS, _WORD, _RATE, _PITCH = 2, 1, 1, 3
_UTF8_AND_PHONEMES = 1 | 0x100
USUAL_WORDS_PER_MINUTE = 165


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_void_p),
    ]


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


@cache
def _library() -> tuple[Any, int]:
    """The library and its sampling rate."""
    library = ctypes.CDLL(ctypes.util.find_library("espeak-ng") or "libespeak-ng.so.1")
    rate = library.espeak_Initialize(_SYNCHRONOUS, 0, None, 0)
    if rate <= 0:
        raise RuntimeError(
            "eSpeak NG found no voices: install the packages libespeak-ng1 and espeak-ng-data."
        )
    return library, rate


class Espeak:
    """One of its voices, such as ``en-us+f3``. Draws no random numbers."""

    def __init__(self, name: str, pitch: int = 50) -> None:
        self.name = name
        self._pitch = pitch

    def say(self, words: Sequence[str], mark: str, stretch: float) -> Utterance:
        """``words`` as they are spelled (or phonemes in double brackets), with their times."""
        library, rate = _library()
        if library.espeak_SetVoiceByName(self.name.encode()) != 0:
            raise ValueError(f"eSpeak NG has no voice {self.name!r}: see `espeak-ng --voices=en`.")
        library.espeak_SetParameter(_RATE, round(USUAL_WORDS_PER_MINUTE / stretch), 0)
        library.espeak_SetParameter(_PITCH, self._pitch, 0)
        sound: list[np.ndarray[Any, Any]] = []
        begun: list[tuple[int, int]] = []

        def hear(samples: Any, count: int, events: Any) -> int:
            if samples and count > 0:
                sound.append(np.ctypeslib.as_array(samples, (count,)).copy())
            number = 0
            while events[number].type != 0:
                if events[number].type == _WORD:
                    begun.append((events[number].text_position - 1, events[number].sample))
                number += 1
            return 0

        callback = _Callback(hear)
        library.espeak_SetSynthCallback(callback)
        bare = [word.rstrip(".,;:?!") for word in words]
        text = " ".join(bare) + mark
        data = text.encode()
        library.espeak_Synth(data, len(data) + 1, 0, 1, 0, _UTF8_AND_PHONEMES, None, None)
        pcm = np.concatenate(sound).astype(np.float32) / 32768
        places = [0, *accumulate(len(word) + 1 for word in bare)][: len(bare)]
        edges = [*_starts(places, begun, len(pcm)), len(pcm)]
        samples = soxr.resample(pcm, rate, RATE, quality="VHQ")
        return Utterance(samples, tuple((a / rate, b / rate) for a, b in pairwise(edges)))


def _starts(places: Sequence[int], begun: Sequence[tuple[int, int]], length: int) -> list[int]:
    """The sample where each word starts; one that was run together with its neighbour shares its stretch evenly."""
    known = {0: 0}
    for at, sample in begun:
        word = max((n for n, place in enumerate(places) if place <= at), default=0)
        known.setdefault(word, sample)
    anchors = [*sorted(known.items()), (len(places), length)]
    starts: list[int] = []
    for (word, start), (following, end) in pairwise(anchors):
        starts += [start + (end - start) * k // (following - word) for k in range(following - word)]
    return starts
