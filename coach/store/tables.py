"""The tables of the store. A change here needs a migration beside it; a test compares the two."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)


class Moment(TypeDecorator[datetime]):
    """An aware time, kept as ISO 8601 text in UTC with microseconds, so that text order is time order."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """UTC text. Raises ValueError for a time without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """The aware time again."""
        return None if value is None else datetime.fromisoformat(value)


metadata = MetaData(
    naming_convention={  # a constraint without a name can't be changed by a later migration
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _attempt_id(**options: Any) -> Column[Any]:
    return Column("attempt_id", String(32), ForeignKey("attempt.id", ondelete="CASCADE"), **options)


session = Table(
    "session",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("made_at", Moment, nullable=False),
)

attempt = Table(
    "attempt",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("session_id", String(32), ForeignKey("session.id"), nullable=False, index=True),
    Column("question_id", Text),  # None: a free talk
    Column("follow_up_id", Text),
    Column("take", Integer, nullable=False),
    Column("stage", String(16), nullable=False, index=True),
    Column("reason", Text),
    Column("source", String(16), nullable=False),
    Column("original_name", Text),  # shown, never part of a path
    Column("made_at", Moment, nullable=False, index=True),
    Column("duration_s", Float),
    Column("sha256", String(64)),
    Column("self_rating", Integer),
    Column("browser_processed", Boolean(create_constraint=False), nullable=False),
    Column("model", Text),  # asked for; what was used is in the assessment's versions
    Column("queued_at", Moment, index=True),
    Column("started_at", Moment),
    Column("tries", Integer, nullable=False),  # how often work on it began since it was queued
    Column("cancel_requested", Boolean(create_constraint=False), nullable=False),
    Column("progress_stage", Text),
    Column("progress_fraction", Float),
    Column("progress_note", Text),
    CheckConstraint("self_rating BETWEEN 1 AND 5", name="self_rating"),
    Index(None, "question_id", "made_at"),
)

# A stored step of the transcription: it can be computed again, so it may be replaced or dropped.
piece = Table(
    "piece",
    metadata,
    Column("key", String(255), primary_key=True),
    _attempt_id(index=True),
    Column("result", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
)

# Measured facts. The newest of an attempt counts, older ones stay; the figures are for lists without parsing.
assessment = Table(
    "assessment",
    metadata,
    Column("id", Integer, primary_key=True),
    _attempt_id(nullable=False, index=True),
    Column("made_at", Moment, nullable=False),
    Column("versions", JSON, nullable=False),
    Column("coverage", Float),
    Column("fluency", Float),
    Column("pace", Float),
    Column("clarity", Float),
    Column("speaking_rate", Float),
    Column("filled_pauses_per_minute", Float),
    Column("document", Text, nullable=False),  # last: SQLite reads a row up to the column that is asked for
    sqlite_autoincrement=True,  # an id is never used again, so the greatest is the newest
)

# More figures for lists, in a table of their own: columns after the document would be slow to read, and to put
# them before it every document would have to be copied. None where the talk is a written answer.
extent = Table(
    "extent",
    metadata,
    Column("assessment_id", Integer, ForeignKey("assessment.id", ondelete="CASCADE"), primary_key=True),
    Column("speaking_time", Float),  # seconds
    Column("filled_pauses_right", Float),  # how many marks are expected to be right (coach.uncertainty.marks)
    Column("filled_pauses_variance", Float),  # and its variance
)

# What the user said about a finding, apart from what was measured: it survives every new assessment.
verdict = Table(
    "verdict",
    metadata,
    _attempt_id(primary_key=True),
    Column("target_kind", String(32), primary_key=True),
    Column("target_id", String(255), primary_key=True),
    Column("verdict", JSON, nullable=False),
    Column("made_at", Moment, nullable=False),
)

# Seconds since the epoch. One row a name: who owns it, until when.
lease = Table(
    "lease",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("owner", String(32), nullable=False),
    Column("expires_at", Float, nullable=False),
    Column("heartbeat_at", Float, nullable=False),
)

# Attempts whose rows are gone and whose folder must go too, however often the process dies in between.
deletion = Table(
    "deletion",
    metadata,
    Column("attempt_id", String(32), primary_key=True),
    Column("made_at", Moment, nullable=False),
)
