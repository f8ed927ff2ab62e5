"""A store as weeks of practice leave it: seeded, with moments in the past, for tests of Progress and the plan."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import numpy as np
from app_documents import document
from sqlalchemy import insert

from coach.assessment import Assessment, Coverage, Measurement, Scores
from coach.store import open_store, tables
from coach.store.findings import EXTENT, extent, headlines
from coach.transcript import Disfluency


@dataclass(frozen=True)
class Said:
    """One answer to be kept. ``fillers`` in ``minutes`` of talk, each heard with a confidence of 0.9."""

    question: str | None
    ago: timedelta
    fillers: int = 6
    minutes: float = 2.0
    rate: float = 140.0
    coverage: float | None = 60.0
    clarity: float | None = 70.0
    fluency: float | None = 70.0
    detectors: str = "1"
    model: str = "base@1234"
    source: str = "browser"
    rating: int | None = None
    rubric: str = "ab" * 32


def assessed(said: Said, made_at: datetime) -> Assessment:
    """The document of an answer."""
    found = document(said.question)
    seconds = 60 * said.minutes
    marks = tuple(
        Disfluency(
            id=f"f{n}", kind="filled_pause", text="um", start=n, end=n + 0.3, detector="hand", confidence=0.9
        )
        for n in range(said.fillers)
    )
    figures: dict[str, tuple[float, str]] = {
        "speaking_time": (seconds, "s"),
        "speaking_rate": (said.rate, "words/min"),
        "filled_pauses": (said.fillers, "pauses"),
        "filled_pauses_per_minute": (said.fillers / said.minutes, "per minute"),
    }
    measured = {
        name: Measurement(value=float(value), unit=unit, source="a named study")
        for name, (value, unit) in figures.items()
    }
    return found.model_copy(
        update={
            "created_at": made_at,
            "disfluencies": marks,
            "measurements": {**found.measurements, **measured},
            "versions": found.versions.model_copy(
                update={"detectors": said.detectors, "model": said.model, "rubric_sha256": said.rubric}
            ),
            "coverage": Coverage(
                score=None if said.coverage is None else said.coverage / 100, reason="A free talk."
            ),
            "scores": Scores(coverage=said.coverage, fluency=said.fluency, pace=80.0, clarity=said.clarity),
            "recording": found.recording.model_copy(update={"duration_s": seconds})
            if found.recording
            else None,
        }
    )


def practised(home: Path, answers: Iterable[Said], now: datetime) -> list[str]:
    """Writes the answers into the store of ``home`` in few transactions; their ids, in the given order. No sound."""
    ids: list[str] = []
    with open_store(home) as store:
        session = store.new_session()
        with store.write() as connection:
            for said in answers:
                made_at = now - said.ago
                found = assessed(said, made_at)
                attempt_id = uuid4().hex
                ids.append(attempt_id)
                connection.execute(
                    insert(tables.attempt).values(
                        id=attempt_id,
                        session_id=session,
                        question_id=said.question,
                        take=1,
                        stage="assessed",
                        source=said.source,
                        made_at=made_at,
                        duration_s=60 * said.minutes,
                        self_rating=said.rating,
                        browser_processed=False,
                        tries=0,
                        cancel_requested=False,
                    )
                )
                kept = connection.execute(
                    insert(tables.assessment).values(
                        attempt_id=attempt_id,
                        made_at=made_at,
                        document=found.model_copy(update={"attempt_id": attempt_id}).to_json(indent=None),
                        versions=found.versions.model_dump(by_alias=True, mode="json"),
                        **headlines(found),
                    )
                )
                assert kept.inserted_primary_key is not None
                row = {"assessment_id": kept.inserted_primary_key[0], **extent(found)}
                assert set(row) == {"assessment_id", *EXTENT}
                connection.execute(insert(tables.extent).values(row))
    return ids


#: Questions that ship, by domain.
QUESTIONS = (
    "l1-vs-l2-regularization",
    "bias-variance-tradeoff",
    "design-streaming-recommender",
    "time-you-failed",
)


def improving(count: int, seed: int = 1) -> list[Said]:
    """``count`` answers to four questions over ``count / 2`` days: fewer fillers, more coverage, the same clarity."""
    draw = np.random.default_rng(seed)
    answers = []
    for place in range(count):
        done = place / max(count - 1, 1)
        minutes = float(draw.uniform(1.5, 3.5))
        question = QUESTIONS[place % len(QUESTIONS)]
        answers.append(
            Said(
                question,
                timedelta(days=(count - place) / 2, hours=float(draw.uniform(0, 6))),
                fillers=int(draw.poisson((6 - 3.5 * done) * minutes)),
                minutes=minutes,
                rate=float(draw.normal(150, 15)),
                coverage=float(np.clip(draw.normal(45 + 35 * done - 8 * (place % 4), 8), 0, 100)),
                clarity=float(np.clip(draw.normal(70, 7), 0, 100)),
                fluency=float(np.clip(draw.normal(55 + 20 * done, 8), 0, 100)),
                rating=int(draw.integers(2, 5)) if place % 3 == 0 else None,
            )
        )
    return answers
