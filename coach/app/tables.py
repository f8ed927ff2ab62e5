"""Tables of the pages, out of the document and the rows of the store. Pure."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import pandas as pd

from coach.app.words import (
    ABSENT,
    DOMAINS,
    JUDGEMENTS,
    band_text,
    duration,
    ends,
    judge,
    label,
    number,
)
from coach.assessment import Assessment, Measurement, RecordingFacts
from coach.metrics import pace
from coach.rubric import Rubric, RubricProblem
from coach.scores import Curve, along, band_curve, clarity_parts, fluency_parts
from coach.uncertainty import LEVEL


def measurement_table(measurements: Mapping[str, Measurement]) -> pd.DataFrame:
    """One row per measurement, everything as text; the note says why a value is absent.

    "Likely" is the interval, dashed where there is none, with its level where that is not the usual one.
    """
    rows = [
        {
            "Measurement": label(name) + (" (experimental)" if found.experimental else ""),
            "Value": number(found.value),
            "Likely": _interval(found),
            "Unit": found.unit,
            "Judgement": JUDGEMENTS[judge(found.value, found.band)],
            "Good range": band_text(found.band.good) if found.band else ABSENT,
            "Note": found.reason or "",
            "Source": found.source + (f"; band: {found.band.source}" if found.band else ""),
        }
        for name, found in measurements.items()
    ]
    columns = ["Measurement", "Value", "Likely", "Unit", "Judgement", "Good range", "Note", "Source"]
    return pd.DataFrame(rows, columns=columns)


def quality_table(recording: RecordingFacts) -> pd.DataFrame:
    """The recording's own figures: Figure, Value. What was withheld is not listed."""
    quality = recording.quality
    rows = [
        ("Length", duration(recording.duration_s)),
        ("Level", _with(quality.level_dbfs, "dBFS")),
        ("Clipped", _share(quality.clipped_share)),
        ("Signal to noise", _with(quality.snr_db, "dB")),
        ("Speech", _share(quality.speech_share)),
        ("Original sampling rate", _with(recording.source_sample_rate_hz, "Hz")),
        ("Original channels", number(recording.source_channels)),
    ]
    return pd.DataFrame([row for row in rows if row[1] != ABSENT], columns=["Figure", "Value"])


def formula_table(assessment: Assessment) -> pd.DataFrame:
    """What each score is made of: Score, Part, Here, Worth, Weight, Formula; "Here" is empty where unknown."""
    rows: list[tuple[str, str, str, str, str, str]] = []
    coverage = assessment.coverage.score
    credit = "weights of the key points: covered 1, partial 0.5, missed or wrong 0"
    rows.append(("Coverage", "key points", number(coverage), number(assessment.scores.coverage), "1", credit))
    rate = assessment.measurements["speaking_rate"]
    if rate.band is not None:
        curve = band_curve(rate.band)
        rows.append(("Pace", "speaking rate", *_worth(rate.value, curve), "1", _curve_text(curve, rate.unit)))
    for score, parts in (
        ("Fluency", fluency_parts(assessment.measurements)),
        ("Clarity", clarity_parts(assessment.measurements)),
    ):
        for part, value in parts.items():
            weight, formula = number(part.weight), _curve_text(part.curve, part.unit)
            rows.append((score, label(part.name).lower(), *_worth(value, part.curve), weight, formula))
    return pd.DataFrame(rows, columns=["Score", "Part", "Here", "Worth", "Weight", "Formula"])


def _worth(value: float | None, curve: Curve) -> tuple[str, str]:
    return number(value), number(None if value is None else along(curve, value))


def _curve_text(curve: Curve, unit: str) -> str:
    points = ", ".join(f"{number(value)}: {number(worth)}" for value, worth in curve)
    return f"{unit} {points}; straight lines between"


def versions_table(assessment: Assessment) -> pd.DataFrame:
    """What made the figures: Part, Version."""
    versions = assessment.versions
    rows = [
        ("Coach", versions.app),
        ("Document schema", str(versions.schema_)),
        ("Speech model", versions.model),
        ("Detectors", versions.detectors),
        ("Scoring", versions.scorer),
        ("Question file", versions.rubric_sha256[:12] if versions.rubric_sha256 else None),
    ]
    return pd.DataFrame([(part, version or ABSENT) for part, version in rows], columns=["Part", "Version"])


DEFAULT_PACE: Final = pace.BAND
"""What the settings page starts from while the user has set no range."""


def in_domain_order(names: Iterable[Any]) -> list[str]:
    """The domains that occur, each once, in the usual order; what is no domain (a free talk) is left out."""
    order = list(DOMAINS)
    found = {name for name in names if isinstance(name, str)}
    return sorted(found, key=lambda name: (_place(order, name), name))


def matching(
    questions: Sequence[Rubric], *, domain: str | None, level: int | None, text: str
) -> list[Rubric]:
    """The rubrics of a domain and level that hold every word of ``text``, by domain, level and title."""
    words = text.casefold().split()
    order = list(DOMAINS)
    found = [
        rubric
        for rubric in questions
        if domain in (None, rubric.domain)
        and level in (None, rubric.level)
        and all(word in f"{rubric.title} {rubric.prompt} {rubric.id}".casefold() for word in words)
    ]
    return sorted(
        found, key=lambda rubric: (_place(order, rubric.domain), rubric.domain, rubric.level, rubric.title)
    )


def whole_range(limits: tuple[float | None, float | None]) -> tuple[int, int]:
    """A range as a slider of 60 to 260 shows it; an open end is the slider's."""
    low, high = limits
    return round(60 if low is None else low), round(260 if high is None else high)


def software_table() -> pd.DataFrame:
    """The versions of Coach, Python and the main libraries: Part, Version."""
    names = (
        "coach",
        "faster-whisper",
        "ctranslate2",
        "onnxruntime",
        "streamlit",
        "plotly",
        "pandas",
        "sqlalchemy",
    )
    rows = [("python", platform.python_version()), *((name, _installed(name)) for name in names)]
    return pd.DataFrame(rows, columns=["Part", "Version"])


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ABSENT


def problem_table(problems: Sequence[RubricProblem]) -> pd.DataFrame:
    """What is wrong with question files: Line, Field, Problem, How to mend it; File where it has a name."""
    rows = [
        (
            Path(found.file).name,
            ABSENT if found.line is None else str(found.line),
            found.field or ABSENT,
            found.what,
            found.fix,
        )
        for found in problems
    ]
    table = pd.DataFrame(rows, columns=["File", "Line", "Field", "Problem", "How to mend it"])
    return table if any(table["File"]) else table.drop(columns="File")


def _place(order: Sequence[str], name: str) -> int:
    return order.index(name) if name in order else len(order)


def _interval(found: Measurement) -> str:
    if found.interval is None or found.value is None:
        return ABSENT
    level = "" if found.interval_level in (None, LEVEL) else f" ({found.interval_level:.0%})"
    return (ends(found.value, found.interval) or number(found.value)) + level


def _with(value: float | None, unit: str) -> str:
    return ABSENT if value is None else f"{number(round(value, 1))} {unit}".replace("-", "−")


def _share(value: float | None) -> str:
    return ABSENT if value is None else f"{value:.1%}"
