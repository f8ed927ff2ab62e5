"""The work queue: which attempt comes next, how far the work is, and how it ended."""

from __future__ import annotations

import time
from typing import Final

from sqlalchemy import exists, func, or_, select, update

from coach.errors import StoreError
from coach.store import tables
from coach.store.attempt import Attempt, Stage, check_move
from coach.store.database import Database
from coach.store.lease import QUEUE
from coach.store.rows import NOT_QUEUED, as_attempt, change, find, now

MOST_TRIES: Final = 3
_attempt = tables.attempt
_order = (_attempt.c.queued_at, _attempt.c.id)


class Queue(Database):
    """Attempts waiting for work, oldest first. All of it is on disk, so any process can go on with it."""

    def enqueue(self, attempt_id: str, model: str | None = None) -> Attempt:
        """Asks for an attempt to be assessed (again), with ``model`` if one is named.

        A failed or cancelled one becomes recorded. One that waits already keeps its place. Raises StoreError
        while it is still being recorded.
        """
        with self.write() as connection:
            attempt = find(connection, attempt_id)
            if attempt.stage == "recording":
                raise StoreError(f"Attempt {attempt.id[:8]} is being recorded. End the recording first.")
            stage = "recorded" if attempt.stage in ("failed", "cancelled") else attempt.stage
            wanted = attempt.model if model is None else model
            if attempt.queued_at is not None:
                return change(connection, attempt, model=wanted)
            fresh = {**NOT_QUEUED, "queued_at": now()}
            return change(connection, attempt, stage=stage, reason=None, model=wanted, **fresh)

    def next_queued(self) -> Attempt | None:
        """The attempt that has waited longest."""
        with self.read() as connection:
            query = select(_attempt).where(_attempt.c.queued_at.is_not(None)).order_by(*_order).limit(1)
            row = connection.execute(query).first()
            return None if row is None else as_attempt(row)

    def position(self, attempt_id: str) -> int | None:
        """How many come before it in the queue, None when it does not wait."""
        with self.read() as connection:
            attempt = find(connection, attempt_id)
            if attempt.queued_at is None:
                return None
            same = (_attempt.c.queued_at == attempt.queued_at) & (_attempt.c.id < attempt.id)
            ahead = or_(_attempt.c.queued_at < attempt.queued_at, same)
            return connection.scalar(select(func.count()).select_from(_attempt).where(ahead)) or 0

    def start(self, attempt_id: str) -> Attempt | None:
        """Counts one more try. None, and the attempt has failed, when it took the process down too often."""
        with self.write() as connection:
            attempt = find(connection, attempt_id)
            if attempt.tries < MOST_TRIES:
                return change(connection, attempt, started_at=now(), tries=attempt.tries + 1)
        self.fail(attempt_id, f"Coach was stopped {MOST_TRIES} times while it worked on this recording.")
        return None

    def postpone(self, attempt_id: str) -> None:
        """The work stops here and now, for no fault of the recording; the attempt keeps its place."""
        with self.write() as connection:
            attempt = find(connection, attempt_id)
            change(connection, attempt, **{**NOT_QUEUED, "queued_at": attempt.queued_at})

    def progress(self, attempt_id: str, stage: str, fraction: float, note: str | None = None) -> bool:
        """Notes how far the work is. True: stop, for the user has cancelled or deleted the attempt."""
        values = {"progress_stage": stage, "progress_fraction": fraction, "progress_note": note}
        with self.write() as connection:
            done = update(_attempt).where(_attempt.c.id == attempt_id).values(**values)
            asked = connection.scalar(done.returning(_attempt.c.cancel_requested))
            return asked is None or bool(asked)

    def cancel(self, attempt_id: str) -> Attempt:
        """Stops an attempt: at once, or as soon as the process that works on it hears of it.

        The recording stays. Nothing happens to one that has ended already.
        """
        with self.write() as connection:
            attempt = find(connection, attempt_id)
            lives = exists().where(tables.lease.c.name == QUEUE, tables.lease.c.expires_at > time.time())
            if attempt.started_at is not None and connection.scalar(select(lives)):
                return change(connection, attempt, cancel_requested=True)
        if attempt.queued_at is None and attempt.stage in ("assessed", "failed", "cancelled"):
            return attempt
        return self.cancelled(attempt.id)

    def cancelled(self, attempt_id: str) -> Attempt:
        """The work has stopped because the user wanted it."""
        return self._end(attempt_id, "cancelled", None)

    def fail(self, attempt_id: str, reason: str) -> Attempt:
        """The work has stopped because it could not go on; ``reason`` is a sentence for the user.

        An attempt that was assessed before stays so, with the reason beside it.
        """
        return self._end(attempt_id, "failed", reason)

    def _end(self, attempt_id: str, stage: Stage, reason: str | None) -> Attempt:
        with self.write() as connection:
            attempt = find(connection, attempt_id)
            if attempt.stage == "assessed":
                stage = "assessed"
            check_move(attempt, stage)
            return change(connection, attempt, stage=stage, reason=reason, **NOT_QUEUED)
