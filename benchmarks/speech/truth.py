"""What was really said in a recording: the common form of every part of the benchmark. Times are seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from benchmarks.speech.matching import Event

JOIN_S: Final = 0.15
"""Copies of a repetition are spliced at most this far apart; two repetitions never are this near."""
KINDS: Final = ("filled_pause", "discourse_marker", "repetition", "restart")


@dataclass(frozen=True)
class SpokenWord:
    """One word of the truth, fillers left out. ``optional``: part of what was taken back or a marker."""

    text: str
    start: float | None = None
    end: float | None = None
    optional: bool = False


@dataclass(frozen=True)
class Truth:
    """What is known about one recording. What is not known is None, and then not scored.

    ``events`` by kind; an event without times is counted only. ``doubtful`` moments are scored neither way.
    ``meant``: marker words in their ordinary meaning. ``gaps`` are all silences, short ones and those of a voice
    inside a phrase among them.
    """

    events: Mapping[str, tuple[Event, ...]]
    words: tuple[SpokenWord, ...] | None = None
    pauses: tuple[Event, ...] | None = None
    gaps: tuple[Event, ...] = ()
    meant: tuple[Event, ...] | None = None
    terms: tuple[str, ...] = ()
    doubtful: tuple[float, ...] = ()
    collar: float | None = None
    word_times: bool = False


@dataclass(frozen=True)
class Item:
    """One recording of the benchmark. ``speaker`` is a voice or a source, ``condition`` how it was degraded."""

    name: str
    part: str
    split: str
    path: Path
    duration: float
    truth: Truth
    speaker: str
    condition: str = "clean"


def of_document(document: Mapping[str, Any], terms: tuple[str, ...] = ()) -> Truth:
    """From the truth that the sample talks and the generator write."""
    events = {
        "filled_pause": _events(document["fillers"]),
        "discourse_marker": _events(document["discourse_markers"]),
        "repetition": _joined(_events(document["repetitions"])),
        "restart": _events(document["restarts"]),
    }
    optional = [span for kind in KINDS[1:] for span in events[kind]]
    fillers = {(filler.start, filler.end) for filler in events["filled_pause"]}
    words = tuple(
        SpokenWord(
            word["text"],
            word["start"],
            word["end"],
            any(span.start <= (word["start"] + word["end"]) / 2 <= span.end for span in optional),
        )
        for word in document["words"]
        if (word["start"], word["end"]) not in fillers
    )
    phrases = document["phrases"]
    between = (Event(before["end"], after["start"]) for before, after in pairwise(phrases))
    gaps = (*between, *_events(document.get("holds", [])))
    return Truth(
        events=events,
        words=words,
        pauses=_events(document["pauses"]),
        gaps=gaps,
        meant=_events(document["meant_markers"]),
        terms=terms,
        word_times=True,
    )


def _joined(repetitions: tuple[Event, ...]) -> tuple[Event, ...]:
    """ "of of of" is one repetition, whose reparandum is the first two."""
    joined: list[Event] = []
    for one in repetitions:
        last = joined[-1] if joined else None
        if last and last.end is not None and one.start is not None and one.start - last.end < JOIN_S:
            joined[-1] = Event(last.start, one.end, f"{last.text} {one.text}")
        else:
            joined.append(one)
    return tuple(joined)


def _events(spans: list[Mapping[str, Any]]) -> tuple[Event, ...]:
    return tuple(Event(span["start"], span["end"], span.get("text", "")) for span in spans)
