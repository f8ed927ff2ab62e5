"""Figures that Progress needs without reading every document, taken from the documents there are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

# c is the confidence of a mark: 1 where the user accepted it; a rejected one does not count.
_MARKS = """
SELECT CASE WHEN json_extract(value, '$.verdict') = 'accepted' THEN 1.0
            ELSE json_extract(value, '$.confidence') END AS c
FROM json_each(assessment.document, '$.disfluencies')
WHERE json_extract(value, '$.kind') = 'filled_pause' AND json_extract(value, '$.verdict') IS NOT 'rejected'
"""
# A written answer has no recording, and so no filled pauses that could be counted.
_FILL = f"""
INSERT INTO extent (assessment_id, speaking_time, filled_pauses_right, filled_pauses_variance)
SELECT id, json_extract(document, '$.measurements.speaking_time.value'),
  CASE WHEN json_extract(document, '$.recording') IS NOT NULL
    THEN (SELECT coalesce(sum(c), 0.0) FROM ({_MARKS})) END,
  CASE WHEN json_extract(document, '$.recording') IS NOT NULL
    THEN (SELECT coalesce(sum(c * (1 - c)), 0.0) FROM ({_MARKS})) END
FROM assessment
"""


def upgrade() -> None:
    """From the first tables."""
    op.create_table(
        "extent",
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("speaking_time", sa.Float()),
        sa.Column("filled_pauses_right", sa.Float()),
        sa.Column("filled_pauses_variance", sa.Float()),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name="fk_extent_assessment_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("assessment_id", name="pk_extent"),
    )
    op.execute(_FILL)
