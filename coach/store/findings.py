"""What was found out about attempts: stored pieces, assessments, the user's verdicts, rows for tables."""

from __future__ import annotations

from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy import delete, func, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from coach.assessment import Assessment
from coach.errors import StoreError
from coach.store import tables
from coach.store.attempt import check_move
from coach.store.database import Database
from coach.store.rows import NOT_QUEUED, change, find, now
from coach.uncertainty import marks

_attempt, _assessment, _extent = tables.attempt, tables.assessment, tables.extent
_verdict, _piece = tables.verdict, tables.piece

SCORES: Final = ("coverage", "fluency", "pace", "clarity")
MEASURED: Final = ("speaking_rate", "filled_pauses_per_minute")
EXTENT: Final = ("speaking_time", "filled_pauses_right", "filled_pauses_variance")


class Findings(Database):
    """Measured facts, and what the user said about them, kept apart."""

    def save_assessment(self, attempt_id: str, assessment: Assessment) -> Assessment:
        """Keeps the document as the attempt's current one and makes the attempt assessed, or does neither.

        Gives the document with its ``attempt_id``. Earlier ones stay.
        """
        with self.write() as connection:
            attempt = find(connection, attempt_id)
            check_move(attempt, "assessed")
            document = assessment.model_copy(update={"attempt_id": attempt.id})
            row = {
                "attempt_id": attempt.id,
                "made_at": now(),
                "document": document.to_json(indent=None),
                "versions": document.versions.model_dump(by_alias=True, mode="json"),
                **headlines(document),
            }
            kept = connection.execute(insert(_assessment).values(row)).inserted_primary_key
            assert kept is not None
            connection.execute(insert(_extent).values(assessment_id=kept[0], **extent(document)))
            change(connection, attempt, stage="assessed", reason=None, **NOT_QUEUED)
            return document

    def assessment(self, attempt_id: str) -> Assessment | None:
        """The current document of an attempt, None before there is one."""
        return next(iter(self.assessments(attempt_id, limit=1)), None)

    def assessments(self, attempt_id: str, limit: int | None = None) -> list[Assessment]:
        """All documents of an attempt, newest first."""
        with self.read() as connection:
            attempt = find(connection, attempt_id)
            mine = select(_assessment.c.document).where(_assessment.c.attempt_id == attempt.id)
            texts = list(connection.scalars(mine.order_by(_assessment.c.id.desc()).limit(limit)))
        try:
            return [Assessment.from_json(text) for text in texts]
        except ValidationError as error:
            raise StoreError(
                f"The stored assessment of attempt {attempt.id[:8]} has a form that this version of Coach "
                "does not know. Score the recording again."
            ) from error

    def set_verdict(self, attempt_id: str, kind: str, target: str, verdict: Any) -> None:
        """Keeps what the user says of one finding (a JSON value), instead of what they said before.

        ``kind`` and ``target`` name it, such as ("disfluency", its id). None takes the verdict back.
        """
        with self.write() as connection:
            attempt = find(connection, attempt_id)
            key = {"attempt_id": attempt.id, "target_kind": kind, "target_id": target}
            if verdict is None:
                connection.execute(delete(_verdict).where(*(_verdict.c[name] == key[name] for name in key)))
                return
            said = {"verdict": verdict, "made_at": now()}
            connection.execute(
                upsert(_verdict)
                .values(**key, **said)
                .on_conflict_do_update(index_elements=list(key), set_=said)
            )

    def verdicts(self, attempt_id: str) -> dict[tuple[str, str], Any]:
        """The user's verdicts on an attempt, by kind and target."""
        with self.read() as connection:
            attempt = find(connection, attempt_id)
            rows = connection.execute(select(_verdict).where(_verdict.c.attempt_id == attempt.id))
            return {(row.target_kind, row.target_id): row.verdict for row in rows}

    def get_piece(self, key: str) -> str | None:
        """The stored result of a transcribed piece, None when it has to be computed."""
        with self.read() as connection:
            return connection.scalar(select(_piece.c.result).where(_piece.c.key == key))

    def put_piece(self, key: str, result: str, attempt_id: str | None = None) -> None:
        """Keeps the result of a piece (JSON text) under everything it depends on: ``key``, up to 255 letters.

        It goes when the attempt it was last computed for is deleted.
        """
        row = {"result": result, "attempt_id": attempt_id, "made_at": now()}
        with self.write() as connection:
            new = upsert(_piece).values(key=key, **row)
            connection.execute(new.on_conflict_do_update(index_elements=["key"], set_=row))

    def history_rows(self, question: str | None = None) -> list[dict[str, Any]]:
        """One flat dict an attempt, oldest first, for tables and charts.

        Headline figures and the versions that made them (``model``, ``detectors``, ``scorer`` ...) are None
        where there is no assessment. Scores 0..100, speaking_rate in words a minute, speaking_time in seconds.
        ``filled_pauses_right`` is how many of the marked ones are expected to be right, with its variance.
        """
        other = _assessment.alias()
        newest = (
            select(func.max(other.c.id))
            .where(other.c.attempt_id == _attempt.c.id)
            .correlate(_attempt)
            .scalar_subquery()
        )
        columns = [_attempt.c[name] for name in _LISTED]
        columns += [_assessment.c[name] for name in SCORES + MEASURED] + [_extent.c[name] for name in EXTENT]
        query = (
            select(*columns, _assessment.c.made_at.label("assessed_at"), _assessment.c.versions)
            .select_from(
                _attempt.outerjoin(_assessment, _assessment.c.id == newest).outerjoin(
                    _extent, _extent.c.assessment_id == _assessment.c.id
                )
            )
            .order_by(_attempt.c.made_at, _attempt.c.id)
        )
        if question is not None:
            query = query.where(_attempt.c.question_id == question)
        with self.read() as connection:
            rows = [dict(row._mapping) for row in connection.execute(query)]
        for row in rows:
            versions = row.pop("versions") or {}
            row.update({name: versions.get(name) for name in _VERSIONS})
        return rows


_LISTED: Final = (
    "id",
    "session_id",
    "question_id",
    "follow_up_id",
    "take",
    "stage",
    "reason",
    "source",
    "original_name",
    "made_at",
    "duration_s",
    "self_rating",
    "browser_processed",
    "queued_at",
)
_VERSIONS: Final = ("app", "model", "detectors", "scorer", "rubric_sha256")


def headlines(document: Assessment) -> dict[str, float | None]:
    """The figures that lists show, by name; None where the document can't tell."""
    scores = {name: getattr(document.scores, name) for name in SCORES}
    measured = {name: document.measurements.get(name) for name in MEASURED}
    return scores | {name: None if found is None else found.value for name, found in measured.items()}


def extent(document: Assessment) -> dict[str, float | None]:
    """Seconds of speaking time, and how many marked filled pauses are expected to be right, with its variance.

    None in a written answer, which has neither.
    """
    time = document.measurements.get("speaking_time")
    right, variance = marks(document.disfluencies, "filled_pause")
    spoken = document.recording is not None
    return {
        "speaking_time": None if time is None else time.value,
        "filled_pauses_right": right if spoken else None,
        "filled_pauses_variance": variance if spoken else None,
    }
