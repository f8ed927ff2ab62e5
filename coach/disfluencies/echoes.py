"""Echoes: a function word said twice of which only one copy was written, found in the sound.

A transcription swallows many a repeated "the". What shows is a short break of the voice that neither the written
consonants nor a comma explain, with the same sound on both sides: the sound before the break is laid over the
sound after it by dynamic time warping (Sakoe and Chiba 1978) of mel cepstra (Davis and Mermelstein 1980), each
coefficient in spreads of the whole talk. Syllables that differ lie 1.2 spreads apart on average, one pair in
thirty under 0.68, so only the clearest echoes are told, and only beside function words.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from coach.disfluencies.tokens import CLAUSE_OPEN, bare, breaks, is_filled_pause
from coach.recording import SAMPLE_RATE, Recording
from coach.transcript import Disfluency, DisfluencyKind, Span, Word

MOST_APART: Final = 0.68
"""The distance under which two sounds are one said twice, in spreads."""
BREAK_FRAMES: Final = (4, 20)
"""The break between the copies: shorter ones lie within syllables, longer ones are pauses. In frames of 10 ms."""
COPY_FRAMES: Final = (14, 35)
"""How long the copy before the break may be. Two shorter sounds are often alike."""
HELD_FRAMES: Final = 25
STEADY: Final = 0.45
"""The mean spread over time of a held vowel; one word in fifty is as steady."""
LONG_BREAK_S: Final = 0.07
"""The shortest break between a fragment and its word."""
CONFIDENCE: Final = 0.5
BELOW_LOUD_DB: Final = 33.0
"""A frame this far below the loud tenth of the talk is no voice."""

WITHIN_S: Final = 0.1
"""A break this long (s) before the written end of a word lies within it, as far as written times can be trusted."""

_HOP: Final = 160
_WINDOW: Final = 400
_FRAME_S: Final = _HOP / SAMPLE_RATE
_MIDDLE_S: Final = _WINDOW / 2 / SAMPLE_RATE
_BANDS: Final = 20
_COEFFICIENTS: Final = 12
_SLANTED: Final = 1.3
"""What a step that holds one of the two sounds costs; a step in both costs 2."""
_STOPS: Final = frozenset("bdgptkcqx")
"""Letters that may stand for a closure, silent by itself."""


@dataclass(frozen=True, slots=True)
class Once:
    """A recording that is the same when its samples are, so that two detectors share one look at it."""

    recording: Recording

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Once) and other.recording.sha256 == self.recording.sha256

    def __hash__(self) -> int:
        return hash(self.recording.sha256)


Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Echo:
    """A copy from ``start`` to ``end`` (s) of the written word at ``index``, or of its beginning."""

    index: int
    start: float
    end: float


def copies(words: Sequence[Word], speech: Sequence[Span], recording: Recording | None) -> list[Echo]:
    """Every swallowed copy of a function word, in order of time."""
    return [echo for echo in _echoes(words, speech, recording) if _is_light(words[echo.index])]


def fragments(words: Sequence[Word], speech: Sequence[Span], recording: Recording | None) -> list[Echo]:
    """Every swallowed beginning of a longer word that was then said whole, in order of time."""
    return [echo for echo in _echoes(words, speech, recording) if not _is_light(words[echo.index])]


def heard(kind: DisfluencyKind, detector: str, echo: Echo, words: Sequence[Word]) -> Disfluency:
    """The disfluency of ``echo``. Its ``word_range`` is None, since no word was written for it."""
    return Disfluency(
        id="",
        kind=kind,
        text=bare(words[echo.index].text) + ("-" if kind == "restart" else ""),
        start=echo.start,
        end=echo.end,
        detector=detector,
        confidence=CONFIDENCE,
    )


def _echoes(words: Sequence[Word], speech: Sequence[Span], recording: Recording | None) -> list[Echo]:
    if recording is None or len(recording.samples) < SAMPLE_RATE or not words:
        return []
    return list(_found(tuple(words), tuple(speech), Once(recording)))


@lru_cache(maxsize=1)
def _found(words: tuple[Word, ...], speech: tuple[Span, ...], once: Once) -> tuple[Echo, ...]:
    """All echoes. Kept for the last recording asked for, since two detectors ask."""
    cepstra, quiet = _sound(once.recording.samples)
    echoes = []
    for first, stop in _breaks(quiet):
        start, end = first * _FRAME_S + _MIDDLE_S, stop * _FRAME_S + _MIDDLE_S
        if not any(span.start < start and end < span.end for span in speech):
            continue
        index = _written(words, start, end)
        if index is None:
            continue
        before, after = _around(quiet, first, stop)
        count = _copy(cepstra[first - before : first], cepstra[stop : stop + after])
        if _is_held(cepstra[first - count : first]):
            continue
        length = count * _FRAME_S
        word = words[index]
        # a whole word reaches back over its copy, a fragment stands at the beginning of its word
        reaches = (
            word.end > start - length + 0.05 if _is_light(word) else word.start < start - length + WITHIN_S
        )
        if length and reaches:
            echoes.append(Echo(index, start - length, start))
    return tuple(echoes)


def _sound(samples: NDArray[np.float32]) -> tuple[Floats, NDArray[np.bool_]]:
    """Cepstra (frames, coefficients) in spreads of the talk, and whether each frame has no voice."""
    windows = np.lib.stride_tricks.sliding_window_view(samples, _WINDOW)[::_HOP]
    cepstra, levels = [], []
    for part in np.array_split(windows, 1 + len(windows) // 6000):  # a minute at a time
        power = np.abs(np.fft.rfft(part * np.hanning(_WINDOW), 512)) ** 2
        cepstra.append(10 * np.log10(power @ _mel_bands().T + 1e-7) @ _cosines())
        levels.append(10 * np.log10((part.astype(float) ** 2).mean(axis=1) + 1e-9))
    level, told = np.concatenate(levels), np.concatenate(cepstra)
    loud, background = np.percentile(level, (90, 5))
    quiet = level < max(loud - BELOW_LOUD_DB, min(background + 6, loud - 15))
    voice = told[level > loud - 25]
    return (told - voice.mean(axis=0)) / (voice.std(axis=0) + 1e-6), quiet


def _breaks(quiet: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """The quiet runs of a length in BREAK_FRAMES, as half-open ranges of frames."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], quiet, [False])).astype(np.int8)))
    for first, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if first >= COPY_FRAMES[0] and BREAK_FRAMES[0] <= stop - first <= BREAK_FRAMES[1]:
            yield first, stop


