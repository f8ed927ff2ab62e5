"""What the rates are taken over: speaking time, phonation time, and the words that count."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from coach.disfluencies.tokens import bare, is_filled_pause
from coach.talk import Talk
from coach.transcript import Disfluency, DisfluencyKind, Span, Word

#: Below this many seconds or words a rate says more about the chance than about the speaker.
SHORTEST_S: Final = 10.0
FEWEST_WORDS: Final = 20


def extent(talk: Talk) -> Span | None:
    """From the first sound of speech to the end of the last, pauses included; None if nobody speaks."""
    spoken: Sequence[Span] = talk.speech or talk.words
    if not spoken:
        return None
    return Span(start=min(s.start for s in spoken), end=max(s.end for s in spoken))


def speaking_time(talk: Talk) -> float:
    """Length of the extent in seconds, 0 in silence."""
    whole = extent(talk)
    return whole.duration if whole else 0.0


def silent_time(talk: Talk) -> float:
    """Seconds of the extent that silent pauses take."""
    whole = extent(talk)
    if whole is None:
        return 0.0
    return sum(max(0.0, min(pause.end, whole.end) - max(pause.start, whole.start)) for pause in talk.pauses)


def phonation_time(talk: Talk) -> float:
    """Speaking time without the silent pauses, in seconds (De Jong and Bosker 2013)."""
    return max(0.0, speaking_time(talk) - silent_time(talk))


def counted(talk: Talk, *kinds: DisfluencyKind) -> tuple[Disfluency, ...]:
    """The disfluencies of these kinds, without what the user rejected."""
    return tuple(d for d in talk.disfluencies if d.kind in kinds and d.verdict != "rejected")


def spans_of(found: Iterable[Span]) -> tuple[Span, ...]:
    """The bare spans of words, pauses or disfluencies."""
    return tuple(Span(start=one.start, end=one.end) for one in found)


def said(talk: Talk) -> tuple[Word, ...]:
    """The words without filled pauses: repetitions and restarts are words, um is not."""
    return tuple(word for word in talk.words if bare(word.text) and not is_filled_pause(word.text))


def pruned(talk: Talk) -> list[str]:
    """The text's words in lower case without filled pauses and without what was repeated or abandoned."""
    if not talk.words:
        return [word for word in map(bare, talk.text.split()) if word]
    abandoned = {
        i for one in counted(talk, "repetition", "restart") if one.word_range for i in range(*one.word_range)
    }
    return [
        bare(word.text)
        for i, word in enumerate(talk.words)
        if i not in abandoned and bare(word.text) and not is_filled_pause(word.text)
    ]


def too_short(talk: Talk) -> str | None:
    """Why rates make no sense for this talk, or None when they do."""
    if not talk.words:
        return "No words were recognised."
    seconds, words = speaking_time(talk), len(said(talk))
    if seconds < SHORTEST_S:
        return f"The talk lasts {seconds:.1f} s; rates need at least {SHORTEST_S:.0f} s."
    if words < FEWEST_WORDS:
        return f"The talk has {words} words; rates need at least {FEWEST_WORDS}."
    return None
