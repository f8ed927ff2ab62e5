"""Deleting for good: rows first, in one transaction that notes which folder must follow, then the folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection, delete, exists, select
from sqlalchemy.dialects.sqlite import insert as upsert

from coach.store import audio, tables
from coach.store.database import Database, sentences
from coach.store.lease import recording_lease
from coach.store.rows import find, now

_attempt, _deletion = tables.attempt, tables.deletion


class Deletion(Database):
    """Removes attempts so that a process that dies in between is followed up by the next."""

    def delete(self, attempt_id: str) -> None:
        """Removes an attempt: rows, sound, derived files, and its session when nothing else is in it."""
        with self.write() as connection:
            _delete_rows(connection, [find(connection, attempt_id).id])
        self.sweep()

    def delete_all(self) -> int:
        """Removes every attempt, also folders that no attempt claims. Says how many attempts there were."""
        with self.write() as connection:
            ids = list(connection.scalars(select(_attempt.c.id)))
            _delete_rows(connection, ids)
            _note(connection, list(audio.folders(self.home)))
        self.sweep()
        return len(ids)

    def sweep(self) -> None:
        """Removes the folders of deleted attempts, and empty ones of attempts that never came to be.

        A folder that holds something but has no row is left alone: after a lost database it is all there is.
        """
        with self.read() as connection:
            due = list(connection.scalars(select(_deletion.c.attempt_id)))
        strays = set(self.strays()) - {audio.folder_of(self.home, name) for name in due}
        if not due and not strays:
            return
        gone = [attempt_id for attempt_id in due if audio.remove(self.home, attempt_id)]
        with self.write() as connection:
            connection.execute(delete(_deletion).where(_deletion.c.attempt_id.in_(gone)))
            self._remove_empty(connection, strays)
        if gone:
            self.checkpoint()

    def _remove_empty(self, connection: Connection, strays: set[Path]) -> None:
        """A folder is made inside its row's transaction, so whoever holds the lock sees both or neither."""
        for stray in strays:
            known = connection.scalar(select(_attempt.c.id).where(_attempt.c.id == stray.name))
            if known is None and stray.is_dir() and not any(stray.iterdir()):
                with sentences(stray):
                    stray.rmdir()

    def strays(self) -> list[Path]:
        """Folders of recordings that no row knows, as after a lost database."""
        with self.read() as connection:
            known = set(connection.scalars(select(_attempt.c.id)))
        return [audio.folder_of(self.home, name) for name in audio.folders(self.home) if name not in known]


def _delete_rows(connection: Connection, ids: Sequence[str]) -> None:
    _note(connection, ids)
    for attempt_id in ids:
        connection.execute(delete(tables.lease).where(tables.lease.c.name == recording_lease(attempt_id)))
        connection.execute(delete(_attempt).where(_attempt.c.id == attempt_id))
    used = exists().where(_attempt.c.session_id == tables.session.c.id)
    connection.execute(delete(tables.session).where(~used))


def _note(connection: Connection, ids: Sequence[str]) -> None:
    for attempt_id in ids:
        note = upsert(_deletion).values(attempt_id=attempt_id, made_at=now())
        connection.execute(note.on_conflict_do_nothing())
