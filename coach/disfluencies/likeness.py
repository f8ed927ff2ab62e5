"""Likeness by sound: whether two written words are one word heard twice, or one is the beginning of the other.

A transcription writes what was broken off or badly said as some other word ("the wight, waits"), so words that
should be equal are compared by a coarse key of their consonants, as in Philips' Metaphone (1990), with every
vowel alike: vowels are what such transcriptions miss most.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import Levenshtein

_RULES: Final = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"[^a-z]", ""),
        (r"^(kn|gn|pn)", "n"),
        (r"^wr", "r"),
        (r"^wh", "w"),
        (r"(?<=[aeiou])gh(?=t|s|$)", ""),
        (r"ph", "f"),
        (r"tch|ch|sh|(?<=[a-z])ti(?=[ao])|(?<=[a-z])ci(?=[ao])", "x"),
        (r"th", "0"),
        (r"dg", "j"),
        (r"ck|q|c(?![eiy])", "k"),
        (r"c", "s"),
        (r"x", "x"),
        (r"z", "s"),
        (r"mb$", "m"),
        (r"([a-z0])\1+", r"\1"),
        (r"(?<=[^aeiouy])e$", ""),
        (r"(?<=[aeiou])h", ""),
        (r"[aeiouy]+", "a"),
    )
)


@lru_cache(maxsize=4096)
def sound_key(word: str) -> str:
    """The consonants of ``word`` with every run of vowels as one ``a``: "wight" is ``wat``, "waits" ``wats``."""
    key = word.lower()
    for pattern, sound in _RULES:
        key = pattern.sub(sound, key)
    return key


def alike(left: str, right: str) -> bool:
    """Whether two words may be one said twice: the same letters, the same sound, or one sound of six apart."""
    if left == right:
        return True
    mine, other = sound_key(left), sound_key(right)
    longer = max(len(mine), len(other))
    if longer < 3 or not mine or not other or mine[0] != other[0]:
        return False
    return Levenshtein.distance(mine, other) <= longer // 6


def begins(fragment: str, word: str) -> bool:
    """Whether ``fragment`` sounds like the beginning of the longer ``word``: its first three sounds or more."""
    mine, other = sound_key(fragment), sound_key(word)
    return 3 <= len(mine) < len(other) and other.startswith(mine)


def phrases_alike(left: Sequence[str], right: Sequence[str]) -> bool:
    """Whether two phrases of as many words are one said twice, each word like its fellow."""
    return len(left) == len(right) and all(map(alike, left, right))


__all__ = ["alike", "begins", "phrases_alike", "sound_key"]
