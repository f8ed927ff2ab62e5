"""Disfluencies: everything a listener stumbles over, each with the words and the seconds where it stands.

A detector is one module with a ``DETECTOR`` in the tuple below. It sees all that was heard and answers for itself;
what several detectors say about one stretch is settled here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from coach.disfluencies import (
    discourse_markers,
    filled_pauses,
    prolongations,
    repetitions,
    restarts,
)
from coach.disfluencies.detector import Detector, Hearing
from coach.disfluencies.tokens import is_filled_pause
from coach.transcript import Disfluency

DETECTORS: Final[tuple[Detector, ...]] = (
    filled_pauses.DETECTOR,
    discourse_markers.DETECTOR,
    repetitions.DETECTOR,
    restarts.DETECTOR,
    prolongations.DETECTOR,
)

#: Changes whenever any detector does.
DETECTORS_VERSION: Final = " ".join(f"{detector.name}/{detector.version}" for detector in DETECTORS)


def find_disfluencies(hearing: Hearing, detectors: Sequence[Detector] = DETECTORS) -> list[Disfluency]:
    """All disfluencies in order of time, none counted twice, each with an id such as ``filled_pause@12.34``.

    The same input gives the same ids.
    """
    everything: list[Disfluency] = []
    for detector in detectors:
        several = detector.detect(hearing)
        everything += several
        hearing = _read_as_fillers(hearing, several)
    kept = _without_overlaps(everything)
    return _named(sorted(kept, key=lambda one: (one.start, one.end, one.kind)))


def _read_as_fillers(hearing: Hearing, several: Sequence[Disfluency]) -> Hearing:
    """The same with "uh" for every word that a filled pause was written as, so that other detectors look past it."""
    words = list(hearing.words)
    for one in several:
        if one.kind == "filled_pause" and one.word_range is not None:
            for i in range(*one.word_range):
                if not is_filled_pause(words[i].text):
                    words[i] = words[i].model_copy(update={"text": "uh,"})
    return replace(hearing, words=words)


def _without_overlaps(everything: Iterable[Disfluency]) -> list[Disfluency]:
    """Within a kind the surest of what overlaps; no repetition of fillers, no restart of a repetition."""
    kept: list[Disfluency] = []
    for one in sorted(everything, key=lambda one: (_RANK[one.kind], -one.confidence, one.start, one.end)):
        rivals = [other for other in kept if other.kind in _RIVALS[one.kind]]
        if not any(_overlap(one, rival) for rival in rivals) and not _is_all_fillers(one, kept):
            kept.append(one)
    return kept


def _is_all_fillers(one: Disfluency, kept: Iterable[Disfluency]) -> bool:
    """Whether a repetition or restart consists of nothing but fillers and markers ("you know, you know")."""
    if one.kind not in {"repetition", "restart"} or one.word_range is None:
        return False
    fillers = [k.word_range for k in kept if k.kind in {"filled_pause", "discourse_marker"} and k.word_range]
    return all(any(first <= i < stop for first, stop in fillers) for i in range(*one.word_range))


_RANK: Final = {
    "filled_pause": 0, "discourse_marker": 1, "repetition": 2, "restart": 3, "prolongation": 4,
}  # fmt: skip
_RIVALS: Final = {
    "filled_pause": {"filled_pause"},
    "discourse_marker": {"discourse_marker"},
    "repetition": {"repetition"},
    "restart": {"repetition", "restart"},
    "prolongation": {"filled_pause", "prolongation"},
}


def _overlap(one: Disfluency, other: Disfluency) -> bool:
    if one.word_range and other.word_range:
        return one.word_range[0] < other.word_range[1] and other.word_range[0] < one.word_range[1]
    return one.start < other.end and other.start < one.end


def _named(ordered: Iterable[Disfluency]) -> list[Disfluency]:
    """The same with ids: kind and start, and a number where two would share one."""
    seen: Counter[str] = Counter()
    named = []
    for one in ordered:
        name = f"{one.kind}@{one.start:.2f}"
        seen[name] += 1
        named.append(one.model_copy(update={"id": name if seen[name] == 1 else f"{name}#{seen[name]}"}))
    return named


__all__ = ["DETECTORS", "DETECTORS_VERSION", "Detector", "Hearing", "find_disfluencies"]
