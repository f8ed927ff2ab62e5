"""Recording: any audio or video file, or samples, as mono 16 kHz 16-bit."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coach.errors import AudioError, StoreError

SAMPLE_RATE: Final = 16_000
MAX_SECONDS: Final = 3600.0

_FULL_SCALE: Final = 32768.0
# Readers of sound only: FFmpeg also knows playlists and the like, which would open other files or addresses.
_CONTAINERS: Final = "wav,w64,aiff,au,caf,flac,mp3,aac,ac3,ogg,matroska,webm,mov,mp4,m4a,avi,asf,mpegts,amr"
_READABLE: Final = "wav, flac, mp3, m4a, ogg, opus, webm, mp4 or mov"


@dataclass(frozen=True)
class Recording:
    """Sound as it is analysed and kept: ``pcm`` (n,) int16, mono, 16 kHz.

    Everything is computed from these samples and the FLAC that is kept holds exactly them, so that a talk
    scored again from the store gives the same figures.
    """

    pcm: NDArray[np.int16]
    source_sample_rate_hz: int | None = None
    source_channels: int | None = None

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return len(self.pcm) / SAMPLE_RATE

    @cached_property
    def samples(self) -> NDArray[np.float32]:
        """(n,) float32 in [-1, 1)."""
        return self.pcm.astype(np.float32) / np.float32(_FULL_SCALE)

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the samples as little-endian 16-bit."""
        return hashlib.sha256(self.pcm.astype("<i2").tobytes()).hexdigest()

    @classmethod
    def of(cls, samples: ArrayLike, sample_rate: int) -> Self:
        """The recording of ``samples`` (n,) or (n, channels) at any rate, channels averaged.

        Floats reach from -1 to 1 (what lies beyond is clipped), integers over the range of their type.
        Raises AudioError when they are empty, not finite, or of another shape or type.
        """
        given = np.asarray(samples)
        if given.ndim == 1:
            given = given[:, np.newaxis]
        if given.ndim != 2 or given.shape[1] == 0 or given.shape[1] > max(64, len(given)):
            raise AudioError(
                f"Samples of shape {np.shape(samples)} are not sound: give (n,) or (n, channels)."
            )
        if len(given) == 0:
            raise AudioError("There are no samples: record or load something first.")
        if not 1_000 <= sample_rate <= 768_000:
            raise AudioError(
                f"A sample rate of {sample_rate} Hz is impossible: give one from 1000 to 768000 Hz."
            )
        if given.dtype in (
            np.int64,
            np.uint64,
        ):  # what other numbers become by accident: their range is unknown
            raise AudioError(
                "Samples are 64-bit integers, whose full scale is unclear: give int16 or floats."
            )
        mono = _as_float(given).mean(axis=1, dtype=np.float32)
        _refuse_not_finite(mono, "The recording", 0.0, sample_rate)
        if given.dtype.kind == "f" and np.abs(mono).max() > 100:
            raise AudioError(
                f"Samples reach {np.abs(mono).max():.0f}: divide floats so that they lie from -1 to 1, "
                "or give integers."
            )
        return cls(_to_pcm(_resampled(mono, sample_rate)), int(sample_rate), given.shape[1])


@dataclass(frozen=True, slots=True)
class AudioInfo:
    """What a file says of itself. ``duration`` in seconds is an estimate, None where it does not tell."""

    duration: float | None
    sample_rate: int
    channels: int
    codec: str


def probe(path: Path) -> AudioInfo:
    """What the first audio stream of ``path`` is. Raises AudioError when there is nothing to hear in it."""
    with _audio_stream(path) as (container, stream):
        frame = next(_frames(container, stream), None)
        if frame is None:
            raise _nothing_decoded(path, container, stream)
        duration = float((stream.duration or 0) * (stream.time_base or 0)) or (container.duration or 0) / 1e6
        return AudioInfo(
            duration=duration if duration > 0 else None,
            sample_rate=frame.sample_rate,
            channels=frame.layout.nb_channels,
            codec=stream.codec_context.name,
        )


def audio_chunks(path: Path) -> Iterator[NDArray[np.int16]]:
    """The first audio stream of a file as mono 16 kHz pieces of about 1 s, each (n,) int16, n >= 1.

    Channels are averaged with equal weight. Damaged packets are left out, as players do, and a file that
    breaks off gives what there is. Raises AudioError when the file can't be read, holds no sound, or holds
    samples that are not finite.
    """
    with _audio_stream(path) as (container, stream):
        heard = False
        for piece in _resampled_pieces(_mono_pieces(container, stream, path)):
            if len(piece):
                heard = True
                yield _to_pcm(piece)
        if not heard:
            raise _nothing_decoded(path, container, stream)


