"""The store: attempts, their sound and everything found out about them, in one folder of the user's.

    home/coach.sqlite3           rows, readable by the owner only
    home/attempts/<id>/          capture/ while recording, original.<ext> as it came, then audio.flac

``open_store(home)`` gives a :class:`Store`. Each of its methods is one transaction, raises StoreError with a
sentence when the database or folder can't be used, and gives plain values that stay valid. See docs/store.md.
"""

from __future__ import annotations

from pathlib import Path

from coach.store.attempt import MOVES, UNFINISHED, Attempt, Source, Stage
from coach.store.attempts import Attempts
from coach.store.database import LeaseLost, open_engine
from coach.store.findings import Findings
from coach.store.lease import Lease
from coach.store.queue import Queue


class Store(Attempts, Findings, Queue):
    """Everything kept for one user. Threads may share it; close it or use it in a ``with``."""


def open_store(home: Path) -> Store:
    """The store in ``home``, made where there is none and brought up to date where it is older.

    Raises StoreError when it can't be used, is damaged, or was made by a newer Coach; that is not changed.
    """
    home = Path(home).expanduser().resolve()
    store = Store(home, open_engine(home))
    try:
        store.sweep()
    except BaseException:
        store.close()
        raise
    return store


__all__ = ["MOVES", "UNFINISHED", "Attempt", "Lease", "LeaseLost", "Source", "Stage", "Store", "open_store"]
