"""How guarded? Hedging expressions that weaken a claim: I think, maybe, probably, or something.

The list follows the classes of Hyland 1998 and Prince and others 1982 (plausibility shields), kept to what
carries no technical content: may, might, could and approximately are left out, since an engineer needs them.
"Sort of" and "kind of" are discourse markers and not counted here again.
"""

from __future__ import annotations

from typing import Final

from coach.disfluencies.tokens import bare
from coach.metrics.extent import extent
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
    if not talk.text.strip():
        return unknown("No words were recognised." if talk.recording else "The answer is empty.")
    texts = [bare(word) for word in (w.text for w in talk.words)] if talk.words else [
        bare(word) for word in talk.text.split()
    ]  # fmt: skip
    found = []
    at = 0
    while at < len(texts):
        size = _hedge_at(texts, at)
        if size:
            found.append((at, at + size))
        at += size or 1
    if extent(talk) is None or not talk.words:
        return Finding(float(len(found)))
    spans = tuple(
        Span(start=talk.words[a].start, end=max(talk.words[b - 1].end, talk.words[a].start)) for a, b in found
    )
    return Finding(float(len(found)), spans=spans)


def _hedge_at(texts: list[str], at: int) -> int:
    """Words of the longest hedge that begins at ``at``, 0 when none does."""
    for hedge in sorted(HEDGES, key=len, reverse=True):
        stop = at + len(hedge)
        if tuple(texts[at:stop]) != hedge:
            continue
        before = texts[at - 1] if at else ""
        after = texts[stop] if stop < len(texts) else ""
        if after not in _NOT_BEFORE.get(hedge, ()) and before not in _NOT_AFTER.get(hedge, ()):
            return len(hedge)
    return 0


METRICS: Final = (
    Metric(
        "hedges", "hedges", "Hyland 1998; Prince and others 1982",
        "“I think it probably overfits”: 2 hedges", False, hedges,
    ),
)  # fmt: skip
