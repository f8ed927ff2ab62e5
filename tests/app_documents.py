"""A hand-made document for the tests of the pages: one of everything a review can show."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from coach.assessment import (
    Assessment,
    Band,
    Coverage,
    Evidence,
    KeyPointFinding,
    Measurement,
    MisconceptionFinding,
    Quality,
    RecordingFacts,
    Scores,
    SeriesPoint,
    Tip,
    Versions,
)
from coach.recording import SAMPLE_RATE, Recording
from coach.transcript import Disfluency, Pause, Span, Transcript, Word

TEXT = (
    "So um L2 the the penalty adds the squared weights to the loss and <b>shrinks</b> them "
    "evenly you know while we use it is rarely exact"
)
SAID = TEXT.split()
PACE = Band(good=(120.0, 170.0), watch=(100.0, 190.0), source="a named study")


def words() -> list[Word]:
    """SAID at two words a second, with two seconds of silence after the seventh word."""
    starts = [0.5 * i + (2.0 if i >= 7 else 0.0) for i in range(len(SAID))]
    return [
        Word(text=text, start=start, end=start + 0.4, confidence=0.9)
        for text, start in zip(SAID, starts, strict=True)
    ]


def tone(seconds: float = 16.0, level: float = 0.2) -> Recording:
    """A quiet hum of some seconds, so that there is something to play."""
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return Recording.of((level * np.sin(2 * np.pi * 180 * time)).astype(np.float32), SAMPLE_RATE)


def _measured(value: float | None, unit: str, **more: object) -> Measurement:
    return Measurement.model_validate({"value": value, "unit": unit, "source": "a named study", **more})


def document(question: str | None = "l1-vs-l2-regularization", **changes: object) -> Assessment:
    """The document of a talk of 16 s; ``changes`` replace top-level fields."""
    recording = tone()
    series = tuple(
        SeriesPoint(start=float(i), end=float(i + 4), value=value)
        for i, value in enumerate([100.0, 130.0, 180.0, None, 140.0, 150.0])
    )
    fields = {
        "question": question,
        "language": "en",
        "created_at": datetime(2026, 3, 1, 12, 0, tzinfo=UTC),
        "versions": Versions(
            app="0.1.0", model="base@1234", detectors="1", scorer="1", rubric_sha256="ab" * 32
        ),
        "recording": RecordingFacts(
            duration_s=16.0,
            sample_rate_hz=SAMPLE_RATE,
            sha256=recording.sha256,
            quality=Quality(
                level_dbfs=-20.0,
                clipped_share=0.0,
                snr_db=12.0,
                speech_share=0.8,
                problems=("noisy",),
                advice=("Close the window.",),
            ),
            source_sample_rate_hz=48000,
            source_channels=1,
        ),
        "transcript": Transcript.of(words()),
        "disfluencies": (
            _found("d1", "filled_pause", "um", 0.5, 0.9, (1, 2)),
            _found("d2", "repetition", "the", 1.5, 1.9, (3, 4)),
            _found("d3", "discourse_marker", "you know", 10.5, 11.4, (17, 19)),
            _found("d4", "restart", "we use", 12.0, 12.9, (20, 22)),
            _found("d5", "filled_pause", "uh", 4.2, 4.5, None),
        ),
        "pauses": (
            Pause(start=3.5, end=5.4, place="within_clause"),
            Pause(start=8.9, end=9.3, place="boundary"),
        ),
        "measurements": {
            "speaking_rate": _measured(96.0, "words/min", band=PACE, series=series),
            "filled_pauses": _measured(2.0, "pauses", interval=(2.0, 4.0), interval_level=0.8),
            "filled_pauses_per_minute": _measured(
                7.5, "per minute", interval=(2.0, 12.0), interval_level=0.95
            ),
            "mtld": _measured(None, "", reason="It takes 100 words; this talk has 25."),
            "pitch_variation": _measured(2.4, "semitones", experimental=True),
            "speaking_time": _measured(16.0, "s"),
            "words": _measured(25.0, "words"),
            "pauses_within_clause": _measured(1.0, "pauses"),
            "repetitions": _measured(1.0, "repetitions"),
            "restarts": _measured(1.0, "restarts"),
            "discourse_markers": _measured(1.0, "markers"),
            "hedges": _measured(0.0, "hedges"),
            "sentence_length": _measured(12.5, "words/sentence"),
        },
        "coverage": _coverage()
        if question
        else Coverage(score=None, reason="A free talk has no key points."),
        "scores": Scores(
            coverage=45.0 if question else None,
            fluency=58.0,
            pace=31.0,
            clarity=None,
            reasons={"clarity": "It takes 100 words; this talk has 25."},
        ),
        "tips": (
            Tip(
                id="restarts",
                text="Begin a sentence when you know its end.",
                spans=(Span(start=12.0, end=12.9),),
            ),
            Tip(id="points", text="Say when each penalty is the better choice."),
        ),
        "timings_s": {"listening": 2.0},
    }
    return Assessment.model_validate({**fields, **changes})


def _found(
    name: str, kind: str, text: str, start: float, end: float, covers: tuple[int, int] | None
) -> Disfluency:
    return Disfluency.model_validate(
        {
            "id": name,
            "kind": kind,
            "text": text,
            "start": start,
            "end": end,
            "detector": "hand",
            "confidence": 0.9,
            "word_range": covers,
        }
    )


def _point(name: str, text: str, status: str, *evidence: Evidence) -> KeyPointFinding:
    return KeyPointFinding.model_validate(
        {
            "id": name,
            "text": text,
            "weight": 1.0,
            "required": status == "missed",
            "status": status,
            "confidence": 0.8,
            "evidence": evidence,
        }
    )


def _coverage() -> Coverage:
    quote = Evidence(
        quote="adds the squared weights to the loss", start=5.0, end=8.4, char_start=31, char_end=67
    )
    return Coverage(
        score=0.45,
        key_points=(
            _point("squared", "L2 adds the squared weights to the loss", "covered", quote),
            _point("shrinks", "L2 shrinks all weights", "partial", quote),
            _point("sparse", "L1 gives exact zeros", "missed"),
            _point("when", "L1 when few features matter", "contradicted", quote),
        ),
        misconceptions=(
            MisconceptionFinding(
                id="l2-sparse",
                text="L2 makes weights exactly zero",
                confidence=0.7,
                correction="L1 does; L2 only makes them small.",
                evidence=(quote,),
            ),
        ),
    )
