"""Whisper, asked to write down what was said and not what was meant.

Left alone Whisper tidies up: on natural speech it writes no "um" at all. A disfluent prompt in front of every
window makes it write them; digital silence wherever nobody speaks keeps the prompt from seeding words there. A window
that goes round in circles or passes over speech is decoded with a beam, then in halves, at last without the prompt.
"""

from __future__ import annotations

import hashlib
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from coach.errors import ModelError
from coach.recording import SAMPLE_RATE
from coach.transcript import Fact, Span, Word
from coach.transcription.ear import EARS, Hesitation, hesitations, load_ear, with_onsets
from coach.transcription.pieces import Piece, quietest
from coach.transcription.weights import locate
from coach.transcription.window import Window
from coach.voice import FAINT, silero_speech

VERSION: Final = "verbatim-7"
PROMPT: Final = "Um, uh, so, like, you know, I mean, uh, let me think, um, the the, uh, okay."
"""What Whisper is told was said before, in every window; faster-whisper's ``initial_prompt`` reaches the first only."""
LOOP_COMPRESSION: Final = 2.4
"""Text that zlib shrinks by more than this goes round in circles (Whisper's own threshold, Radford and others 2022)."""
LOOP_REPEATS: Final = 6
"""As many times the same one to four words in a row are a loop of the decoder, not a speaker's stumble."""
LONG_GAP_S: Final = 1.0
MARGIN_S: Final = 0.25
SKIPPED_S: Final = 3.0
"""No word lasts as long; a longer "um" does not either."""
SHORTEST_HALVED_S: Final = 8.0
_BEAMS: Final = (1, 5)
"""Greedy first: quicker, and on development speech it finds as many fillers. The two loop on different pieces, so
that a beam of 5 helps where greedy decoding went round in circles."""


class HeardPiece(Fact):
    """What was heard in one piece. Times are seconds from the start of the recording."""

    start: float
    end: float
    words: tuple[Word, ...]
    speech: tuple[Span, ...]
    hesitations: tuple[Hesitation, ...] = ()


class Whisper:
    """A loaded Whisper model. ``name`` says which, ``note`` what its user should know about how it runs."""

    def __init__(
        self,
        name: str,
        folder: Path,
        device: str = "auto",
        compute_type: str = "auto",
        listener: Whisper | None = None,
    ) -> None:
        """Loads the weights in ``folder``. ``listener`` is the model whose encoder the ear listens to, by default itself.

        Raises ModelError when the weights can't be loaded as asked, or no ear was trained for the listener.
        """
        self.name = name
        self._model, self.device, self.compute_type, self.note = _load(folder, device, compute_type)
        self._listener = listener or self
        self._ear = load_ear(self._listener.name)

    @property
    def version(self) -> str:
        """What a stored result depends on: model, numeric type and the way of decoding."""
        return f"{self.name}/{self.compute_type}/{VERSION}"

    def key(self, piece: Piece, language: str, glossary: str = "") -> str:
        """The name a piece's result is stored under: its audio and range, the model and the way of decoding."""
        facts = f"{piece.sha256}:{piece.first}:{len(piece.pcm)}:{self.version}:{language}:{glossary}"
        return hashlib.sha256(facts.encode()).hexdigest()

    def hear(self, piece: Piece, language: str = "en", glossary: str = "") -> HeardPiece:
        """The words of one piece. ``glossary`` is a hint of terms; it may seed terms that nobody said."""
        samples = piece.pcm.astype(np.float32) / 32768.0
        speech = silero_speech(samples)
        if not speech:
            return HeardPiece(start=piece.start, end=piece.end, words=(), speech=())
        samples = hushed(samples, silero_speech(samples, FAINT))
        window = Window(self._model, samples)
        prompt = f"{glossary} {PROMPT}".strip()
        words = starts_in_speech(self._words(window, samples, speech, language, prompt), speech)
        states = window.states
        if self._listener is not self:
            states = Window(self._listener._model, samples).states
        held, begins = self._ear.hear(states).T
        return HeardPiece(
            start=piece.start,
            end=piece.end,
            words=tuple(moved(word, piece.start) for word in with_onsets(words, begins)),
            speech=tuple(moved(span, piece.start) for span in speech),
            hesitations=tuple(moved(one, piece.start) for one in hesitations(held)),
        )

    def _words(
        self, window: Window, samples: NDArray[np.float32], speech: Sequence[Span], language: str, prompt: str
    ) -> list[Word]:
        """The words of up to 30 s; where decoding goes wrong each half is heard by itself, at last without a prompt."""
        length = len(samples) / SAMPLE_RATE
        for beam in _BEAMS:
            words = whole_words(window.decode(language, prompt, beam), length)
            if not loops([word.text for word in words]) and not skips(words, speech):
                return words
        if length <= SHORTEST_HALVED_S:
            return without_loops(whole_words(window.decode(language, beam=_BEAMS[-1]), length))
        at = quietest(samples, round(length / 4 * SAMPLE_RATE), round(length * 3 / 4 * SAMPLE_RATE))
        halves = []
        for first, last in ((0, at), (at, len(samples))):
            half, start = samples[first:last], first / SAMPLE_RATE
            within = _within(speech, start, last / SAMPLE_RATE)
            if within:
                heard = self._words(Window(self._model, half), half, within, language, prompt)
                halves += [moved(word, start) for word in heard]
        return halves


