"""Rows of the attempt table: found, changed, made into an Attempt."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, select, update

from coach.errors import StoreError
from coach.store.attempt import Attempt
from coach.store.tables import attempt as table

NOT_QUEUED: Final[dict[str, Any]] = {
    "queued_at": None,
    "started_at": None,
    "tries": 0,
    "cancel_requested": False,
    "progress_stage": None,
    "progress_fraction": None,
    "progress_note": None,
}


def now() -> datetime:
    """This moment, aware, UTC."""
    return datetime.now(UTC)


def as_attempt(row: Row[Any]) -> Attempt:
    """A row of the attempt table as what leaves the store."""
    return Attempt(**row._mapping)


def find(connection: Connection, attempt_id: str) -> Attempt:
    """The attempt with this id, or the only one whose id begins so. Raises StoreError for none or several."""
    known = attempt_id.lower()
    if known and set(known) <= set("0123456789abcdef"):
        found = connection.execute(select(table).where(table.c.id.startswith(known)).limit(2)).all()
        if len(found) == 1:
            return as_attempt(found[0])
        if found:
            raise StoreError(f"Several attempts begin with {attempt_id!r}: give more of the id.")
    raise StoreError(f"There is no attempt {attempt_id!r}. `coach history` lists those there are.")


def change(connection: Connection, attempt: Attempt, **values: Any) -> Attempt:
    """Writes ``values`` to the attempt's row and gives it as it is now."""
    connection.execute(update(table).where(table.c.id == attempt.id).values(**values))
    return find(connection, attempt.id)
