"""The worker: every attempt is worked on once, by one process at a time, and cancelling is heard."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import event, update
from test_store_findings import document

from coach.errors import Cancelled, NoSpeechError, StoreError
from coach.store import Attempt, Store, open_store, tables
from coach.store.lease import QUEUE, Lease
from coach.worker import Progress, Worker, enqueue, run_until


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "home") as opened:
        yield opened


@pytest.fixture
def hired(store: Store) -> Iterator[Callable[..., Worker]]:
    workers: list[Worker] = []

    def hire(work: Callable[[Store, Attempt, Progress], None], **options: float) -> Worker:
        workers.append(Worker(store, work, **options))
        workers[-1].start()
        return workers[-1]

    yield hire
    for worker in workers:
        worker.stop(30)
        assert not worker.running


def recorded(store: Store, count: int = 1) -> list[str]:
    return [store.add_bytes(b"sound", "wav", "q", "file").id for _ in range(count)]


def queued(store: Store, count: int = 1) -> list[str]:
    ids = recorded(store, count)
    for attempt in ids:
        enqueue(store, attempt)
    return ids


def wait_for(condition: Callable[[], object], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


def assess(store: Store, attempt: Attempt, progress: Progress) -> None:
    progress("Listening", 0.5)
    store.transcribed(attempt.id)
    store.save_assessment(attempt.id, document())


def stages(store: Store, ids: list[str]) -> list[str]:
    return [store.attempt(attempt).stage for attempt in ids]


def test_the_queue_is_worked_off_in_order(store: Store, hired: Callable[..., Worker]) -> None:
    order: list[str] = []

    def work(store: Store, attempt: Attempt, progress: Progress) -> None:
        order.append(attempt.id)
        assess(store, attempt, progress)

    ids = queued(store, 3)
    worker = hired(work)
    wait_for(lambda: store.next_queued() is None)
    ids += queued(store, 1)
    worker.wake()
    wait_for(lambda: store.next_queued() is None)
    assert order == ids
    assert stages(store, ids) == ["assessed"] * 4


def test_an_idle_worker_leaves_the_queue_to_others(store: Store, hired: Callable[..., Worker]) -> None:
    queued(store)
    hired(assess)
    wait_for(lambda: store.next_queued() is None)
    other = Lease(store, QUEUE)
    wait_for(other.acquire)
    other.release()


def test_starting_twice_is_one_thread(store: Store, hired: Callable[..., Worker]) -> None:
    worker = hired(assess)
    before = threading.active_count()
    worker.start()
    assert threading.active_count() == before
    assert worker.running


def test_progress_is_written_for_others_to_watch(store: Store, hired: Callable[..., Worker]) -> None:
    seen, go_on = threading.Event(), threading.Event()

    def work(store: Store, attempt: Attempt, progress: Progress) -> None:
        for done in range(1000):
            progress("Listening", done / 1000)
        progress("Measuring", 0.125)
        seen.set()
        assert go_on.wait(60)
        assess(store, attempt, progress)

    writes: list[str] = []
    (attempt,) = queued(store)

    @event.listens_for(store._engine, "before_cursor_execute")
    def _count(connection: object, cursor: object, statement: str, *_: object) -> None:
        if "progress_fraction=?" in statement and "queued_at" not in statement:
            writes.append(statement)

    hired(work)
    assert seen.wait(60)
    now = store.attempt(attempt)
    assert (now.progress_stage, now.progress_fraction) == ("Measuring", 0.125)
    assert len(writes) < 500  # a thousand calls are not a thousand writes
    go_on.set()
    wait_for(lambda: store.attempt(attempt).stage == "assessed")


def test_a_sentence_of_coach_is_the_reason(store: Store, hired: Callable[..., Worker]) -> None:
    def work(store: Store, attempt: Attempt, progress: Progress) -> None:
        raise NoSpeechError("Nobody speaks in this recording.")

    bad, *_ = queued(store)
    hired(work)
    wait_for(lambda: store.attempt(bad).stage == "failed")
    assert store.attempt(bad).reason == "Nobody speaks in this recording."
    assert store.audio_path(bad).read_bytes() == b"sound"


def test_a_fault_is_logged_under_an_id_and_the_worker_goes_on(
    store: Store, hired: Callable[..., Worker], caplog: pytest.LogCaptureFixture
) -> None:
    def work(store: Store, attempt: Attempt, progress: Progress) -> None:
        if attempt.id == bad:
            raise ZeroDivisionError("secret words")
        assess(store, attempt, progress)

    bad, good = queued(store, 2)
    with caplog.at_level(logging.ERROR):
        hired(work)
        wait_for(lambda: store.next_queued() is None)
    assert stages(store, [bad, good]) == ["failed", "assessed"]
    reason = str(store.attempt(bad).reason)
    assert "ZeroDivisionError" in reason
    assert "secret" not in reason
    fault = reason.rstrip(".").rsplit(" ", 1)[-1]
    assert any(fault in record.getMessage() and record.exc_info for record in caplog.records)


def test_work_that_leaves_no_result_is_a_fault(store: Store, hired: Callable[..., Worker]) -> None:
    (attempt,) = queued(store)
    hired(lambda store, attempt, progress: None)
    wait_for(lambda: store.attempt(attempt).stage == "failed")
    assert "without a result" in str(store.attempt(attempt).reason)


def test_cancelling_stops_the_work_and_keeps_the_recording(
    store: Store, hired: Callable[..., Worker]
) -> None:
    begun = threading.Event()

    def work(store: Store, attempt: Attempt, progress: Progress) -> None:
        while attempt.id == first:
            begun.set()
            progress("Listening", 0.1)
            time.sleep(0.01)
        assess(store, attempt, progress)

    first, second = queued(store, 2)
    hired(work)
    assert begun.wait(60)
    assert store.position(second) == 1
    assert store.cancel(first).cancel_requested
    wait_for(lambda: store.next_queued() is None)
    assert stages(store, [first, second]) == ["cancelled", "assessed"]
    assert store.audio_path(first).read_bytes() == b"sound"


def test_deleting_what_is_worked_on_stops_the_work(store: Store, hired: Callable[..., Worker]) -> None:
    begun, ended = threading.Event(), threading.Event()

    def work(store: Store, attempt: Attempt, progress: Progress) -> None:
        if attempt.id == other:
            return assess(store, attempt, progress)
        try:
            while True:
                begun.set()
                progress("Listening", 0.1)
                time.sleep(0.01)
        finally:
            ended.set()

    gone, other = queued(store, 2)
    hired(work)
    assert begun.wait(60)
    store.delete(gone)
    assert ended.wait(60)
    wait_for(lambda: store.next_queued() is None)
    assert [found.id for found in store.attempts()] == [other]
    assert stages(store, [other]) == ["assessed"]


def test_a_worker_that_is_stopped_leaves_its_work_in_the_queue(store: Store) -> None:
    begun = threading.Event()

    def work(store: Store, attempt: Attempt, progress: Progress) -> None:
        while True:
            begun.set()
            progress("Listening", 0.1)
            time.sleep(0.01)

    (attempt,) = queued(store)
    worker = Worker(store, work)
    worker.start()
    assert begun.wait(60)
    worker.stop(60)
    assert not worker.running
    assert store.position(attempt) == 0
    assert store.attempt(attempt).stage == "recorded"
    assert Lease(store, QUEUE).acquire()


def test_a_worker_that_lost_its_lease_can_not_save(store: Store, hired: Callable[..., Worker]) -> None:
    begun, stolen, refused = threading.Event(), threading.Event(), threading.Event()

    def work(store: Store, attempt: Attempt, progress: Progress) -> None:
        begun.set()
        assert stolen.wait(60)
        try:
            store.save_assessment(attempt.id, document())
        finally:
            refused.set()

    (attempt,) = queued(store)
    hired(work, heartbeat=3600.0)
    assert begun.wait(60)
    with store.write() as connection:
        connection.execute(update(tables.lease).values(owner="another", expires_at=time.time() + 3600))
    stolen.set()
    assert refused.wait(60)
    time.sleep(0.2)
    assert store.assessment(attempt) is None
    assert store.position(attempt) == 0
    assert store.attempt(attempt).stage == "recorded"


def test_the_worker_outlives_a_database_that_is_in_use(
    store: Store, hired: Callable[..., Worker], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coach.worker.AFTER_A_FAULT_S", 0.05)
    (attempt,) = queued(store)
    failing = threading.Event()

    @event.listens_for(store._engine, "begin")
    def _locked(connection: object) -> None:
        if not failing.is_set():
            failing.set()
            raise StoreError("in use")

    hired(assess)
    wait_for(lambda: failing.is_set() and store.attempt(attempt).stage == "assessed")


# In this process, as the command line does it


def test_run_until_works_itself_where_nobody_else_does(store: Store) -> None:
    first, second, third = queued(store, 3)
    heard: list[tuple[str, float]] = []
    assert run_until(store, second, assess, lambda *told: heard.append(told)).stage == "assessed"
    assert heard == [("waiting", 0.0), ("Listening", 0.5)]
    assert stages(store, [first, second, third]) == ["assessed", "assessed", "recorded"]
    assert store.position(third) == 0


def test_run_until_of_what_is_done_is_done(store: Store) -> None:
    (attempt,) = recorded(store)
    store.save_assessment(attempt, document())
    assert run_until(store, attempt, assess).stage == "assessed"
    assert len(store.assessments(attempt)) == 1


def test_run_until_watches_the_process_that_works(store: Store, hired: Callable[..., Worker]) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def work(store: Store, attempt: Attempt, progress: Progress) -> None:
        progress("Listening", 0.75)
        begun.set()
        assert go_on.wait(60)
        assess(store, attempt, progress)

    def never(store: Store, attempt: Attempt, progress: Progress) -> None:
        raise AssertionError("two work at once")

    def hear(stage: str, fraction: float) -> None:
        heard.add((stage, fraction))
        go_on.set()

    heard: set[tuple[str, float]] = set()
    (attempt,) = queued(store)
    hired(work)
    assert begun.wait(60)
    with open_store(store.home) as other:
        assert run_until(other, attempt, never, hear, poll=0.01).stage == "assessed"
    assert ("Listening", 0.75) in heard
    assert len(store.assessments(attempt)) == 1


def test_ctrl_c_cancels_and_gives_the_lease_back(store: Store) -> None:
    def work(store: Store, attempt: Attempt, progress: Progress) -> None:
        raise KeyboardInterrupt

    first, second = queued(store, 2)
    with pytest.raises(Cancelled, match=second[:8]):
        run_until(store, second, work)
    assert stages(store, [first, second]) == ["recorded", "cancelled"]
    assert store.position(first) == 0
    assert store.attempt(first).tries == 0
    assert Lease(store, QUEUE).acquire()


# Real processes

WORK = """
import logging, os, sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from test_store_findings import document
from coach.store import open_store
from coach.worker import Worker, run_until
mode, pid = sys.argv[2], os.getpid()

