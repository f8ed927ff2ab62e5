"""How a written word is read: its bare form, and what its punctuation says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from coach.transcript import Word

_OUTER: Final = re.compile(r"^[^\w']+|[^\w']+$")
_FILLED_PAUSE: Final = re.compile(r"u+h*m+|u+h+|e+r+m*|e+h+m*|a+h+|h+m+|m{2,}")


def lexicon(text: str) -> frozenset[str]:
    """The words of ``text`` as a set."""
    return frozenset(text.split())


#: Words after which a clause cannot end: determiners, prepositions, conjunctions, auxiliaries, subjects.
CLAUSE_OPEN: Final = lexicon(
    """
    a an the this these those my your our their its his her every each some any no
    of in on at to for from with by into onto over under between through during without within against
    about as than per via and or but nor because if when while whereas although though unless until since so
    that which who whose where how what why is are was were be been being am have has had do does did will
    would can could should may might must shall i we you they he she it's i'm we're you're they're that's
    there's let's don't doesn't didn't isn't aren't can't won't very more most less also just only not
    """
)

#: Words that begin a new clause: coordinating and subordinating conjunctions, relative pronouns.
CLAUSE_INITIAL: Final = lexicon(
    """
    and but or so because since although though while whereas if unless when whenever where which who whose
    then however therefore thus meanwhile otherwise until before after
    """
)


#: Before "you know" and "I mean", these make a clause of their own of them ("do you know", "what I mean").
_MEANT_BEFORE: Final = lexicon("do did if as what how don't when once by")


def bare(text: str) -> str:
    """``text`` in lower case without the punctuation around it; an inner hyphen or apostrophe stays."""
    return _OUTER.sub("", text).replace("’", "'").strip("'").lower()


def ends_sentence(text: str) -> bool:
    """Whether the word closes a sentence: ``.``, ``!`` or ``?``, but not the three dots of a hesitation."""
    tail = text.rstrip("\"')”’]")
    return tail.endswith((".", "!", "?")) and not tail.endswith("..")


def ends_clause(text: str) -> bool:
    """Whether the word closes a clause: the end of a sentence, a semicolon or a colon."""
    return ends_sentence(text) or text.rstrip("\"')”’]").endswith((";", ":"))


def breaks(text: str) -> bool:
    """Whether any punctuation follows the word."""
    return bool(text) and not (text[-1].isalnum() or text[-1] in "'’%")


def trails_off(text: str) -> bool:
    """Whether the word is written as interrupted: a dash or three dots after it."""
    return text.rstrip(",").endswith(("-", "–", "—", "…", "..."))


def is_filled_pause(text: str) -> bool:
    """Whether the word by itself is um, uh, er, erm, ah, eh, hm or mm in any spelling.

    Written with a hyphen (uh-huh, mm-hmm, uh-uh, ah-ha) it is an answer, not a filled pause, and in capitals
    (ER diagram) an abbreviation.
    """
    word = bare(text)
    if re.sub(r"\W", "", text).isupper() and len(word) == 2 and word in {"er", "eh", "mm", "hm"}:
        return False
    return _FILLED_PAUSE.fullmatch(word) is not None


def carriers(words: Sequence[Word]) -> list[int]:
    """Positions of the words that carry the sentence: no filled pauses, no "you know", no "I mean"."""
    texts = [bare(word.text) for word in words]
    passing = {
        i
        for first in range(len(texts) - 1)
        if (texts[first], texts[first + 1]) in {("you", "know"), ("i", "mean")}
        and not (first and texts[first - 1] in _MEANT_BEFORE)
        for i in (first, first + 1)
    }
    return [
        i for i, text in enumerate(texts) if text and i not in passing and not is_filled_pause(words[i].text)
    ]
