"""One window of Whisper: up to 30 s of sound, encoded once; every way of decoding it then costs the decoder only.

Text is decoded without timestamp tokens: Whisper then writes the whole window in one go instead of stopping at
sentences, and on development talks it left out fewer fillers. Times come from the decoder's attention to the sound
(Radford and others 2022, dynamic time warping over the alignment heads).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

FRAME_S: Final = 0.02
"""One state of the encoder stands for this many seconds."""
LATE_S: Final = 0.09
"""The attention moves on to a word this much before the word is heard: the median over the words of development
talks whose times are known by splicing."""
NO_SPEECH: Final = 0.3
UNSURE: Final = -1.0
"""A window with this chance of holding no speech, whose words' mean log probability is below this, holds no words
(the rule of Radford and others 2022, section 4.5; they use 0.6; no development window with speech reaches 0.15)."""
_OPENING: Final = "\"'“¿([{-"
_CLOSING: Final = "\"'.。,，!！?？:：”)]}、"


class Part(NamedTuple):
    """A word or a part of one as decoded, with a leading space where a word begins. Times are seconds."""

    word: str
    start: float
    end: float
    probability: float


class Window:
    """``samples`` (n,) float32 at 16 kHz, at most 30 s, as a loaded faster-whisper ``model`` hears them."""

    def __init__(self, model: Any, samples: NDArray[np.float32]) -> None:
        from faster_whisper.audio import pad_or_trim

        features = model.feature_extractor(samples)
        self._frames = min(features.shape[-1] - 1, model.feature_extractor.nb_max_frames)
        self._model = model
        self._encoded = model.encode(pad_or_trim(features))

    @cached_property
    def states(self) -> NDArray[np.float32]:
        """(frames, width) what the encoder made of the sound, one state every ``FRAME_S`` seconds."""
        import ctranslate2

        told = self._encoded
        if told.device != "cpu":
            told = told.to_device(ctranslate2.Device.cpu)
        states: NDArray[np.float32] = np.asarray(told, dtype=np.float32)[0]
        return states[: (self._frames + 1) // 2]

    def decode(self, language: str, prompt: str = "", beam: int = 1) -> list[Part]:
        """The words, in order. ``prompt`` is taken for what was said before."""
        tokenizer = self._tokenizer(language)
        said_before = [tokenizer.sot_prev, *tokenizer.encode(" " + prompt)] if prompt else []
        given = [*said_before, *tokenizer.sot_sequence, tokenizer.no_timestamps]
        told = self._model.model.generate(
            self._encoded,
            [given],
            max_length=self._model.max_length,
            suppress_tokens=[-1],
            beam_size=beam,
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        if told.no_speech_prob > NO_SPEECH and told.scores[0] < UNSURE:
            return []
        tokens = [token for token in told.sequences_ids[0] if token < tokenizer.eot]
        return list(self._timed(tokenizer, tokens)) if tokens else []

    def _timed(self, tokenizer: Any, tokens: list[int]) -> Iterable[Part]:
        from faster_whisper.transcribe import merge_punctuations

        length = self._frames / 100
        aligned = self._model.find_alignment(tokenizer, [tokens], self._encoded, self._frames)[0]
        merge_punctuations(aligned, _OPENING, _CLOSING)
        for each in aligned:
            if each["word"]:
                start, end = (min(float(each[edge]) + LATE_S, length) for edge in ("start", "end"))
                yield Part(each["word"], start, end, float(each["probability"]))

    def _tokenizer(self, language: str) -> Any:
        from faster_whisper.tokenizer import Tokenizer

        many = self._model.model.is_multilingual
        return Tokenizer(
            self._model.hf_tokenizer, many, task="transcribe", language=language if many else "en"
        )
