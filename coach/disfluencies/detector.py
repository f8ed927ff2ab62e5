"""Detector: what one way of finding disfluencies is, and how it writes down what it found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from coach.recording import Recording
from coach.transcript import Disfluency, DisfluencyKind, Span, Word
from coach.transcription.ear import Hesitation


@dataclass(frozen=True, slots=True)
class Hearing:
    """What was heard in one recording: words, silences, stretches with a voice and with a held sound.

    ``recording`` and ``hesitations`` are None where only words are known.
    """

    words: Sequence[Word]
    silences: Sequence[Span] = ()
    speech: Sequence[Span] = ()
    recording: Recording | None = None
    hesitations: Sequence[Hesitation] | None = None


Detect = Callable[[Hearing], list[Disfluency]]


@dataclass(frozen=True, slots=True)
class Detector:
    """One detector; its ``version`` grows when its results change."""

    name: str
    version: str
    detect: Detect


def found(
    words: Sequence[Word],
    first: int,
    stop: int,
    kind: DisfluencyKind,
    detector: str,
    confidence: float,
) -> Disfluency:
    """The disfluency that covers ``words[first:stop]``; its id is given when all are known."""
    covered = words[first:stop]
    return Disfluency(
        id="",
        kind=kind,
        text=" ".join(word.text for word in covered),
        start=min(word.start for word in covered),
        end=max(word.end for word in covered),
        detector=detector,
        confidence=confidence,
        word_range=(first, stop),
    )