def hushed(samples: NDArray[np.float32], speech: Sequence[Span]) -> NDArray[np.float32]:
    """``samples`` with digital silence wherever nobody speaks for ``LONG_GAP_S`` and more, in which a prompt would
    seed words; a margin of ``MARGIN_S`` is left around the speech."""
    kept = samples.copy()
    ends = [-MARGIN_S, *(span.end for span in speech)]
    starts = [*(span.start for span in speech), len(samples) / SAMPLE_RATE + MARGIN_S]
    for end, start in zip(ends, starts, strict=True):
        if start - end > LONG_GAP_S:
            kept[round((end + MARGIN_S) * SAMPLE_RATE) : round((start - MARGIN_S) * SAMPLE_RATE)] = 0
    return kept


def skips(words: Sequence[Word], speech: Sequence[Span]) -> bool:
    """Whether more than ``SKIPPED_S`` seconds of speech pass without a word beginning."""
    begins = [0.0, *(word.start for word in words), speech[-1].end]
    return any(
        sum(span.duration for span in _within(speech, a, b)) > SKIPPED_S for a, b in pairwise(begins) if b > a
    )


def _within(speech: Sequence[Span], start: float, end: float) -> list[Span]:
    """The parts of ``speech`` from ``start`` to ``end``, their times counted from ``start``."""
    cut = ((max(span.start, start), min(span.end, end)) for span in speech)
    return [Span(start=a - start, end=b - start) for a, b in cut if b > a]


Moved = TypeVar("Moved", bound=Span)


def moved(span: Moved, seconds: float) -> Moved:
    """``span`` that many seconds later."""
    return span.model_copy(update={"start": span.start + seconds, "end": span.end + seconds})


def whole_words(parts: Iterable[Any], duration: float) -> list[Word]:
    """faster-whisper's words with parts that belong together joined ("self" + "-attention"), times in order."""
    words: list[Word] = []
    for part in parts:
        text = part.word.strip()
        if not any(sign.isalnum() for sign in text):  # "." on its own is no word
            continue
        earliest = words[-1].start if words else 0.0
        start = min(max(float(part.start), earliest), duration)
        end = min(max(float(part.end), start), duration)
        confidence = min(max(float(part.probability), 0.0), 1.0)
        if words and not part.word.startswith(" "):
            last = words.pop()
            words.append(
                Word(
                    text=last.text + text,
                    start=last.start,
                    end=end,
                    confidence=min(last.confidence, confidence),
                )
            )
        else:
            words.append(Word(text=text, start=start, end=end, confidence=confidence))
    return words


