"""Run by Alembic: applies the steps inside the transaction that the caller has begun."""

from __future__ import annotations

from alembic import context

from coach.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
