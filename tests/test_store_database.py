"""The database: made, migrated, shared and refused."""

from __future__ import annotations

import errno
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import numpy as np
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, event, text

from coach.errors import StoreError
from coach.recording import Recording
from coach.store import Store, database, open_store
from coach.store.database import sentences
from coach.store.migrations import HEAD
from coach.store.tables import metadata


def contents(home: Path) -> tuple[str, dict[str, int]]:
    """The revision and the number of rows in each table, read without Coach."""
    with closing(sqlite3.connect(home / "coach.sqlite3")) as connection:
        names = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        rows = {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in names}
        return connection.execute("SELECT version_num FROM alembic_version").fetchone()[0], rows


def test_a_new_home_gets_every_table_at_the_newest_revision(tmp_path: Path) -> None:
    open_store(tmp_path / "a" / "home").close()
    revision, rows = contents(tmp_path / "a" / "home")
    assert revision == HEAD
    assert set(rows) - {"alembic_version", "sqlite_sequence"} == set(metadata.tables)


def test_the_migrations_make_exactly_the_tables_that_the_code_uses(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    engine = create_engine(f"sqlite:///{tmp_path / 'coach.sqlite3'}")
    with engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []
    engine.dispose()


def test_head_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(database.__file__).parent / "migrations"))
    script = ScriptDirectory.from_config(config)
    assert script.get_current_head() == HEAD
    assert {step.revision for step in script.walk_revisions()} == database._known_revisions()


def test_opening_again_keeps_what_is_there(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        attempt = store.add_bytes(b"sound", "wav", "q", "file")
    with open_store(tmp_path) as store:
        assert store.attempts() == [attempt]


def test_a_path_with_odd_letters_is_a_path(tmp_path: Path) -> None:
    home = tmp_path / "100% Zoë's #1 ?x=y"
    with open_store(home) as store:
        store.add_bytes(b"sound", "wav", "q", "file")
    assert (home / "coach.sqlite3").is_file()
    with open_store(home) as store:
        assert len(store.attempts()) == 1


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_only_the_owner_can_read_anything(tmp_path: Path) -> None:
    home = tmp_path / "home"
    old = os.umask(0o000)
    try:
        with open_store(home) as store:
            attempt = store.add_bytes(b"sound", "wav", "q", "file")
            kept = store.add_bytes(b"sound", "wav", "q", "file")
            store.keep_audio(kept.id, Recording(np.ones(800, np.int16)))
            names = [home, *home.rglob("*")]
            assert {"coach.sqlite3-wal", "original.wav", "audio.flac", attempt.id} <= {p.name for p in names}
            for path in names:
                wanted = 0o700 if path.is_dir() else 0o600
                assert stat.S_IMODE(path.stat().st_mode) == wanted, path
    finally:
        os.umask(old)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_a_database_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    (tmp_path / "coach.sqlite3").chmod(0o644)
    open_store(tmp_path).close()
    assert stat.S_IMODE((tmp_path / "coach.sqlite3").stat().st_mode) == 0o600


def test_a_database_of_a_newer_coach_is_refused_and_untouched(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.add_bytes(b"sound", "wav", "q", "file")
    path = tmp_path / "coach.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    before = path.read_bytes(), path.stat().st_mtime_ns
    with pytest.raises(StoreError, match=r"made by a newer Coach \(revision 9999"):
        open_store(tmp_path)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_a_database_of_another_program_is_refused_and_untouched(tmp_path: Path) -> None:
    path = tmp_path / "coach.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (url)")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="not of Coach"):
        open_store(tmp_path)
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_refused_and_untouched(tmp_path: Path) -> None:
    path = tmp_path / "coach.sqlite3"
    path.write_bytes(b"Dear diary, " * 1000)
    with pytest.raises(StoreError, match="is damaged"):
        open_store(tmp_path)
    assert path.read_bytes() == b"Dear diary, " * 1000


