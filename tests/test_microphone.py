"""What the microphone code does without a sound system: no PortAudio, levels, devices that misbehave."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import coach.microphone
import coach.portaudio
from coach.capture import capture_end, read_capture
from coach.errors import MicrophoneError, StoreError
from coach.level import Meter
from coach.microphone import MicrophoneRecording, record
from coach.portaudio import OpenMicrophone

REPOSITORY = Path(__file__).parent.parent
HIDE_PORTAUDIO = """\
import ctypes.util
_find = ctypes.util.find_library
ctypes.util.find_library = lambda name: None if "portaudio" in name else _find(name)
"""


def python(program: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def without_portaudio(tmp_path: Path) -> dict[str, str]:
    """The environment of a process that can't find the PortAudio library, however it is installed."""
    if sys.platform != "linux":
        pytest.skip("elsewhere PortAudio lies inside the package sounddevice and can't be missing")
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / "sitecustomize.py").write_text(HIDE_PORTAUDIO)
    return {"PYTHONPATH": os.pathsep.join([str(tmp_path / "hidden"), str(REPOSITORY)])}


def test_without_portaudio_sounddevice_cannot_be_imported(without_portaudio: dict[str, str]) -> None:
    # Otherwise the tests below would prove nothing.
    done = python("import sounddevice", without_portaudio)
    assert "PortAudio library not found" in done.stderr


def test_without_portaudio_the_microphone_says_so_and_the_rest_runs(
    without_portaudio: dict[str, str], tmp_path: Path
) -> None:
    program = f"""\
import numpy as np
from pathlib import Path
import coach
from coach.capture import CaptureWriter, read_capture
from coach.errors import MicrophoneError
from coach.microphone import MicrophoneRecording, list_microphones, portaudio_problem, record

folder = Path({str(tmp_path)!r})
problem = portaudio_problem()
assert "sudo apt install libportaudio2" in problem, problem
assert "the browser's microphone and files work without" in problem, problem
recording = MicrophoneRecording(folder / "a")
for use in (list_microphones, lambda: list_microphones(rescan=True), recording.start,
            lambda: record(folder / "b", seconds=1)):
    try:
        use()
    except MicrophoneError as error:
        assert str(error) == problem, error
    else:
        raise SystemExit("no MicrophoneError")
assert recording.state == "ended" and recording.message == problem and recording.outcome is None
assert recording.stop().duration == 0
assert not (folder / "a").exists() and not (folder / "b").exists()

writer = CaptureWriter(folder / "c", 48000)
writer.write(np.ones(48000, np.int16))
writer.close("stopped")
assert sum(len(chunk) for chunk in read_capture(folder / "c")) == 16000
print("fine")
"""
    done = python(program, without_portaudio)
    assert (done.returncode, done.stdout) == (0, "fine\n"), done.stderr


def test_importing_the_microphone_does_not_touch_the_sound_system() -> None:
    program = "import sys, coach.microphone; print('sounddevice' in sys.modules)"
    assert python(program, {"PYTHONPATH": str(REPOSITORY)}).stdout == "False\n"


@pytest.mark.skipif(sys.platform != "linux", reason="ALSA is Linux's sound system")
def test_a_sound_configuration_that_does_not_exist_does_not_end_the_process(tmp_path: Path) -> None:
    program = "from coach.microphone import portaudio_problem; print(portaudio_problem())"
    missing = str(tmp_path / "alsa.conf")
    done = python(program, {"PYTHONPATH": str(REPOSITORY), "ALSA_CONFIG_PATH": missing})
    assert done.returncode == 0
    assert missing in done.stdout
    assert "Unset it" in done.stdout


def sine(amplitude: float, frames: int = 48_000) -> NDArray[np.int16]:
    return np.round(amplitude * 32768 * np.sin(2 * np.pi * 1_000 * np.arange(frames) / 48_000)).astype(
        np.int16
    )


@pytest.mark.parametrize("block", [1, 7, 480, 48_000])
@pytest.mark.parametrize(("amplitude", "level"), [(0.9, -3.93), (0.5, -9.03), (0.01, -43.01)])
def test_level_of_a_sine(amplitude: float, level: float, block: int) -> None:
    meter = Meter(48_000)
    samples = sine(amplitude, 16_000)
    for start in range(0, len(samples), block):
        meter.add(samples[start : start + block])
    assert meter.level_dbfs == pytest.approx(level, abs=0.05)
    assert meter.peak == pytest.approx(amplitude, abs=0.001)
    assert not meter.clipped


def test_level_before_any_sound_is_unknown_and_of_silence_the_floor() -> None:
    meter = Meter(48_000)
    meter.add(np.empty(0, np.int16))
    assert (meter.level_dbfs, meter.peak) == (None, None)
    meter.add(np.zeros(100, np.int16))
    assert (meter.level_dbfs, meter.peak) == (-120.0, 0.0)


