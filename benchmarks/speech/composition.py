"""Talks composed from banks of sentences, with disfluencies put in at random places. Pure and seeded.

The result is a text with the marks of ``samples/make_samples.py``. Where disfluencies stand and how often
follows what people do: fillers mostly before a sentence and before the words that carry its meaning (Clark and
Fox Tree 2002), repetitions mostly of function words, cut-off words taken up again (Shriberg 1994).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final

FILLERS: Final = ("um", "um", "um", "um", "uh", "uh", "uh", "uh", "er", "hmm", "ummm", "uhhh")
PAUSES: Final = (0.3, 0.4, 0.5, 0.7, 0.9, 1.2)
_OPENING_MARKERS: Final = ("So", "So", "Well", "Basically", "I mean", "Actually", "You know", "Right")
_INNER_MARKERS: Final = ("like", "like", "you know", "I mean", "sort of", "basically", "actually")
_CLOSINGS: Final = (" (right)?", " (you know).")
_FUNCTION_WORDS: Final = frozenset(
    "a an the to of in on for with and or but that this it is are we you i they from at by as which each".split()  # noqa: SIM905
)
_WRONG_TURNS: Final = ("is", "will", "can", "was", "has", "should", "we", "for")
_NO_MARKER_AFTER: Final = frozenset(
    "look looks works work feels feel is are be was a an the this that these of more and one kind sort you".split()  # noqa: SIM905
)
_OPEN_ENDS: Final = (",", ".", "?", "!", ";", ":")


@dataclass(frozen=True)
class Bank:
    """The sentences of one split: topic -> {terms, sentences}; ``openings`` begin what is abandoned at once."""

    topics: Mapping[str, Mapping[str, Sequence[str]]]
    openings: Sequence[str]
    tempting: Sequence[str] = ()

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Bank:
        return cls(told["topics"], told["openings"], told.get("tempting", ()))


def disfluent_talk(bank: Bank, topic: str, words: int, rng: Random) -> str:
    """About ``words`` words on ``topic``: some of its sentences in order, spoken as people do unprepared."""
    sentences = bank.topics[topic]["sentences"]
    chosen: list[int] = []
    for number in rng.sample(range(len(sentences)), len(sentences)):
        if sum(len(sentences[n].split()) for n in chosen) < words:
            chosen.append(number)
    terms = bank.topics[topic]["terms"]
    return " ".join(disfluent(sentences[n], bank.openings, terms, rng) for n in sorted(chosen))


def long_talk(bank: Bank, words: int, rng: Random) -> str:
    """All topics one after another until there are ``words`` words."""
    said: list[str] = []
    while True:
        for topic in bank.topics.values():
            for sentence in topic["sentences"]:
                said.append(disfluent(sentence, bank.openings, topic["terms"], rng))
                if sum(len(each.split()) for each in said) >= words:
                    return " ".join(said)


def fluent_talk(bank: Bank, topics: Sequence[str], rng: Random) -> str:
    """Every sentence of ``topics`` as it stands, some tempting ones between, longer pauses at some boundaries."""
    sentences = [sentence for topic in topics for sentence in bank.topics[topic]["sentences"]]
    for tempting in rng.sample(list(bank.tempting), min(2, len(bank.tempting))):
        sentences.insert(rng.randrange(1, len(sentences)), tempting)
    return " ".join(
        f"{sentence} [{rng.choice(PAUSES[2:])}]" if rng.random() < 0.3 else sentence for sentence in sentences
    )


def disfluent(sentence: str, openings: Sequence[str], terms: Sequence[str], rng: Random) -> str:
    """One sentence with nothing to three things put in, and perhaps a pause after it.

    ``terms`` are what a speaker may say by mistake and correct.
    """
    words = sentence.split()
    before = _opening(openings, rng)
    inner = _inner(words, rng) if rng.random() > 0.12 else _correction(words, terms, rng)
    closing = ""
    if rng.random() < 0.1 and words[-1].endswith("."):
        words[-1] = words[-1][:-1] + ","
        closing = rng.choice(_CLOSINGS)
    text = " ".join(part for n, word in enumerate(words) for part in (inner.get(n, ""), word) if part)
    after = f" [{rng.choice(PAUSES)}]" if rng.random() < 0.5 else ""
    return f"{before} {text}{closing}{after}".strip()


def _opening(openings: Sequence[str], rng: Random) -> str:
    kind = rng.choices(("none", "filler", "slow filler", "marker", "restart"), (40, 22, 8, 20, 10))[0]
    filler = rng.choice(FILLERS)
    if kind == "filler":
        return f"{{{filler}}}"
    if kind == "slow filler":
        return f"{{{filler}}} [{rng.choice(PAUSES)}]"
    if kind == "marker":
        return f"({rng.choice(_OPENING_MARKERS)}),"
    if kind == "restart":
        between = rng.choice(("", f" {{{filler}}}", f" [{rng.choice(PAUSES)}]"))
        return f"/{rng.choice(openings)}/{between}"
    return ""


def _inner(words: Sequence[str], rng: Random) -> dict[int, str]:
    """Word number -> what is put in before that word, at most two places that are not neighbours."""
    free = [n for n in range(2, len(words) - 1) if not words[n - 1].endswith(_OPEN_ENDS)]
    put: dict[int, str] = {}
    for _ in range(rng.choices((0, 1, 2), (25, 45, 30))[0]):
        room = [n for n in free if all(abs(n - other) > 3 for other in put)]
        if not room:
            break
        kind = rng.choices(
            ("filler", "pause", "repetition", "restart", "cut-off", "marker"), (36, 14, 18, 10, 7, 15)
        )[0]
        at, text = _PUT_IN[kind](words, room, rng)
        if text:
            put[at] = text
    return put


def _filler(_words: Sequence[str], room: Sequence[int], rng: Random) -> tuple[int, str]:
    filler, pause, other = f"{{{rng.choice(FILLERS)}}}", f"[{rng.choice(PAUSES)}]", f"[{rng.choice(PAUSES)}]"
    forms = (filler, filler, f"{pause} {filler}", f"{filler} {pause}", f"{pause} {filler} {other}")
    return rng.choice(room), rng.choice(forms)


def _pause(_words: Sequence[str], room: Sequence[int], rng: Random) -> tuple[int, str]:
    return rng.choice(room), f"[{rng.choice(PAUSES)}]"


def _repetition(words: Sequence[str], room: Sequence[int], rng: Random) -> tuple[int, str]:
    places = [n for n in room if words[n].lower() in _FUNCTION_WORDS]
    if not places:
        return 0, ""
    at = rng.choice(places)
    longer = rng.random() < 0.3 and not words[at + 1].endswith(_OPEN_ENDS)
    said = " ".join(words[at : at + 2] if longer else words[at : at + 1])
    copies = f"/{said}/ /{said}/" if not longer and rng.random() < 0.15 else f"/{said}/"
    return at, copies + rng.choice(("", "", f" {{{rng.choice(FILLERS)}}}", f" [{rng.choice(PAUSES)}]"))


def _restart(words: Sequence[str], room: Sequence[int], rng: Random) -> tuple[int, str]:
    """Two words and a third that leads nowhere, then the two again as they were meant."""
    places = [n for n in room if n + 2 < len(words) and not re.search(r"\W$", words[n] + words[n + 1])]
    if not places:
        return 0, ""
    at = rng.choice(places)
    wrong = rng.choice([turn for turn in _WRONG_TURNS if turn != words[at + 2].lower()])
    between = rng.choice(("", "", f" {{{rng.choice(FILLERS)}}}", f" [{rng.choice(PAUSES)}]"))
    return at, f"/{words[at]} {words[at + 1]} {wrong}/{between}"


def _correction(words: Sequence[str], terms: Sequence[str], rng: Random) -> dict[int, str]:
    """A wrong term, an editing term, then the right one: "the /recall,/ sorry, precision"."""
    single = [term for term in terms if " " not in term]
    places = [n for n in range(1, len(words)) if words[n].lower().strip(".,") in {t.lower() for t in single}]
    if not places:
        return _inner(words, rng)
    at = rng.choice(places)
    wrong = rng.choice(
        [term for term in single if term.lower() != words[at].lower().strip(".,")] or ["thing"]
    )
    return {at: f"/{wrong},/ {rng.choice(('sorry,', 'no,', 'sorry, no,'))}"}


def _cut_off(words: Sequence[str], room: Sequence[int], rng: Random) -> tuple[int, str]:
    heads = {n: re.match(r"[^aeiouy]*[aeiouy]+[^aeiouy]?", words[n]) for n in room if len(words[n]) >= 7}
    places = [n for n, head in heads.items() if head and len(head.group()) >= 3]
    if not places:
        return 0, ""
    at = rng.choice(places)
    head = heads[at]
    return at, f"/{head.group() if head else ''}-/"


def _marker(words: Sequence[str], room: Sequence[int], rng: Random) -> tuple[int, str]:
    marker = rng.choice(_INNER_MARKERS)
    places = [n for n in room if words[n - 1].lower() not in _NO_MARKER_AFTER]
    if not places:
        return 0, ""
    apart = "," if rng.random() < 0.6 and marker != "sort of" else ""
    return rng.choice(places), f"({marker}){apart}"


_PUT_IN: Final = {
    "filler": _filler,
    "pause": _pause,
    "repetition": _repetition,
    "restart": _restart,
    "cut-off": _cut_off,
    "marker": _marker,
}


__all__ = ["Bank", "disfluent", "disfluent_talk", "fluent_talk", "long_talk"]
