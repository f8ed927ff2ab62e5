"""The local microphone: devices, level, and recordings that are on disk while they are made.

Sound goes from PortAudio's callback (which only queues it) to one thread that writes it into a capture
(``coach.capture``), keeps the level and watches the device. What can be told apart: a device that is lost
(PortAudio ends the stream), one that stalls (no sound arrives although the stream is open) and a disk that
takes no more. What can't: a sound server that quietly moves the stream to another microphone when the chosen
one disappears; PortAudio says nothing about it, so the recording goes on with the other.
"""

from __future__ import annotations

import atexit
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from coach.capture import CaptureWriter
from coach.errors import MicrophoneError, StoreError
from coach.level import Meter
from coach.portaudio import (
    OTHER_WAYS,
    PATIENCE_SECONDS,
    Microphone,
    OpenMicrophone,
    list_microphones,
    portaudio_problem,
)

__all__ = [
    "Microphone",
    "MicrophoneRecording",
    "Outcome",
    "OutcomeName",
    "list_microphones",
    "portaudio_problem",
    "record",
]

OutcomeName = Literal["stopped", "lost", "stalled", "disk_full"]

_POLL_SECONDS: Final = 0.1
# Waiting is counted in polls that found nothing, not on the clock: a process that was itself held up (by the
# system's sleep, or by Python code that kept the interpreter) must not blame the microphone.
_START_POLLS: Final = 50  # 5 s; the first sound through a sound server was measured after 0.2 to 2.2 s
_STALL_POLLS: Final = 20  # 2 s
# How long sound is still taken after a stop: what was said before it arrives up to 0.2 s later (measured).
_TAIL_SECONDS: Final = 0.2


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a recording ended: ``name``, a sentence for the user, and the seconds that were kept.

    ``disk_full`` covers every failure to write. ``interrupted`` says that Ctrl-C stopped it.
    """

    name: OutcomeName
    message: str
    duration: float
    interrupted: bool = False


class MicrophoneRecording:
    """One recording from ``device`` (index, part of a name, or None for the default) into ``folder``.

    The properties may be read from any thread. ``sample_rate`` in Hz overrides the device's own.
    """

    def __init__(
        self, folder: Path, device: int | str | None = None, *, sample_rate: int | None = None
    ) -> None:
        self.folder = folder
        self.dropouts = 0
        self._device = device
        self._sample_rate = sample_rate
        self._name = "the microphone"
        self._blocks: SimpleQueue[NDArray[np.int16]] = SimpleQueue()
        self._stop_at: float | None = None
        self._gone = threading.Event()
        self._begun = threading.Event()
        self._ended = threading.Event()
        self._meter: Meter | None = None
        self._writer: CaptureWriter | None = None
        self._outcome: Outcome | None = None
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="microphone", daemon=True)

    def start(self) -> None:
        """Begin; returns when the first sound is on disk.

        Raises MicrophoneError (no PortAudio, no such device, refused, no sound within 5 s), StoreError.
        """
        self._thread.start()
        waiting = _START_POLLS * _POLL_SECONDS + PATIENCE_SECONDS
        if not self._begun.wait(waiting):
            self._stop_at = time.monotonic()
            self._error = MicrophoneError(
                f"The sound system has not answered for {waiting:.0f} s. {OTHER_WAYS}"
            )
        if self._error is not None:
            raise self._error

    def stop(self) -> Outcome:
        """End the recording and say how it ended; may be called again, and never waits more than 10 s."""
        if self._stop_at is None:
            self._stop_at = time.monotonic()
        if self._thread.is_alive() and self._error is None:
            self._ended.wait(PATIENCE_SECONDS)
            # Closing the device may take its time, or for ever: the recording is safe by now.
            self._thread.join(PATIENCE_SECONDS)
        if self._outcome is not None:
            return self._outcome
        if self._writer is None:
            return Outcome("stopped", "Nothing was recorded.", 0.0)
        if self._error is not None:
            raise self._error
        return Outcome("disk_full", f"The disk does not answer. {self._kept()}", self.elapsed)

    @property
    def state(self) -> Literal["starting", "recording", "ended"]:
        """``starting`` until the first sound is on disk."""
        if self._ended.is_set():
            return "ended"
        return "recording" if self._begun.is_set() else "starting"

    @property
    def elapsed(self) -> float:
        """Seconds of sound on disk."""
        return self._writer.duration if self._writer is not None else 0.0

    @property
    def level_dbfs(self) -> float | None:
        """RMS of the last 0.3 s, -120 to 0 dB of full scale (a full-scale sine: -3); None before sound."""
        return self._meter.level_dbfs if self._meter is not None else None

    @property
    def peak(self) -> float | None:
        """Highest absolute sample of the last 0.3 s, 0 to 1, None before sound."""
        return self._meter.peak if self._meter is not None else None

    @property
    def clipped(self) -> bool:
        """Whether the input was overdriven at any time so far (three full-scale samples in a row)."""
        return self._meter is not None and self._meter.clipped

    @property
    def outcome(self) -> OutcomeName | None:
        """None while it goes on."""
        return self._outcome.name if self._outcome is not None else None

    @property
    def message(self) -> str | None:
        """A sentence for the user on how it ended or why it failed, None while it goes on."""
        if self._outcome is not None:
            return self._outcome.message
        return str(self._error) if self._error is not None else None

    def _run(self) -> None:
        microphone = None
        try:
            microphone = OpenMicrophone(self._device, self._sample_rate, self._hear, self._gone.set)
            _running.add(self)
            _stop_all_at_exit()
            self._name = microphone.name
            self._meter = Meter(microphone.sample_rate)
            if self._heard_something():
                self._writer = CaptureWriter(self.folder, microphone.sample_rate, device=self._name)
                self._outcome = self._record(self._writer)
        except Exception as error:  # carried over to start() and stop()
            self._error = error
        finally:
            self._ended.set()
            self._begun.set()
            if microphone is not None:
                microphone.close()
                _running.discard(self)

    def _hear(self, block: NDArray[np.int16], dropped: bool) -> None:
        # In PortAudio's thread, which loses sound if this takes long: no disk, no locks, no arithmetic.
        self.dropouts += dropped
        self._blocks.put(block)

    def _heard_something(self) -> bool:
        for _ in range(_START_POLLS):
            if self._stop_at is not None:
                return False
            if not self._blocks.empty():
                return True
            if self._gone.is_set():
                raise MicrophoneError(f"'{self._name}' was lost before it sent any sound. {OTHER_WAYS}")
            time.sleep(_POLL_SECONDS)
        raise MicrophoneError(
            f"'{self._name}' was opened and sent no sound for {_START_POLLS * _POLL_SECONDS:.0f} s; it may "
            "be muted, in use by another program, or not allowed by the system's privacy settings. "
            f"{OTHER_WAYS}"
        )

    def _record(self, writer: CaptureWriter) -> Outcome:
        silent_polls = 0
        try:
            while (name := self._ending(silent_polls)) is None:
                silent_polls = 0 if self._drain(writer) else silent_polls + 1
                self._begun.set()
            self._drain(writer)
            outcome = Outcome(name, self._sentence(name), writer.duration)
            writer.close(outcome.name, outcome.message)
        except StoreError as error:
            outcome = Outcome("disk_full", str(error), writer.duration)
            with suppress(StoreError):
                writer.close(outcome.name, outcome.message)
        return outcome

    def _ending(self, silent_polls: int) -> OutcomeName | None:
        if self._gone.is_set():
            return "lost"
        if silent_polls >= _STALL_POLLS:
            return "stalled"
        if self._stop_at is not None and time.monotonic() >= self._stop_at + _TAIL_SECONDS:
            return "stopped"
        return None

    def _drain(self, writer: CaptureWriter) -> bool:
        """Write what is queued, waiting for the first block; whether there was any."""
        try:
            blocks = [self._blocks.get(timeout=_POLL_SECONDS)]
        except Empty:
            return False
        blocks += [self._blocks.get_nowait() for _ in range(self._blocks.qsize())]
        samples = _mono(np.concatenate(blocks))
        writer.write(samples)
        if self._meter is not None:
            self._meter.add(samples)
        return True

    def _sentence(self, name: OutcomeName) -> str:
        if name == "lost":
            return f"'{self._name}' was lost: unplugged, or taken away by the system. {self._kept()}"
        if name == "stalled":
            return f"'{self._name}' stopped sending sound. {self._kept()}"
        if self.dropouts:
            return (
                f"{self.elapsed:.1f} s recorded, with gaps: the computer was too busy {self.dropouts} times. "
                "Close other programs before the next take."
            )
        return f"{self.elapsed:.1f} s recorded."

    def _kept(self) -> str:
        return (
            f"The {self.elapsed:.1f} s up to then are kept: score them, or check the device and record again."
        )


_running: set[MicrophoneRecording] = set()


@cache
def _stop_all_at_exit() -> None:
    # Registered once PortAudio is in use, so that it comes before PortAudio's own clean-up: a stream that
    # still calls into Python when the interpreter is gone brings the process down.
    atexit.register(lambda: [recording.stop() for recording in tuple(_running)])


def record(
    folder: Path,
    device: int | str | None = None,
    *,
    seconds: float | None = None,
    on_level: Callable[[float, float, float], None] | None = None,
    stop: threading.Event | None = None,
) -> Outcome:
    """Record into ``folder`` until ``stop`` is set, ``seconds`` are on disk, the device fails, or Ctrl-C.

    ``on_level(elapsed, level_dbfs, peak)`` is called about ten times a second. Ctrl-C keeps what there is;
    before the first sound there is nothing, and KeyboardInterrupt goes on. Raises what ``start`` raises.
    """
    recording = MicrophoneRecording(folder, device)
    stop = stop or threading.Event()
    interrupt: KeyboardInterrupt | None = None
    try:
        recording.start()
        while recording.state != "ended" and not stop.wait(_POLL_SECONDS):
            level, peak = recording.level_dbfs, recording.peak
            if on_level is not None and level is not None and peak is not None:
                on_level(recording.elapsed, level, peak)
            if seconds is not None and recording.elapsed >= seconds:
                break
    except KeyboardInterrupt as error:
        interrupt = error
    finally:
        outcome = recording.stop()
    if interrupt is not None and not outcome.duration:
        raise interrupt
    return replace(outcome, interrupted=interrupt is not None)


def _mono(block: NDArray[np.int16]) -> NDArray[np.int16]:
    """(frames, channels) int16 as the mean of its channels, (frames,)."""
    if block.shape[1] == 1:
        return block[:, 0]
    mixed: NDArray[np.int16] = np.rint(block.mean(axis=1, dtype=np.float64)).astype(np.int16)
    return mixed