def loops(texts: Sequence[str]) -> bool:
    """Whether a decoder went round in circles: text that compresses too well, or a phrase many times in a row."""
    joined = " ".join(text.lower().strip(".,!?") for text in texts)
    if len(texts) >= 20 and len(joined) / len(zlib.compress(joined.encode())) > LOOP_COMPRESSION:
        return True
    tokens = joined.split()
    return any(_longest_run(tokens, size) >= LOOP_REPEATS for size in (1, 2, 3, 4))


def without_loops(words: Sequence[Word]) -> list[Word]:
    """The words with each phrase that stands ``LOOP_REPEATS`` times or more in a row said once."""
    kept = list(words)
    for size in (1, 2, 3, 4):
        i = 0
        while i + size * LOOP_REPEATS <= len(kept):
            phrase = _plain(kept[i : i + size])
            run = 1
            while _plain(kept[i + run * size : i + (run + 1) * size]) == phrase:
                run += 1
            if run >= LOOP_REPEATS:
                del kept[i + size : i + run * size]
            i += 1
    return kept


def _plain(words: Sequence[Word]) -> list[str]:
    return [word.text.lower().strip(".,!?") for word in words]


def _longest_run(tokens: Sequence[str], size: int) -> int:
    longest = Counter[int]()
    for first in range(size):
        grams = [tuple(tokens[i : i + size]) for i in range(first, len(tokens) - size + 1, size)]
        run = 0
        for i, gram in enumerate(grams):
            run = run + 1 if i and gram == grams[i - 1] else 1
            longest[first] = max(longest[first], run)
    return max(longest.values(), default=0)


def starts_in_speech(words: Sequence[Word], speech: Sequence[Span]) -> list[Word]:
    """Words that Whisper starts in the silence before them start where the voice does."""
    mended = []
    for word in words:
        inside = any(span.start <= word.start < span.end for span in speech)
        following = [span.start for span in speech if word.start < span.start < word.end]
        start = word.start if inside or not following else following[0]
        mended.append(word.model_copy(update={"start": start}))
    return mended


@lru_cache(maxsize=1)
def load_whisper(name: str, models: Path, device: str = "auto", compute_type: str = "auto") -> Whisper:
    """The model ``name``, loaded once per process. Raises ModelError (see :func:`coach.transcription.weights.locate`)."""
    listener = None if name in EARS else load_whisper.__wrapped__(EARS[0], models, device, compute_type)
    return Whisper(name, locate(name, models), device, compute_type, listener)


def _load(folder: Path, device: str, compute_type: str) -> tuple[Any, str, str, str]:
    from faster_whisper import WhisperModel

    wanted = (
        ["cuda", "cpu"] if device == "auto" and _cuda_devices() else ["cpu" if device == "auto" else device]
    )
    note = "" if wanted[0] == "cuda" else "Runs on the processor: no usable CUDA device."
    for choice in wanted:
        kind = ("float16" if choice == "cuda" else "int8") if compute_type == "auto" else compute_type
        try:
            model = WhisperModel(str(folder), device=choice, compute_type=kind, local_files_only=True)
            if choice == "cuda":  # its errors surface at the first encode, not at load
                model.encode(np.zeros((model.model.n_mels, 3000), np.float32))
        except (RuntimeError, ValueError) as error:
            if choice == wanted[-1]:
                raise ModelError(
                    f"The model in {folder} can't run on {choice} as {kind}: {error}. "
                    "Set device and compute type back to 'auto', or choose another model."
                ) from error
            note = f"Runs on the processor: CUDA was found but failed ({error})."
        else:
            return model, choice, kind, note
    raise AssertionError("unreachable")


def _cuda_devices() -> int:
    import ctranslate2

    try:
        return int(ctranslate2.get_cuda_device_count())
    except RuntimeError:  # a CUDA build without a driver
        return 0
