"""One hour in one recording: does anything go round in circles, get lost, or fill the memory?

    python -m benchmarks.speech.hour --split dev|test [--model base] [--kill-after 5] [--write]

The split's fluent, disfluent and long talks one after another, over again until there are exactly 60 minutes, are
assessed by a process of its own. That process is killed (SIGKILL) after ``--kill-after`` pieces and started again with
the pieces it left; the second one finishes. Reported are the longest run of a repeated phrase, filled pauses found
against the truth by ten minutes, the most memory the process held, and its time.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks import sections
from benchmarks.sections import markdown
from benchmarks.speech.corpus import jobs, spoken
from benchmarks.speech.kept import CACHE, kept, place
from benchmarks.speech.matching import Event, match
from benchmarks.speech.peers import ROOT, Coach
from benchmarks.speech.scoring import tokens
from benchmarks.speech.truth import Item
from coach.practice import assess
from coach.recording import SAMPLE_RATE, Recording, read_recording, write_flac
from coach.settings import Settings

HOUR_S: Final = 3600.0
BIN_S: Final = 600.0
COLLAR_S: Final = 0.25
LONGEST_PHRASE: Final = 8
MOST_GB: Final = 1.5


@dataclass(frozen=True)
class Hour:
    """``path`` and what is said in it: filled pauses and, in order, words with the fillers among them."""

    path: Path
    fillers: tuple[Event, ...]
    words: tuple[str, ...]


def order(items: Iterable[Item], length: float = HOUR_S) -> Iterator[tuple[Item, float]]:
    """(talk, seconds at which it starts): all of them one after another until ``length`` is full."""
    talks, start = list(items), 0.0
    while True:
        for item in talks:
            yield item, start
            start += item.duration
            if start >= length:
                return


def said(
    talks: Iterable[tuple[Item, float]], length: float = HOUR_S
) -> tuple[tuple[Event, ...], tuple[str, ...]]:
    """The filled pauses and the words of talks laid one after another, up to ``length`` seconds."""
    fillers, words = [], []
    for item, start in talks:
        true = item.truth.events["filled_pause"]
        fillers += [
            Event(e.start + start, e.end + start, e.text) for e in true if e.start is not None and e.end
        ]
        both = [*((e.start, e.text) for e in true), *((w.start, w.text) for w in item.truth.words or ())]
        words += [(at + start, text) for at, text in both if at is not None]
    kept_words = [text for at, text in sorted(words) if at < length]
    return tuple(e for e in fillers if e.end is not None and e.end <= length), tuple(kept_words)


def longest_run(words: Sequence[str], longest: int = LONGEST_PHRASE) -> tuple[int, str]:
    """The most times in a row that the same one to ``longest`` words are said, and those words; (1, "") if never."""
    best = (1, "")
    for size in range(1, longest + 1):
        same = 0  # how many words in a row equal the word ``size`` before
        for at in range(size, len(words)):
            same = same + 1 if words[at] == words[at - size] else 0
            times = 1 + same // size
            if times > best[0]:
                best = (times, " ".join(words[at - size + 1 : at + 1]))
    return best


def by_ten_minutes(
    true: Sequence[Event], found: Sequence[Event], length: float = HOUR_S
) -> list[tuple[str, ...]]:
    """Rows: minutes, filled pauses said, found, of these right, recall."""
    hits = [true[t].start or 0.0 for t, _ in match(true, found, COLLAR_S).pairs]
    rows = [("minutes", "true", "found", "right", "recall")]
    for number in range(round(length / BIN_S)):
        a, b = number * BIN_S, (number + 1) * BIN_S
        there, claimed, right = (
            sum(a <= at < b for at in starts)
            for starts in ([e.start or 0.0 for e in true], [e.start or 0.0 for e in found], hits)
        )
        recall = f"{right / there:.2f}" if there else "–"
        rows.append((f"{a / 60:.0f} to {b / 60:.0f}", str(there), str(claimed), str(right), recall))
    return rows


def hour(split: str, cache: Path) -> Hour:
    """The hour as a file, made where it is not there yet."""
    wanted = [job for job in jobs(split) if job.part in ("fluent", "synthetic", "long")]
    talks = list(order(spoken(wanted, cache, cache / "voices" / "bin" / "python")))
    fillers, words = said(talks)
    name = hashlib.sha256("\n".join(item.name for item, _ in talks).encode()).hexdigest()[:10]
    path = cache / "audio" / f"{split}-hour-{name}.flac"
    if not path.exists():
        pcm = np.concatenate([read_recording(item.path).pcm for item, _ in talks])
        write_flac(Recording(pcm[: int(HOUR_S * SAMPLE_RATE)]), path)
    return Hour(path, fillers, words)


@dataclass(frozen=True)
class Folder:
    """Pieces in a folder, and beside it one line for every piece that was decoded."""

    folder: Path
    log: Path

    def get_piece(self, key: str) -> str | None:
        path = self.folder / f"{key}.json"
        return path.read_text(encoding="utf-8") if path.exists() else None

    def put_piece(self, key: str, result: str) -> None:
        with self.log.open("a", encoding="utf-8") as log:
            log.write(f"{key}\n")
        part = self.folder / f"{key}.part"
        part.write_text(result, encoding="utf-8")
        part.replace(self.folder / f"{key}.json")


def child(path: Path, folder: Path, log: Path, model: str) -> str:
    """What the process under test does; tells what it found and the most memory it held, as JSON."""
    told = assess(path, settings=Settings(model=model), pieces=Folder(folder, log))
    return json.dumps(
        {
            "fillers": [[o.start, o.end, o.text] for o in told.disfluencies if o.kind == "filled_pause"],
            "words": [word.text for word in told.transcript.words],
            "timings_s": told.timings_s,
            "peak_bytes": peak_memory(),
            "processor_s": time.process_time(),
        }
    )


def peak_memory() -> int:
    """The most bytes this process held. Not getrusage where it can be helped: a parent's peak is inherited there."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
        return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
    except OSError:
        import resource  # noqa: PLC0415

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else 1024 * peak


