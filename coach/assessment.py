"""The document: everything Coach found out about one answer. Its JSON form is published in docs/schema."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field

from coach.transcript import Disfluency, Fact, Pause, Span, Transcript

SCHEMA_VERSION = 2

KeyPointStatus = Literal["covered", "partial", "missed", "contradicted"]
PartStatus = Literal["present", "absent", "unknown"]
CheckStatus = Literal["kept", "broken", "unknown"]
ShareOf = Literal["speaking time", "words"]
QualityProblem = Literal["too_quiet", "clipped", "noisy", "mostly_silence", "not_speech"]


class Band(Fact):
    """Where a value is good, and where it deserves a look. ``source`` says who says so."""

    good: tuple[float | None, float | None]
    watch: tuple[float | None, float | None]
    source: str


class SeriesPoint(Span):
    """One window of a measurement over time."""

    value: float | None


class Measurement(Fact):
    """One figure with its evidence. ``value`` is None with a ``reason`` where it can't be told, never 0."""

    value: float | None
    unit: str
    interval: tuple[float, float] | None = None
    interval_level: float | None = None
    band: Band | None = None
    reason: str | None = None
    source: str
    spans: tuple[Span, ...] = ()
    series: tuple[SeriesPoint, ...] | None = None
    experimental: bool = False


class Quality(Fact):
    """How good the recording itself is. Levels in dB relative to full scale, shares 0..1.

    A figure that the browser's own processing would falsify is None; ``withheld`` says which and why.
    """

    level_dbfs: float | None
    clipped_share: float | None = Field(ge=0, le=1)
    snr_db: float | None
    speech_share: float | None = Field(ge=0, le=1)
    problems: tuple[QualityProblem, ...] = ()
    advice: tuple[str, ...] = ()
    withheld: str | None = None


class RecordingFacts(Fact):
    """The recording as it was analysed: mono, 16 kHz, 16 bit. ``sha256`` is of exactly those samples."""

    duration_s: float
    sample_rate_hz: int
    sha256: str
    quality: Quality
    source_sample_rate_hz: int | None = None
    source_channels: int | None = None


class Evidence(Fact):
    """The words a judgement rests on. Times are None in a written answer; offsets are into ``transcript.text``."""

    quote: str
    start: float | None
    end: float | None
    char_start: int
    char_end: int


class KeyPointFinding(Fact):
    """Whether one key point was made. No status but missed stands without its quote."""

    id: str
    text: str
    weight: float
    required: bool
    status: KeyPointStatus
    confidence: float = Field(ge=0, le=1)
    evidence: tuple[Evidence, ...] = ()


class MisconceptionFinding(Fact):
    """Something wrong that was said, with what is right."""

    id: str
    text: str
    confidence: float = Field(ge=0, le=1)
    correction: str
    evidence: tuple[Evidence, ...]


class Coverage(Fact):
    """The rubric against the answer. ``score`` 0..1, None with a ``reason`` in a free talk.

    ``lists`` are stretches that name terms in a row without saying anything of them: they earn nothing.
    """

    score: float | None = Field(ge=0, le=1)
    reason: str | None = None
    key_points: tuple[KeyPointFinding, ...] = ()
    misconceptions: tuple[MisconceptionFinding, ...] = ()
    lists: tuple[Evidence, ...] = ()


class StructurePart(Fact):
    """One part that answers of this kind have. ``source`` says who asks for it, ``advice`` what to do without it.

    ``status`` unknown comes with a ``reason``; no part is present without its quotes. ``confidence`` is the
    probability of the status, None where that is unknown. ``expected``: this question asks for it.
    """

    id: str
    name: str
    looks_for: str
    status: PartStatus
    reason: str | None = None
    confidence: float | None = Field(default=None, ge=0, le=1)
    expected: bool = True
    evidence: tuple[Evidence, ...] = ()
    advice: str
    source: str


