"""A lease has one owner, and outlives none by much."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from coach.store import Store, open_store, tables
from coach.store.lease import Lease


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "home") as opened:
        yield opened


def wait_for(condition: object, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


def test_one_owner_at_a_time(store: Store) -> None:
    one, two = Lease(store, "queue"), Lease(store, "queue")
    assert one.acquire()
    assert not two.acquire()
    assert one.acquire()  # its own
    assert Lease(store, "another").acquire()
    one.release()
    assert two.acquire()
    one.release()  # no longer its own: nothing happens
    assert not one.acquire()


def test_an_expired_lease_is_taken_and_its_owner_learns_of_it(store: Store) -> None:
    one, two = Lease(store, "queue", ttl=0.01), Lease(store, "queue")
    assert one.acquire()
    time.sleep(0.02)
    assert two.acquire()
    assert not one.renew()
    assert one.lost
    assert not one.acquire()
    assert two.renew()


def test_the_heartbeat_keeps_it_through_a_long_computation(store: Store) -> None:
    one, two = Lease(store, "queue", ttl=1.0, heartbeat=0.05), Lease(store, "queue", ttl=1.0)
    assert one.acquire()
    one.keep()
    end = time.monotonic() + 2.0
    while time.monotonic() < end:
        assert not two.acquire()
        time.sleep(0.05)
    one.release()
    assert two.acquire()


def test_the_heartbeat_ends_when_the_lease_is_lost(store: Store) -> None:
    one = Lease(store, "queue", heartbeat=0.01)
    assert one.acquire()
    one.keep()
    with store.write() as connection:
        connection.execute(update(tables.lease).values(owner="another"))
    wait_for(lambda: one.lost)
    one.release()
    with store.read() as connection:
        assert connection.scalar(select(tables.lease.c.owner)) == "another"


def test_a_dead_owner_is_replaced_although_the_clock_was_set_back(store: Store) -> None:
    one, two = Lease(store, "queue"), Lease(store, "queue", ttl=0.2)
    assert one.acquire()
    with store.write() as connection:  # as if it had been taken an hour from now, on the clock before
        connection.execute(update(tables.lease).values(expires_at=time.time() + 3600))
    assert not two.acquire()
    assert not two.acquire()
    time.sleep(0.25)
    assert two.acquire()


def test_a_living_owner_is_not_replaced_although_the_clock_was_set_back(store: Store) -> None:
    one, two = Lease(store, "queue"), Lease(store, "queue", ttl=0.2)
    assert one.acquire()
    for _ in range(4):
        assert not two.acquire()
        time.sleep(0.1)
        with store.write() as connection:
            connection.execute(update(tables.lease).values(heartbeat_at=tables.lease.c.heartbeat_at - 1))


def test_threads_that_race_for_it(store: Store) -> None:
    start, owners = threading.Barrier(8), []

    def race() -> None:
        lease = Lease(store, "queue")
        start.wait()
        if lease.acquire():
            owners.append(lease.owner)

    threads = [threading.Thread(target=race) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(owners) == 1


RACE = """
import sys
from pathlib import Path
from coach.store import open_store
from coach.store.lease import Lease
with open_store(Path(sys.argv[1])) as store:
    print("ready", flush=True)
    sys.stdin.readline()
    print([Lease(store, f"lease {n}").acquire() for n in range(20)].count(True))
"""


def test_processes_that_race_for_it(store: Store) -> None:
    command = [sys.executable, "-c", RACE, str(store.home)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    processes = [subprocess.Popen(command, **pipes) for _ in range(3)]  # type: ignore[call-overload]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    outputs = []
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        outputs.append(process.communicate(timeout=60)[0])
        assert process.returncode == 0
    assert sum(int(output) for output in outputs) == 20
