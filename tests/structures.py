"""Answers for the tests of structure: spoken from a text, with silences where it says ``[12 s]``."""

from __future__ import annotations

import re

from coach.coverage.view import matching_view
from coach.structure import rules_of
from coach.structure.course import course
from coach.structure.likeness import likeness
from coach.structure.parts import Answer
from coach.structure.units import units_of
from coach.transcript import Pause, Transcript, Word

CODED = (
    "Let me say it back: I am given an array of prices and I have to return the best profit. "
    "The brute force way tries every pair of days, but my idea is to keep the smallest price so far. "
    "So I start with a minimum at infinity, and for each price I update the minimum. "
    "If the difference is larger than the best, I set the best to it, and after the loop I return it. "
    "That takes linear time and constant space. "
    "An edge case is an empty array, then I return zero. "
    "I would test it with one price, with falling prices, and against brute force on random arrays."
)
"""One sentence or two for every stage of coding, in the usual order."""

TOLD = (
    "Two years ago I worked at a bank, and our reports were always late. "
    "I was responsible for the nightly jobs. "
    "First I measured where the time goes, then I rewrote the slowest query and I showed it to the team. "
    "In the end the run time fell from six hours to forty minutes. "
    "What I learned is to measure first, and since then I always do."
)
"""STAR with a reflection."""


def spoken(text: str, step: float = 0.3) -> tuple[Transcript, tuple[Pause, ...], float]:
    """One word every ``step`` seconds without a gap; ``[12 s]`` is a silence between clauses. Ends with the length."""
    words: list[Word] = []
    pauses: list[Pause] = []
    at = 0.0
    for piece in re.split(r"(\[\d+ s\])", text):
        if silence := re.fullmatch(r"\[(\d+) s\]", piece):
            pauses.append(Pause(start=at, end=at + int(silence[1]), place="boundary"))
            at += int(silence[1])
            continue
        for word in piece.split():
            words.append(Word(text=word, start=at, end=at + step, confidence=0.9))
            at += step
    return Transcript.of(words), tuple(pauses), at


def bare(text: str) -> str:
    """Without capitals and punctuation, as speech may come."""
    return " ".join(re.sub(r"[^\w'-]", "", word).lower() for word in text.split())


def compared(text, domain, encoder=None, transcript=None, pauses=()) -> Answer:
    """An answer as the findings get it; ``text`` is written, unless a ``transcript`` is given."""
    transcript = transcript or Transcript.written(text)
    view = matching_view(transcript, (), {})
    rules = rules_of(domain)
    units = units_of(view, transcript, pauses)
    found = likeness(units, rules, encoder)
    return Answer(transcript, view, units, rules, found, course(found, [unit.words for unit in units]))
