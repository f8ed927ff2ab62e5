"""The first tables.

Written out in full, not taken from ``tables.py``: this step must stay what it was when that file moves on.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """From an empty database."""
    op.create_table(
        "session",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_session"),
    )
    op.create_table(
        "attempt",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("session_id", sa.String(32), nullable=False),
        sa.Column("question_id", sa.Text()),
        sa.Column("follow_up_id", sa.Text()),
        sa.Column("take", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("original_name", sa.Text()),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.Column("duration_s", sa.Float()),
        sa.Column("sha256", sa.String(64)),
        sa.Column("self_rating", sa.Integer()),
        sa.Column("browser_processed", sa.Boolean(), nullable=False),
        sa.Column("model", sa.Text()),
        sa.Column("queued_at", sa.String(32)),
        sa.Column("started_at", sa.String(32)),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("progress_stage", sa.Text()),
        sa.Column("progress_fraction", sa.Float()),
        sa.Column("progress_note", sa.Text()),
        sa.CheckConstraint("self_rating BETWEEN 1 AND 5", name=op.f("ck_attempt_self_rating")),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_attempt_session_id"),
        sa.PrimaryKeyConstraint("id", name="pk_attempt"),
    )
    for columns in (["session_id"], ["stage"], ["made_at"], ["queued_at"], ["question_id", "made_at"]):
        op.create_index(f"ix_attempt_{'_'.join(columns)}", "attempt", columns)
    op.create_table(
        "piece",
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("attempt_id", sa.String(32)),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempt.id"], name="fk_piece_attempt_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name="pk_piece"),
    )
    op.create_index("ix_piece_attempt_id", "piece", ["attempt_id"])
    op.create_table(
        "assessment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.String(32), nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.Column("versions", sa.JSON(), nullable=False),
        sa.Column("coverage", sa.Float()),
        sa.Column("fluency", sa.Float()),
        sa.Column("pace", sa.Float()),
        sa.Column("clarity", sa.Float()),
        sa.Column("speaking_rate", sa.Float()),
        sa.Column("filled_pauses_per_minute", sa.Float()),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempt.id"], name="fk_assessment_attempt_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_assessment"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_assessment_attempt_id", "assessment", ["attempt_id"])
    op.create_table(
        "verdict",
        sa.Column("attempt_id", sa.String(32), nullable=False),
        sa.Column("target_kind", sa.String(32), nullable=False),
        sa.Column("target_id", sa.String(255), nullable=False),
        sa.Column("verdict", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempt.id"], name="fk_verdict_attempt_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("attempt_id", "target_kind", "target_id", name="pk_verdict"),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(32), nullable=False),
        sa.Column("expires_at", sa.Float(), nullable=False),
        sa.Column("heartbeat_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_lease"),
    )
    op.create_table(
        "deletion",
        sa.Column("attempt_id", sa.String(32), nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("attempt_id", name="pk_deletion"),
    )
