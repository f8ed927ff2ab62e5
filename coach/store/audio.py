"""The files of an attempt: ``attempts/<id>/`` with ``capture/``, ``original.<ext>`` and ``audio.flac``.

A path is made of an attempt's id only. Bytes that came in are complete and durable before their name is.
"""

from __future__ import annotations

import io
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from coach.errors import AudioError, StoreError

FLAC: Final = "audio.flac"
CAPTURE: Final = "capture"
_ID: Final = re.compile(r"[0-9a-f]{32}")
_SUFFIX: Final = re.compile(r"[a-z0-9]{1,8}")


def folder_of(home: Path, attempt_id: str) -> Path:
    """Where the files of an attempt are. Raises StoreError for anything that is not an id."""
    if not _ID.fullmatch(attempt_id):
        raise StoreError(f"{attempt_id!r} is not the id of an attempt: it has 32 digits and letters a to f.")
    return home / "attempts" / attempt_id


def make_folder(home: Path, attempt_id: str) -> Path:
    """The empty folder of a new attempt, for the owner's eyes only."""
    folder = folder_of(home, attempt_id)
    folder.parent.mkdir(mode=0o700, exist_ok=True)
    folder.mkdir(mode=0o700)
    sync_folder(folder.parent)
    return folder


@contextmanager
def opened(data: bytes | Path) -> Iterator[BinaryIO]:
    """Incoming sound, to be read once. Raises AudioError when it is empty or a file that can't be opened."""
    name = "The recording" if isinstance(data, bytes) else str(data)
    try:
        source: BinaryIO = io.BytesIO(data) if isinstance(data, bytes) else data.open("rb")
    except OSError as error:
        raise AudioError(f"{name} can't be read ({error.strerror}). Check name and permissions.") from error
    with source:
        if not source.read(1):
            raise AudioError(f"{name} is empty (0 bytes). Record or choose another one.")
        source.seek(0)
        yield source


def write_original(folder: Path, incoming: BinaryIO, suffix: str) -> Path:
    """``original.<suffix>`` with exactly the bytes of ``incoming``, on disk when this returns."""
    plain = suffix.lower().lstrip(".")
    path = folder / f"original.{plain if _SUFFIX.fullmatch(plain) and plain != 'part' else 'bin'}"
    part = Path(f"{path}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        shutil.copyfileobj(incoming, file, 1 << 20)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    sync_folder(folder)
    return path


def rescue_part(folder: Path) -> None:
    """Gives bytes whose arrival was cut off their name: whatever can be decoded of them is worth keeping."""
    for part in folder.glob("original.*.part"):
        if part.stat().st_size and not part.with_suffix("").exists():
            part.replace(part.with_suffix(""))


def best_audio(folder: Path) -> Path | None:
    """The FLAC, else the bytes as they came, else the folder of the capture if it holds anything."""
    if (folder / FLAC).is_file():
        return folder / FLAC
    originals = sorted(path for path in folder.glob("original.*") if path.suffix != ".part")
    if originals:
        return originals[0]
    capture = folder / CAPTURE
    return capture if capture.is_dir() and any(capture.iterdir()) else None


def drop_sources(folder: Path) -> None:
    """Removes what the FLAC replaces."""
    for original in folder.glob("original.*"):
        original.unlink()
    if (folder / CAPTURE).is_dir():
        shutil.rmtree(folder / CAPTURE)


def remove(home: Path, attempt_id: str) -> bool:
    """Removes an attempt's folder and says whether it is gone: on Windows a file in use stays."""
    folder = folder_of(home, attempt_id)
    shutil.rmtree(folder, ignore_errors=True)
    return not folder.exists()


def folders(home: Path) -> Iterator[str]:
    """The ids of all folders there are, with or without an attempt."""
    parent = home / "attempts"
    if parent.is_dir():
        yield from sorted(path.name for path in parent.iterdir() if _ID.fullmatch(path.name))


def sync_folder(folder: Path) -> None:
    """Makes the names in ``folder`` durable, where the system has a way to."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
