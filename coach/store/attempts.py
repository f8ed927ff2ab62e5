"""The life of attempts: begun, recorded, listed, moved on, rated."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Select, delete, exists, func, insert, select

from coach.errors import StoreError
from coach.recording import Recording, write_flac
from coach.store import audio, tables
from coach.store.attempt import UNFINISHED, Attempt, Source, Stage, check_move
from coach.store.database import sentences
from coach.store.deletion import Deletion
from coach.store.lease import QUEUE, TTL_S, Lease, recording_lease
from coach.store.rows import NOT_QUEUED, as_attempt, change, find, now

_attempt = tables.attempt


class Attempts(Deletion):
    """Attempts and their sound."""

    def new_session(self) -> str:
        """The id of a new practice session, for attempts that belong together."""
        with self.write() as connection:
            return _new_session(connection)

    def begin(
        self,
        question: str | None,
        source: Source,
        *,
        session: str | None = None,
        follow_up: str | None = None,
        browser_processed: bool = False,
        original_name: str | None = None,
        model: str | None = None,
    ) -> Attempt:
        """A new attempt that is about to be recorded, with its folder.

        Without ``session`` it opens one of its own. Another take of the same question in a session gets the
        next number. Whoever records calls ``hold(id)``, else it is offered as unfinished after 10 s.
        """
        attempt_id = uuid4().hex
        row = {
            "id": attempt_id,
            "question_id": question,
            "follow_up_id": follow_up,
            "stage": "recording",
            "source": source,
            "original_name": None if original_name is None else _shown_name(original_name),
            "made_at": now(),
            "browser_processed": browser_processed,
            "model": model,
            "tries": 0,
            "cancel_requested": False,
        }
        with self.write() as connection:
            row["session_id"] = _session(connection, session)
            row["take"] = _next_take(connection, row)
            connection.execute(insert(_attempt).values(row))
            connection.execute(insert(tables.lease).values(_first_lease(attempt_id)))
            audio.make_folder(self.home, attempt_id)
            return find(connection, attempt_id)

    def hold(self, attempt_id: str) -> Lease:
        """Says that this process is recording the attempt, until the lease that it gives is released."""
        lease = Lease(self, recording_lease(attempt_id), owner=attempt_id)
        lease.acquire()
        lease.keep()
        return lease

    def add_bytes(
        self,
        data: bytes | Path,
        suffix: str,
        question: str | None,
        source: Source,
        *,
        session: str | None = None,
        follow_up: str | None = None,
        browser_processed: bool = False,
        original_name: str | None = None,
        model: str | None = None,
    ) -> Attempt:
        """A new attempt with a finished recording, kept byte for byte before anything is computed from it.

        ``suffix`` names its format ("wav", ".m4a"). Raises AudioError when ``data`` is empty or can't be
        read, StoreError when it can't be kept; then nothing of it remains.
        """
        with audio.opened(data) as incoming:
            attempt = self.begin(
                question,
                source,
                session=session,
                follow_up=follow_up,
                browser_processed=browser_processed,
                original_name=original_name,
                model=model,
            )
            try:
                with sentences(self.folder(attempt.id)):
                    audio.write_original(self.folder(attempt.id), incoming, suffix)
                return self.finish_capture(attempt.id)
            except StoreError:
                self._forget(attempt.id)
                raise

    def _forget(self, attempt_id: str) -> None:
        audio.remove(
            self.home, attempt_id
        )  # first: on a full disk this makes the room that deleting rows needs
        with suppress(StoreError):  # else the row stays, and is offered as unfinished
            self.delete(attempt_id)

    def finish_capture(self, attempt_id: str) -> Attempt:
        """Recording has ended, by the user or a crash; what is there counts. StoreError if nothing is."""
        folder = self.folder(attempt_id)
        with sentences(folder):
            audio.rescue_part(folder)
            if audio.best_audio(folder) is None:
                raise StoreError(
                    f"Attempt {attempt_id[:8]} holds no sound: recording ended before any arrived. Delete it."
                )
        return self.set_stage(attempt_id, "recorded")

    def keep_audio(self, attempt_id: str, recording: Recording, *, whole: bool = True) -> Path:
        """Keeps the samples as verified FLAC and removes what they came from.

        With ``whole`` False (the samples are a part of the original) the original stays beside it.
        """
        folder = self.folder(attempt_id)
        with sentences(folder):
            write_flac(recording, folder / audio.FLAC)
            self._change(attempt_id, duration_s=recording.duration, sha256=recording.sha256)
            if whole:
                audio.drop_sources(folder)
        return folder / audio.FLAC

    def folder(self, attempt_id: str) -> Path:
        """``attempts/<id>`` under the store's home."""
        return audio.folder_of(self.home, attempt_id)

    def capture_folder(self, attempt_id: str) -> Path:
        """Where raw sound goes while it is being recorded. Made by whoever records."""
        return self.folder(attempt_id) / audio.CAPTURE

    def audio_path(self, attempt_id: str) -> Path:
        """The best sound there is: the FLAC, else the original file, else the folder of the capture.

        Raises StoreError when there is none.
        """
        path = audio.best_audio(self.folder(attempt_id))
        if path is None:
            raise StoreError(f"The sound of attempt {attempt_id[:8]} is gone from {self.folder(attempt_id)}.")
        return path

    def attempt(self, attempt_id: str) -> Attempt:
        """The attempt with this id, or the only one whose id begins so. StoreError for none or several."""
        with self.read() as connection:
            return find(connection, attempt_id)

    def exists(self, attempt_id: str) -> bool:
        """Whether there is an attempt with exactly this id."""
        with self.read() as connection:
            return connection.scalar(select(_attempt.c.id).where(_attempt.c.id == attempt_id)) is not None

    def attempts(
        self,
        question: str | None = None,
        stage: Stage | Sequence[Stage] | None = None,
        *,
        session: str | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[Attempt]:
        """Attempts, newest first; every argument narrows them."""
        query = (
            select(_attempt).order_by(_attempt.c.made_at.desc(), _attempt.c.id).limit(limit).offset(offset)
        )
        if question is not None:
            query = query.where(_attempt.c.question_id == question)
        if session is not None:
            query = query.where(_attempt.c.session_id == session)
        if stage is not None:
            query = query.where(_attempt.c.stage.in_([stage] if isinstance(stage, str) else stage))
        return self._list(query.limit(limit).offset(offset))

    def unfinished(self) -> list[Attempt]:
        """Attempts that nobody is working on and that are not done, oldest first, to be offered to the user.

        Left out are those that a live process records, or will get to in its queue.
        """
        live = tables.lease.c.expires_at > time.time()
        recorded_now = exists().where(tables.lease.c.name == recording_lease("") + _attempt.c.id, live)
        in_a_queue = exists().where(tables.lease.c.name == QUEUE, live) & _attempt.c.queued_at.is_not(None)
        query = select(_attempt).where(_attempt.c.stage.in_(UNFINISHED), ~recorded_now, ~in_a_queue)
        return self._list(query.order_by(_attempt.c.made_at))

    def _list(self, query: Select[Any]) -> list[Attempt]:
        with self.read() as connection:
            return [as_attempt(row) for row in connection.execute(query)]

    def set_stage(self, attempt_id: str, stage: Stage, reason: str | None = None) -> Attempt:
        """Moves an attempt on; one that has failed or was cancelled waits for nothing any more.

        Raises StoreError for a move that ``MOVES`` does not hold.
        """
        with self.write() as connection:
            attempt = find(connection, attempt_id)
            check_move(attempt, stage)
            connection.execute(delete(tables.lease).where(tables.lease.c.name == recording_lease(attempt.id)))
            waits = NOT_QUEUED if stage in ("failed", "cancelled") else {}
            return change(connection, attempt, stage=stage, reason=reason, **waits)

    def transcribed(self, attempt_id: str) -> None:
        """Its words are known. Changes nothing in a run over one that was transcribed or assessed before."""
        with self.write() as connection:
            attempt = find(connection, attempt_id)
            if attempt.stage == "recorded":
                change(connection, attempt, stage="transcribed")

    def rate(self, attempt_id: str, rating: int | None) -> None:
        """The user's own rating, 1..5, or None to take it back."""
        if rating is not None and rating not in range(1, 6):
            raise StoreError(f"A rating is a whole number from 1 to 5, not {rating!r}.")
        self._change(attempt_id, self_rating=rating)

    def _change(self, attempt_id: str, **values: Any) -> None:
        with self.write() as connection:
            change(connection, find(connection, attempt_id), **values)


def _session(connection: Connection, session_id: str | None) -> str:
    if session_id is None:
        return _new_session(connection)
    if connection.scalar(select(tables.session.c.id).where(tables.session.c.id == session_id)) is None:
        raise StoreError(f"There is no session {session_id!r}. Leave it out to begin a new one.")
    return session_id


def _new_session(connection: Connection) -> str:
    session_id = uuid4().hex
    connection.execute(insert(tables.session).values(id=session_id, made_at=now()))
    return session_id


def _next_take(connection: Connection, row: dict[str, Any]) -> int:
    same = [
        _attempt.c[name].is_not_distinct_from(row[name])
        for name in ("session_id", "question_id", "follow_up_id")
    ]
    return (connection.scalar(select(func.max(_attempt.c.take)).where(*same)) or 0) + 1


def _first_lease(attempt_id: str) -> dict[str, Any]:
    """Held from the row's first moment, so that no other process sees an abandoned recording in it."""
    moment = time.time()
    return {
        "name": recording_lease(attempt_id),
        "owner": attempt_id,
        "heartbeat_at": moment,
        "expires_at": moment + TTL_S,
    }


def _shown_name(name: str) -> str:
    plain = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in plain if letter.isprintable())[:255]