def _around(quiet: NDArray[np.bool_], first: int, stop: int) -> tuple[int, int]:
    """How many frames of sound stand before and after the break, no more than are looked at."""
    longest = COPY_FRAMES[1]
    before = quiet[max(0, first - longest) : first][::-1]
    after = quiet[stop : stop + longest + 10]
    return tuple(int(np.argmax(side)) if side.any() else len(side) for side in (before, after))  # type: ignore[return-value]


def _written(words: Sequence[Word], start: float, end: float) -> int | None:
    """The word that is written where the break is, unless something written explains the break."""
    index = bisect_left(words, start - 0.05, key=lambda word: word.start) - 1
    if index < 0 or index + 1 >= len(words):
        return None
    here, following = words[index], words[index + 1]
    mine, other = bare(here.text), bare(following.text)
    within = here.end > end + WITHIN_S
    if not _is_light(here):
        # the closure of a stop within a word is shorter
        long = len(mine) > 3 and mine.isalpha()  # not "uh-huh"
        return index if long and within and end - start >= LONG_BREAK_S else None
    if breaks(here.text) or not other or is_filled_pause(following.text) or mine == other:
        return None
    return None if not within and (other[0] in _STOPS or mine.rstrip("s")[-1:] in _STOPS) else index


def _is_held(sound: Floats) -> bool:
    """Whether it is one long steady sound: a filled pause, not a word."""
    return len(sound) >= HELD_FRAMES and float(sound.std(axis=0).mean()) < STEADY


def _is_light(word: Word) -> bool:
    """Whether it is a function word."""
    return bare(word.text) in CLAUSE_OPEN | {"it"}


def _copy(before: Floats, after: Floats) -> int:
    """How many of the last frames of ``before`` are said again at the start of ``after``; 0 when none are."""
    if len(before) < COPY_FRAMES[0] or len(after) < COPY_FRAMES[0] // 2:
        return 0
    apart = np.sqrt(((before[:, np.newaxis] - after[np.newaxis]) ** 2).mean(axis=2)).tolist()
    rows, columns = len(apart), len(apart[0])
    # from the end: the last frame before the break may be laid on any frame after it
    cost = list(apart[-1])
    steps = [1] * columns
    best, length = MOST_APART, 0
    for row in range(rows - 2, -1, -1):
        here, taken = [0.0] * columns, [1] * columns
        for column in range(columns - 1, -1, -1):
            distance = apart[row][column]
            ways = [(cost[column] + _SLANTED * distance, steps[column] + 1)]
            if column + 1 < columns:
                ways.append((cost[column + 1] + 2 * distance, steps[column + 1] + 2))
                ways.append((here[column + 1] + _SLANTED * distance, taken[column + 1] + 1))
            here[column], taken[column] = min(ways, key=lambda way: way[0] / way[1])
        cost, steps = here, taken
        if rows - row >= COPY_FRAMES[0] and cost[0] / steps[0] < best:
            best, length = cost[0] / steps[0], rows - row
    return length


@lru_cache(maxsize=1)
def _cosines() -> Floats:
    """(bands, coefficients): the cosine transform without its mean."""
    angles = np.outer(np.arange(_BANDS) + 0.5, np.arange(1, _COEFFICIENTS + 1)) * np.pi / _BANDS
    return np.asarray(np.cos(angles) * np.sqrt(2 / _BANDS))


@lru_cache(maxsize=1)
def _mel_bands() -> Floats:
    """(bands, 257) triangles, evenly spaced in mel from about 60 to 4700 Hz."""
    mel = 2595 * np.log10(1 + np.linspace(0, SAMPLE_RATE / 2, 257) / 700)
    edges = np.linspace(mel[4], mel[150], _BANDS + 2)
    rising = (mel - edges[:-2, np.newaxis]) / np.diff(edges)[:-1, np.newaxis]
    falling = (edges[2:, np.newaxis] - mel) / np.diff(edges)[1:, np.newaxis]
    return np.asarray(np.clip(np.minimum(rising, falling), 0, None))


__all__ = ["Echo", "copies", "fragments", "heard"]
