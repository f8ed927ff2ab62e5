"""The SQLite file: opened, brought up to date, read and written in short transactions."""

from __future__ import annotations

import errno
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final, Self

from sqlalchemy import URL, Connection, Engine, RootTransaction, create_engine, event, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from coach.errors import StoreError
from coach.store.migrations import HEAD
from coach.store.tables import lease

FILE_NAME: Final = "coach.sqlite3"
BUSY_TIMEOUT_S: Final = 10.0

_IN_USE = (
    "{path} is in use by another program. Close the other copy of Coach, or wait a moment, and try again."
)
_REFUSED = "{path} can't be opened for writing. Check that you may write to that file and its folder."
_FULL = "The disk that holds {path} is full. Make room and try again; what was kept before is still there."
_DAMAGED = (
    "{path} is damaged and can't be read. Move it away or put a backup in its place; "
    "the recordings in the folder beside it are not touched."
)
_BROKEN = "Reading or writing {path} failed ({detail}). Check the disk it is on and try again."

# The start of SQLite's own name of an error -> what the user is told. https://sqlite.org/rescode.html
_SENTENCES: Final = {
    "SQLITE_BUSY": _IN_USE,
    "SQLITE_LOCKED": _IN_USE,
    "SQLITE_READONLY": _REFUSED,
    "SQLITE_CANTOPEN": _REFUSED,
    "SQLITE_PERM": _REFUSED,
    "SQLITE_FULL": _FULL,
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_NOTADB": _DAMAGED,
    "SQLITE_IOERR": _BROKEN,
}
_FULL_DISK: Final = (errno.ENOSPC, errno.EDQUOT) if hasattr(errno, "EDQUOT") else (errno.ENOSPC,)


class LeaseLost(Exception):
    """Another process took over the work, so this one may not write its result. Never shown to a user."""


@contextmanager
def sentences(path: Path) -> Iterator[None]:
    """Turns what SQLite or the system says about ``path`` into a StoreError with a sentence.

    Errors that only a fault of Coach can cause (a broken constraint, wrong SQL) pass through unchanged.
    """
    try:
        yield
    except PoolTimeout as error:
        raise StoreError(_IN_USE.format(path=path)) from error
    except DBAPIError as error:
        said = _sentence(error.orig, path)
        if said is None:
            raise
        raise StoreError(said) from error
    except sqlite3.Error as error:
        said = _sentence(error, path)
        if said is None:
            raise
        raise StoreError(said) from error
    except OSError as error:
        if error.errno in _FULL_DISK:
            said = _FULL
        elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            said = _REFUSED
        else:
            said = _BROKEN
        raise StoreError(said.format(path=error.filename or path, detail=error.strerror or error)) from error


def _sentence(error: object, path: Path) -> str | None:
    name = getattr(error, "sqlite_errorname", "") or ""
    for start, sentence in _SENTENCES.items():
        if name.startswith(start):
            return sentence.format(path=path, detail=error)
    return None


class Database:
    """One user's database. Every method of its children is one transaction; threads may share it."""

    def __init__(self, home: Path, engine: Engine, fence: tuple[str, str] | None = None) -> None:
        self.home = home
        self.path = home / FILE_NAME
        self._engine = engine
        self._fence = fence

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes its connections. A store that is used again opens new ones."""
        self._engine.dispose()

    def fenced(self, lease_name: str, owner: str) -> Self:
        """The same store for the holder of a lease: once another owns it, every write raises LeaseLost."""
        return type(self)(self.home, self._engine, (lease_name, owner))

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view, which never waits for a writer."""
        with sentences(self.path), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """All of it or nothing, and no other process writes in between."""
        with sentences(self.path), self._engine.connect() as connection, _immediate(connection):
            self._check_fence(connection)
            yield connection

    def checkpoint(self) -> None:
        """Moves what the write-ahead log holds into the database and empties it, unless a reader needs it."""
        with sentences(self.path), self._engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _check_fence(self, connection: Connection) -> None:
        if self._fence is None:
            return
        name, owner = self._fence
        if connection.scalar(select(lease.c.owner).where(lease.c.name == name)) != owner:
            raise LeaseLost(f"lease {name!r} is no longer held by {owner}")


def _immediate(connection: Connection) -> RootTransaction:
    """A transaction that takes the write lock at once: one that reads first could find itself outrun."""
    return connection.execution_options(begin="BEGIN IMMEDIATE").begin()


def open_engine(home: Path) -> Engine:
    """The engine of the database in ``home``, created and migrated where needed.

    Any number of processes may do this at once. Raises StoreError when the folder or file can't be used, is
    damaged, or was made by a newer Coach; that one is not changed.
    """
    path = home / FILE_NAME
    with sentences(path):
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        revision = _revision(path)
        _refuse_newer(revision, path)
        path.chmod(0o600)  # SQLite gives its journals the mode of the database
        engine = _engine(path)
        try:
            if revision != HEAD:
                _migrate(engine, path)
            _write_ahead(engine)
        except BaseException:
            engine.dispose()
            raise
    return engine


def _revision(path: Path) -> str | None:
    """The revision of the database, None for a new one. Opened read-only: it may not be ours to change."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=BUSY_TIMEOUT_S)) as connection:
        tables = {
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        }
        if "alembic_version" not in tables:
            if tables:
                raise StoreError(
                    f"{path} is a database, but not of Coach (it holds {sorted(tables)[0]!r}). Move it away."
                )
            return None
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return None if row is None else str(row[0])


def _refuse_newer(revision: str | None, path: Path) -> None:
    if revision is not None and revision not in _known_revisions():
        raise StoreError(
            f"{path} was made by a newer Coach (revision {revision}, this one knows up to {HEAD}). "
            "Update Coach; the file was not changed."
        )


def _known_revisions() -> set[str]:
    return {f"{number:04d}" for number in range(1, int(HEAD) + 1)}


def _engine(path: Path) -> Engine:
    engine = create_engine(URL.create("sqlite", database=str(path)), connect_args={"timeout": BUSY_TIMEOUT_S})

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # else the driver, not we, decides when a transaction begins
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")  # what was said to be kept survives a power cut
        connection.execute("PRAGMA secure_delete = ON")  # deleted text is overwritten, not only unlinked

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))

    return engine


_one_migration = threading.Lock()  # Alembic's context is global to the process


def _migrate(engine: Engine, path: Path) -> None:
    """To the newest revision in one transaction: a process that dies in it leaves the database as it was."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    with _one_migration, engine.connect() as connection:
        # Rebuilding a table drops the old one, and with foreign keys on that would empty the tables below it.
        # The switch has no effect inside a transaction, so it is thrown before.
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.execute("PRAGMA foreign_keys = OFF")
        try:
            with _immediate(connection):
                config.attributes["connection"] = connection
                command.upgrade(config, "head")  # does nothing when another process was faster
                if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                    raise StoreError(_DAMAGED.format(path=path))
        finally:
            driver.execute("PRAGMA foreign_keys = ON")


def _write_ahead(engine: Engine) -> None:
    """Readers and a writer side by side. Kept in the file; the switch does not heed the busy timeout."""
    deadline = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        with engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            try:
                driver.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if not error.sqlite_errorname.startswith("SQLITE_BUSY") or time.monotonic() > deadline:
                    raise
            else:
                return
        time.sleep(0.05)
