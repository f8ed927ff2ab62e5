"""A lease: at most one live process does a thing, and a dead one holds it no longer than 10 s."""

from __future__ import annotations

import logging
import threading
import time
from typing import Final
from uuid import uuid4

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from coach.errors import StoreError
from coach.store.database import Database
from coach.store.tables import lease

QUEUE: Final = "queue"
TTL_S: Final = 10.0
HEARTBEAT_S: Final = 2.0

_log = logging.getLogger(__name__)


def recording_lease(attempt_id: str) -> str:
    """The name of the lease that a live recording of this attempt holds."""
    return f"recording/{attempt_id}"


class Lease:
    """The lease ``name``, held by ``owner`` once :meth:`acquire` says so, until it is released or lost.

    It is free when its time is over by the clock, or when its heartbeat stood still for ``ttl`` seconds while
    we looked: the second holds even when the clock was set back.
    """

    def __init__(
        self,
        database: Database,
        name: str,
        *,
        owner: str | None = None,
        ttl: float = TTL_S,
        heartbeat: float = HEARTBEAT_S,
    ) -> None:
        self.name = name
        self.owner = owner or uuid4().hex
        self.lost = False
        self._database = database
        self._ttl = ttl
        self._heartbeat = heartbeat
        self._seen: tuple[str, float] | None = None
        self._seen_at = 0.0
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def acquire(self) -> bool:
        """Takes the lease if it is free or ours; never waits. False: another owner is alive."""
        moment = time.time()
        with self._database.read() as connection:
            row = connection.execute(select(lease).where(lease.c.name == self.name)).first()
        free = or_(lease.c.owner == self.owner, lease.c.expires_at <= moment)
        if row is not None and row.owner != self.owner and row.expires_at > moment:
            if not self._stood_still((row.owner, row.heartbeat_at)):
                return False
            free = or_(free, and_(lease.c.owner == row.owner, lease.c.heartbeat_at == row.heartbeat_at))
        values = {"owner": self.owner, "heartbeat_at": moment, "expires_at": moment + self._ttl}
        statement = upsert(lease).values(name=self.name, **values)
        with self._database.write() as connection:
            taken = connection.execute(
                statement.on_conflict_do_update(index_elements=["name"], set_=values, where=free)
            )
        self.lost = taken.rowcount != 1
        return not self.lost

    def _stood_still(self, beat: tuple[str, float]) -> bool:
        moment = time.monotonic()
        if beat != self._seen:
            self._seen, self._seen_at = beat, moment
        return moment - self._seen_at >= self._ttl

    def renew(self) -> bool:
        """Prolongs it. False, for good: another process has it."""
        moment = time.time()
        with self._database.write() as connection:
            renewed = connection.execute(
                update(lease)
                .where(lease.c.name == self.name, lease.c.owner == self.owner)
                .values(heartbeat_at=moment, expires_at=moment + self._ttl)
            )
        self.lost = renewed.rowcount != 1
        return not self.lost

    def keep(self) -> None:
        """Renews it from a thread of its own, so that a long computation does not lose it."""
        self._ended.clear()
        self._thread = threading.Thread(target=self._beat, name=f"lease {self.name}", daemon=True)
        self._thread.start()

    def _beat(self) -> None:
        while not self._ended.wait(self._heartbeat):
            try:
                if not self.renew():
                    return
            except StoreError as error:  # a full disk or a long lock: the next beat may come through
                _log.warning("The lease %s could not be renewed: %s", self.name, error)

    def release(self) -> None:
        """Gives it back, if it is still ours. May be called twice."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        with self._database.write() as connection:
            connection.execute(delete(lease).where(lease.c.name == self.name, lease.c.owner == self.owner))
