"""The shape of a question file: strict, immutable models. docs/rubrics.md describes every field."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, Strict, StringConstraints

from coach.assessment import Band

Domain = Literal["fundamentals", "ml-coding", "ml-system-design", "coding", "low-level-design", "behavioral"]
DOMAINS: tuple[Domain, ...] = get_args(Domain)

STAGES: Mapping[Domain, tuple[str, ...]] = {
    "fundamentals": (),
    "ml-coding": ("shapes", "mathematics", "code", "checks"),
    "ml-system-design": (
        "goal",
        "data",
        "features",
        "model",
        "evaluation",
        "serving",
        "monitoring",
        "scale",
    ),
    "coding": ("restatement", "approach", "complexity", "code", "edge_cases", "tests"),
    "low-level-design": ("requirements", "classes", "errors", "tests", "trade_offs"),
    "behavioral": ("situation", "task", "action", "result", "learning"),
}
"""The parts an answer goes through, by domain, in their usual order. A question lists those it expects."""

MEASUREMENTS = (
    "speaking_rate",
    "articulation_rate",
    "phonation_ratio",
    "silent_pauses",
    "longest_pause",
    "pauses_within_clause",
    "filled_pauses",
    "filled_pauses_per_minute",
    "filled_pauses_per_100_words",
    "discourse_markers",
    "repetitions",
    "restarts",
    "hedges",
    "pitch_variation",
    "loudness",
    "mtld",
    "sentence_length",
    "time_to_first_key_point",
    "key_points_per_minute",
)
"""The measurements of the document, which ``bands`` may name."""

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=5000)]
Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>\"]+$", max_length=500)]
Number = Annotated[float, Strict()]
Range = tuple[Number | None, Number | None]


class Part(BaseModel):
    """Base of everything in a question file: immutable, unknown keys refused, text trimmed."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, allow_inf_nan=False, populate_by_name=True
    )


class Term(Part):
    """A word to be said. ``accept`` holds what a transcription makes of it: "soft max", "el two"."""

    say: Text
    accept: tuple[Text, ...] = ()


class KeyPoint(Part):
    """One thing a good answer says.

    ``weight`` is above 0, relative to the other key points. ``phrasings`` are ways to say it aloud,
    ``counter_phrasings`` plain opposites of it. ``explanation`` is shown when the point was missed.
    """

    id: Id
    text: Text
    weight: Number = Field(default=1.0, gt=0, le=100)
    required: Annotated[bool, Strict()] = False
    phrasings: tuple[Text, ...] = ()
    counter_phrasings: tuple[Text, ...] = ()
    terms: tuple[Term, ...] = ()
    explanation: str = ""


class Misconception(Part):
    """Something wrong that people say, and what is right. ``contradicts`` is a key point's id, or None."""

    id: Id
    text: Text
    phrasings: tuple[Text, ...] = Field(min_length=1)
    correction: Text
    contradicts: Id | None = None


class FollowUp(Part):
    """A twist the interviewer adds, with key points of its own (their ids differ from the question's)."""

    id: Id
    prompt: Text
    key_points: tuple[KeyPoint, ...] = Field(min_length=1)


class Source(Part):
    """Where the claims can be read. ``locator`` says where in it, and whether that was checked."""

    title: Text
    url: Url | None = None
    locator: Text


class Examples(Part):
    """A good and a weak answer, as they would be said aloud."""

    good: Text
    weak: Text


class QuestionBand(Part):
    """Where a measurement is good for this question and where it deserves a look; None is an open end."""

    good: Range
    watch: Range


class Rubric(Part):
    """One question with what a good answer to it holds. ``time_limit_s`` in seconds, 10 to 3600."""

    schema_: Annotated[int, Strict()] = Field(alias="schema", ge=1, le=1)
    id: Id
    title: Text
    domain: Domain
    level: Annotated[int, Strict()] = Field(ge=1, le=3)
    prompt: Text
    time_limit_s: Annotated[int, Strict()] = Field(default=180, ge=10, le=3600)
    key_points: tuple[KeyPoint, ...] = Field(min_length=1)
    misconceptions: tuple[Misconception, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    stages: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    examples: Examples | None = None
    bands: dict[str, QuestionBand] = {}

    @property
    def sha256(self) -> str:
        """SHA-256 of the content in one canonical form: layout, comments, spelt-out defaults do not count."""
        content = self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode("utf-8")).hexdigest()

    @property
    def measurement_bands(self) -> dict[str, Band]:
        """The question's own bands by measurement name, as measurements carry them."""
        source = f"set by the question {self.id}"
        return {name: Band(good=b.good, watch=b.watch, source=source) for name, b in self.bands.items()}
