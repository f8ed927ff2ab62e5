"""One contender's result on one recording, held against the truth. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from benchmarks.speech.matching import Event, Matching, match, touching
from benchmarks.speech.peers import Heard
from benchmarks.speech.scoring import Counts, WordErrors, content, term_recall, tokens, word_errors
from benchmarks.speech.truth import Item, Truth

COLLARS: Final = (0.25, 0.1)
ERROR_COLLAR: Final = 1.0
"""Onset errors are taken over pairs this near, so that bad times show and are not cut off at the collar."""
DOUBT_S: Final = 0.5
STUMBLE: Final = "repetition or restart"
TOLERATED_SHARE: Final = 0.6
"""A reported pause of which this share is true silence, though no pause of 0.25 s was spliced there, is no error."""


@dataclass(frozen=True)
class Mistake:
    """Something missed or found where nothing is, with the words around it in the truth and as heard."""

    item: str
    kind: str
    what: str
    start: float
    text: str
    said: str
    heard: str


@dataclass
class Judgement:
    """All figures of one recording. Errors are signed, found minus true, in seconds.

    ``sure``: kind -> (confidence, whether it is one) of what was found, doubtful moments left out.
    """

    item: Item
    heard: Heard
    counts: dict[tuple[str, float], Counts] = field(default_factory=dict)
    touched: dict[str, Counts] = field(default_factory=dict)
    onsets: dict[str, list[float]] = field(default_factory=dict)
    ends: dict[str, list[float]] = field(default_factory=dict)
    markers: dict[str, Counts] = field(default_factory=dict)
    found: dict[str, int] = field(default_factory=dict)
    sure: dict[str, list[tuple[float, bool]]] = field(default_factory=dict)
    word_onsets: list[float] = field(default_factory=list)
    words: WordErrors | None = None
    optional: tuple[bool, ...] = ()
    terms: tuple[int, int] = (0, 0)
    invented: int = 0
    mistakes: list[Mistake] = field(default_factory=list)


def judge(item: Item, heard: Heard) -> Judgement:
    told = Judgement(item, heard)
    truth = item.truth
    transcribes = heard.words is not None  # a tool without words is asked for what it claims to find, no more
    for kind, true in truth.events.items():
        if transcribes or kind in heard.events:
            _events(told, kind, true, heard.events.get(kind, ()))
    if "restart" in truth.events and transcribes:
        both = [heard.events.get(kind, ()) for kind in ("repetition", "restart")]
        taken_back = (*truth.events["repetition"], *truth.events["restart"])
        _events(told, STUMBLE, taken_back, (*both[0], *both[1]))
    if truth.meant is not None and transcribes:
        told.markers = _by_marker(truth, heard.events.get("discourse_marker", ()))
    if truth.pauses is not None and heard.pauses is not None:
        _pauses(told, truth, heard.pauses)
    if heard.words is not None and truth.words is not None:
        _words(told, truth, heard.words)
    return told


def _events(told: Judgement, kind: str, true: Sequence[Event], found: Sequence[Event]) -> None:
    truth = told.item.truth
    told.found[kind] = len(found)
    if any(event.start is None for event in true):
        hits = min(len(true), len(found))
        for collar in COLLARS:
            told.counts[kind, collar] = Counts(hits, len(true) - hits, len(found) - hits)
        told.touched[kind] = told.counts[kind, COLLARS[0]]
        return
    shared = touching(true, found)
    apart = [n for n in shared.false if not _near(found[n], truth.doubtful)]
    told.touched[kind] = Counts(len(shared.pairs), len(shared.missed), len(apart))
    for collar in COLLARS:
        matching = match(true, found, truth.collar or collar)
        false = [n for n in matching.false if not _near(found[n], truth.doubtful)]
        told.counts[kind, collar] = Counts(len(matching.pairs), len(matching.missed), len(false))
        if collar == COLLARS[0] and kind != STUMBLE:
            told.mistakes += [_mistake(told, kind, "missed", true[n]) for n in matching.missed]
            told.mistakes += [_mistake(told, kind, "false", found[n]) for n in false]
            judged = [*((n, True) for _, n in matching.pairs), *((n, False) for n in false)]
            told.sure[kind] = [
                (sure, right) for n, right in judged if (sure := found[n].confidence) is not None
            ]
    _errors(told, kind, true, found, match(true, found, ERROR_COLLAR))


def _errors(
    told: Judgement, kind: str, true: Sequence[Event], found: Sequence[Event], matching: Matching
) -> None:
    pairs = [(true[t], found[f]) for t, f in matching.pairs]
    told.onsets[kind] = [f.start - t.start for t, f in pairs if f.start is not None and t.start is not None]
    told.ends[kind] = [f.end - t.end for t, f in pairs if f.end is not None and t.end is not None]


def _near(event: Event, moments: Sequence[float]) -> bool:
    return event.start is not None and any(abs(event.start - moment) <= DOUBT_S for moment in moments)


def _by_marker(truth: Truth, found: Sequence[Event]) -> dict[str, Counts]:
    """Per marker word: filler uses found and missed, and ordinary uses taken for fillers."""
    counts: dict[str, Counts] = {}
    true = truth.events["discourse_marker"]
    for marker in {_bare(event) for event in (*true, *(truth.meant or ()))}:
        uses = [event for event in true if _bare(event) == marker]
        ordinary = [event for event in truth.meant or () if _bare(event) == marker]
        same = [event for event in found if _bare(event) == marker]
        hits = match(uses, same, ERROR_COLLAR)
        rest = [same[n] for n in hits.false]
        wrong = match(ordinary, rest, ERROR_COLLAR)
        counts[marker] = Counts(len(hits.pairs), len(hits.missed), len(wrong.pairs))
    return counts


def _bare(event: Event) -> str:
    return " ".join(tokens(event.text))


def _pauses(told: Judgement, truth: Truth, found: Sequence[Event]) -> None:
    true = truth.pauses or ()
    matching = match(true, found, COLLARS[0])
    false = [n for n in matching.false if not _tolerated(found[n], truth.gaps)]
    told.found["pause"] = len(found)
    told.counts["pause", COLLARS[0]] = Counts(len(matching.pairs), len(matching.missed), len(false))
    told.counts["pause", COLLARS[1]] = Counts(
        len(match(true, found, COLLARS[1]).pairs), len(match(true, found, COLLARS[1]).missed), len(false)
    )
    _errors(told, "pause", true, found, matching)
    told.mistakes += [_mistake(told, "pause", "missed", true[n]) for n in matching.missed]
    told.mistakes += [_mistake(told, "pause", "false", found[n]) for n in false]


def _tolerated(pause: Event, gaps: Sequence[Event]) -> bool:
    """Whether it is for the most part true silence: gaps just too short to count, or a voice's own holds."""
    if pause.start is None or pause.end is None:
        return False
    silent = sum(
        max(0.0, min(gap.end, pause.end) - max(gap.start, pause.start))
        for gap in gaps
        if gap.start is not None and gap.end is not None
    )
    return silent >= TOLERATED_SHARE * (pause.end - pause.start)


