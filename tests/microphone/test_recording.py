"""Recording through real PortAudio from a private sound server, and every way it can go wrong."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soxr
from numpy.typing import NDArray

from coach.capture import capture_duration, capture_end, capture_info, read_capture

from .sound_server import Driver, Refused, SoundServer, until

pytestmark = pytest.mark.microphone
RATE = 48_000

RECORD = """\
import json, sys
from pathlib import Path
from dataclasses import asdict
from coach.microphone import record
from coach.errors import CoachError
seconds = json.loads(sys.argv[2])
try:
    show = lambda *level: print(json.dumps(level), flush=True)
    print(json.dumps(asdict(record(Path(sys.argv[1]), seconds=seconds, on_level=show))))
except CoachError as error:
    sys.exit(f"{type(error).__name__}: {error}")
"""


def speechlike(seconds: float, seed: int = 5) -> NDArray[np.int16]:
    """Noise whose loudness comes and goes four times a second, without a zero sample at either end."""
    frames = round(seconds * RATE)
    loudness = 6_000 * (1.1 + np.sin(2 * np.pi * 4 * np.arange(frames) / RATE))
    samples = np.round(np.random.default_rng(seed).uniform(-1, 1, frames) * loudness).astype(np.int16)
    samples[[0, -1]] = 1_000
    return samples


def sweep(seconds: float) -> NDArray[np.int16]:
    """A tone that rises from 100 to 1,500 Hz."""
    time = np.arange(round(seconds * RATE)) / RATE
    cycles = 100 * time + (1_500 - 100) / (2 * seconds) * time**2
    return np.round(8_000 * np.sin(2 * np.pi * cycles)).astype(np.int16)


def wav(path: Path, samples: NDArray[np.int16]) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.astype("<i2").tobytes())
    return path


def raw(folder: Path) -> NDArray[np.int16]:
    """The capture at the device's rate, without the silence around the sound."""
    samples = np.frombuffer(b"".join(p.read_bytes() for p in sorted(folder.glob("*.pcm"))), "<i2")
    (loud,) = np.nonzero(samples)
    return samples[loud[0] : loud[-1] + 1] if loud.size else samples[:0]


def test_what_was_played_is_recorded_bit_for_bit(
    sound_server: SoundServer, driver: Driver, tmp_path: Path
) -> None:
    source = speechlike(3)
    assert driver("start", tmp_path / "c", None, RATE)["state"] == "recording"
    sound_server.play(wav(tmp_path / "source.wav", source))
    outcome = driver("stop")
    assert np.array_equal(raw(tmp_path / "c"), source)
    assert outcome["name"] == "stopped"
    assert outcome["duration"] >= 3
    assert driver("look")["state"] == "ended"
    assert driver("stop") == outcome
    end = capture_end(tmp_path / "c")
    assert end is not None
    assert end.outcome == "stopped"
    assert end.frames == round(outcome["duration"] * RATE)
    assert driver.finish() == 0


def test_at_the_devices_own_rate_the_sound_is_the_same(
    sound_server: SoundServer, driver: Driver, tmp_path: Path
) -> None:
    source = sweep(3)
    driver("start", tmp_path / "c")
    sound_server.play(wav(tmp_path / "source.wav", source))
    driver("stop")
    (default,) = (m for m in driver("list") if m["is_default"])
    assert capture_info(tmp_path / "c").sample_rate == default["default_sample_rate"]
    heard = np.concatenate(list(read_capture(tmp_path / "c"))).astype(np.float64)
    expected = soxr.resample(source.astype(np.float64), RATE, 16_000)
    # Sound server and resampling shift it by a fraction of a sample (at 1,500 Hz half a sample is 17 degrees,
    # whose cosine is 0.96): compare where they agree best.
    size = 2 ** int(np.ceil(np.log2(len(heard) + len(expected))))
    cross = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(expected, size)), size)
    start = int(np.argmax(cross[: len(heard)]))
    part = heard[start : start + len(expected)]
    assert len(part) > 2.9 * 16_000
    assert np.corrcoef(part, expected[: len(part)])[0, 1] > 0.95


