"""Does it matter where a recording begins and ends, and does the same input give the same document?

    python -m benchmarks.speech.splitting --split dev|test [--model base] [--twice 4] [--write]

Every synthetic talk is cut in the middle of each silence of 1 s and more that Coach finds in it, every part is
assessed by itself, and the counts of all parts are held against those of the whole talks. ``--twice`` talks are
assessed by two processes each, with hash seeds of their own; the documents must be the same but for the times of
day and of work. A run can be stopped and goes on where it was.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

from benchmarks import sections
from benchmarks.sections import markdown
from benchmarks.speech.corpus import jobs, spoken
from benchmarks.speech.kept import CACHE, Ahead, kept, place
from benchmarks.speech.peers import Coach, Contender, Heard
from benchmarks.speech.truth import KINDS, Item
from coach.practice import assess
from coach.recording import SAMPLE_RATE, Recording, read_recording, write_flac
from coach.settings import Settings

SILENCE_S: Final = 1.0
TARGET: Final = 0.02
ALL: Final = "all disfluencies"
COUNTED: Final = (*KINDS, ALL, "words")
NOT_COMPARED: Final = {"created_at", "timings_s"}


def cuts(heard: Heard, samples: int, shortest: float = SILENCE_S) -> list[tuple[int, int]]:
    """(first sample, one past the last) of each part: cut in the middle of every silence of ``shortest`` seconds."""
    middles = [
        round((pause.start + pause.end) / 2 * SAMPLE_RATE)
        for pause in heard.pauses or ()
        if pause.start is not None and pause.end is not None and pause.end - pause.start >= shortest - 1e-6
    ]
    return list(pairwise([0, *sorted(middles), samples]))


def counts(heard: Heard) -> Counter[str]:
    """How many of each kind, and how many words."""
    told = Counter({kind: len(heard.events.get(kind, ())) for kind in KINDS})
    told[ALL] = told.total()
    told["words"] = len(heard.words or ())
    return told


def hear(coach: Contender, version: str, path: Path, cache: Path) -> tuple[Heard, float | None]:
    """What is heard in a file, and the seconds it took; None where it was heard before."""
    sound = hashlib.sha256(path.read_bytes()).hexdigest()
    where = place(cache, f"{coach.name} {version} {sound}")
    new, before = not where.exists(), time.monotonic()
    heard = Heard.from_json(kept(where, lambda: coach.hear(path).to_json()))
    return heard, time.monotonic() - before if new else None


def parts(item: Item, heard: Heard, cache: Path) -> Iterator[Path]:
    """The parts of a talk as files; of a talk without a long silence none."""
    recording = read_recording(item.path)
    told = cuts(heard, len(recording.pcm))
    for first, last in told if len(told) > 1 else ():
        path = cache / "parts" / f"{item.name}-{first}-{last}.flac"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_flac(Recording(recording.pcm[first:last]), path)
        yield path


def measure(items: Sequence[Item], coach: Contender, cache: Path) -> list[tuple[Item, Heard, list[Heard]]]:
    """(talk, as a whole, its parts) of every talk."""
    version = coach.version
    ahead = Ahead(
        {"whole": sum(item.duration for item in items), "parts": sum(item.duration for item in items)}
    )
    told = []
    for number, item in enumerate(items, 1):
        whole, spent = hear(coach, version, item.path, cache)
        ahead.done("whole", item.duration, spent or 0.0)
        pieces = [hear(coach, version, path, cache) for path in parts(item, whole, cache)]
        ahead.done("parts", item.duration, sum(spent or 0.0 for _, spent in pieces))
        ahead.tell(f"{number}/{len(items)} {item.name}: {len(pieces)} parts")
        told.append((item, whole, [heard for heard, _ in pieces]))
    return told


def table(told: Sequence[tuple[Item, Heard, Sequence[Heard]]]) -> str:
    """Counts of the whole talks and of their parts, pooled: over all talks, and over those that were cut."""
    cut = [each for each in told if each[2]]
    rows = [("talks", "count", "true", "whole", "in parts", "difference")]
    worst = []
    for name, talks in ((f"all {len(told)}", told), (f"the {len(cut)} that were cut", cut)):
        true = sum((_true(item) for item, _, _ in talks), Counter[str]())
        whole = sum((counts(heard) for _, heard, _ in talks), Counter[str]())
        split = sum((counts(h) for _, heard, pieces in talks for h in pieces or [heard]), Counter[str]())
        rows += [
            (name, kind, str(true[kind]), str(whole[kind]), str(split[kind]), _change(whole, split, kind))
            for kind in COUNTED
        ]
        worst.append(
            max((abs(split[kind] / whole[kind] - 1) for kind in COUNTED if whole[kind]), default=0.0)
        )
    minutes = sum(item.duration for item, _, _ in told) / 60
    return (
        f"{len(told)} talks, {minutes:.1f} minutes; {sum(len(pieces) for _, _, pieces in cut)} parts.\n\n"
        f"{markdown(rows)}\n\nThe largest difference of a kind is {worst[0]:.1%} over all talks (aim: {TARGET:.0%}), "
        f"{worst[1]:.1%} over those that were cut.\n"
    )


def _true(item: Item) -> Counter[str]:
    told = Counter({kind: len(item.truth.events.get(kind, ())) for kind in KINDS})
    told[ALL] = told.total()
    told["words"] = len(item.truth.words or ()) + told["filled_pause"]
    return told


def _change(whole: Mapping[str, int], split: Mapping[str, int], kind: str) -> str:
    return f"{split[kind] / whole[kind] - 1:+.1%}" if whole[kind] else "–"


def document(path: Path, model: str) -> str:
    """The document of a recording without what a clock says."""
    return assess(path, settings=Settings(model=model)).model_dump_json(exclude=NOT_COMPARED)


def twice(path: Path, model: str) -> bool:
    """Whether two processes with different hash seeds make the same document of a recording."""
    command = [sys.executable, "-m", "benchmarks.speech.splitting", "--document", str(path), "--model", model]
    told = {
        subprocess.run(
            command, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    }
    return len(told) == 1


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--split", choices=("dev", "test"))
    parser.add_argument("--model", default="base")
    parser.add_argument("--twice", type=int, default=4, help="how many talks are assessed by two processes")
    parser.add_argument(
        "--write", action="store_true", help='into benchmarks/RESULTS.md, under "## Splitting"'
    )
    parser.add_argument("--document", type=Path, help="only print the document of this recording")
    given = parser.parse_args()
    if given.document:
        print(document(given.document, given.model))
        return
    if not given.split:
        parser.error("--split is needed")
    wanted = [job for job in jobs(given.split) if job.part == "synthetic"]
    items = spoken(wanted, CACHE, CACHE / "voices" / "bin" / "python")
    told = table(measure(items, Coach(given.model, CACHE), CACHE))
    some = items[: given.twice]
    same = sum(twice(item.path, given.model) for item in some)
    told += f"\nAssessed by two processes: {same} of {len(some)} documents are the same byte for byte.\n"
    print(told)
    if given.write:
        command = f"`python -m benchmarks.speech.splitting {' '.join(sys.argv[1:])}`"
        sections.write("Splitting", f"{command}\n\n{told}")


if __name__ == "__main__":
    main()
