"""``coach record`` in a real terminal, listening to a real sound server."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import wave
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pexpect
import pytest

from coach.recording import read_recording
from coach.store import Attempt, Store, open_store

from .sound_server import SoundServer

pytestmark = [pytest.mark.microphone, pytest.mark.whisper]


@pytest.fixture
def talk(samples: Path, tmp_path: Path) -> Path:
    """The first 14 s of the human sample, as the WAV that the sound server can play."""
    path = tmp_path / "talk.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(read_recording(samples / "human-spacewalk.flac").pcm[: 14 * 16_000].tobytes())
    return path


@pytest.fixture
def record(sound_server: SoundServer, home: Path) -> Iterator[Callable[..., pexpect.spawn]]:
    """Starts ``coach record`` in a terminal and returns once it shows a level."""
    terminals: list[pexpect.spawn] = []

    def start(*arguments: str) -> pexpect.spawn:
        environment = sound_server.environment | {"COACH_HOME": str(home), "COACH_MODEL": "tiny.en"}
        terminal = pexpect.spawn(
            sys.executable, ["-m", "coach.cli", "record", *arguments],
            env=environment, encoding="utf-8", timeout=120, dimensions=(40, 120), codec_errors="replace",
        )  # fmt: skip
        terminals.append(terminal)
        terminal.logfile_read = io.StringIO()
        terminal.expect("dBFS")
        return terminal

    yield start
    for terminal in terminals:
        terminal.close(force=True)


def shown(terminal: pexpect.spawn) -> str:
    """Everything the terminal has shown."""
    return str(terminal.logfile_read.getvalue())


def ended(terminal: pexpect.spawn) -> int:
    terminal.expect(pexpect.EOF)
    terminal.wait()
    return int(terminal.exitstatus)


def play(sound_server: SoundServer, talk: Path, terminal: pexpect.spawn) -> None:
    """Plays the talk, while the terminal takes what is written to it as a real one does."""
    with ThreadPoolExecutor() as pool:
        playing = pool.submit(sound_server.play, talk)
        while not playing.done():
            terminal.expect([pexpect.TIMEOUT, "dBFS", pexpect.EOF], timeout=0.2)
        playing.result()


def only_attempt(home: Path) -> tuple[Store, Attempt]:
    store = open_store(home)
    (attempt,) = store.attempts()
    return store, attempt


def test_enter_stops_and_the_review_is_shown(
    record, sound_server: SoundServer, talk: Path, home: Path
) -> None:
    terminal = record()
    play(sound_server, talk, terminal)
    terminal.send("\n")
    assert ended(terminal) == 0, shown(terminal)
    assert re.search(r"0:\d\d  \[█+", shown(terminal)), "a level meter with the elapsed time"
    assert "speaking rate" in shown(terminal)
    with only_attempt(home)[0] as store:
        (attempt,) = store.attempts()
        assert attempt.stage == "assessed"
        kept = store.assessment(attempt.id)
        assert kept is not None
        said = kept.transcript.text.lower()
        assert "celebrating" in said
        assert "female" in said


def test_ctrl_c_keeps_what_there_is_and_it_can_be_finished(
    record, sound_server: SoundServer, talk: Path, home: Path
) -> None:
    terminal = record()
    play(sound_server, talk, terminal)
    terminal.sendintr()
    assert ended(terminal) == 130, shown(terminal)
    named = re.search(r"coach resume ([0-9a-f]{8})", shown(terminal))
    assert named
    assert "Traceback" not in shown(terminal)
    store, attempt = only_attempt(home)
    with store:
        assert attempt.id.startswith(named[1])
        assert attempt.stage == "recorded"
        assert attempt in store.unfinished()
    resumed = subprocess.run(
        [sys.executable, "-m", "coach.cli", "resume", named[1]],
        env=os.environ | {"COACH_MODEL": "tiny.en"}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert resumed.returncode == 0, resumed.stderr
    with open_store(home) as store:
        assert store.attempt(attempt.id).stage == "assessed"
        assert store.attempt(attempt.id).duration_s > 12


def test_a_lost_device_is_told_and_what_was_heard_is_scored(
    record, sound_server: SoundServer, talk: Path, home: Path
) -> None:
    terminal = record()
    play(sound_server, talk, terminal)
    sound_server.unplug()
    assert ended(terminal) == 0, shown(terminal)
    store, attempt = only_attempt(home)
    with store:
        assert attempt.stage == "assessed"
        assert attempt.duration_s > 12
    assert re.search(r"lost|gone|stopped sending|no more sound", shown(terminal)), shown(terminal)


def test_seconds_stop_it(record, sound_server: SoundServer, talk: Path, home: Path) -> None:
    terminal = record("--seconds", "8", "--question", "time-you-failed")
    play(sound_server, talk, terminal)
    assert ended(terminal) == 0, shown(terminal)
    store, attempt = only_attempt(home)
    with store:
        assert attempt.question_id == "time-you-failed"
        assert 7.5 < attempt.duration_s < 10


def test_no_microphone_is_a_sentence_and_leaves_nothing(
    stopped_sound_server: SoundServer, home: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "coach.cli", "record", "--seconds", "2"],
        env=stopped_sound_server.environment | {"COACH_HOME": str(home)}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert "icrophone" in done.stderr
    assert "Traceback" not in done.stderr
    with open_store(home) as store:
        assert store.attempts() == []