def test_the_level_is_that_of_what_is_played(
    sound_server: SoundServer, driver: Driver, tmp_path: Path
) -> None:
    time = np.arange(RATE * 4) / RATE
    sine = np.round(16_384 * np.sin(2 * np.pi * 500 * time)).astype(np.int16)
    driver("start", tmp_path / "c", None, RATE)
    assert driver("look")["level_dbfs"] == -120
    player = subprocess.Popen(["paplay", str(wav(tmp_path / "sine.wav", sine))], env=sound_server.environment)
    # A sine at half of full scale: -6 dB for its peak, -3 dB for a sine's RMS.
    look = until(lambda: (seen := driver("look"))["level_dbfs"] > -9.1 and seen, "the level of the tone")
    assert look["level_dbfs"] == pytest.approx(-9.03, abs=0.05)
    assert look["peak"] == pytest.approx(0.5, abs=0.001)
    assert look["clipped"] is False
    assert player.wait(30) == 0
    square = np.where(np.arange(RATE) // 100 % 2, 32_767, -32_768).astype(np.int16)
    sound_server.play(wav(tmp_path / "square.wav", square))
    until(lambda: driver("look")["clipped"], "clipping")
    driver("stop")


@pytest.mark.parametrize("how", [SoundServer.unplug, SoundServer.kill])
def test_a_lost_device_keeps_what_was_captured(
    sound_server: SoundServer, driver: Driver, tmp_path: Path, how: Callable[[SoundServer], None]
) -> None:
    source = speechlike(2)
    driver("start", tmp_path / "c", None, RATE)
    sound_server.play(wav(tmp_path / "source.wav", source))
    how(sound_server)
    look = until(lambda: (seen := driver("look"))["outcome"] and seen, "the end of the recording")
    assert look["outcome"] == "lost"
    assert look["state"] == "ended"
    assert "was lost" in look["message"]
    assert f"{look['elapsed']:.1f} s up to then are kept" in look["message"]
    assert np.array_equal(raw(tmp_path / "c"), source)
    end = capture_end(tmp_path / "c")
    assert end is not None
    assert (end.outcome, end.message) == ("lost", look["message"])
    assert driver("stop")["name"] == "lost"
    assert driver.finish() == 0


def test_a_stalled_device_keeps_what_was_captured(
    sound_server: SoundServer, driver: Driver, tmp_path: Path
) -> None:
    source = speechlike(2)
    driver("start", tmp_path / "c", None, RATE)
    sound_server.play(wav(tmp_path / "source.wav", source))
    sound_server.suspend(True)
    look = until(lambda: (seen := driver("look"))["outcome"] and seen, "the end of the recording")
    assert look["outcome"] == "stalled"
    assert "stopped sending sound" in look["message"]
    assert np.array_equal(raw(tmp_path / "c"), source)
    assert driver("stop")["name"] == "stalled"
    # The same process can record again as soon as the device works again.
    sound_server.suspend(False)
    driver("start", tmp_path / "again", None, RATE)
    assert driver("stop")["name"] == "stopped"
    assert driver.finish() == 0


def test_stopping_a_device_that_has_just_stalled_does_not_hang(
    sound_server: SoundServer, driver: Driver, tmp_path: Path
) -> None:
    driver("start", tmp_path / "c", None, RATE)
    sound_server.suspend(True)
    outcome = driver("stop")
    assert outcome["name"] in {"stopped", "stalled"}
    assert outcome["duration"] > 0
    assert driver.finish() == 0


def test_a_device_that_never_sends_sound_is_explained(
    sound_server: SoundServer, driver: Driver, tmp_path: Path
) -> None:
    sound_server.suspend(True)
    with pytest.raises(Refused, match=r"sent no sound for 5 s.*Choose another microphone") as caught:
        driver("start", tmp_path / "c")
    assert caught.value.kind == "MicrophoneError"
    assert not (tmp_path / "c").exists()
    assert driver("stop")["duration"] == 0
    sound_server.suspend(False)
    driver("start", tmp_path / "c")
    assert driver("stop")["name"] == "stopped"


def test_a_microphone_plugged_in_later_is_found_by_a_rescan(
    stopped_sound_server: SoundServer, driver: Driver, tmp_path: Path
) -> None:
    assert driver("list") == []
    with pytest.raises(Refused, match="No microphone was found") as caught:
        driver("start", tmp_path / "c")
    assert caught.value.kind == "MicrophoneError"
    stopped_sound_server.start()
    assert driver("list") == []
    found = driver("list", True)
    assert {"pulse", "default"} <= {m["name"] for m in found}
    assert [m["name"] for m in found if m["is_default"]] == ["default"]
    assert all(m["host_api"] == "ALSA" and m["max_channels"] > 0 for m in found)
    assert all(8_000 <= m["default_sample_rate"] <= 192_000 for m in found)
    driver("start", tmp_path / "by-name", "pulse")
    assert driver("stop")["name"] == "stopped"
    driver("start", tmp_path / "by-number", str(found[0]["index"]))
    assert driver("stop")["name"] == "stopped"
    assert capture_info(tmp_path / "by-number").device == found[0]["name"]


@pytest.mark.parametrize("device", ["no such thing", 99])
def test_an_unknown_microphone_is_explained(
    sound_server: SoundServer, driver: Driver, tmp_path: Path, device: str | int
) -> None:
    with pytest.raises(Refused, match=f"no microphone {device!r}.*coach doctor"):
        driver("start", tmp_path / "c", device)


def test_a_rate_that_the_device_refuses_is_explained(
    sound_server: SoundServer, driver: Driver, tmp_path: Path
) -> None:
    with pytest.raises(Refused, match=r"The sound system refused: .*sample rate"):
        driver("start", tmp_path / "c", None, 1)


def test_a_rescan_does_not_disturb_a_recording(
    sound_server: SoundServer, driver: Driver, tmp_path: Path
) -> None:
    source = speechlike(1)
    driver("start", tmp_path / "c", None, RATE)
    assert driver("list", True)
    sound_server.play(wav(tmp_path / "source.wav", source))
    assert driver("stop")["name"] == "stopped"
    assert np.array_equal(raw(tmp_path / "c"), source)


def test_a_full_disk_keeps_what_was_captured(
    sound_server: SoundServer, driver: Driver, tmp_path: Path
) -> None:
    driver("limit", 100_000)  # the system lets no file grow further: half of the first piece
    driver("start", tmp_path / "c", None, RATE)
    look = until(lambda: (seen := driver("look"))["outcome"] and seen, "the full disk")
    assert look["outcome"] == "disk_full"
    assert "The disk took no more after 1.0 s" in look["message"]
    assert "Make room" in look["message"]
    assert driver("stop")["name"] == "disk_full"
    end = capture_end(tmp_path / "c")
    assert end is not None
    assert (end.outcome, end.frames) == ("disk_full", 50_000)
    assert sum(len(chunk) for chunk in read_capture(tmp_path / "c")) == pytest.approx(50_000 / 3, abs=1)
    assert driver.finish() == 0


def test_a_killed_process_leaves_what_was_captured(
    sound_server: SoundServer, driver: Driver, tmp_path: Path
) -> None:
    source = speechlike(3)
    driver("start", tmp_path / "c", None, RATE)
    before = driver("look")["elapsed"]
    sound_server.play(wav(tmp_path / "source.wav", source))
    until(lambda: driver("look")["elapsed"] > before + 3.5, "the last of it on disk")
    driver.process.kill()
    driver.process.wait()
    assert capture_end(tmp_path / "c") is None
    assert np.array_equal(raw(tmp_path / "c"), source)


def test_a_sound_server_that_freezes_hangs_neither_stop_nor_the_process(
    sound_server: SoundServer, driver: Driver, tmp_path: Path
) -> None:
    source = speechlike(1)
    driver("start", tmp_path / "c", None, RATE)
    sound_server.play(wav(tmp_path / "source.wav", source))
    sound_server.signal(signal.SIGSTOP)
    look = until(lambda: (seen := driver("look"))["outcome"] and seen, "the end of the recording")
    assert look["outcome"] == "stalled"
    assert driver("stop")["name"] == "stalled"
    assert np.array_equal(raw(tmp_path / "c"), source)
    # The device is beyond reach, and that is said instead of waiting for it for ever.
    with pytest.raises(Refused, match="The sound system does not answer"):
        driver("list")
    assert driver.finish() == 0


def test_a_process_that_ends_while_it_records_ends_the_recording(
    sound_server: SoundServer, driver: Driver, tmp_path: Path
) -> None:
    driver("start", tmp_path / "c", None, RATE)
    elapsed = driver("look")["elapsed"]
    assert driver.finish() == 0
    end = capture_end(tmp_path / "c")
    assert end is not None
    assert end.outcome == "stopped"
    assert capture_duration(tmp_path / "c") >= elapsed > 0


@pytest.fixture
def recorder(sound_server: SoundServer, tmp_path: Path) -> Iterator[Callable[[str], subprocess.Popen[str]]]:
    """Starts a process that records for so many seconds, "null" for no end."""
    processes: list[subprocess.Popen[str]] = []

    def start(seconds: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", RECORD, str(tmp_path / "c"), seconds]
        pipe = subprocess.PIPE
        processes.append(
            subprocess.Popen(command, env=sound_server.environment, stdout=pipe, stderr=pipe, text=True)
        )
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.communicate()


Recorder = Callable[[str], subprocess.Popen[str]]


def ended(process: subprocess.Popen[str]) -> dict[str, Any]:
    """The outcome that the process prints as its last line."""
    out, errors = process.communicate(timeout=30)
    assert process.returncode == 0, errors
    outcome: dict[str, Any] = json.loads(out.splitlines()[-1])
    return outcome


def level(process: subprocess.Popen[str]) -> list[float]:
    assert process.stdout is not None
    shown: list[float] = json.loads(process.stdout.readline())
    return shown


def test_ctrl_c_keeps_what_there_is(recorder: Recorder, tmp_path: Path) -> None:
    process = recorder("null")
    levels = [level(process) for _ in range(5)]
    process.send_signal(signal.SIGINT)
    outcome = ended(process)
    assert all(len(shown) == 3 for shown in levels)
    assert levels[-1][0] > levels[0][0] > 0
    assert outcome["name"] == "stopped"
    assert outcome["interrupted"] is True
    assert outcome["duration"] >= levels[-1][0]
    end = capture_end(tmp_path / "c")
    assert end is not None
    assert end.frames == round(outcome["duration"] * capture_info(tmp_path / "c").sample_rate)


def test_it_ends_after_the_seconds_asked_for(recorder: Recorder) -> None:
    outcome = ended(recorder("1.5"))
    assert outcome["name"] == "stopped"
    assert outcome["interrupted"] is False
    assert outcome["duration"] >= 1.5


def test_recording_ends_when_the_device_is_lost(recorder: Recorder, sound_server: SoundServer) -> None:
    process = recorder("null")
    level(process)
    sound_server.kill()
    assert ended(process)["name"] == "lost"
