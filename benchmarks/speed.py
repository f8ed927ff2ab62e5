"""How long an assessment takes, against what else there is, on the same sound and in one run.

    python -m benchmarks.speed [--minutes 3] [--models base,tiny.en] [--runs 5] [--write]

Coach and the calls of faster-whisper use the same weights, numeric type and threads in the same process, and all models
are loaded before. Coach's time is that of the whole assessment: decoding the file, all signal analysis,
coverage and tips. erm is a command: it runs in a process of its own, and what it needs for a recording of one second,
which is mostly starting and loading, is taken off. Each round runs everything once, in another order each time,
so that a slow minute hits all alike; a ratio is the median of the ratios of the rounds.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks import sections
from benchmarks.sections import markdown
from coach.bundled import bundled
from coach.practice import assess
from coach.recording import SAMPLE_RATE, Recording, read_recording, write_flac
from coach.settings import Settings, coach_home, model_store
from coach.transcription.verbatim import Whisper, load_whisper
from coach.transcription.weights import locate

ERM: Final = Path(__file__).resolve().parents[1] / ".bench" / "erm" / "bin" / "erm"
COACH: Final = "Coach, the whole assessment"
BARE: Final = "faster-whisper, its defaults (beam 5, no VAD)"
ALONE: Final = "erm"
MOST: Final = {"base": 1.0, "tiny.en": 1.2}
"""How many times the bare call's time the whole assessment may take, by model."""
QUESTION: Final = "l1-vs-l2-regularization"
Contenders = Mapping[str, Callable[[], object]]


def talk(minutes: float) -> Recording:
    """The fluent sample talks one after another, up to ``minutes``: in rambling ones the bare call loops."""
    paths = sorted(bundled("samples").glob("good-*.flac"))
    pcm = np.concatenate([read_recording(path).pcm for path in paths])
    length = int(minutes * 60 * SAMPLE_RATE)
    return Recording(np.tile(pcm, length // len(pcm) + 1)[:length])


def processor() -> str:
    """The processor's name and how many of it."""
    names = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return f"{names[0].split(':')[1].strip() if names else platform.processor()}, {os.cpu_count()} cores"


def contenders(path: Path, whisper: Whisper, settings: Settings) -> Contenders:
    """What is timed on the file at ``path`` in this process; a call of each has loaded what is loaded once."""
    from faster_whisper import BatchedInferencePipeline  # noqa: PLC0415

    batched = BatchedInferencePipeline(model=whisper._model)

    def call(model: Any, **options: object) -> None:
        for _ in model.transcribe(str(path), word_timestamps=True, **options)[0]:
            pass

    return {
        COACH: lambda: assess(path, QUESTION, settings=settings),
        BARE: partial(call, whisper._model),
        "faster-whisper, vad_filter": partial(call, whisper._model, vad_filter=True),
        "faster-whisper, BatchedInferencePipeline": partial(call, batched),
    }


def erm(path: Path, weights: Path) -> None:
    """One dry run of the command."""
    subprocess.run(
        [ERM, path, "--dry-run", "--json", path.with_suffix(".json"), "--model", weights, "--device", "cpu",
         "--compute-type", "int8"],
        capture_output=True, check=True,
    )  # fmt: skip


def seconds(work: Callable[[], object]) -> float:
    """How long ``work`` takes."""
    before = time.perf_counter()
    work()
    return time.perf_counter() - before


def measure(path: Path, opening: Path, second: Path, model: str, runs: int) -> dict[str, list[float]]:
    """Seconds of each round, by what ran. ``opening`` and ``second`` are the first ten seconds and the first one."""
    whisper = load_whisper(model, model_store(coach_home()), "auto", "auto")
    within = contenders(path, whisper, Settings(model=model))
    timed = {name: partial(seconds, run) for name, run in within.items()}
    if ERM.exists() and shutil.which("ffprobe"):
        weights = locate(model, model_store(coach_home()))
        timed[ALONE] = lambda: seconds(lambda: erm(path, weights)) - seconds(lambda: erm(second, weights))
    for run in contenders(opening, whisper, Settings(model=model)).values():
        run()  # loads what is loaded once
    told: dict[str, list[float]] = {name: [] for name in timed}
    names = list(timed)
    for number in range(runs):
        for name in rotated(names, number):
            told[name].append(timed[name]())
            print(f"{model}, round {number + 1} of {runs}: {name}", file=sys.stderr, flush=True)
    return told


def rotated(names: Sequence[str], by: int) -> list[str]:
    """``names`` beginning at another one each time."""
    at = by % len(names)
    return [*names[at:], *names[:at]]


def ratio(ours: Sequence[float], other: Sequence[float]) -> float:
    """The median over the rounds of our time over the other's in the same round."""
    return statistics.median(a / b for a, b in zip(ours, other, strict=True))


def table(model: str, told: Mapping[str, Sequence[float]], minutes: float) -> str:
    """One model's figures, and whether the aims are met."""
    rows = [("what", "seconds, median", "real-time factor", "Coach takes so many times this")]
    for name, each in told.items():
        median = statistics.median(each)
        times = "" if name == COACH else f"{ratio(told[COACH], each):.2f}"
        rows.append((name, f"{median:.1f}", f"{median / (minutes * 60):.3f}", times))
    against = ratio(told[COACH], told[BARE])
    lines = [f"### {model}", "", markdown(rows), ""]
    if model in MOST:
        met = "met" if against <= MOST[model] else "missed"
        lines.append(f"Aim: at most {MOST[model]:.1f} times the bare call's time: {met} ({against:.2f}).")
    if ALONE in told:
        than = ratio(told[COACH], told[ALONE])
        lines.append(f"Aim: less than erm's time: {'met' if than < 1 else 'missed'} ({than:.2f}).")
    else:
        lines.append("erm is left out: it (`make bench-erm`) or FFmpeg, which it needs, is not installed.")
    return "\n".join([*lines, ""])


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--models", default="base,tiny.en")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--write", action="store_true", help='into benchmarks/RESULTS.md, under "## Speed"')
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        recording = talk(given.minutes)
        paths = []
        for length in (len(recording.pcm), 10 * SAMPLE_RATE, SAMPLE_RATE):
            paths.append(Path(folder) / f"{length}.flac")
            write_flac(Recording(recording.pcm[:length]), paths[-1])
        told = {model: measure(*paths, model, given.runs) for model in given.models.split(",")}
    head = (
        f"`python -m benchmarks.speed --minutes {given.minutes:g} --models {given.models} --runs {given.runs}`\n"
        f"on {processor()}; faster-whisper {version('faster-whisper')}, CTranslate2 {version('ctranslate2')}, "
        f"Python {platform.python_version()}. A talk of {given.minutes:g} minutes; median of {given.runs} rounds. From "
        "erm's time that for one second of sound is taken off, so that loading its model is not counted.\n"
    )
    text = "\n".join([head, *(table(model, each, given.minutes) for model, each in told.items())])
    print(text)
    if given.write:
        sections.write("Speed", text)


if __name__ == "__main__":
    main()
