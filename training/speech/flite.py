"""The voices of Flite, with the time of every word, reached through ctypes (needs ``libflite1``)."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import Any, Final

import numpy as np
import soxr
from voices import RATE, Utterance

VOICES: Final = ("slt", "rms", "awb", "kal16", "kal")
_LIBRARIES: Final = {"kal": "libflite_cmu_us_kal.so.1", "kal16": "libflite_cmu_us_kal16.so.1"}
_STRETCH, _SHIFT, _MEAN = (
    b"duration_stretch",
    b"f0_shift",
    b"int_f0_target_mean",
)  # kept: Flite copies no names
_TOKEN, _FIRST, _LAST = (
    b"Token",
    b"R:SylStructure.daughter1.daughter1.R:Segment.p.end",
    b"R:SylStructure.daughtern.daughtern.R:Segment.end",
)
_POINTER: Final = ctypes.c_void_p
_USUAL_MEAN: Final = 105.0


class _Wave(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_char_p),
        ("rate", ctypes.c_int),
        ("count", ctypes.c_int),
        ("channels", ctypes.c_int),
        ("samples", ctypes.POINTER(ctypes.c_short)),
    ]


@cache
def _library() -> Any:
    library = ctypes.CDLL("libflite.so.1", mode=ctypes.RTLD_GLOBAL)
    for name in ("flite_synth_text", "flite_synth_phones"):
        getattr(library, name).restype = _POINTER
        getattr(library, name).argtypes = [ctypes.c_char_p, _POINTER]
    for name in ("relation_head", "item_next", "item_daughter"):
        getattr(library, name).restype = _POINTER
        getattr(library, name).argtypes = [_POINTER]
    library.utt_relation.restype = _POINTER
    library.utt_relation.argtypes = [_POINTER, ctypes.c_char_p]
    library.ffeature_float.restype = ctypes.c_float
    library.ffeature_float.argtypes = [_POINTER, ctypes.c_char_p]
    library.feat_set_float.restype = None
    library.feat_set_float.argtypes = [_POINTER, ctypes.c_char_p, ctypes.c_float]
    library.utt_wave.restype = ctypes.POINTER(_Wave)
    library.utt_wave.argtypes = [_POINTER]
    library.delete_utterance.argtypes = [_POINTER]
    library.flite_init()
    return library


@cache
def _voice(name: str) -> tuple[Any, int, int]:
    """The voice's library, the voice, and its features (the structure's second field)."""
    _library()
    for needed in ("libflite_usenglish.so.1", "libflite_cmulex.so.1"):
        ctypes.CDLL(needed, mode=ctypes.RTLD_GLOBAL)
    library = ctypes.CDLL(_LIBRARIES.get(name, f"libflite_cmu_us_{name}.so.1"))
    register = getattr(library, f"register_cmu_us_{name}")
    register.restype = _POINTER
    voice = register(None)
    return library, voice, int(_POINTER.from_address(voice + 8).value or 0)


class Flite:
    """One voice; ``f0`` scales its pitch. A word in brackets is phones ("[ah m]") and is then said alone."""

    def __init__(self, name: str, f0: float = 1.0) -> None:
        self.name = name
        self._f0 = f0

    def say(self, words: Sequence[str], mark: str, stretch: float) -> Utterance:
        """``words`` as they are spelled, with their times."""
        library = _library()
        _, voice, features = _voice(self.name)
        library.feat_set_float(features, _STRETCH, stretch)
        library.feat_set_float(features, _SHIFT, self._f0)
        if self.name.startswith("kal"):
            library.feat_set_float(features, _MEAN, _USUAL_MEAN * self._f0)
        bare = [word.rstrip(".,;:?!") for word in words]
        if bare[0].startswith("["):
            spoken = library.flite_synth_phones(f"pau {bare[0].strip('[]')} pau".encode(), voice)
            return Utterance(samples := _sound(library, spoken), ((0.0, len(samples) / RATE),))
        spoken = library.flite_synth_text((" ".join(bare) + mark).encode(), voice)
        groups = list(_groups(library, spoken))
        samples = _sound(library, spoken)
        sizes = [len(word.split()) for word in bare]
        if len(groups) != sum(sizes):
            raise ValueError(f"Flite made {len(groups)} of {sum(sizes)} words: {' '.join(bare)}")
        firsts = np.cumsum([0, *sizes]).tolist()
        return Utterance(samples, tuple((groups[a][0], groups[b - 1][1]) for a, b in pairwise(firsts)))


def _groups(library: Any, spoken: int) -> Iterator[tuple[float, float]]:
    """Start and end of what stands between two spaces."""
    token = library.relation_head(library.utt_relation(spoken, _TOKEN))
    while token:
        first = last = library.item_daughter(token)
        while last and (following := library.item_next(last)):
            last = following
        if first:
            yield library.ffeature_float(first, _FIRST), library.ffeature_float(last, _LAST)
        token = library.item_next(token)


def _sound(library: Any, spoken: int) -> np.ndarray[Any, Any]:
    wave = library.utt_wave(spoken).contents
    pcm = np.ctypeslib.as_array(wave.samples, (wave.count,)).astype(np.float32) / 32768
    rate = wave.rate
    library.delete_utterance(spoken)
    return soxr.resample(pcm, rate, RATE, quality="VHQ")


__all__ = ["VOICES", "Flite"]
