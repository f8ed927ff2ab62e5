"""The command line as a program: what is on stdout, what on stderr, and the exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import wave
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from coach.schema import assessment_schema

pytestmark = pytest.mark.whisper
HUMAN = "human-spacewalk.flac"


def coach(
    *arguments: str | Path, stdin: str = "", environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "coach.cli", *map(str, arguments)],
        input=stdin, capture_output=True, text=True, timeout=300,
        env={**os.environ, "COACH_MODEL": "tiny.en", "COLUMNS": "200", **(environment or {})},
    )  # fmt: skip


def wav(path: Path, samples: np.ndarray, rate: int = 16_000) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.astype("<i2").tobytes())
    return path


@pytest.mark.usefixtures("home")
def test_json_alone_is_on_stdout_and_follows_the_schema(samples: Path) -> None:
    done = coach("score", samples / HUMAN, "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    jsonschema.validate(document, json.loads(assessment_schema()))
    assert document["attempt_id"] is None
    assert document["coverage"]["score"] is None
    assert document["versions"]["model"].startswith("tiny.en/")


def test_several_files_are_json_lines_and_the_worst_counts(samples: Path, home: Path, tmp_path: Path) -> None:
    silent = wav(tmp_path / "silent.wav", np.zeros(32_000))
    done = coach("score", samples / HUMAN, silent, samples / HUMAN, "--json")
    assert done.returncode == 2
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lines) == 2
    assert lines[0]["transcript"] == lines[1]["transcript"]
    assert "silent.wav: No speech was found" in done.stderr
    assert not (home / "coach.sqlite3").exists(), "score keeps nothing unless told to"


def bad_files(folder: Path) -> dict[str, Path]:
    """Files that are no recording, by what is wrong with them."""
    (folder / "empty.wav").touch()
    (folder / "text.wav").write_text("This is not sound at all. " * 50)
    wav(folder / "zero.wav", np.zeros(0))
    (folder / "folder.wav").mkdir()
    (folder / "truncated.mp3").write_bytes(b"\xff\xfb\x90\x64" + b"\x00" * 40)
    data = np.full(16_000, np.nan, np.float32).tobytes()
    header = b"RIFF" + (36 + len(data)).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    header += (3).to_bytes(2, "little") + (1).to_bytes(2, "little") + (16_000).to_bytes(4, "little")
    header += (64_000).to_bytes(4, "little") + (4).to_bytes(2, "little") + (32).to_bytes(2, "little")
    (folder / "nan.wav").write_bytes(header + b"data" + len(data).to_bytes(4, "little") + data)
    wav(folder / "tone.wav", 8000 * np.sin(2 * np.pi * 440 * np.arange(32_000) / 16_000))
    return {path.stem: path for path in folder.iterdir()} | {"missing": folder / "missing.wav"}


def test_bad_input_is_a_sentence_each_and_exit_code_2(tmp_path: Path, home: Path) -> None:
    for save in ([], ["--save"]):
        for what, path in bad_files(tmp_path / f"bad{len(save)}").items() if _made(tmp_path, save) else ():
            done = coach("score", path, "--json", *save)
            assert done.returncode == 2, (what, done.stdout, done.stderr)
            assert done.stdout == ""
            assert "Traceback" not in done.stderr
            sentences = [line for line in done.stderr.splitlines() if line.strip()]
            assert 1 <= len(sentences) <= 2, (what, done.stderr)
            assert sentences[-1].rstrip().endswith((".", ")")), (what, sentences)


def _made(tmp_path: Path, save: list[str]) -> bool:
    (tmp_path / f"bad{len(save)}").mkdir()
    return True


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    "arguments",
    [
        ["score"],
        ["score", "--bogus"],
        ["score", "x.wav", "-q", "no-such-question"],
        ["score", "x.wav", "--rubric", "no-such-file.yaml"],
        ["score", "x.wav", "-q", "bias-variance-tradeoff", "--rubric", "y.yaml"],
        ["score", "--text", "no-such-file.txt", "-q", "bias-variance-tradeoff"],
        ["score", "--text", "-"],
        ["questions", "show", "nothing-like-it"],
        ["questions", "list", "--domain", "cooking"],
        ["questions", "check", "no-such-folder"],
        ["delete", "abcdef", "--yes"],
        ["export", "abcdef"],
    ],
    ids=" ".join,
)
def test_a_users_mistake_is_exit_code_2_without_a_traceback(arguments: list[str]) -> None:
    done = coach(*arguments)
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stdout == ""
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr


@pytest.mark.usefixtures("home")
def test_no_permission_is_a_sentence(tmp_path: Path, samples: Path) -> None:
    locked = wav(tmp_path / "locked.wav", np.zeros(16_000))
    locked.chmod(0)
    # Root may read anything: as root the program gives that up once it is loaded.
    code = (
        "import os, sys; import av, coach.practice, coach.terminal; from coach.cli import main\n"
        "if os.getuid() == 0: os.seteuid(65534)\n"
        "main(sys.argv[1:])"
    )
    for folder in (tmp_path, *tmp_path.parents[:-1]):
        if folder.stat().st_uid == os.getuid():
            folder.chmod(folder.stat().st_mode | 0o055)
    done = subprocess.run(
        [sys.executable, "-c", code, "score", str(locked)], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2, done.stderr
    assert "permi" in done.stderr.lower()
    assert "Traceback" not in done.stderr


def test_a_saved_talk_goes_through_the_history(samples: Path, home: Path, tmp_path: Path) -> None:
    saved = coach("score", samples / HUMAN, "--save", "--json")
    assert saved.returncode == 0, saved.stderr
    attempt = json.loads(saved.stdout)["attempt_id"]
    assert attempt[:8] in coach("history").stdout
    assert json.loads(coach("history", "--json").stdout)["attempt_id"] == attempt

    again = coach("rescore", attempt[:8])
    assert again.returncode == 0, again.stderr
    assert f"{attempt[:8]}  free talk: scored again" in again.stdout
    assert coach("export", attempt[:8], "--to", tmp_path).returncode == 0
    (folder,) = tmp_path.glob("coach-*")
    assert {path.name for path in folder.iterdir()} == {
        "assessment.json", "recording.flac", "review.html", "review.md",
    }  # fmt: skip
    assert json.loads((folder / "assessment.json").read_text())["attempt_id"] == attempt

    assert coach("delete", attempt[:8], stdin="n\n").returncode == 130
    assert coach("delete", attempt[:8], "--yes").returncode == 0
    assert attempt[:8] not in coach("history").stdout
    assert not list((home / "attempts").glob("*"))


@pytest.mark.usefixtures("home")
def test_a_written_answer_from_a_file_and_from_stdin(tmp_path: Path) -> None:
    from coach.rubric import load_rubric

    good = load_rubric("bias-variance-tradeoff").examples.good
    (tmp_path / "answer.txt").write_text(good, encoding="utf-8")
    file = coach("score", "--text", tmp_path / "answer.txt", "-q", "bias-variance-tradeoff", "--json")
    stdin = coach("score", "--text", "-", "-q", "bias-variance-tradeoff", "--json", stdin=good)
    assert file.returncode == stdin.returncode == 0, file.stderr + stdin.stderr
    document = json.loads(file.stdout)
    assert document["coverage"] == json.loads(stdin.stdout)["coverage"]
    assert document["coverage"]["score"] >= 0.6
    assert document["recording"] is None
    assert document["measurements"]["speaking_rate"]["reason"]


@pytest.mark.usefixtures("home")
def test_html_and_markdown_are_written(samples: Path, tmp_path: Path) -> None:
    done = coach("score", samples / HUMAN, "--html", tmp_path / "r.html", "--markdown", tmp_path / "r.md")
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert "data:audio/flac;base64," in (tmp_path / "r.html").read_text()
    assert "## Figures" in (tmp_path / "r.md").read_text()


def test_doctor_is_healthy_here_and_not_with_a_model_that_is_missing(home: Path) -> None:
    well = coach("doctor")
    assert well.returncode == 0, well.stdout
    for named in ("Model tiny.en", "Sentence encoder", "Database", "Microphone", "Browser"):
        assert named in well.stdout
    ill = coach("doctor", environment={"COACH_MODEL": "no-such-model"})
    assert ill.returncode == 2
    assert "no-such-model" in ill.stdout
    (home / "settings.json").write_text("{")
    assert coach("doctor").returncode == 2


@pytest.mark.usefixtures("home")
def test_questions_can_be_listed_shown_and_checked(tmp_path: Path) -> None:
    listed = coach("questions", "list", "--domain", "behavioral")
    assert "time-you-failed" in listed.stdout
    assert "bias-variance" not in listed.stdout
    assert "Key points" in coach("questions", "show", "time-you-failed").stdout
    (tmp_path / "mine.yaml").write_text("schema: 1\nid: mine\n")
    checked = coach("questions", "check", tmp_path / "mine.yaml")
    assert checked.returncode == 2
    assert "mine.yaml" in checked.stderr


@pytest.mark.usefixtures("home")
def test_a_rubric_of_ones_own_is_used(samples: Path, tmp_path: Path) -> None:
    from coach.bundled import bundled

    own = next(bundled("rubrics").rglob("time-you-failed.yaml"))
    done = coach("score", samples / HUMAN, "--rubric", own, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["question"] == "time-you-failed"


@pytest.mark.usefixtures("home")
def test_ctrl_c_ends_with_130(samples: Path, tmp_path: Path) -> None:
    import signal
    import time

    long = wav(tmp_path / "long.wav", np.tile(_speech(samples), 12))
    process = subprocess.Popen(
        [sys.executable, "-m", "coach.cli", "score", str(long)], env={**os.environ, "COACH_MODEL": "tiny.en"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    time.sleep(6)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "Traceback" not in said


def _speech(samples: Path) -> np.ndarray:
    from coach.recording import read_recording

    return read_recording(samples / HUMAN).pcm