def _words(told: Judgement, truth: Truth, heard: Sequence[Event]) -> None:
    said = [(token, word) for word in truth.words or () for token in content(tokens(word.text))]
    optional = tuple(word.optional for _, word in said)
    spoken = [(token, event) for event in heard for token in content(tokens(event.text))]
    hypothesis = [token for token, _ in spoken]
    told.invented = len(spoken)
    told.optional = optional
    told.words = word_errors([token for token, _ in said], hypothesis, optional)
    told.terms = term_recall(truth.terms, [token for token, _ in said], hypothesis)
    if truth.word_times:
        firsts = [n for n in range(len(said)) if n == 0 or said[n][1] is not said[n - 1][1]]
        for n in firsts:
            place = told.words.heard[n]
            start = said[n][1].start
            if place is not None and start is not None and spoken[place][1].start is not None:
                told.word_onsets.append(spoken[place][1].start - start)


def _mistake(told: Judgement, kind: str, what: str, event: Event) -> Mistake:
    at = event.start or 0.0
    words: Sequence[Event] = [
        Event(word.start, word.end, word.text)
        for word in told.item.truth.words or ()
        if word.start is not None
    ]
    fillers = told.item.truth.events.get("filled_pause", ())
    said = sorted((*words, *(f for f in fillers if f.start is not None)), key=lambda e: e.start or 0.0)
    return Mistake(
        told.item.name, kind, what, at, event.text, _around(said, at), _around(told.heard.words or (), at)
    )


def _around(words: Sequence[Event], at: float) -> str:
    return " ".join(
        word.text for word in words if word.start is not None and at - 1.3 <= word.start <= at + 1.3
    )


def by_name(judgements: Sequence[Judgement]) -> Mapping[str, Judgement]:
    return {told.item.name: told for told in judgements}
