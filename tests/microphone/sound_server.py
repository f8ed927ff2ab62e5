"""Real PortAudio without hardware: a private sound server whose loudspeaker is its microphone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
REPOSITORY = HERE.parent.parent
ALSA = """\
</usr/share/alsa/alsa.conf>
pcm.!default { type pulse }
ctl.!default { type pulse }
"""
MODULES = (
    "module-null-sink sink_name=speaker rate=48000 channels=1 format=s16le",
    "module-remap-source master=speaker.monitor source_name=mic",
)


def until(ask: Callable[[], Any], what: str, seconds: float = 30) -> Any:
    """The first true answer; a failure when there is none in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := ask():
            return answer
        time.sleep(0.02)
    pytest.fail(f"waited {seconds} s in vain for {what}")


class SoundServer:
    """A sound server of its own in a folder of its own; ``environment`` leads a process to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "alsa.conf").write_text(ALSA)
        self.environment = os.environ | {
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
            "PULSE_RUNTIME_PATH": str(folder),
            "PULSE_STATE_PATH": str(folder),
            "PULSE_SERVER": f"unix:{folder}/socket",
            "ALSA_CONFIG_PATH": str(folder / "alsa.conf"),
            "PYTHONPATH": str(REPOSITORY),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        socket = f"module-native-protocol-unix socket={self.folder}/socket auth-anonymous=1"
        command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"]
        for module in (socket, *MODULES):
            command += ["-L", module]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        until(lambda: self.control("info", check=False) == 0, "the sound server")
        self.control("set-default-source", "mic")

    def control(self, *words: str, check: bool = True) -> int:
        done = subprocess.run(
            ["pactl", *words], env=self.environment, check=False, capture_output=True, text=True
        )
        if check and done.returncode != 0:
            pytest.fail(f"pactl {' '.join(words)}: {done.stderr}")
        return done.returncode

    def suspend(self, suspended: bool) -> None:
        # The sink clocks its monitor, which clocks the remapped source: only together do they fall silent.
        self.control("suspend-sink", "speaker", str(int(suspended)))
        self.control("suspend-source", "mic", str(int(suspended)), check=False)

    def unplug(self) -> None:
        self.control("unload-module", "module-remap-source")
        self.control("unload-module", "module-null-sink")

    def play(self, wav: Path) -> None:
        """Returns when all of it was played."""
        subprocess.run(["paplay", str(wav)], env=self.environment, check=True, timeout=60)

    def signal(self, number: int) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()


class Driver:
    """A process with ``driver.py``: each call sends a command and returns the reply, or raises Refused."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "driver.py")],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __call__(self, *command: Any) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps([str(c) if isinstance(c, Path) else c for c in command]) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            _, errors = self.process.communicate()
            pytest.fail(f"the driver died with {self.process.returncode}: {errors}")
        answer = json.loads(line)
        if "error" in answer:
            raise Refused(answer["error"], answer["message"])
        return answer["reply"]

    def finish(self) -> int:
        """Ends the process as a user's program would end; its exit code."""
        self.process.communicate(timeout=30)
        return self.process.returncode


class Refused(Exception):
    """The driver met a CoachError of this kind, with this message."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
