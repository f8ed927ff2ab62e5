"""The worker: one attempt after another, on one thread, in one process at a time.

What waits, how far it is and whether it shall stop is in the store. So pages and other processes can watch,
and when a process dies, the next one that looks goes on with the attempt it had begun.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Final, TypeAlias
from uuid import uuid4

from coach.errors import Cancelled, CoachError, StoreError
from coach.store import Attempt, Lease, LeaseLost, Store
from coach.store.lease import HEARTBEAT_S, QUEUE, TTL_S

Progress: TypeAlias = Callable[[str, float], None]
"""Called with a stage's name and the fraction of it that is done, 0..1. Raises Cancelled to end the work."""

Work: TypeAlias = Callable[[Store, Attempt, Progress], None]
"""Assesses an attempt and saves the result, both through the store it is given: that one refuses to write
(LeaseLost) once another process has taken over."""

POLL_S: Final = 0.5
WRITE_EVERY_S: Final = 0.25
AFTER_A_FAULT_S: Final = 2.0

_log = logging.getLogger(__name__)


def _silent(*_: object) -> None:
    """Nobody listens."""


class _Stopped(Cancelled):
    """The worker shall end, the attempt is to keep its place."""


class Worker:
    """Works off the store's queue, on a daemon thread (:meth:`start`) or here (:meth:`work_off`).

    ``report`` hears of every progress in this process, beside what is written to the store.
    """

    def __init__(
        self,
        store: Store,
        work: Work,
        *,
        report: Callable[[Attempt, str, float], None] = _silent,
        ttl: float = TTL_S,
        heartbeat: float = HEARTBEAT_S,
    ) -> None:
        self._store = store
        self._work = work
        self._report = report
        self._lease = Lease(store, QUEUE, ttl=ttl, heartbeat=heartbeat)
        self._ending = threading.Event()
        self._called = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        """Whether its thread is alive."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Starts the thread, once. It lives as long as the process, or until :meth:`stop`."""
        if not self.running:
            self._ending.clear()
            self._thread = threading.Thread(target=self._loop, name="coach worker", daemon=True)
            self._thread.start()

    def stop(self, timeout: float | None = None) -> None:
        """Ends the thread at the next progress of its work, which stays in the queue."""
        self._ending.set()
        self._called.set()
        if self._thread is not None:
            self._thread.join(timeout)

    def wake(self) -> None:
        """Looks into the queue at once instead of at the next half second."""
        self._called.set()

    def _loop(self) -> None:
        while not self._ending.is_set():
            self._called.clear()
            pause = POLL_S
            try:
                self.work_off()
            except Exception:  # the thread must outlive a full disk and whatever else comes
                _log.exception("The worker could not go on; it tries again in %g s", AFTER_A_FAULT_S)
                pause = AFTER_A_FAULT_S
            self._called.wait(pause)

    def work_off(self, enough: Callable[[], bool] = lambda: False) -> bool:
        """Works on the queue until it is empty or ``enough()``. False: another process does that already."""
        if self._store.next_queued() is None:
            return True
        if not self._lease.acquire():
            return False
        try:
            self._lease.keep()
            while not (self._ending.is_set() or self._lease.lost or enough()):
                attempt = self._store.next_queued()
                if attempt is None:
                    break
                self._work_on(attempt)
        except LeaseLost:
            _log.warning("Another process took over the queue; this one leaves its work to it")
        finally:
            self._lease.release()
        return True

    def _work_on(self, waiting: Attempt) -> None:
        store = self._store.fenced(self._lease.name, self._lease.owner)
        attempt = store.start(waiting.id)
        if attempt is None:
            return
        ended: Exception | None = None
        try:
            self._work(store, attempt, self._progress(store, attempt))
        except Exception as error:
            ended = error
        except BaseException:  # Ctrl-C: no fault of the recording
            store.postpone(attempt.id)
            raise
        _settle(store, attempt.id, ended)

    def _progress(self, store: Store, attempt: Attempt) -> Progress:
        written: tuple[str, float] = ("", 0.0)

        def progress(stage: str, fraction: float) -> None:
            nonlocal written
            if self._ending.is_set():
                raise _Stopped("Coach is ending; the recording is worked on when it starts again.")
            self._report(attempt, stage, fraction)
            moment = time.monotonic()
            if stage == written[0] and moment - written[1] < WRITE_EVERY_S:
                return
            written = (stage, moment)
            try:
                stop = store.progress(attempt.id, stage, fraction)
            except StoreError as error:  # a bar that stands still is no reason to give up the work
                _log.warning("Progress could not be written: %s", error)
                return
            if stop:
                raise Cancelled("The work on this recording was cancelled; the recording is kept.")

        return progress


def _settle(store: Store, attempt_id: str, ended: Exception | None) -> None:
    """Writes down how the work ended; nothing, when the user has deleted the attempt meanwhile."""
    if isinstance(ended, LeaseLost):
        raise ended
    if not store.exists(attempt_id):
        return
    if isinstance(ended, _Stopped):
        store.postpone(attempt_id)
    elif isinstance(ended, Cancelled):
        store.cancelled(attempt_id)
    elif isinstance(ended, CoachError):
        store.fail(attempt_id, str(ended))
    elif ended is not None or store.attempt(attempt_id).queued_at is not None:
        fault = uuid4().hex[:8]
        _log.error("Fault %s while working on attempt %s", fault, attempt_id, exc_info=ended)
        what = "ended without a result" if ended is None else f"failed ({type(ended).__name__})"
        store.fail(
            attempt_id, f"A fault in Coach: the work on this recording {what}. The log has it as {fault}."
        )


def enqueue(store: Store, attempt_id: str, model: str | None = None) -> Attempt:
    """Asks for an attempt to be assessed, by whichever process works on the queue (``Store.enqueue``)."""
    return store.enqueue(attempt_id, model)


def run_until(
    store: Store,
    attempt_id: str,
    work: Work,
    on_progress: Progress = _silent,
    *,
    poll: float = POLL_S,
    ttl: float = TTL_S,
    heartbeat: float = HEARTBEAT_S,
) -> Attempt:
    """Waits until a queued attempt is out of the queue and gives it: assessed, failed or cancelled.

    The queue is worked off here, oldest first, unless another process does; then that one is watched, and
    replaced should it die. ``on_progress`` hears "waiting" while others come first. Ctrl-C cancels the
    attempt and raises Cancelled.
    """
    attempt = store.attempt(attempt_id)

    def report(current: Attempt, stage: str, fraction: float) -> None:
        on_progress(*((stage, fraction) if current.id == attempt.id else ("waiting", 0.0)))

    def done() -> bool:
        return store.attempt(attempt.id).queued_at is None

    worker = Worker(store, work, report=report, ttl=ttl, heartbeat=heartbeat)
    try:
        while not done():
            if not worker.work_off(enough=done):
                watched = store.attempt(attempt.id)
                on_progress(watched.progress_stage or "waiting", watched.progress_fraction or 0.0)
                time.sleep(poll)
    except KeyboardInterrupt:
        store.cancel(attempt.id)
        raise Cancelled(f"Stopped. The recording is kept as attempt {attempt.id[:8]}.") from None
    return store.attempt(attempt.id)
