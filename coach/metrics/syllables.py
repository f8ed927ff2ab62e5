"""How many syllables an English word has, by rule: no dictionary to ship, and names it never saw still count."""

from __future__ import annotations

import re
from typing import Final

_PART: Final = re.compile(r"\d+(?:[.,]\d+)*|[A-Za-zÀ-ÿ']+")
_VOWELS: Final = re.compile(r"[aeiouyà-ÿ]+")
_ONES: Final = (2, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 3, 1, 2, 2, 2, 2, 3, 2, 2)  # zero .. nineteen
_TENS: Final = (0, 1, 2, 2, 2, 2, 2, 3, 2, 2)  # ten, twenty .. ninety
_SPLIT: Final = re.compile(
    r"ia(?!l|n|g)|io(?!n|us)|iu|eo(?!us)|ua(?!r|l)|uo|[^q]ui[nt]|creat|react|real|being|ideal|ying"
)
_SILENT_E: Final = re.compile(r"(?<=[^aeiouy])e$")
_SILENT_ED: Final = re.compile(r"(?<=[^aeioudt])ed$")
_SILENT_ES: Final = re.compile(r"(?<=[^aeiouyscxzg])es$")
_SYLLABIC: Final = re.compile(r"[^aeiouylr]le[sd]?$|[sc]ms?$|thms?$")


def syllables(text: str) -> int:
    """Syllables of a word as it is spoken; at least 1. Digits and abbreviations are read out ("L2", "k-NN")."""
    return max(1, sum(_spoken(part) for part in _PART.findall(text.replace("’", "'"))))


def _spoken(part: str) -> int:
    if part[0].isdigit():
        return _number(part)
    letters = part.strip("'")
    base = letters.removesuffix("s") if letters[:-1].isupper() and len(letters) > 2 else letters
    if base.isupper() and (len(base) <= 3 or not _VOWELS.search(base.lower())) and base not in {"I", "A"}:
        return sum(3 if letter == "W" else 1 for letter in base)
    return _word(letters.lower())


def _word(word: str) -> int:
    if len(word) <= 2:
        return 1
    core = re.sub(r"'(s|d|ll|re|ve|m|t)$", "", word)
    extra = 1 if re.search(r"[dst]n't$", word) else 0
    core = core.removesuffix("n") if extra else core
    for silent in (_SILENT_E, _SILENT_ED, _SILENT_ES):
        core = silent.sub("", core) if len(core) > 3 or silent is not _SILENT_E else core
    count = len(_VOWELS.findall(core)) + len(_SPLIT.findall(core))
    count += 1 if _SYLLABIC.search(re.sub(r"'s$", "", word)) else 0
    return max(1, count) + extra


def _number(digits: str) -> int:
    whole, _, fraction = digits.replace(",", "").partition(".")
    count = _cardinal(int(whole)) if len(whole) <= 12 else sum(_ONES[int(d)] for d in whole)
    return count + (1 + sum(_ONES[int(d)] for d in fraction if d.isdigit()) if fraction else 0)


def _cardinal(number: int) -> int:
    for size, name in ((10**9, 2), (10**6, 2), (1000, 2), (100, 2)):
        if number >= size:
            rest = number % size
            return _cardinal(number // size) + name + (_cardinal(rest) if rest else 0)
    if number < 20:
        return _ONES[number]
    return _TENS[number // 10] + (_ONES[number % 10] if number % 10 else 0)
