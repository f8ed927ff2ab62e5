"""How guarded? Hedging expressions that weaken a claim: I think, maybe, probably, or something.

The list follows the classes of Hyland 1998 and Prince and others 1982 (plausibility shields), kept to what
carries no technical content: may, might, could and approximately are left out, since an engineer needs them.
"Sort of" and "kind of" are discourse markers and not counted here again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from coach.disfluencies.tokens import bare, breaks
from coach.metrics.metric import Finding, Metric, unknown
from coach.talk import Talk
from coach.transcript import Span

HEDGES: Final = tuple(
    tuple(hedge.split())
    for hedge in (
        "i'm not really sure", "i'm not quite sure", "i'm not entirely sure", "i'm not sure",
        "i am not sure",
        "i'm not certain", "if i remember correctly", "if i'm not mistaken", "if i recall correctly",
        "as far as i know", "i want to say", "i would say", "i'd say", "i feel like",
        "or something like that",
        "or something", "or whatever", "and stuff like that", "and stuff", "more or less", "to some extent",
        "i think", "i guess", "i suppose", "i believe", "i assume", "seems like", "it seems",
        "i might be wrong",
        "maybe", "perhaps", "probably", "possibly", "presumably", "supposedly", "somewhat", "somehow",
    )
)  # fmt: skip
_LONGEST_FIRST: Final = sorted(HEDGES, key=len, reverse=True)
_LONGEST: Final = len(_LONGEST_FIRST[0])
#: A hedge that is none when one of these words follows, or goes before.
_NOT_BEFORE: Final[dict[tuple[str, ...], set[str]]] = {
    ("i", "think"): {"about", "of", "through"},
    ("i", "believe"): {"in"},
    ("i", "assume"): {"that", "a", "independence"},
    ("or", "something"): {"else"},
    ("and", "stuff"): {"it", "them"},
    ("i", "guess"): {"the", "which"},
}
_NOT_AFTER: Final[dict[tuple[str, ...], set[str]]] = {
    ("i", "think"): {"how", "when", "what", "whenever", "do", "did", "way", "before", "as"},
    ("i", "believe"): {"do", "why"},
    ("i", "assume"): {"if", "when", "what"},
}


def hedges(talk: Talk) -> Finding:
    """How many hedging expressions; the longest at each place, none counted twice."""
    words = [word.text for word in talk.words] or talk.text.split()
    if not words:
        return unknown("No words were recognised." if talk.recording else "The answer is empty.")
    found, at = [], 0
    while at < len(words):
        size = _hedge_at(words, at)
        if size:
            found.append((at, at + size))
        at += size or 1
    spans = tuple(
        Span(start=talk.words[first].start, end=max(word.end for word in talk.words[first:stop]))
        for first, stop in found
        if talk.words
    )
    return Finding(float(len(found)), spans=spans)


def _hedge_at(words: Sequence[str], at: int) -> int:
    """Words of the longest hedge that begins at ``at``, 0 when none does."""
    texts = tuple(bare(word) for word in words[at : at + _LONGEST + 1])
    before = bare(words[at - 1]) if at else ""
    for hedge in _LONGEST_FIRST:
        size = len(hedge)
        if texts[:size] != hedge or before in _NOT_AFTER.get(hedge, ()):
            continue
        after = texts[size] if len(texts) > size and not breaks(words[at + size - 1]) else ""
        if after not in _NOT_BEFORE.get(hedge, ()):
            return size
    return 0


METRICS: Final = (
    Metric(
        "hedges", "hedges", "Hyland 1998; Prince and others 1982",
        "“I think it probably overfits”: 2 hedges", False, hedges,
    ),
)  # fmt: skip