def test_the_level_forgets_what_is_over() -> None:
    meter = Meter(48_000)
    meter.add(sine(0.9))
    meter.add(np.zeros(48_000, np.int16))
    assert (meter.level_dbfs, meter.peak) == (-120.0, 0.0)


@pytest.mark.parametrize("value", [32_767, -32_768])
@pytest.mark.parametrize("block", [1, 2, 50])
def test_three_full_scale_samples_in_a_row_are_clipping(value: int, block: int) -> None:
    two, three = np.zeros(50, np.int16), np.zeros(50, np.int16)
    two[20:22] = two[30:32] = value
    three[20:23] = value
    for samples, clipped in ((two, False), (three, True)):
        meter = Meter(48_000)
        for start in range(0, 50, block):
            meter.add(samples[start : start + block])
        meter.add(np.zeros(50_000, np.int16))  # once clipped, the recording stays so
        assert meter.clipped is clipped


Hear = Callable[[NDArray[np.int16], bool], None]


class FakeMicrophone:
    """Stands in for a device: sends ``blocks`` at once, then nothing; opening and closing may hang."""

    name, sample_rate = "Fake", 16_000
    blocks: tuple[tuple[NDArray[np.int16], bool], ...] = ()
    gone_after = False
    on_open = staticmethod(lambda: None)
    on_close = staticmethod(lambda: None)

    def __init__(
        self, device: int | str | None, sample_rate: int | None, hear: Hear, gone: Callable[[], None]
    ) -> None:
        self.on_open()
        for block, dropped in self.blocks:
            hear(block, dropped)
        if self.gone_after:
            gone()

    def close(self) -> None:
        self.on_close()


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> type[FakeMicrophone]:
    class Fake(FakeMicrophone):
        pass

    monkeypatch.setattr(coach.microphone, "OpenMicrophone", Fake)
    return Fake


def block(*values: int) -> NDArray[np.int16]:
    return np.array(values, np.int16).reshape(-1, 1)


def test_several_channels_are_mixed_down(fake: type[FakeMicrophone], tmp_path: Path) -> None:
    stereo = np.array([[100, 200], [32767, 32767], [-32768, -32768], [-5, 2]], np.int16)
    fake.blocks = ((stereo, False), (stereo[:2], False))
    fake.gone_after = True
    assert record(tmp_path / "c").name == "lost"
    heard = np.concatenate(list(read_capture(tmp_path / "c")))
    assert heard.tolist() == [150, 32767, -32768, -2, 150, 32767]


@pytest.mark.parametrize(
    ("given", "most", "taken"), [({1, 2, 8}, 8, 1), ({2, 8}, 8, 2), ({8}, 8, 8), ({1}, 1, 1)]
)
def test_a_device_is_opened_with_the_fewest_channels_that_it_gives(
    monkeypatch: pytest.MonkeyPatch, given: set[int], most: int, taken: int
) -> None:
    sounddevice = fake_sounddevice(given, most)
    monkeypatch.setattr(coach.portaudio, "portaudio_problem", lambda: None)
    monkeypatch.setattr(coach.portaudio, "_sounddevice", lambda: sounddevice)
    heard: list[NDArray[np.int16]] = []
    microphone = OpenMicrophone(None, None, lambda sound, dropped: heard.append(sound), lambda: None)
    microphone.close()
    assert (microphone.name, microphone.sample_rate) == ("Array", 48_000)
    assert [sound.shape for sound in heard] == [(3, taken)]
    assert sounddevice.calls == ["start", "abort", "close"]


def test_a_device_that_refuses_every_number_of_channels_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    sounddevice = fake_sounddevice(set(), 2)
    monkeypatch.setattr(coach.portaudio, "portaudio_problem", lambda: None)
    monkeypatch.setattr(coach.portaudio, "_sounddevice", lambda: sounddevice)
    with pytest.raises(MicrophoneError, match=r"refused: Invalid number of channels.*another microphone"):
        OpenMicrophone(None, None, lambda sound, dropped: None, lambda: None)


def test_a_name_that_several_host_apis_list_is_the_first_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    sounddevice = fake_sounddevice({1}, 1)
    rates = (("Headset", 0, 8_000.0), ("Headset", 2, 44_100.0), ("Headset", 2, 16_000.0))
    sounddevice.query_devices = lambda: [
        {"index": index, "name": name, "max_input_channels": channels, "default_samplerate": rate}
        for index, (name, channels, rate) in enumerate(rates)
    ]
    monkeypatch.setattr(coach.portaudio, "portaudio_problem", lambda: None)
    monkeypatch.setattr(coach.portaudio, "_sounddevice", lambda: sounddevice)
    microphone = OpenMicrophone("Headset", None, lambda sound, dropped: None, lambda: None)
    microphone.close()
    assert microphone.sample_rate == 44_100