def test_damaged_pages_are_told_in_a_sentence(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        for _ in range(30):
            store.add_bytes(b"sound", "wav", "q" * 500, "file")
    path = tmp_path / "coach.sqlite3"
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\x55" * (len(whole) - 4096))
    with pytest.raises(StoreError, match="is damaged"), open_store(tmp_path) as store:
        store.attempts()


def test_home_that_is_a_file_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("no folder")
    with pytest.raises(StoreError, match="home"):
        open_store(tmp_path / "home")


def test_a_database_locked_by_another_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.1)
    with open_store(tmp_path) as store, closing(sqlite3.connect(tmp_path / "coach.sqlite3")) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="in use by another program"):
            store.begin("q", "microphone")
        assert store.attempts() == []  # reading goes on
        other.rollback()
        assert store.begin("q", "microphone").take == 1
    assert len(list((tmp_path / "attempts").iterdir())) == 1


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("SQLITE_BUSY", "in use"),
        ("SQLITE_BUSY_SNAPSHOT", "in use"),
        ("SQLITE_LOCKED", "in use"),
        ("SQLITE_READONLY_DBMOVED", "can't be opened for writing"),
        ("SQLITE_CANTOPEN", "can't be opened for writing"),
        ("SQLITE_PERM", "can't be opened for writing"),
        ("SQLITE_FULL", "is full"),
        ("SQLITE_CORRUPT_INDEX", "is damaged"),
        ("SQLITE_NOTADB", "is damaged"),
        ("SQLITE_IOERR_WRITE", "failed"),
    ],
)
def test_every_error_of_sqlite_that_a_user_can_meet_has_a_sentence(name: str, said: str) -> None:
    error = sqlite3.OperationalError("x")
    error.sqlite_errorname = name  # type: ignore[misc]
    with pytest.raises(StoreError, match=said), sentences(Path("here")):
        raise error


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "is full"),
        (errno.EROFS, "opened for writing"),
        (errno.EACCES, "writing"),
        (errno.EIO, "failed"),
    ],
)
def test_every_error_of_the_system_has_a_sentence(number: int, said: str) -> None:
    with pytest.raises(StoreError, match=said), sentences(Path("here")):
        raise OSError(number, os.strerror(number))


def test_a_fault_of_coach_is_not_dressed_up_as_one_of_the_disk(tmp_path: Path) -> None:
    from sqlalchemy.exc import IntegrityError

    with open_store(tmp_path) as store, pytest.raises(IntegrityError), store.write() as connection:
        connection.execute(text("INSERT INTO session (id) VALUES ('x')"))