def work(store, attempt, progress):
    key = f"{attempt.id} 1"
    if store.get_piece(key) is None:
        store.put_piece(key, f'"by {pid}"', attempt.id)
    progress("Listening", 0.5)
    if mode == "hang":
        print("working", flush=True)
        time.sleep(600)
    time.sleep(0.05)
    with open(store.home / "done.txt", "a") as done:
        done.write(f"{attempt.id} {pid}\\n")
    store.save_assessment(attempt.id, document())

with open_store(Path(sys.argv[1])) as store:
    worker = Worker(store, work, ttl=2.0, heartbeat=0.2)
    print("ready", flush=True)
    sys.stdin.readline()
    while store.next_queued() is not None:
        worker.work_off() or time.sleep(0.05)
"""


def process(store: Store, mode: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WORK, str(store.home), mode, str(Path(__file__).parent)]
    started = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert started.stdout is not None
    assert started.stdout.readline() == "ready\n"
    return started


def go(*processes: subprocess.Popen[str]) -> None:
    for one in processes:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()


@pytest.mark.skipif(os.name == "nt", reason="kills as POSIX does")
def test_the_work_of_a_killed_process_is_finished_once_by_another(store: Store) -> None:
    attempt, after = queued(store, 2)
    doomed = process(store, "hang")
    go(doomed)
    assert doomed.stdout is not None
    assert doomed.stdout.readline() == "working\n"
    heir = process(store, "work")
    go(heir)
    time.sleep(0.5)
    assert store.assessment(attempt) is None  # the first one lives: nobody else touches its work
    doomed.send_signal(signal.SIGKILL)
    doomed.communicate()
    assert store.attempt(attempt).stage == "recorded"
    assert store.attempt(attempt).queued_at is not None
    heir.communicate(timeout=120)
    assert heir.returncode == 0
    assert (store.home / "done.txt").read_text().split() == [attempt, str(heir.pid), after, str(heir.pid)]
    assert [len(store.assessments(one)) for one in (attempt, after)] == [1, 1]
    assert store.get_piece(f"{attempt} 1") == f'"by {doomed.pid}"'  # what was done is not done again


def test_processes_share_a_queue_and_do_everything_once(store: Store) -> None:
    ids = queued(store, 12)
    workers = [process(store, "work") for _ in range(3)]
    go(*workers)
    for worker in workers:
        worker.communicate(timeout=120)
        assert worker.returncode == 0
    done = [line.split()[0] for line in (store.home / "done.txt").read_text().splitlines()]
    assert done == ids
    assert [len(store.assessments(attempt)) for attempt in ids] == [1] * 12
    assert store.unfinished() == []
