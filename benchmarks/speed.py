"""How long an assessment takes, against a bare faster-whisper call on the same sound in the same process.

``python benchmarks/speed.py [--minutes 3] [--model base] [--runs 3]`` prints the table; ``--write`` puts it into
benchmarks/RESULTS.md. Both sides use the same weights, numeric type and threads; models are loaded before.
Ours includes decoding the file, all signal analysis, coverage and tips.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np

from coach.bundled import bundled
from coach.practice import assess
from coach.recording import SAMPLE_RATE, Recording, read_recording, write_flac
from coach.settings import Settings, coach_home, model_store
from coach.transcription.verbatim import load_whisper

RESULTS = Path(__file__).parent / "RESULTS.md"


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


def measure(path: Path, model: str, runs: int) -> dict[str, list[float]]:
    """Seconds of each run, by what ran. The order alternates, so that a slow minute hits both."""
    whisper = load_whisper(model, model_store(coach_home()))
    settings = Settings(model=model)

    def bare(**options: object) -> None:
        for _ in whisper._model.transcribe(str(path), word_timestamps=True, **options)[0]:
            pass

    contenders = {
        "Coach, the whole assessment": lambda: assess(path, "l1-vs-l2-regularization", settings=settings),
        "bare faster-whisper, its defaults (beam 5)": bare,
        "bare faster-whisper, vad_filter": lambda: bare(vad_filter=True),
        "bare faster-whisper, greedy": lambda: bare(beam_size=1),
    }
    contenders["Coach, the whole assessment"]()  # loads what is loaded once
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(runs):
        for name, run in contenders.items():
            before = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - before)
    return seconds


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--model", default="base")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "talk.flac"
        write_flac(talk(given.minutes), path)
        seconds = measure(path, given.model, given.runs)
    medians = {name: statistics.median(each) for name, each in seconds.items()}
    reference = medians["bare faster-whisper, its defaults (beam 5)"]
    lines = [
        "## Speed",
        "",
        f"`python benchmarks/speed.py --minutes {given.minutes:g} --model {given.model} --runs {given.runs}`",
        f"on {processor()}; faster-whisper {version('faster-whisper')}, CTranslate2 {version('ctranslate2')}, "
        f"Python {platform.python_version()}. Median of {given.runs} runs, in seconds.",
        "",
        "| what | seconds | real-time factor | against the bare call |",
        "|---|---|---|---|",
        *(
            f"| {name} | {median:.1f} | {median / (given.minutes * 60):.3f} | {median / reference:.2f} |"
            for name, median in medians.items()
        ),
        "",
    ]
    table = "\n".join(lines)
    print(table)
    if given.write:
        before = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else "# Results\n\n"
        RESULTS.write_text(before.split("## Speed")[0] + table, encoding="utf-8")


if __name__ == "__main__":
    main()
