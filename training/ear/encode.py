"""What Whisper's encoder makes of every training recording, kept as ``.bench/ear/MODEL/NAME.npz``.

    python -m training.ear.encode [--model base]

Training recordings are the synthetic talks of ``training/speech`` and the development half of the recordings of
people (silver and read; see ``benchmarks/speech/corpus.py``; never gold, never the test half). Recordings of people
are encoded five times: as they are, 8 % faster and slower (pitch moves along), with noise, and by telephone.
The dev talks of the benchmark are encoded too; they serve to choose thresholds, not to fit the weights.

Each file holds ``states`` (frames, width) float16, ``known`` (frames,) whether a frame was encoded, and
``fillers`` (n, 2), ``words`` (n,) begins and ``doubtful`` (n, 2) in seconds; ``words`` is empty where unknown.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import soxr
from numpy.typing import NDArray

from benchmarks.speech.conditions import RATE, noisy, telephone
from benchmarks.speech.corpus import jobs, real, real_folder
from benchmarks.speech.truth import Item
from coach.recording import Recording, read_recording
from coach.settings import coach_home, model_store
from coach.transcription.pieces import cut
from coach.transcription.verbatim import hushed
from coach.transcription.weights import locate
from coach.transcription.window import FRAME_S, Window
from coach.voice import FAINT, silero_speech

ROOT: Final = Path(__file__).resolve().parents[2]
Sound = NDArray[np.float32]
DOUBT_S: Final = 0.5
ROUGH: Final = "rosehill"
"""The source whose times are rough: its fillers teach nothing, and nothing around them does."""


@dataclass(frozen=True)
class Lesson:
    """A recording with what is known about it; ``pace`` stretches its times, ``change`` its sound."""

    name: str
    path: Path
    fillers: tuple[tuple[float, float], ...]
    words: tuple[float, ...]
    doubtful: tuple[tuple[float, float], ...]
    change: Callable[[Sound], Sound]
    pace: float = 1.0


def lessons() -> Iterator[Lesson]:
    talks = sorted((ROOT / ".bench" / "train").glob("*.flac"))
    dev = [ROOT / ".bench" / "audio" / f"{job.name}.flac" for job in jobs("dev")]
    for path in (*talks, *(path for path in dev if path.exists())):
        told = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        fillers = tuple((each["start"], each["end"]) for each in told["fillers"])
        yield Lesson(
            path.stem, path, fillers, tuple(w["start"] for w in told["words"]), (), lambda sound: sound
        )
    folder = real_folder()
    people = [item for item in real("dev", folder) if item.part in ("silver", "read")] if folder else []
    for item in people:
        for name, (change, pace) in CHANGES.items():
            yield _of_person(item, name, change, pace)


def _of_person(item: Item, name: str, change: Callable[[Sound], Sound], pace: float) -> Lesson:
    events = item.truth.events["filled_pause"]
    times = tuple((e.start, e.end) for e in events if e.start is not None and e.end is not None)
    doubtful = tuple((at - DOUBT_S, at + DOUBT_S) for at in item.truth.doubtful)
    if ROUGH in item.name:
        times, doubtful = (), (*doubtful, *((a - 1.0, b + 1.0) for a, b in times))
    return Lesson(f"person-{item.name}-{name}", item.path, times, (), doubtful, change, pace)


def _faster(pace: float) -> Callable[[Sound], Sound]:
    return lambda sound: soxr.resample(sound, RATE, RATE * pace, quality="HQ").astype(np.float32)


CHANGES: Final[dict[str, tuple[Callable[[Sound], Sound], float]]] = {
    "plain": (lambda sound: sound, 1.0),
    "fast": (_faster(0.92), 0.92),
    "slow": (_faster(1.08), 1.08),
    "noise": (lambda sound: noisy(sound, 15, np.random.default_rng(1)), 1.0),
    "telephone": (lambda sound: telephone(sound, np.random.default_rng(1)), 1.0),
}


def encoded(lesson: Lesson, model: object) -> dict[str, NDArray[np.generic]]:
    sound = lesson.change(read_recording(lesson.path).samples)
    pcm = np.round(np.clip(sound, -1, 1) * 32767).astype(np.int16)
    count = int(np.ceil(len(pcm) / RATE / FRAME_S)) + 1
    states: NDArray[np.float16] | None = None
    known = np.zeros(count, bool)
    for piece in cut([Recording(pcm).pcm]):
        samples = piece.pcm.astype(np.float32) / 32768
        speech = silero_speech(samples)
        if not speech:
            continue
        heard = Window(model, hushed(samples, silero_speech(samples, FAINT))).states
        states = np.zeros((count, heard.shape[1]), np.float16) if states is None else states
        at = round(piece.start / FRAME_S)
        heard = heard[: count - at]
        states[at : at + len(heard)], known[at : at + len(heard)] = heard, True
    return {
        "states": states if states is not None else np.zeros((count, 1), np.float16),
        "known": known,
        "fillers": np.array(lesson.fillers, np.float32).reshape(-1, 2) * lesson.pace,
        "words": np.array(lesson.words, np.float32) * lesson.pace,
        "doubtful": np.array(lesson.doubtful, np.float32).reshape(-1, 2) * lesson.pace,
    }


def main() -> None:
    from faster_whisper import WhisperModel  # noqa: PLC0415

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="base")
    given = parser.parse_args()
    folder = ROOT / ".bench" / "ear" / given.model
    folder.mkdir(parents=True, exist_ok=True)
    weights = locate(given.model, model_store(coach_home()))
    model = WhisperModel(str(weights), device="cpu", compute_type="int8", local_files_only=True)
    for number, lesson in enumerate(lessons(), 1):
        place = folder / f"{lesson.name}.npz"
        if not place.exists() or place.stat().st_mtime < lesson.path.stat().st_mtime:
            part = folder / "part.npz"
            np.savez(part, **encoded(lesson, model))
            part.replace(place)
            print(f"{number} {lesson.name}")


if __name__ == "__main__":
    main()
