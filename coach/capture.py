"""A recording in progress, on disk: append-only, readable while it grows and after its writer was killed.

A capture is a folder of ``capture.json`` (what is recorded), ``000000.pcm``, ``000001.pcm`` ... (mono 16-bit
little-endian at the device's own rate, two seconds each) and, once it is over, ``ended.json`` (how it ended).
Every write goes straight to the system, so that a killed process loses nothing that was written; every full
piece is forced onto the disk, so that a power cut loses at most the last piece.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from coach.errors import AudioError, StoreError
from coach.recording import SAMPLE_RATE

PIECE_SECONDS: Final = 2
_SAMPLE_BYTES: Final = 2
# Room kept from the start and given back at the end: on a full disk the end can still be written down.
_RESERVE_BYTES: Final = 16_384


@dataclass(frozen=True, slots=True)
class CaptureInfo:
    """What is being recorded: ``sample_rate`` in Hz, ``started_at`` in ISO 8601 UTC, the device's name."""

    sample_rate: int
    started_at: str
    device: str | None = None
    channels: int = 1
    dtype: str = "int16"


@dataclass(frozen=True, slots=True)
class CaptureEnd:
    """How a capture ended. ``outcome`` is None when the end was noted but its file can't be read."""

    outcome: str | None
    message: str | None = None
    frames: int | None = None


class CaptureWriter:
    """Writes a capture into ``folder``, which is made. Not for use by two threads at once.

    ``sample_rate`` is the device's, in Hz. Raises StoreError when the folder can't be written to or holds a
    recording already.
    """

    def __init__(self, folder: Path, sample_rate: int, *, device: str | None = None) -> None:
        self.folder = folder
        self.frames = 0
        self._sample_rate = sample_rate
        self._piece: FileIO | None = None
        self._bytes = 0
        info = CaptureInfo(sample_rate, datetime.now(UTC).isoformat(timespec="milliseconds"), device)
        with self._explained():
            folder.mkdir(parents=True, exist_ok=True)
            if (folder / "capture.json").exists():
                raise StoreError(
                    f"{folder} already holds a recording, and recordings are never overwritten. "
                    "Record into another folder."
                )
            (folder / "reserve").write_bytes(bytes(_RESERVE_BYTES))
            _write_json(folder / "capture.json", asdict(info))

    @property
    def duration(self) -> float:
        """Seconds written so far."""
        return self.frames / self._sample_rate

    def write(self, samples: NDArray[np.int16]) -> None:
        """Append ``samples`` (n,) int16. StoreError when the disk takes no more: what it took is kept."""
        data = memoryview(samples.astype("<i2", casting="equiv").tobytes())
        piece_bytes = PIECE_SECONDS * self._sample_rate * _SAMPLE_BYTES
        with self._explained():
            while data:
                number, filled = divmod(self._bytes, piece_bytes)
                if self._piece is None:
                    self._piece = FileIO(_piece(self.folder, number), "a")
                taken = self._piece.write(data[: piece_bytes - filled])
                data = data[taken:]
                self._bytes += taken
                self.frames = self._bytes // _SAMPLE_BYTES
                if filled + taken == piece_bytes:
                    self._finish_piece()

    def close(self, outcome: str | None, message: str | None = None) -> None:
        """End the capture and note how it ended. Raises StoreError when even that can't be written."""
        with self._explained():
            (self.folder / "reserve").unlink(missing_ok=True)
            try:
                self._finish_piece()
            finally:
                end = CaptureEnd(outcome, message, self.frames)
                _write_json(self.folder / "ended.json", asdict(end))

    def _finish_piece(self) -> None:
        if self._piece is not None:
            piece, self._piece = self._piece, None
            with piece:
                os.fsync(piece.fileno())

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            reason = error.strerror or str(error)
            if not self.frames:
                raise StoreError(
                    f"The recording can't be written to {self.folder} ({reason}). "
                    "Make room or choose another folder, then record again."
                ) from error
            raise StoreError(
                f"The disk took no more after {self.duration:.1f} s ({reason}); everything up to then "
                f"is kept in {self.folder}. Make room, then score what was kept or record again."
            ) from error


