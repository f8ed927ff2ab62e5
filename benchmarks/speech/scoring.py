"""The measures of the benchmark. Pure; what can't be told is None, never 0."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

FILLED_PAUSE: Final = re.compile(r"(u+h+|u+m+|uh+m+|e+r+|e+r+m+|a+h+|e+h+|h+m+|m{2,}|a+h+m+)\Z")
"""The spellings of um, uh, er, erm, ah, eh, hm, mm. Answers such as uh-huh and mm-hmm are not among them."""
RESAMPLES: Final = 1000


@dataclass(frozen=True, slots=True)
class Counts:
    """Events found (``hits``), not found (``missed``) and found where none is (``false``)."""

    hits: int = 0
    missed: int = 0
    false: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.hits + other.hits, self.missed + other.missed, self.false + other.false)

    @property
    def precision(self) -> float | None:
        """hits / (hits + false); None where nothing was found."""
        found = self.hits + self.false
        return self.hits / found if found else None

    @property
    def recall(self) -> float | None:
        """hits / (hits + missed); None where there was nothing to find."""
        true = self.hits + self.missed
        return self.hits / true if true else None

    @property
    def f1(self) -> float | None:
        """2 hits / (2 hits + missed + false); None where there was nothing to find and nothing found."""
        total = 2 * self.hits + self.missed + self.false
        return 2 * self.hits / total if total else None


def total(counts: Sequence[Counts]) -> Counts:
    return sum(counts, Counts())


def bootstrap(
    counts: Sequence[Counts], measure: Callable[[Counts], float | None], seed: int = 0
) -> tuple[float, float] | None:
    """The 95 % percentile interval of ``measure`` over talks drawn with replacement (Efron 1979)."""
    if len(counts) < 2:
        return None
    rng = np.random.default_rng(seed)
    table = np.array([(c.hits, c.missed, c.false) for c in counts])
    draws = table[rng.integers(0, len(counts), (RESAMPLES, len(counts)))].sum(axis=1)
    values = [value for draw in draws if (value := measure(Counts(*map(int, draw)))) is not None]
    return (float(np.percentile(values, 2.5)), float(np.percentile(values, 97.5))) if values else None


def wilson(hits: int, of: int, z: float = 1.959964) -> tuple[float, float] | None:
    """The 95 % score interval of a share (Wilson 1927)."""
    if of == 0:
        return None
    share, squared = hits / of, z * z / of
    middle = (share + squared / 2) / (1 + squared)
    half = z * math.sqrt(share * (1 - share) / of + squared / of / 4) / (1 + squared)
    return max(0.0, middle - half), min(1.0, middle + half)


def poisson_upper(count: int, level: float = 0.95) -> float:
    """The one-sided exact upper bound of the mean of a Poisson count (Garwood 1936)."""

    def at_most(mean: float) -> float:
        terms = (math.exp(n * math.log(mean) - mean - math.lgamma(n + 1)) for n in range(count + 1))
        return math.fsum(terms)

    low, high = 1e-9, count + 10 * math.sqrt(count + 1) + 10
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if at_most(middle) > 1 - level else (low, middle)
    return (low + high) / 2


def percentile(values: Sequence[float], share: float) -> float | None:
    """The ``share`` (0..1) quantile, linearly interpolated; None of nothing."""
    return float(np.quantile(values, share)) if values else None


_UNITS = (
    *(
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
    ),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SIGNS = {"%": " percent ", "&": " and ", "+": " plus ", "=": " equals "}
_CONTRACTED = {"can't": "can not", "cannot": "can not"}


def tokens(text: str) -> list[str]:
    """Lower-case words without punctuation, numbers below a thousand and years spelled out, fillers kept.

    Whisper's own normaliser deletes um and uh; this one does not.
    """
    text = text.lower().replace("’", "'")
    for sign, spelled in _SIGNS.items():
        text = text.replace(sign, spelled)
    words: list[str] = []
    for raw in re.findall(r"[\w']+", text.replace("_", " ")):
        word = raw.strip("'")
        if word.isdigit() and (len(word) <= 3 or "1100" <= word <= "1999"):
            words += _spelled(int(word))
        elif word:
            words += _CONTRACTED.get(word, word).split()
    return words


def _spelled(number: int) -> list[str]:
    if number < 20:
        return [_UNITS[number]]
    if number < 100:
        return [_TENS[number // 10], *([_UNITS[number % 10]] if number % 10 else [])]
    rest = _spelled(number % 100) if number % 100 else []
    if number >= 1000 and rest:  # a year
        return [*_spelled(number // 100), *rest]
    return [*_spelled(number // 100), "hundred", *rest]


def is_filled_pause(token: str) -> bool:
    return FILLED_PAUSE.match(token) is not None


def content(token_list: Sequence[str]) -> list[str]:
    """The tokens without filled pauses."""
    return [token for token in token_list if not is_filled_pause(token)]


@dataclass(frozen=True, slots=True)
class WordErrors:
    """``errors`` of ``words`` reference words; per reference word ``heard`` the number it is in the hypothesis."""

    substituted: int
    deleted: int
    inserted: int
    words: int
    heard: tuple[int | None, ...]

    @property
    def errors(self) -> int:
        return self.substituted + self.deleted + self.inserted


_SUBSTITUTION: Final = 1 + 2.0**-20
"""A hair above one, so that of equally cheap alignments the one with more right words is taken; sums stay exact."""


def word_errors(
    reference: Sequence[str], hypothesis: Sequence[str], optional: Sequence[bool] | None = None
) -> WordErrors:
    """Errors of the cheapest alignment (Levenshtein), where an optional reference word may be left out for nothing.

    Both sides are tokens without fillers. Words taken back and discourse markers are optional: whether a
    transcript keeps them is a matter of style, so neither choice is an error; ``words`` counts the others.
    """
    price = np.ones(len(reference)) if optional is None else 1.0 - np.array(optional, float)
    costs = _costs(reference, hypothesis, price)
    heard: list[int | None] = [None] * len(reference)
    substituted = deleted = inserted = 0
    i, j = len(reference), len(hypothesis)
    while i or j:
        same = i > 0 and j > 0 and reference[i - 1] == hypothesis[j - 1]
        if i and j and costs[i, j] == costs[i - 1, j - 1] + (0 if same else _SUBSTITUTION):
            heard[i - 1] = j - 1 if same else None
            substituted += not same
            i, j = i - 1, j - 1
        elif i and costs[i, j] == costs[i - 1, j] + price[i - 1]:
            deleted += int(price[i - 1])
            i -= 1
        else:
            inserted += 1
            j -= 1
    return WordErrors(substituted, deleted, inserted, int(price.sum()), tuple(heard))


def _costs(
    reference: Sequence[str], hypothesis: Sequence[str], price: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Cheapest cost of turning the first i reference words into the first j of the hypothesis."""
    steps = np.arange(len(hypothesis) + 1)
    words = np.array(hypothesis, dtype=object)
    costs = np.empty((len(reference) + 1, len(hypothesis) + 1))
    costs[0] = steps
    for i, word in enumerate(reference):
        row = costs[i] + price[i]
        row[1:] = np.minimum(row[1:], costs[i, :-1] + (words != word) * _SUBSTITUTION)
        costs[i + 1] = np.minimum.accumulate(row - steps) + steps  # insertions: one a step to the right
    return costs


def lost_runs(
    missing: Sequence[int | None], other: Sequence[int | None], optional: Sequence[bool], length: int = 4
) -> int:
    """Runs of at least ``length`` reference words in a row that one transcript lacks and the other has."""
    runs = run = 0
    for here, there, free in zip(missing, other, optional, strict=True):
        if free:
            continue
        run = run + 1 if here is None and there is not None else 0
        runs += run == length
    return runs


def term_recall(terms: Sequence[str], reference: Sequence[str], hypothesis: Sequence[str]) -> tuple[int, int]:
    """(heard, said) occurrences of ``terms``, compared without spaces, so that "soft max" is softmax.

    A plural counts as its singular on both sides; of each term no more are heard than were said.
    """
    said_text, heard_text = "".join(reference), "".join(hypothesis)
    heard = said = 0
    for term in terms:
        squeezed = "".join(tokens(term))
        times = said_text.count(squeezed)
        said += times
        heard += min(times, heard_text.count(squeezed))
    return heard, said
