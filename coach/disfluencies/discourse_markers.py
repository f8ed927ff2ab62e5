"""Discourse markers in filler use: like, you know, well, I mean, basically, actually, sort of, right, so.

None is counted by its form alone. A logistic regression weighs where each stands: the neighbouring words and
their classes, the punctuation, silence or filled pause around it, and whether a clause begins or ends there
(Schiffrin 1987 and Fraser 1999 on markers being syntactically detachable; D'Arcy 2017 on the uses of like).
Its weights lie beside this file; ``training/discourse_markers/`` holds how they were made and what they are
worth. A probability of filler use of at least 0.5 is reported.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from coach.disfluencies.detector import Detector, Hearing, found
from coach.disfluencies.tokens import bare, breaks, ends_clause, is_filled_pause, lexicon, trails_off
from coach.transcript import Disfluency, Span, Word

NAME: Final = "discourse_marker.context"
THRESHOLD: Final = 0.5
SET_OFF: Final = 0.25
"""A silence this long (s) sets a word off as a comma does."""
UNPUNCTUATED: Final = 40
"""A transcript with fewer than one punctuated word in this many was written without punctuation."""
REACH: Final = 6
"""How many words before and after are looked at, filled pauses not counted."""

MARKERS: Final = (
    "you know", "i mean", "sort of", "kind of", "like", "well", "so", "right", "basically", "actually",
)  # fmt: skip
_PARTS: Final = tuple((marker, tuple(marker.split())) for marker in MARKERS)
_FAMILY: Final = {"sort of": "kind of"}
"""Markers that behave alike share their weights."""

_CLASSES: Final = {
    "article": lexicon("a an the"),
    "possessive": lexicon("my your our their its his her whose"),
    "this": lexicon("this that these those"),
    "quantity": lexicon("some any no every each all both many much few several more most less another other same such"),
    "subject": lexicon("i we you they he she it who there"),
    "subject is": lexicon(
        "i'm we're you're they're he's she's it's that's there's here's what's who's isn't wasn't aren't weren't"
    ),
    "subject has": lexicon("i've we've you've they've"),
    "subject will": lexicon("i'll we'll you'll they'll he'll she'll it'll that'll let's"),
    "subject would": lexicon("i'd we'd you'd they'd he'd she'd it'd would should could might wouldn't"),
    "object": lexicon("me him them us myself yourself itself themselves"),
    "is": lexicon("is are was were be been being am"),
    "has": lexicon("have has had having got haven't hasn't hadn't"),
    "does": lexicon("do does did don't doesn't didn't"),
    "can": lexicon("can will may must shall can't won't couldn't shouldn't"),
    "to": lexicon("to"),
    "not": lexicon("not never"),
    "of": lexicon("of"),
    "as": lexicon("as than"),
    "preposition": lexicon(
        "in on at for from with by into onto over under between through during without within against about "
        "per via up down out off around after before"
    ),
    "and": lexicon("and but or"),
    "because": lexicon("because cause if when while since although though whereas unless until where then"),
    "what": lexicon("what how why which whether"),
    "number": lexicon(
        "one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty sixty "
        "seventy eighty ninety hundred thousand million billion half"
    ),
    "degree": lexicon("very really too quite pretty just rather fairly totally super completely almost even only"),
    "answer": lexicon("yeah yes oh okay ok alright sure hey anyway now"),
    "seem": lexicon(
        "look looks looked looking sound sounds sounded sounding feel feels felt feeling seem seems seemed smell "
        "smells smelled taste tastes tasted act acts acted acting behave behaves behaved behaving work works worked"
    ),
    "thing": lexicon("something anything nothing everything someone anyone everyone somebody anybody things thing stuff"),
    "say": lexicon("say says said saying mention mentioned think thinks thought guess mean means meant know knows"),
    "marker": lexicon("like well so right basically actually"),
}  # fmt: skip
_CLASS_OF: Final = {word: name for name, words in _CLASSES.items() for word in words}
_SUFFIXES: Final = ("ing", "ed", "ly", "tion", "er", "al", "ive", "s")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a marker stands. ``before`` and ``after`` are the bare words beside it, the nearest first.

    They end where a clause does, and filled pauses are left out. ``left`` and ``right`` say what sets the marker
    off: the ``edge`` of a clause, a ``question`` mark, a ``comma`` (any punctuation, or a silence), ``nothing``, or
    ``unknown`` where nothing shows but the transcript is written without punctuation.
    """

    marker: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    left: str
    right: str
    filled_left: bool  # a filled pause next to it
    filled_right: bool


def word_class(word: str) -> str:
    """A closed class of function words, a number, the ending of a content word, or ``""`` for no word at all."""
    if not word or word in _CLASS_OF:
        return _CLASS_OF.get(word, "")
    if word[0].isdigit():
        return "number"
    return next(
        (suffix for suffix in _SUFFIXES if word.endswith(suffix) and len(word) > len(suffix) + 2), "other"
    )