def read_capture(folder: Path) -> Iterator[NDArray[np.int16]]:
    """The sound of a capture as chunks (n,) int16, mono, 16 kHz, as far as it was written.

    The chunks joined do not depend on how the sound was cut into pieces. A last piece that ends inside a
    sample is read up to that sample. Raises AudioError when ``capture.json`` or a piece between others is
    missing.
    """
    return _resampled(_pieces(folder, lambda: True, 0.0), capture_info(folder).sample_rate)


def follow_capture(
    folder: Path, stop: Callable[[], bool], *, poll: float = 0.1
) -> Iterator[NDArray[np.int16]]:
    """Like ``read_capture``, for a capture still being written: waits for more until it has ended.

    Ends too once ``stop()`` is true (the writer is known to be dead), after what had been written by then.
    ``poll`` is the time in seconds between two looks.
    """
    while not (folder / "capture.json").exists() and not stop():
        time.sleep(poll)
    info = capture_info(folder)

    def finished() -> bool:
        return (folder / "ended.json").exists() or stop()

    yield from _resampled(_pieces(folder, finished, poll), info.sample_rate)


def capture_info(folder: Path) -> CaptureInfo:
    """What is recorded in ``folder``. Raises AudioError when it holds no readable ``capture.json``."""
    try:
        info = CaptureInfo(**json.loads((folder / "capture.json").read_text("utf-8")))
        if info.sample_rate > 0:
            return info
    except (OSError, ValueError, TypeError):
        pass
    raise AudioError(
        f"{folder} holds no readable recording: its capture.json is missing or damaged. "
        "Delete the attempt and record again."
    )


def capture_end(folder: Path) -> CaptureEnd | None:
    """How the capture ended; None while it is recorded, and after its writer was killed."""
    try:
        return CaptureEnd(**json.loads((folder / "ended.json").read_text("utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError):
        return CaptureEnd(outcome=None)


def capture_duration(folder: Path) -> float:
    """Seconds of sound written so far."""
    frames = sum(piece.stat().st_size // _SAMPLE_BYTES for piece in folder.glob("*.pcm"))
    return frames / capture_info(folder).sample_rate


def _piece(folder: Path, number: int) -> Path:
    return folder / f"{number:06d}.pcm"


def _write_json(path: Path, content: dict[str, Any]) -> None:
    partial = path.with_suffix(".partial")
    with partial.open("w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def _pieces(folder: Path, finished: Callable[[], bool], poll: float) -> Iterator[NDArray[np.int16]]:
    """What the pieces hold, in order, at the device's rate."""
    number, offset = 0, 0
    while True:
        # Both are asked before reading: whatever was written before they turned true is then read too.
        over = finished()
        complete = _piece(folder, number + 1).exists()
        samples = _read_piece(_piece(folder, number), offset)
        offset += samples.nbytes
        if samples.size:
            yield samples
        if complete:
            number, offset = number + 1, 0
        elif over:
            break
        elif not samples.size:
            time.sleep(poll)
    last = max(folder.glob("*.pcm"), default=_piece(folder, number))
    if last > _piece(folder, number):
        raise AudioError(
            f"A piece of the recording in {folder} is missing (after {number:06d}.pcm, before {last.name}). "
            "Put it back, or delete the attempt and record again."
        )


def _read_piece(path: Path, offset: int) -> NDArray[np.int16]:
    try:
        with path.open("rb") as file:
            file.seek(offset)
            data = file.read()
    except FileNotFoundError:
        return np.empty(0, np.int16)
    return np.frombuffer(data, "<i2", count=len(data) // _SAMPLE_BYTES).astype(np.int16)


def _resampled(chunks: Iterator[NDArray[np.int16]], sample_rate: int) -> Iterator[NDArray[np.int16]]:
    """``chunks`` at 16 kHz. Computed in float32: soxr dithers 16-bit output, which depends on the cuts."""
    if sample_rate == SAMPLE_RATE:
        yield from chunks
        return
    import soxr

    stream = soxr.ResampleStream(sample_rate, SAMPLE_RATE, 1, dtype="float32")
    for chunk in chunks:
        yield from _nonempty(stream.resample_chunk(chunk.astype(np.float32)))
    yield from _nonempty(stream.resample_chunk(np.empty(0, np.float32), last=True))


def _nonempty(samples: NDArray[np.float32]) -> Iterator[NDArray[np.int16]]:
    if samples.size:
        yield np.clip(np.rint(samples), -32768, 32767).astype(np.int16)