class StageShare(Fact):
    """How much of an answer a stage takes, 0..1, of ``Structure.share_of``; ``seconds`` None in a written answer.

    ``share`` is None with a ``reason`` where it can't be told; those that are told add up to 1.
    """

    id: str
    name: str
    share: float | None = Field(ge=0, le=1)
    seconds: float | None = Field(default=None, ge=0)
    reason: str | None = None


class StageStretch(Fact):
    """A run of an answer that belongs to one stage, in order; ``share`` as in StageShare, offsets as in Evidence."""

    stage: str
    share: float = Field(ge=0, le=1)
    start: float | None
    end: float | None
    char_start: int
    char_end: int


class StructureFigure(Fact):
    """A number with what was counted as ``evidence``. ``value`` is None with a ``reason`` where it can't be told."""

    id: str
    name: str
    value: float | None
    unit: str
    reason: str | None = None
    evidence: tuple[Evidence, ...] = ()


class StructureCheck(Fact):
    """One rule on the whole answer: an order kept, a silence not too long, "I" rather than "we"."""

    id: str
    name: str
    looks_for: str
    status: CheckStatus
    reason: str | None = None
    evidence: tuple[Evidence, ...] = ()
    figures: tuple[StructureFigure, ...] = ()
    advice: str
    source: str


class Structure(Fact):
    """How an answer of one interview domain is built. ``shares`` is empty with ``shares_reason`` if untold."""

    domain: str
    share_of: ShareOf
    shares: tuple[StageShare, ...] = ()
    shares_reason: str | None = None
    stretches: tuple[StageStretch, ...] = ()
    parts: tuple[StructurePart, ...] = ()
    checks: tuple[StructureCheck, ...] = ()


class Scores(Fact):
    """Headline scores, 0..100 each, or None with a sentence in ``reasons``."""

    coverage: float | None
    fluency: float | None
    pace: float | None
    clarity: float | None
    reasons: dict[str, str] = {}


class Tip(Fact):
    """One thing to change, with the moments that show it."""

    id: str
    text: str
    spans: tuple[Span, ...] = ()


class Versions(Fact):
    """What made the figures. A figure is comparable only with figures of the same versions."""

    schema_: int = Field(alias="schema", default=SCHEMA_VERSION)
    app: str
    model: str | None
    detectors: str | None
    scorer: str | None
    rubric_sha256: str | None
    structure: str | None = None


class Assessment(Fact):
    """One answer, assessed. Recomputable from the words, the pauses and the recording."""

    schema_version: int = SCHEMA_VERSION
    attempt_id: str | None = None
    question: str | None = None
    language: str
    created_at: AwareDatetime
    versions: Versions
    recording: RecordingFacts | None
    transcript: Transcript
    disfluencies: tuple[Disfluency, ...] = ()
    pauses: tuple[Pause, ...] = ()
    measurements: dict[str, Measurement]
    coverage: Coverage
    structure: Structure | None = None
    scores: Scores
    tips: tuple[Tip, ...] = Field(max_length=3, default=())
    timings_s: dict[str, float] = {}

    def to_json(self, indent: int | None = 2) -> str:
        """The document as JSON text, keys in the order of the schema."""
        return self.model_dump_json(by_alias=True, indent=indent)

    @classmethod
    def from_json(cls, text: str | bytes) -> Assessment:
        """The inverse of :meth:`to_json`. Raises pydantic.ValidationError on a document of another shape."""
        return cls.model_validate_json(text)


__all__ = [
    "SCHEMA_VERSION",
    "Assessment",
    "Band",
    "CheckStatus",
    "Coverage",
    "Evidence",
    "KeyPointFinding",
    "KeyPointStatus",
    "Measurement",
    "MisconceptionFinding",
    "PartStatus",
    "Quality",
    "QualityProblem",
    "RecordingFacts",
    "Scores",
    "SeriesPoint",
    "ShareOf",
    "StageShare",
    "StageStretch",
    "Structure",
    "StructureCheck",
    "StructureFigure",
    "StructurePart",
    "Tip",
    "Versions",
]
