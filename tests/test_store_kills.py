"""A process that keeps, assesses and deletes is killed at random moments; what it had confirmed must hold."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from coach.recording import read_recording
from coach.store import open_store

LIVE = """
import random, sys
from pathlib import Path
import numpy as np
sys.path.insert(0, sys.argv[2])
from test_store_findings import document
from coach.recording import Recording
from coach.store import open_store

def say(*words):
    print(*words, flush=True)

chance = random.Random(int(sys.argv[3]))
noise = Recording(np.arange(16_000).astype(np.int16))
with open_store(Path(sys.argv[1])) as store:
    say("ready")
    while True:
        attempt = store.add_bytes(b"sound" * 50_000, "wav", "q", "file").id
        say("kept", attempt)
        if chance.random() < 0.7:
            store.keep_audio(attempt, noise)
            store.put_piece(attempt, "[]", attempt)
            store.save_assessment(attempt, document())
            say("assessed", attempt)
        if chance.random() < 0.5:
            say("deleting", attempt)
            store.delete(attempt)
            say("deleted", attempt)
"""


@pytest.mark.skipif(os.name == "nt", reason="kills as POSIX does")
@pytest.mark.parametrize("seed", range(6))
def test_nothing_confirmed_is_lost_and_nothing_deleted_comes_back(tmp_path: Path, seed: int) -> None:
    command = [sys.executable, "-c", LIVE, str(tmp_path), str(Path(__file__).parent), str(seed)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(random.Random(seed).uniform(0.05, 0.8))
    process.send_signal(signal.SIGKILL)
    said = [
        line.split()
        for line in process.communicate()[0].splitlines()
        if line.endswith(tuple("0123456789abcdef"))
    ]
    told = {
        word: {words[1] for words in said if words[0] == word and len(words[1]) == 32}
        for word in ("kept", "assessed", "deleting", "deleted")
    }
    with open_store(tmp_path) as store:
        there = {attempt.id: attempt for attempt in store.attempts()}
        assert told["kept"] - told["deleting"] <= set(there)
        assert not told["deleted"] & set(there)
        assert {folder.name for folder in (tmp_path / "attempts").iterdir()} == set(there)
        for attempt in there.values():
            if attempt.stage == "recording":  # cut off while its bytes arrived, before it was confirmed
                assert attempt.id not in told["kept"]
                continue
            path = store.audio_path(attempt.id)
            if path.name == "audio.flac":
                assert np.array_equal(read_recording(path).pcm, np.arange(16_000))
            else:
                assert path.read_bytes() == b"sound" * 50_000
            assert (store.assessment(attempt.id) is not None) == (attempt.stage == "assessed")
        for attempt in told["assessed"] & set(there):
            assert there[attempt].stage == "assessed"
        assert not list((tmp_path / "attempts").rglob("*.part"))[1:]  # at most the one of that moment
