"""How often the sound tells of a swallowed copy, on the talks that ``training.speech`` makes.

    python -m training.restarts.sound FOLDER

FOLDER holds the talks and their truth. The words handed over are the true ones without the last copy of each
repetition and without the fragments of words, as a transcription that swallows them writes them: the word that is
left has the time of both. Times are off at random, by 40 ms on average, as a transcription's are.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any

from coach.disfluencies.echoes import Echo, copies, fragments
from coach.recording import read_recording
from coach.transcript import Span, Word

NEAR_S = 0.25


def swallowed(truth: Mapping[str, Any], rng: Random) -> Iterator[Word]:
    """The words as written by a transcription that hears no copy."""
    starts = [one["start"] for one in truth["repetitions"]]
    kept: list[dict[str, Any]] = []
    for word in truth["words"]:
        last = kept[-1] if kept else {"text": ""}
        same = last["text"].strip(",.").lower() == word["text"].strip(",.").lower()
        if same and any(abs(start - last["start"]) < 0.03 for start in starts):
            last["end"] = word["end"]
        elif last["text"].endswith("-"):
            kept[-1] = dict(word, start=last["start"])
        else:
            kept.append(dict(word))
    for word in kept:
        start = max(0.0, word["start"] + rng.gauss(0, 0.04))
        end = max(start + 0.02, word["end"] + 0.05 + rng.gauss(0, 0.04))
        yield Word(text=word["text"], start=start, end=end, confidence=0.9)


def _near(echo: Echo, spans: list[dict[str, Any]]) -> bool:
    return any(abs(echo.start - one["start"]) <= NEAR_S or abs(echo.end - one["end"]) < 0.1 for one in spans)


def main() -> None:
    """Print what is found at true repetitions and restarts, and elsewhere."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    counts: Counter[str] = Counter()
    minutes = 0.0
    rng = Random(3)
    for path in sorted(options.parse_args().folder.glob("*-*-*.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))
        recording = read_recording(path.with_suffix(".flac"))
        minutes += recording.duration / 60
        words = sorted(swallowed(truth, rng), key=lambda word: word.start)
        speech = [Span(start=0, end=recording.duration)]
        counts["repetitions"] += len(truth["repetitions"])
        counts["cut-off words"] += sum(one["text"].endswith("-") for one in truth["restarts"])
        for echo in (*copies(words, speech, recording), *fragments(words, speech, recording)):
            right = _near(echo, truth["repetitions"]) or _near(echo, truth["restarts"])
            counts["found" if right else "false"] += 1
    print(f"{minutes:.0f} minutes: {dict(counts)}")


if __name__ == "__main__":
    main()
