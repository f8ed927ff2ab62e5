"""Nothing leaves the machine: importing, scoring and starting the app with every outside socket refused."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time
import urllib.request
from pathlib import Path

import pytest

GUARD = textwrap.dedent(
    """
    import socket, sys, os
    LOCAL = ("127.", "::1", "localhost", "0.0.0.0", "::")
    def refuse(event, arguments):
        if event in ("socket.connect", "socket.sendto"):
            address = arguments[1]
        elif event == "socket.getaddrinfo":
            address = (arguments[0],)
        else:
            return
        host = address[0] if isinstance(address, tuple) else None
        if host is None or isinstance(address, (str, bytes)) or not host:
            return
        host = host.decode() if isinstance(host, bytes) else str(host)
        if not host.startswith(LOCAL):
            with open(os.environ["OUTSIDE"], "a") as log:
                log.write(f"{event} {host}\\n")
            raise OSError(f"no network here: {host}")
    sys.addaudithook(refuse)
    """
)


@pytest.fixture
def offline(tmp_path: Path, home: Path) -> tuple[dict[str, str], Path]:
    """An environment whose Python processes refuse, and write down, every connection that is not to this machine."""
    (tmp_path / "guard").mkdir()
    (tmp_path / "guard" / "sitecustomize.py").write_text(GUARD)
    log = tmp_path / "outside.txt"
    log.touch()
    environment = {
        **os.environ,
        "PYTHONPATH": str(tmp_path / "guard"),
        "OUTSIDE": str(log),
        "COACH_MODEL": "tiny.en",
    }
    return environment, log


def test_the_guard_refuses(offline: tuple[dict[str, str], Path]) -> None:
    environment, log = offline
    code = "import socket; socket.create_connection(('192.0.2.1', 80), 1)"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert "no network here" in done.stderr
    assert "192.0.2.1" in log.read_text()


@pytest.mark.whisper
def test_importing_and_scoring_reach_for_nothing(offline: tuple[dict[str, str], Path], samples: Path) -> None:
    environment, log = offline
    done = subprocess.run(
        [sys.executable, "-m", "coach.cli", "score", str(samples / "human-spacewalk.flac"), "--json"],
        env=environment, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert '"schema_version": 2' in done.stdout
    assert log.read_text() == ""


def test_the_app_starts_and_reaches_for_nothing(offline: tuple[dict[str, str], Path], free_port: int) -> None:
    environment, log = offline
    app = subprocess.Popen(
        [sys.executable, "-m", "coach.cli", "app", "--no-browser", "--port", str(free_port)],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        page = _get(f"http://localhost:{free_port}/", app)
        assert "<title>" in page
        health = _get(f"http://localhost:{free_port}/_stcore/health", app)
        assert health.strip() == "ok"
    finally:
        app.terminate()
        app.communicate(timeout=30)
    assert log.read_text() == ""


def test_the_very_first_start_asks_nothing_and_opens(home: Path, tmp_path: Path, free_port: int) -> None:
    """As ``make run`` does it: a browser is to be opened, in a home without a trace of Streamlit."""
    (tmp_path / "empty").mkdir()
    app = subprocess.Popen(
        [sys.executable, "-m", "coach.cli", "app", "--port", str(free_port)],
        env={**os.environ, "HOME": str(tmp_path / "empty"), "BROWSER": "true"},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        assert _get(f"http://localhost:{free_port}/_stcore/health", app).strip() == "ok"
    finally:
        app.terminate()
        said, _ = app.communicate(timeout=30)
    assert "Email" not in said


def _get(address: str, app: subprocess.Popen[str]) -> str:
    for _ in range(240):
        if app.poll() is not None:
            pytest.fail(f"the app ended: {app.stdout.read() if app.stdout else ''}")
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return answer.read().decode()
        except OSError:
            time.sleep(0.25)
    pytest.fail(f"{address} did not answer")