def read_recording(
    path: Path,
    max_seconds: float | None = MAX_SECONDS,
    truncate: bool = False,
    progress: Callable[[float], None] | None = None,
) -> Recording:
    """The sound of a file, at most ``max_seconds`` of it (None: all).

    ``progress`` is called with the fraction read, 0..1, where the file says how long it is.

    A longer file raises AudioError, or with ``truncate`` gives its first ``max_seconds``; either way decoding
    stops there. Raises AudioError for everything :func:`probe` and :func:`audio_chunks` refuse.
    """
    path = Path(path)
    info = probe(path)
    limit = None if max_seconds is None else round(max_seconds * SAMPLE_RATE)
    if max_seconds is not None and not truncate and (info.duration or 0.0) > max_seconds:
        _refuse_longer(path, max_seconds)
    pieces: list[NDArray[np.int16]] = []
    length = 0
    for piece in audio_chunks(path):
        pieces.append(piece)
        length += len(piece)
        if progress is not None and info.duration:
            expected = min(info.duration, max_seconds or info.duration)
            progress(min(1.0, length / SAMPLE_RATE / expected))
        if limit is not None and length > limit:
            if not truncate:
                raise _too_long(path, info.duration, max_seconds or 0.0)
            break
    return Recording(np.concatenate(pieces)[:limit], info.sample_rate, info.channels)


def write_flac(recording: Recording, path: Path) -> None:
    """Keep ``recording`` as FLAC at ``path``, readable by its owner only: all of it, or nothing.

    It is written beside its place, read back and compared sample by sample, made durable, then renamed.
    Raises StoreError when the disk is full or can't be written.
    """
    import soundfile

    encoded = io.BytesIO()
    soundfile.write(encoded, recording.pcm, SAMPLE_RATE, format="FLAC", subtype="PCM_16")
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(encoded.getbuffer())
                file.flush()
                os.fsync(file.fileno())
            if not np.array_equal(read_flac(part).pcm, recording.pcm):
                raise StoreError(
                    f"{path} did not read back as it was written: check the disk, then save again."
                )
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        _sync_folder(path.parent)
    except AudioError as error:
        raise StoreError(
            f"{path} did not read back as it was written: check the disk, then save again."
        ) from error
    except OSError as error:
        raise StoreError(
            f"The recording can't be kept at {path} ({error.strerror}): make room, or choose another folder."
        ) from error


def read_flac(path: Path) -> Recording:
    """A recording kept by :func:`write_flac`, of any length, with exactly the samples that were written."""
    return read_recording(path, max_seconds=None)


def _refuse_longer(path: Path, max_seconds: float) -> None:
    """A quick refusal, from the packets without decoding them: the length that a file states may be wrong."""
    with _audio_stream(path) as (container, stream):
        length = float(sum(packet.duration or 0 for packet in container.demux(stream)) * stream.time_base)
    if length > max_seconds + 1.0:  # encoders pad by less
        raise _too_long(path, length, max_seconds)


@contextmanager
def _audio_stream(path: Path) -> Iterator[tuple[Any, Any]]:
    """The open container and its first audio stream; every lower error becomes an AudioError."""
    import av

    path = Path(path)
    try:
        _refuse_not_a_file(path)
        with (
            path.open("rb") as file,
            av.open(file, metadata_errors="replace", options={"format_whitelist": _CONTAINERS}) as container,
        ):
            if not container.streams.audio:
                raise AudioError(
                    f"{path} has no sound, only pictures or data: choose a file with an audio track."
                )
            stream = container.streams.audio[0]
            if stream.codec_context is None:
                raise AudioError(
                    f"{path} uses a codec that can't be decoded: convert it to WAV, FLAC or MP3."
                )
            yield container, stream
    except av.error.FFmpegError as error:
        what = "holds text, not sound" if _is_text(path) else "is damaged, or not audio"
        raise AudioError(f"{path} {what}: choose a {_READABLE} file.") from error
    except FileNotFoundError as error:
        raise AudioError(f"There is no file {path}: check the name and the folder.") from error
    except PermissionError as error:
        raise AudioError(
            f"You have no permission to read {path}: change its permissions or copy it."
        ) from error
    except OSError as error:
        raise AudioError(
            f"{path} could not be read ({error.strerror}): check the name and the disk."
        ) from error
    except (ValueError, RuntimeError, NotImplementedError) as error:
        raise AudioError(f"{path} could not be read ({error}): choose a {_READABLE} file.") from error


def _refuse_not_a_file(path: Path) -> None:
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise AudioError(f"{path} is a folder: name a file in it.")
    if not stat.S_ISREG(status.st_mode):
        raise AudioError(f"{path} is not a regular file: save the sound to a file first.")
    if status.st_size == 0:
        raise AudioError(f"{path} is empty (0 bytes): record or copy it again.")