def features(at: Place) -> list[str]:
    """What the regression weighs, each for all markers and again for this one."""
    b1, b2, b3, *_ = (*at.before, "", "", "")
    a1, a2, *_ = (*at.after, "", "")
    left, right = at.left, at.right
    before, before2, after, after2 = (word_class(word) for word in (b1, b2, a1, a2))
    told = [
        "always",
        f"left {left}", f"right {right}", f"{left} _ {right}",
        f"{b1} _", f"_ {a1}", f"{b2} . _", f"_ . {a2}",
        f"<{before}> _", f"_ <{after}>", f"<{before2}> . _", f"_ . <{after2}>",
        f"<{before}> {left} _", f"_ {right} <{after}>", f"{b1} {left} _", f"_ {right} {a1}",
        f"{left} _ {right} <{after}>", f"<{before}> {left} _ {right}",
    ]  # fmt: skip
    told += [
        f"filled {side}" for side, is_so in (("left", at.filled_left), ("right", at.filled_right)) if is_so
    ]
    if b1 and b1 == a1:
        told.append("said again")
    if {"what", "how"} & {b2, b3, *at.before[3:]}:
        told.append("what or how before")
    if "by" in at.before[1:4]:
        told.append("by before")
    family = _FAMILY.get(at.marker, at.marker)
    return [*told, *(f"{family}: {feature}" for feature in told)]


def probability(at: Place, weights: Mapping[str, float]) -> float:
    """How likely filler use is, 0..1."""
    return 1 / (1 + math.exp(-sum(weights.get(feature, 0.0) for feature in features(at))))


def places(words: Sequence[Word], silences: Sequence[Span] = ()) -> Iterator[tuple[int, int, Place]]:
    """(first, stop, place) of every marker word, in whatever use."""
    texts = [bare(word.text) for word in words]
    filled = [is_filled_pause(word.text) for word in words]
    unmarked = (
        "nothing" if sum(breaks(word.text) for word in words) * UNPUNCTUATED >= len(words) else "unknown"
    )
    for first in range(len(words)):
        for marker, parts in _PARTS:
            stop = first + len(parts)
            if tuple(texts[first:stop]) != parts or any(
                breaks(word.text) for word in words[first : stop - 1]
            ):
                continue
            before, opens = _clause_before(words, texts, filled, first)
            after, closes = _clause_after(words, texts, filled, stop)
            yield first, stop, Place(
                marker, before, after,
                left="edge" if opens else "comma" if _set_off(words, first, silences) else unmarked,
                right=closes or ("comma" if _set_off(words, stop, silences) else unmarked),
                filled_left=first > 0 and filled[first - 1],
                filled_right=stop < len(words) and filled[stop],
            )  # fmt: skip


def _clause_before(
    words: Sequence[Word], texts: Sequence[str], filled: Sequence[bool], first: int
) -> tuple[tuple[str, ...], bool]:
    """The words of the clause before ``first``, and whether there is none: a clause begins there."""
    kept: list[str] = []
    for i in range(first - 1, -1, -1):
        if filled[i]:
            continue
        if ends_clause(words[i].text) or len(kept) == REACH:
            break
        kept.append(texts[i])
    return tuple(kept), not kept


def _clause_after(
    words: Sequence[Word], texts: Sequence[str], filled: Sequence[bool], stop: int
) -> tuple[tuple[str, ...], str]:
    """The words of the clause from ``stop`` on, and how it ends where there is none, otherwise ``""``."""
    last = words[stop - 1].text
    if ends_clause(last) or trails_off(last):
        return (), "question" if "?" in last else "edge"
    kept: list[str] = []
    for i in range(stop, len(words)):
        if filled[i]:
            continue
        kept.append(texts[i])
        if ends_clause(words[i].text) or len(kept) == REACH:
            break
    return tuple(kept), "" if kept else "edge"


def _set_off(words: Sequence[Word], i: int, silences: Sequence[Span]) -> bool:
    """Whether punctuation or a silence stands between ``words[i - 1]`` and ``words[i]``, both there."""
    if not 0 < i < len(words):
        return False
    left, right = words[i - 1], words[i]
    low, high = (left.start + left.end) / 2, (right.start + right.end) / 2
    return breaks(left.text) or any(
        low <= (s.start + s.end) / 2 <= high and s.duration >= SET_OFF for s in silences
    )


def detect(hearing: Hearing) -> list[Disfluency]:
    """Every discourse marker in filler use; confidence is its probability, 0.5 to 1."""
    words, silences = hearing.words, hearing.silences
    judged = ((first, stop, probability(at, _WEIGHTS)) for first, stop, at in places(words, silences))
    return [
        found(words, first, stop, "discourse_marker", NAME, likely)
        for first, stop, likely in judged
        if likely >= THRESHOLD
    ]


WEIGHTS_FILE: Final = Path(__file__).with_suffix(".json")


def _load(written: bytes) -> dict[str, float]:
    told: dict[str, float] = json.loads(written)["weights"]
    return told


_WRITTEN: Final = WEIGHTS_FILE.read_bytes()
_WEIGHTS: Final = _load(_WRITTEN)

#: The second part is the hash of the weights: other weights are another version.
DETECTOR: Final = Detector(NAME, f"2-{hashlib.sha256(_WRITTEN).hexdigest()[:8]}", detect)
