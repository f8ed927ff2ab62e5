"""The app in a process of its own, and what a test knows about it without asking its pages."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest

from coach.assessment import Assessment
from coach.recording import read_recording
from coach.store import Attempt, open_store

Answer = TypeVar("Answer")
PATIENCE_S = 180.0
"""For what needs a model: a shared machine may be ten times slower than an idle one."""


@dataclass(frozen=True)
class App:
    """``home`` is its COACH_HOME, ``url`` where its pages are, ``log`` what it wrote to the terminal."""

    home: Path
    url: str
    log: Path

    def attempts(self) -> list[Attempt]:
        with open_store(self.home) as store:
            return list(store.attempts())

    def attempt(self, attempt_id: str) -> Attempt:
        with open_store(self.home) as store:
            return store.attempt(attempt_id)

    def assessment(self, attempt_id: str) -> Assessment:
        with open_store(self.home) as store:
            found = store.assessment(attempt_id)
        assert found is not None, f"{attempt_id} has no assessment"
        return found

    def folder(self, attempt_id: str) -> Path:
        return self.home / "attempts" / attempt_id

    def sound(self, attempt_id: str) -> Path:
        """What is on disk of it: the original as it came, or the FLAC that replaces it once it was read."""
        with open_store(self.home) as store:
            return store.audio_path(attempt_id)

    def seconds(self, attempt_id: str) -> float:
        """How much sound is on disk."""
        return read_recording(self.sound(attempt_id)).duration


def until(ask: Callable[[], Answer | None], what: str, seconds: float = PATIENCE_S) -> Answer:
    """The first true answer; a failure when there is none in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := ask():
            return answer
        time.sleep(0.1)
    pytest.fail(f"waited {seconds} s in vain for {what}")


@contextmanager
def serving(folder: Path, models: Path, surroundings: Mapping[str, str] = os.environ) -> Iterator[App]:
    """Starts the app with an empty home in ``folder`` and ends it; fails when it wrote a traceback."""
    home = folder / "home"
    home.mkdir(parents=True)
    (home / "models").symlink_to(models, target_is_directory=True)
    port = _free_port()
    app = App(home=home, url=f"http://localhost:{port}", log=folder / "app.log")
    environment = {name: value for name, value in surroundings.items() if not name.startswith("COACH_")}
    environment |= {"COACH_HOME": str(home), "COACH_MODEL": "tiny.en"}
    command = [sys.executable, "-m", "coach.cli", "app", "--no-browser", "--port", str(port)]
    with app.log.open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        until(lambda: _answers(app, process), "the app", 90)
        yield app
        assert process.poll() is None, f"the app died with {process.returncode}:\n{app.log.read_text()}"
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    written = app.log.read_text()
    assert "Traceback" not in written, written


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(app: App, process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None, f"the app did not start:\n{app.log.read_text()}"
    try:
        with urllib.request.urlopen(f"{app.url}/_stcore/health", timeout=5) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False