def killed_and_resumed(path: Path, model: str, kill_after: int, cache: Path) -> dict[str, Any]:
    """Runs the child, kills it after some pieces, runs it again to the end; what the second one told and more."""
    folder = cache / "hour"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "pieces").mkdir(parents=True)
    logs = [folder / f"decoded-{number}.txt" for number in (1, 2)]
    command = [
        sys.executable,
        "-m",
        "benchmarks.speech.hour",
        "--model",
        model,
        "--child",
        str(path),
        str(folder / "pieces"),
    ]
    before = time.monotonic()
    with subprocess.Popen([*command, str(logs[0])], cwd=ROOT, stdout=subprocess.PIPE) as first:
        while first.poll() is None and len(list((folder / "pieces").glob("*.json"))) < kill_after:
            time.sleep(0.05)
        first.send_signal(signal.SIGKILL)
    if first.returncode != -signal.SIGKILL:
        raise SystemExit(
            f"The first process ended by itself ({first.returncode}): choose a smaller --kill-after."
        )
    until_kill = time.monotonic() - before
    left = {path.stem for path in (folder / "pieces").glob("*.json")}
    before = time.monotonic()
    second = subprocess.run([*command, str(logs[1])], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    told: dict[str, Any] = json.loads(second.stdout)
    resumed = logs[1].read_text(encoding="utf-8").split()
    shutil.rmtree(folder)
    return told | {
        "until_kill_s": until_kill,
        "seconds": time.monotonic() - before,
        "kept": len(left),
        "again": len(left & set(resumed)),
        "pieces": len(left | set(resumed)),
    }


def report(true: Hour, told: dict[str, Any]) -> str:
    """The table and the sentences."""
    found = [Event(*each) for each in told["fillers"]]
    heard = [token for text in told["words"] for token in tokens(text)]
    spoken_tokens = [token for text in true.words for token in tokens(text)]
    ran, truly = longest_run(heard), longest_run(spoken_tokens)
    memory, seconds = told["peak_bytes"] / 1e9, told["until_kill_s"] + told["seconds"]
    return "\n".join(
        [
            f"- Longest phrase in a row: {ran[0]} times {ran[1]!r}; in the truth {truly[0]} times {truly[1]!r}. "
            f"{len(heard)} words heard, {len(spoken_tokens)} said.",
            f"- Most memory held: {memory:.2f} GB (aim: under {MOST_GB} GB).",
            f"- Real-time factor {seconds / HOUR_S:.3f}: {seconds:.0f} s, both processes with loading the model; the "
            f"second one used its cores for {told['processor_s']:.0f} s.",
            f"- Killed after {told['kept']} of {told['pieces']} pieces were kept and started again: {told['again']} of "
            "them were decoded again. The one that was being decoded when the process was killed was begun anew.",
            "",
            markdown(by_ten_minutes(true.fillers, found)),
            "",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--split", choices=("dev", "test"))
    parser.add_argument("--model", default="base")
    parser.add_argument("--kill-after", type=int, default=5, help="pieces before the first process is killed")
    parser.add_argument(
        "--write", action="store_true", help='into benchmarks/RESULTS.md, under "## One hour"'
    )
    parser.add_argument(
        "--child", nargs=3, type=Path, metavar=("SOUND", "PIECES", "LOG"), help=argparse.SUPPRESS
    )
    given = parser.parse_args()
    if given.child:
        print(child(*given.child, given.model))
        return
    if not given.split:
        parser.error("--split is needed")
    true = hour(given.split, CACHE)
    sound = hashlib.sha256(true.path.read_bytes()).hexdigest()
    where = place(CACHE, f"hour {Coach(given.model, CACHE).version} {sound} {given.kill_after}")
    told = json.loads(
        kept(where, lambda: json.dumps(killed_and_resumed(true.path, given.model, given.kill_after, CACHE)))
    )
    text = report(true, told)
    print(text)
    if given.write:
        command = f"`python -m benchmarks.speech.hour {' '.join(sys.argv[1:])}`"
        sections.write("One hour", f"{command}\n\n{text}")


if __name__ == "__main__":
    main()
