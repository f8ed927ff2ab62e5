"""Run the benchmark: every contender on every recording, from the cache where it was heard before.

    python -m benchmarks.speech.run [--split dev|test] [--short] [--only coach,plain] [--parts gold,read]
                                    [--model base] [--mistakes 5] [--write]

Without ``--split`` both are run. ``--short`` hears what lies in the project: it needs no voices and has no split.
A run can be stopped at any time and goes on where it was. ``--write`` puts the tables into benchmarks/RESULTS.md, under
"## Speech".
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import sys
import time
import zlib
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.speech.corpus import corpus, short
from benchmarks.speech.judging import Judgement, judge
from benchmarks.speech.kept import CACHE, Ahead, kept, place
from benchmarks.speech.peers import PROMPT, Coach, Contender, Erm, Heard, Plain
from benchmarks.speech.report import mistakes, tables, write_section
from benchmarks.speech.truth import Item

SAMPLED: Final = 4
"""Of so many synthetic talks one is given to the slow contenders, chosen by its name."""
NAMES: Final = ("coach", "plain", "prompted", "erm")


def takes_part(contender: str, item: Item) -> bool:
    """Whether a contender is run on a recording: all of them everywhere would take five hours and tell little more."""
    if contender == "Coach" or item.part in ("gold", "silver", "read", "meeting"):
        return True
    if contender == "plain faster-whisper":
        return item.part != "degraded" or item.condition == "noise 10 dB"
    return item.part in ("synthetic", "fluent") and zlib.crc32(item.name.encode()) % SAMPLED == 0


def contenders(names: Sequence[str], model: str, cache: Path) -> tuple[list[Contender], list[str]]:
    """The contenders asked for, and a sentence for each that is not installed."""
    made: list[Contender] = []
    left_out = []
    for name in names:
        if name == "coach":
            made.append(Coach(model, cache))
        elif name == "plain":
            made.append(Plain(model))
        elif name == "prompted":
            made.append(Plain(model, "faster-whisper, initial_prompt", initial_prompt=PROMPT))
        elif name == "erm":
            command = cache / "erm" / "bin" / "erm"
            if command.exists() and shutil.which(Erm.needs):
                made.append(Erm(command, model))
            elif command.exists():
                left_out.append(f"erm is left out: it needs {Erm.needs} (on Debian: apt install ffmpeg).")
            else:
                left_out.append("erm is left out: it is not installed (`make bench-erm`).")
        else:
            raise SystemExit(f"There is no contender {name!r}: choose from {', '.join(NAMES)}.")
    return made, left_out


def hear_all(items: Sequence[Item], asked: Sequence[Contender], cache: Path) -> dict[str, list[Judgement]]:
    """Contender -> its judgements in the order of ``items``; what was heard before is not heard again."""
    hashes = {item.path: hashlib.sha256(item.path.read_bytes()).hexdigest() for item in items}
    versions = {contender.name: contender.version for contender in asked}
    work = [
        (contender, item, place(cache, f"{contender.name} {versions[contender.name]} {hashes[item.path]}"))
        for contender in asked
        for item in items
        if takes_part(contender.name, item)
    ]
    ahead = Ahead(
        {
            contender.name: sum(i.duration for c, i, path in work if c is contender and not path.exists())
            for contender in asked
        }
    )
    told: dict[str, list[Judgement]] = {contender.name: [] for contender in asked}
    for number, (contender, item, path) in enumerate(work, 1):
        new, before = not path.exists(), time.monotonic()
        heard = Heard.from_json(kept(path, partial(_hear, contender, item)))
        if new:
            ahead.done(contender.name, item.duration, time.monotonic() - before)
            ahead.tell(f"{number}/{len(work)} {contender.name}: {item.name}")
        told[contender.name].append(judge(item, heard))
    return told


def _hear(contender: Contender, item: Item) -> str:
    return contender.hear(item.path).to_json()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--split", choices=("dev", "test"))
    parser.add_argument(
        "--short", action="store_true", help="a fixed handful that needs no voices, under four minutes"
    )
    parser.add_argument("--only", default=",".join(NAMES), help="contenders, separated by commas")
    parser.add_argument("--parts", default="", help="parts of the corpus, separated by commas")
    parser.add_argument("--model", default="base")
    parser.add_argument("--mistakes", type=int, default=0, help="how many examples of each kind to print")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    if given.short and given.split:
        parser.error("--short has no split")
    names = ["coach"] if given.short and given.only == ",".join(NAMES) else given.only.split(",")
    asked, left_out = contenders(names, given.model, CACHE)
    voices = CACHE / "voices" / "bin" / "python"
    notes: list[str] = []
    sections = []
    for split in ["short"] if given.short else [given.split] if given.split else ["dev", "test"]:
        items, sources = short(CACHE) if given.short else corpus(split, CACHE, voices)
        notes += [sentence for sentence in sources if sentence not in notes]
        if given.parts:
            items = [item for item in items if item.part in given.parts.split(",")]
        told = hear_all(items, asked, CACHE)
        sections.append(tables(split, told))
        print(sections[-1])
        if given.mistakes:
            print(mistakes(told, given.mistakes))
    notes += left_out
    for sentence in notes:
        print(sentence, file=sys.stderr)
    if given.write:
        command = "python -m benchmarks.speech.run " + " ".join(sys.argv[1:])
        versions = [f"{contender.name}: {contender.version}" for contender in asked]
        write_section(sections, command, versions, notes)


if __name__ == "__main__":
    main()
