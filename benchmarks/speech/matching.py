"""Matching what was found with what is true, one to one. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

GRACE_S: Final = 1e-6
"""Times are decimal fractions: 0.75 and 1.0 are 0.25 apart, whatever binary says."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens at a time, in seconds. Both are None where only its count is known.

    ``confidence``: the probability that it is one, where whoever found it tells that.
    """

    start: float | None
    end: float | None
    text: str = ""
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Matching:
    """``pairs`` of (number in truth, number in found); what is in no pair was missed or is false."""

    pairs: tuple[tuple[int, int], ...]
    missed: tuple[int, ...]
    false: tuple[int, ...]


def match(truth: Sequence[Event], found: Sequence[Event], collar: float) -> Matching:
    """As many pairs as can be of onsets at most ``collar`` seconds apart, no event in two pairs.

    With one collar for all, taking the earliest that fits in order of time gives the most pairs. Ties aside,
    the nearest is preferred: a pair moves to the next found event when that is closer and nobody else needs it.
    """
    order_t = sorted(range(len(truth)), key=lambda n: _onset(truth[n]))
    order_f = sorted(range(len(found)), key=lambda n: _onset(found[n]))
    pairs: list[tuple[int, int]] = []
    used: set[int] = set()
    at = 0
    for place, t in enumerate(order_t):
        onset = _onset(truth[t])
        while at < len(order_f) and _onset(found[order_f[at]]) < onset - collar - GRACE_S:
            at += 1
        near = at
        following = _onset(truth[order_t[place + 1]]) if place + 1 < len(order_t) else float("inf")
        # a closer one further on may be taken when the next true event can't reach it
        while (
            near + 1 < len(order_f)
            and abs(_onset(found[order_f[near + 1]]) - onset) < abs(_onset(found[order_f[near]]) - onset)
            and _onset(found[order_f[near + 1]]) < following - collar - GRACE_S
        ):
            near += 1
        if near < len(order_f) and abs(_onset(found[order_f[near]]) - onset) <= collar + GRACE_S:
            pairs.append((t, order_f[near]))
            used.add(order_f[near])
            at = near + 1
    matched = {t for t, _ in pairs}
    return Matching(
        tuple(pairs),
        tuple(t for t in order_t if t not in matched),
        tuple(f for f in order_f if f not in used),
    )


def touching(truth: Sequence[Event], found: Sequence[Event]) -> Matching:
    """Pairs that share any time, in order, no event in two pairs: fair to a tool whose events begin early on purpose."""
    pairs: list[tuple[int, int]] = []
    used: set[int] = set()
    for t in sorted(range(len(truth)), key=lambda n: _onset(truth[n])):
        for f in sorted(set(range(len(found))) - used, key=lambda n: _onset(found[n])):
            if _onset(found[f]) <= (truth[t].end or 0.0) and _onset(truth[t]) <= (found[f].end or 0.0):
                pairs.append((t, f))
                used.add(f)
                break
    matched = {t for t, _ in pairs}
    missed = tuple(n for n in range(len(truth)) if n not in matched)
    return Matching(tuple(pairs), missed, tuple(n for n in range(len(found)) if n not in used))


def without(found: Iterable[Event], moments: Sequence[float], collar: float) -> list[Event]:
    """``found`` without those whose onset lies at most ``collar`` from one of the ``moments``."""
    return [event for event in found if all(abs(_onset(event) - moment) > collar for moment in moments)]


def _onset(event: Event) -> float:
    if event.start is None:
        raise ValueError(f"{event} has no time: such events can only be counted")
    return event.start


__all__ = ["Event", "Matching", "match", "touching", "without"]