def test_read_only_database(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:

        @event.listens_for(store._engine, "checkout")
        def _read_only(connection: sqlite3.Connection, *_: object) -> None:
            connection.execute("PRAGMA query_only = ON")

        with pytest.raises(StoreError, match="can't be opened for writing"):
            store.begin("q", "microphone")


def test_a_full_database_keeps_what_it_had(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        kept = store.add_bytes(b"sound", "wav", "q", "file")

        @event.listens_for(store._engine, "checkout")
        def _full(connection: sqlite3.Connection, *_: object) -> None:
            connection.execute("PRAGMA max_page_count = 1")  # no less than there are

        with pytest.raises(StoreError, match="is full"):
            store.put_piece("key", "x" * 1_000_000, kept.id)
        assert store.attempts() == [kept]
        assert store.get_piece("key") is None


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 1 MiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    try:
        mount = [*sudo, "mount", "-t", "tmpfs", "-o", "size=1m,mode=0777", "tmpfs", str(disk)]
        mounted = subprocess.run(mount, check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        if os.environ.get("CI"):
            pytest.fail("this test needs the right to mount a small file system")
        pytest.skip("nobody here may mount a small file system")
    try:
        yield disk
    finally:
        subprocess.run([*sudo, "umount", str(disk)], check=True)


@pytest.mark.skipif(sys.platform != "linux", reason="mounts a file system of Linux")
def test_a_recording_that_does_not_fit_on_the_disk_leaves_nothing_behind(small_disk: Path) -> None:
    with open_store(small_disk / "home") as store:
        kept = store.add_bytes(b"sound", "wav", "q", "file")
        with pytest.raises(StoreError, match="is full"):
            store.add_bytes(b"\1" * 2_000_000, "wav", "q", "file")
        assert store.attempts() == [kept]
        assert [folder.name for folder in (small_disk / "home" / "attempts").iterdir()] == [kept.id]
        assert store.audio_path(kept.id).read_bytes() == b"sound"


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as rest, suppress(OSError):
        while True:
            rest.write(b"\1" * 512)


@pytest.mark.skipif(sys.platform != "linux", reason="mounts a file system of Linux")
def test_a_disk_without_any_room_is_told_at_every_step(small_disk: Path) -> None:
    with open_store(small_disk / "home") as store:
        kept = store.add_bytes(b"sound", "wav", "q", "file")
        fill(small_disk / "rest")
        for step in (
            lambda: store.begin("q", "microphone"),
            lambda: store.add_bytes(b"sound", "wav", "q", "file"),
            lambda: store.put_piece("k", "x" * 100_000),
            lambda: store.keep_audio(kept.id, Recording(np.arange(16_000).astype(np.int16))),
        ):
            with pytest.raises(StoreError, match=r"full|make room|No space|disk"):
                step()
        assert store.attempt(kept.id) == kept
        (small_disk / "rest").unlink()
        assert store.add_bytes(b"sound", "wav", "q", "file", session=kept.session_id).take == 2
    with open_store(small_disk / "home") as store:
        assert len(store.attempts()) == len(list((small_disk / "home" / "attempts").iterdir())) == 2


OPEN = """
import sys
from pathlib import Path
from coach.store import open_store
sys.stdin.readline()
with open_store(Path(sys.argv[1])) as store:
    store.add_bytes(b"sound", "wav", "q", "file")
"""


def test_processes_that_open_a_new_home_at_once_share_it(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", "-c", OPEN, str(tmp_path / "home")]
    processes = [subprocess.Popen(command, stdin=subprocess.PIPE, text=True) for _ in range(4)]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.close()
    assert [process.wait(60) for process in processes] == [0] * 4
    with open_store(tmp_path / "home") as store:
        assert len(store.attempts()) == 4


def test_threads_that_open_homes_at_once_do_not_mix_them_up(tmp_path: Path) -> None:
    homes = [tmp_path / "one", tmp_path / "two"] * 4
    start = threading.Barrier(len(homes))
    stores: list[Store] = []

    def open_one(home: Path) -> None:
        start.wait()
        stores.append(open_store(home))

    threads = [threading.Thread(target=open_one, args=[home]) for home in homes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(stores) == len(homes)
    for store in stores:
        store.close()
    assert contents(homes[0]) == contents(homes[1])


MIGRATE_AND_DIE = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import event
from sqlalchemy.engine import Engine
from coach.store import open_store

@event.listens_for(Engine, "after_cursor_execute")
def die(connection, cursor, statement, *rest):
    if sys.argv[2] in statement:
        os.kill(os.getpid(), signal.SIGKILL)

open_store(Path(sys.argv[1]))
"""


@pytest.mark.skipif(os.name == "nt", reason="kills as POSIX does")
@pytest.mark.parametrize(
    "moment", ["CREATE TABLE session", "CREATE TABLE verdict", "alembic_version", "foreign_key_check"]
)
def test_a_killed_migration_leaves_a_database_that_opens(tmp_path: Path, moment: str) -> None:
    command = [sys.executable, "-c", MIGRATE_AND_DIE, str(tmp_path), moment]
    died = subprocess.run(command, check=False, capture_output=True, text=True)
    assert died.returncode in ((-signal.SIGKILL,) if moment != "COMMIT" else (-signal.SIGKILL, 0)), (
        died.stderr
    )
    with open_store(tmp_path) as store:
        assert store.attempts() == []
    assert contents(tmp_path)[0] == HEAD


def test_a_reader_sees_one_moment_while_another_writes(tmp_path: Path) -> None:
    with open_store(tmp_path) as store, store.read() as connection:
        count = text("SELECT count(*) FROM attempt")
        assert connection.scalar(count) == 0
        store.begin("q", "microphone")
        assert connection.scalar(count) == 0
        assert len(store.attempts()) == 1


def test_a_closed_store_leaves_one_file(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.new_session()
    assert [path.name for path in tmp_path.iterdir()] == ["coach.sqlite3"]