def _is_text(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(512)
    return not any(byte < 32 and byte not in b"\t\n\f\r" for byte in head)


def _frames(container: Any, stream: Any) -> Iterator[Any]:
    """Decoded frames with at least one sample; damage is passed over, a broken end is the end."""
    import av

    damage = (av.error.InvalidDataError, av.error.EOFError)
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
        except damage:
            return
        if packet is None:
            return
        try:
            frames = packet.decode()
        except damage:
            continue
        yield from (frame for frame in frames if frame.samples)


def _interleaved(frames: Iterator[Any]) -> Iterator[Any]:
    """Frames of 8 or more channels with the channels interleaved: PyAV reads past the end of 8 planes."""
    import av

    converter: Any = None
    converts = None
    for frame in frames:
        if not frame.format.is_planar or frame.layout.nb_channels < 8:
            yield frame
            continue
        if converts != (frame.format.name, frame.layout.name, frame.sample_rate):
            converts = (frame.format.name, frame.layout.name, frame.sample_rate)
            converter = av.AudioResampler(format="flt", layout=frame.layout, rate=frame.sample_rate)
        yield from converter.resample(frame)


def _mono_pieces(container: Any, stream: Any, path: Path) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """About 1 s at a time: the sample rate and the average of the channels, (n,) float32."""
    waiting: list[NDArray[np.float32]] = []
    rate, length, seconds = 0, 0, 0.0
    for frame in _interleaved(_frames(container, stream)):
        if waiting and (frame.sample_rate != rate or length >= rate):
            yield rate, np.concatenate(waiting)
            waiting, seconds, length = [], seconds + length / rate, 0
        rate = frame.sample_rate
        mono = _samples_of(frame).mean(axis=1, dtype=np.float32)
        _refuse_not_finite(mono, str(path), seconds + length / rate, rate)
        waiting.append(mono)
        length += len(mono)
    if waiting:
        yield rate, np.concatenate(waiting)


def _samples_of(frame: Any) -> NDArray[np.float32]:
    """(n, channels) float32 of a decoded frame, full scale at 1."""
    values = frame.to_ndarray()
    channels = frame.layout.nb_channels
    return _as_float(values.T if frame.format.is_planar else values.reshape(-1, channels))


def _as_float(values: NDArray[Any]) -> NDArray[np.float32]:
    """Integers over the range of their type become floats from -1 to 1; floats stay as they are."""
    match values.dtype.kind:
        case "f":
            with np.errstate(over="ignore"):
                return values.astype(np.float32)
        case "i":
            return (values / float(2 ** (8 * values.dtype.itemsize - 1))).astype(np.float32)
        case "u":
            half = float(2 ** (8 * values.dtype.itemsize - 1))
            return ((values - half) / half).astype(np.float32)
    raise AudioError(f"Samples of type {values.dtype} are not sound: give floats from -1 to 1, or integers.")


def _resampled_pieces(pieces: Iterator[tuple[int, NDArray[np.float32]]]) -> Iterator[NDArray[np.float32]]:
    """The pieces at 16 kHz; a stream that changes its rate midway goes on in a new resampler."""
    import soxr

    resampler, current = None, SAMPLE_RATE
    for rate, piece in pieces:
        if rate != current:
            if resampler is not None:
                yield resampler.resample_chunk(np.zeros(0, np.float32), last=True)
            current = rate
            resampler = (
                None if rate == SAMPLE_RATE else soxr.ResampleStream(rate, SAMPLE_RATE, 1, dtype="float32")
            )
        yield piece if resampler is None else resampler.resample_chunk(piece)
    if resampler is not None:
        yield resampler.resample_chunk(np.zeros(0, np.float32), last=True)


def _resampled(mono: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    pieces = ((int(rate), mono[start : start + rate]) for start in range(0, len(mono), int(rate)))
    return np.concatenate(list(_resampled_pieces(pieces)))


def _to_pcm(samples: NDArray[np.float32]) -> NDArray[np.int16]:
    """Nearest 16-bit value, halves to even, clipped at full scale."""
    scaled = np.rint(samples.astype(np.float64) * _FULL_SCALE)
    return np.clip(scaled, -_FULL_SCALE, _FULL_SCALE - 1).astype(np.int16)


def _refuse_not_finite(samples: NDArray[np.float32], what: str, offset: float, rate: int) -> None:
    finite = np.isfinite(samples)
    if not finite.all():
        at = offset + int(np.argmin(finite)) / rate
        raise AudioError(
            f"{what} holds samples that are not numbers (NaN or infinity), the first at {at:.2f} s: "
            "export it again as 16-bit WAV or FLAC."
        )


def _nothing_decoded(path: Path, container: Any, stream: Any) -> AudioError:
    container.seek(0)
    if any(packet.size for packet in container.demux(stream)):
        return AudioError(f"{path} is damaged: nothing in it can be decoded. Export or copy it again.")
    return AudioError(f"{path} has an audio track of zero length: record or export it again.")


def _too_long(path: Path, duration: float | None, max_seconds: float) -> AudioError:
    length = f"{duration / 60:.0f} min long" if duration and duration > max_seconds else "longer than that"
    return AudioError(
        f"{path} is {length}; Coach scores up to {max_seconds / 60:g} min. Cut it, or score it in parts."
    )


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows has no handle for a folder to sync
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
