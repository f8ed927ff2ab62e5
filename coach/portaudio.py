"""PortAudio: which microphones there are, and an open one. The only user of sounddevice."""

from __future__ import annotations

import atexit
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from coach.errors import CoachError, MicrophoneError

OTHER_WAYS: Final = "Choose another microphone, or record elsewhere and open the file."
PATIENCE_SECONDS: Final = 5.0  # for a sound system that does not answer

# PortAudio is not thread-safe: opening, closing and listing happen one at a time.
_lock = threading.Lock()
_open: set[int] = set()


@dataclass(frozen=True, slots=True)
class Microphone:
    """One input device. ``index`` holds until the next rescan, ``default_sample_rate`` is in Hz."""

    index: int
    name: str
    host_api: str
    default_sample_rate: int
    max_channels: int
    is_default: bool


def portaudio_problem() -> str | None:
    """Why no microphone can be used on this system, with the fix; None when PortAudio is ready."""
    if "sounddevice" in sys.modules:
        return None
    alsa = os.environ.get("ALSA_CONFIG_PATH", "")
    if alsa and not any(Path(part).exists() for part in alsa.split(":")):
        # PortAudio would end the whole process.
        return f"ALSA_CONFIG_PATH names a file that does not exist ({alsa}). Unset it to use the microphone."
    try:
        import sounddevice  # noqa: F401
    except OSError:
        return f"The local microphone needs the PortAudio library, which is not installed. {_install_hint()}"
    except ImportError as error:
        return f"The local microphone needs the Python package sounddevice ({error}). Run the set-up again."
    except Exception as error:
        return f"The sound system can't be used ({error}). Check that sound works on this computer at all."
    return None


def list_microphones(*, rescan: bool = False) -> list[Microphone]:
    """The input devices. ``rescan`` finds those plugged in since the start, unless a recording is running.

    Raises MicrophoneError when PortAudio is missing or does not answer; no device is an empty list.
    """
    with _portaudio() as sounddevice:
        if rescan and not _open:
            sounddevice._terminate()
            sounddevice._initialize()
        try:
            default = sounddevice.query_devices(kind="input")["index"]
        except sounddevice.PortAudioError:
            default = -1
        apis = sounddevice.query_hostapis()
        return [
            Microphone(
                index=device["index"],
                name=device["name"],
                host_api=apis[device["hostapi"]]["name"],
                default_sample_rate=round(device["default_samplerate"]),
                max_channels=device["max_input_channels"],
                is_default=device["index"] == default,
            )
            for device in sounddevice.query_devices()
            if device["max_input_channels"] > 0
        ]


class OpenMicrophone:
    """A running stream of ``device`` (index, part of a name, or None for the default) until ``close``.

    ``hear(block, dropped)`` gets (frames, channels) int16 and whether sound was lost before it; it is called
    in PortAudio's thread and must return at once. ``gone()`` is called when the stream ends, by whatever
    cause. ``sample_rate`` in Hz overrides the device's own. Raises MicrophoneError.
    """

    def __init__(
        self,
        device: int | str | None,
        sample_rate: int | None,
        hear: Callable[[NDArray[np.int16], bool], None],
        gone: Callable[[], None],
    ) -> None:
        with _portaudio() as sounddevice:
            found = _find(sounddevice, device)
            self.name: str = found["name"]
            self.sample_rate: int = sample_rate or round(found["default_samplerate"])
            self._stream = _stream(
                sounddevice,
                found,
                samplerate=self.sample_rate,
                callback=lambda block, _frames, _time, status: hear(block.copy(), status.input_overflow),
                finished_callback=gone,
            )
            try:
                self._stream.start()
            except sounddevice.PortAudioError:
                self._stream.close(ignore_errors=True)
                raise
            _open.add(id(self))

    def close(self) -> None:
        """Give the device back. May take its time when the device or the sound server hangs."""
        # abort, never stop: stop waits for sound from a device that may have none left to give.
        with suppress(CoachError), _portaudio():
            self._stream.abort(ignore_errors=True)
            self._stream.close(ignore_errors=True)
            _open.discard(id(self))


def _find(sounddevice: Any, device: int | str | None) -> Any:
    if isinstance(device, str) and device.isdecimal():
        device = int(device)
    if isinstance(device, str):
        # Windows lists one microphone under the same name once for each of its host APIs: any will do.
        for found in sounddevice.query_devices():
            if found["name"] == device and found["max_input_channels"] > 0:
                return found
    try:
        return sounddevice.query_devices(device, "input")
    except (sounddevice.PortAudioError, ValueError) as error:
        if device is None:
            raise MicrophoneError(
                "No microphone was found. Plug one in and look again, or open a recorded file."
            ) from error
        raise MicrophoneError(
            f"There is no microphone {device!r}, or more than one. 'coach doctor' lists them."
        ) from error


def _stream(sounddevice: Any, found: Any, **settings: Any) -> Any:
    """A stream with the fewest channels that the device gives."""
    most = found["max_input_channels"]
    for channels in sorted({1, min(2, most)}):
        with suppress(sounddevice.PortAudioError):
            return sounddevice.InputStream(
                device=found["index"], channels=channels, dtype="int16", **settings
            )
    return sounddevice.InputStream(device=found["index"], channels=most, dtype="int16", **settings)


@contextmanager
def _portaudio() -> Iterator[Any]:
    """The sounddevice module, for one thread at a time, with its errors explained."""
    if (problem := portaudio_problem()) is not None:
        raise MicrophoneError(problem)
    sounddevice = _sounddevice()
    if not _lock.acquire(timeout=PATIENCE_SECONDS):
        raise MicrophoneError(
            "The sound system does not answer. Restart Coach, or the computer's sound server."
        )
    try:
        yield sounddevice
    except sounddevice.PortAudioError as error:
        raise MicrophoneError(f"The sound system refused: {error}. {OTHER_WAYS}") from error
    finally:
        _lock.release()


@cache
def _sounddevice() -> Any:
    import sounddevice

    # At exit it closes every open stream, which takes for ever when the sound server has died or hangs
    # (measured with both); the system takes such a stream back by itself.
    atexit.unregister(sounddevice._exit_handler)
    atexit.register(lambda: None if _open else sounddevice._exit_handler())
    return sounddevice


def _install_hint() -> str:
    if sys.platform.startswith("linux"):
        install = (
            "Install it with 'sudo apt install libportaudio2' (Debian, Ubuntu), 'sudo dnf install portaudio' "
            "(Fedora) or 'sudo pacman -S portaudio' (Arch)"
        )
    elif sys.platform == "darwin":
        install = "Run 'pip install --force-reinstall sounddevice' or 'brew install portaudio'"
    else:
        install = "Run 'pip install --force-reinstall sounddevice', which brings it along"
    return f"{install}; the browser's microphone and files work without."