def fake_sounddevice(given: set[int], most: int) -> Any:
    """A sound system with one device of ``most`` channels that opens only with a number in ``given``."""
    calls: list[str] = []

    class PortAudioError(Exception):
        pass

    class InputStream:
        def __init__(self, *, channels: int, callback: Callable[..., None], **_: object) -> None:
            if channels not in given:
                raise PortAudioError("Invalid number of channels")
            self.channels, self.callback = channels, callback

        def start(self) -> None:
            calls.append("start")
            self.callback(
                np.ones((3, self.channels), np.int16), 3, None, SimpleNamespace(input_overflow=False)
            )

        def abort(self, ignore_errors: bool) -> None:
            calls.append("abort")

        def close(self, ignore_errors: bool) -> None:
            calls.append("close")

    def query_devices(device: object, kind: str) -> dict[str, Any]:
        return {"index": 0, "name": "Array", "max_input_channels": most, "default_samplerate": 48_000.0}

    return SimpleNamespace(
        PortAudioError=PortAudioError, InputStream=InputStream, query_devices=query_devices, calls=calls
    )


def test_sound_that_was_dropped_is_admitted(fake: type[FakeMicrophone], tmp_path: Path) -> None:
    fake.blocks = ((block(1, 2), False), (block(3), True), (block(4), True))
    recording = MicrophoneRecording(tmp_path / "c")
    recording.start()
    outcome = recording.stop()
    assert outcome.name == "stopped"
    assert "with gaps" in outcome.message
    assert "2 times" in outcome.message


def test_a_device_lost_before_any_sound_is_an_error(fake: type[FakeMicrophone], tmp_path: Path) -> None:
    fake.gone_after = True
    with pytest.raises(MicrophoneError, match="'Fake' was lost before it sent any sound"):
        record(tmp_path / "c")
    assert not (tmp_path / "c").exists()


def test_a_folder_that_cannot_be_written_is_an_error(fake: type[FakeMicrophone], tmp_path: Path) -> None:
    fake.blocks = ((block(1), False),)
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="can't be written"):
        record(tmp_path / "file" / "c")


def test_recording_into_the_folder_of_another_recording_is_refused(
    fake: type[FakeMicrophone], tmp_path: Path
) -> None:
    fake.blocks = ((block(1, 2, 3), False),)
    fake.gone_after = True
    record(tmp_path / "c")
    with pytest.raises(StoreError, match="already holds a recording"):
        record(tmp_path / "c")
    assert np.concatenate(list(read_capture(tmp_path / "c"))).tolist() == [1, 2, 3]


def test_a_stop_event_ends_it_and_ctrl_c_before_the_first_sound_goes_on(
    fake: type[FakeMicrophone], tmp_path: Path
) -> None:
    fake.blocks = ((block(1), False),)
    stop = threading.Event()
    stop.set()
    assert record(tmp_path / "c", stop=stop).name == "stopped"

    class Interrupting(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            raise KeyboardInterrupt

    outcome = record(tmp_path / "d", stop=Interrupting())
    assert (outcome.name, outcome.interrupted, outcome.duration) == ("stopped", True, 1 / 16_000)


def test_an_error_of_the_caller_ends_the_recording(fake: type[FakeMicrophone], tmp_path: Path) -> None:
    fake.blocks = ((block(1), False),)

    def fail(elapsed: float, level_dbfs: float, peak: float) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        record(tmp_path / "c", on_level=fail)
    end = capture_end(tmp_path / "c")
    assert end is not None
    assert end.outcome == "stopped"


def test_a_sound_system_that_hangs_does_not_hang_coach(
    fake: type[FakeMicrophone], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coach.microphone, "PATIENCE_SECONDS", 0.2)
    monkeypatch.setattr(coach.microphone, "_START_POLLS", 2)
    released = threading.Event()
    fake.blocks = ((block(1, 2, 3), False),)
    try:
        # Opening hangs: an error, and nothing is recorded, not even if it opens after all.
        fake.on_open = staticmethod(released.wait)
        late = MicrophoneRecording(tmp_path / "open")
        with pytest.raises(MicrophoneError, match="has not answered"):
            late.start()
        assert late.stop().duration == 0
        # Closing hangs: the recording is complete all the same.
        fake.on_open = staticmethod(lambda: None)
        fake.on_close = staticmethod(released.wait)
        monkeypatch.setattr(coach.microphone, "PATIENCE_SECONDS", 2)
        recording = MicrophoneRecording(tmp_path / "close")
        recording.start()
        assert recording.stop().name == "stopped"
        assert capture_end(tmp_path / "close") is not None
    finally:
        released.set()
    late._thread.join(10)
    assert not (tmp_path / "open").exists()
