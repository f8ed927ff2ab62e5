"""What was said: words, disfluencies and silent pauses. Times are seconds from the start of the recording."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

DisfluencyKind = Literal["filled_pause", "discourse_marker", "repetition", "restart", "prolongation"]
PausePlace = Literal["boundary", "within_clause"]
Verdict = Literal["accepted", "rejected"]


class Fact(BaseModel):
    """Base of everything that is written into the document: immutable, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="null")


class Span(Fact):
    """A stretch of the recording, ``0 <= start <= end``, in seconds."""

    start: float = Field(ge=0)
    end: float = Field(ge=0)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end < self.start:
            raise ValueError(f"a span ends ({self.end} s) before it starts ({self.start} s)")
        return self

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return self.end - self.start


class Word(Span):
    """One word as it was said, fillers included. ``text`` holds the word with its punctuation, no spaces."""

    text: str = Field(min_length=1)
    confidence: float = Field(ge=0, le=1)


class WrittenWord(Fact):
    """One word of a written answer: it has no time and nobody misheard it."""

    text: str = Field(min_length=1)
    start: None = None
    end: None = None
    confidence: None = None


class Transcript(Fact):
    """The verbatim text. ``text`` is the words joined by single spaces, so that a character offset names a word."""

    text: str
    words: tuple[Word, ...] | tuple[WrittenWord, ...]

    @classmethod
    def of(cls, words: Sequence[Word]) -> Transcript:
        """The transcript of spoken ``words``, in their order."""
        return cls(text=" ".join(word.text for word in words), words=tuple(words))

    @classmethod
    def written(cls, text: str) -> Transcript:
        """The transcript of a written answer; runs of white space become one space."""
        words = tuple(WrittenWord(text=word) for word in text.split())
        return cls(text=" ".join(word.text for word in words), words=words)


class Disfluency(Span):
    """One filler, marker, repetition, restart or prolongation, with where it was heard and by what.

    ``word_range`` is the half-open range of the words it covers, None when it was found in the signal only.
    For a repetition or restart the range covers what was abandoned (the reparandum), not the repair.
    """

    id: str
    kind: DisfluencyKind
    text: str
    detector: str
    confidence: float = Field(ge=0, le=1)
    verdict: Verdict | None = None
    word_range: tuple[int, int] | None = None


class Pause(Span):
    """A silent pause of at least 0.25 s, taken from the signal, never from gaps between words."""

    place: PausePlace
