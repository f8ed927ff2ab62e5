"""The queue on disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from test_store_findings import document

from coach.errors import StoreError
from coach.store import Store, open_store
from coach.store.lease import QUEUE, Lease


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "home") as opened:
        yield opened


def recorded(store: Store) -> str:
    return store.add_bytes(b"sound", "wav", "q", "file").id


def test_first_come_first_served(store: Store) -> None:
    ids = [recorded(store) for _ in range(4)]
    order = [ids[2], ids[0], ids[3]]
    for attempt in order:
        store.enqueue(attempt)
    assert [store.position(attempt) for attempt in order] == [0, 1, 2]
    assert store.position(ids[1]) is None
    assert (
        store.enqueue(order[0]).queued_at == store.attempt(order[0]).queued_at
    )  # asking twice keeps the place
    assert [store.position(attempt) for attempt in order] == [0, 1, 2]
    served = []
    while (following := store.next_queued()) is not None:
        served.append(following.id)
        store.fail(following.id, "x")
    assert served == order


def test_a_recording_in_progress_can_not_be_queued(store: Store) -> None:
    with pytest.raises(StoreError, match="being recorded"):
        store.enqueue(store.begin("q", "microphone").id)


@pytest.mark.parametrize("stage", ["failed", "cancelled"])
def test_what_failed_or_was_cancelled_can_be_tried_again(store: Store, stage: str) -> None:
    attempt = recorded(store)
    store.set_stage(attempt, stage, "something was wrong")  # type: ignore[arg-type]
    again = store.enqueue(attempt, model="tiny.en")
    assert (again.stage, again.reason, again.model) == ("recorded", None, "tiny.en")
    assert store.position(attempt) == 0


def test_an_assessed_attempt_keeps_its_result_whatever_happens_to_a_later_run(store: Store) -> None:
    attempt = recorded(store)
    kept = store.save_assessment(attempt, document())
    store.enqueue(attempt, model="small")
    store.start(attempt)
    store.transcribed(attempt)
    after = store.fail(attempt, "The model small can't be had.")
    assert (after.stage, after.reason, after.queued_at) == ("assessed", "The model small can't be had.", None)
    store.enqueue(attempt)
    assert store.attempt(attempt).reason is None
    assert store.cancel(attempt).stage == "assessed"
    assert store.assessment(attempt) == kept


def test_its_words_are_known(store: Store) -> None:
    attempt = recorded(store)
    store.transcribed(attempt)
    assert store.attempt(attempt).stage == "transcribed"
    store.transcribed(attempt)
    assert store.attempt(attempt).stage == "transcribed"


def test_progress_is_on_disk_and_hears_of_cancelling_and_deleting(store: Store) -> None:
    attempt = recorded(store)
    store.enqueue(attempt)
    started = store.start(attempt)
    assert started is not None
    assert started.started_at is not None
    assert store.progress(attempt, "Listening", 0.25, "on the CPU") is False
    now = store.attempt(attempt)
    assert (now.progress_stage, now.progress_fraction, now.progress_note) == ("Listening", 0.25, "on the CPU")
    lease = Lease(store, QUEUE)
    assert lease.acquire()
    assert store.cancel(attempt).stage == "recorded"  # not before the process that works on it has stopped
    assert store.progress(attempt, "Listening", 0.5) is True
    assert store.cancelled(attempt).stage == "cancelled"
    store.delete(attempt)
    assert store.progress(attempt, "Listening", 0.5) is True


def test_cancelling_what_waits_or_what_nobody_works_on_any_more_happens_at_once(store: Store) -> None:
    waiting, abandoned = recorded(store), recorded(store)
    store.enqueue(waiting)
    store.enqueue(abandoned)
    store.start(abandoned)
    assert store.cancel(waiting).stage == "cancelled"
    assert store.cancel(abandoned).stage == "cancelled"
    assert store.next_queued() is None
    assert store.cancel(waiting).stage == "cancelled"  # a second click


def test_the_queue_of_a_live_worker_is_not_offered_as_unfinished(store: Store) -> None:
    queued, left = recorded(store), recorded(store)
    store.enqueue(queued)
    assert [found.id for found in store.unfinished()] == [queued, left]
    lease = Lease(store, QUEUE)
    assert lease.acquire()
    assert [found.id for found in store.unfinished()] == [left]
    lease.release()
    assert [found.id for found in store.unfinished()] == [queued, left]


def test_a_recording_that_takes_the_process_down_is_not_tried_for_ever(store: Store) -> None:
    attempt = recorded(store)
    store.enqueue(attempt)
    assert [store.start(attempt) is not None for _ in range(4)] == [True, True, True, False]
    failed = store.attempt(attempt)
    assert failed.stage == "failed"
    assert "3 times" in str(failed.reason)
    assert store.enqueue(attempt).tries == 0


def test_postponed_work_keeps_its_place_and_its_tries(store: Store) -> None:
    first, second = recorded(store), recorded(store)
    store.enqueue(first)
    store.enqueue(second)
    for _ in range(5):
        assert store.start(first) is not None
        store.postpone(first)
    assert store.position(first) == 0
    assert store.attempt(first).started_at is None
