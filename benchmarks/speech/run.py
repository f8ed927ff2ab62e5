"""Run the benchmark: every contender on every recording, from the cache where it was heard before.

    python -m benchmarks.speech.run [--split dev|test] [--short] [--only coach,plain] [--parts gold,read]
                                    [--model base] [--mistakes 5] [--write]

Without ``--split`` both are run. A run can be stopped at any time and goes on where it was. ``--write`` puts the
tables into benchmarks/RESULTS.md, under "## Speech".
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks.speech.corpus import corpus
from benchmarks.speech.judging import Judgement, judge
from benchmarks.speech.peers import PROMPT, ROOT, Coach, Contender, Erm, Heard, Plain
from benchmarks.speech.report import mistakes, tables, write_section
from benchmarks.speech.truth import Item

CACHE: Final = ROOT / ".bench"
NAMES: Final = ("coach", "plain", "prompted", "erm")


def takes_part(contender: str, item: Item) -> bool:
    """Whether a contender is run on a recording: all of them everywhere would take five hours and tell little more."""
    if contender == "Coach":
        return True
    if contender == "plain faster-whisper":
        return item.part != "degraded" or item.condition == "noise 10 dB"
    return item.part not in ("degraded", "long", "not speech")


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
            if command.exists():
                made.append(Erm(command, model))
            else:
                left_out.append("erm is left out: it is not installed (`make bench-erm`).")
        else:
            raise SystemExit(f"There is no contender {name!r}: choose from {', '.join(NAMES)}.")
    return made, left_out


def hear_all(items: Sequence[Item], asked: Sequence[Contender], cache: Path) -> dict[str, list[Judgement]]:
    """Contender -> its judgements in the order of ``items``; what was heard before is not heard again."""
    work = [(contender, item) for contender in asked for item in items if takes_part(contender.name, item)]
    versions = {contender.name: contender.version for contender in asked}
    hashes = {item.path: hashlib.sha256(item.path.read_bytes()).hexdigest() for item in items}
    told: dict[str, list[Judgement]] = {contender.name: [] for contender in asked}
    seconds: dict[str, tuple[float, float]] = {}
    ahead = {
        contender.name: sum(
            item.duration
            for other, item in work
            if other is contender and not _place(cache, contender, versions, hashes[item.path]).exists()
        )
        for contender in asked
    }
    for number, (contender, item) in enumerate(work, 1):
        place = _place(cache, contender, versions, hashes[item.path])
        if place.exists():
            heard = Heard.from_json(place.read_text(encoding="utf-8"))
        else:
            before = time.monotonic()
            heard = contender.hear(item.path)
            spent, audio = seconds.get(contender.name, (0.0, 0.0))
            seconds[contender.name] = (spent + time.monotonic() - before, audio + item.duration)
            place.parent.mkdir(parents=True, exist_ok=True)
            part = place.with_suffix(".part")
            part.write_text(heard.to_json(), encoding="utf-8")
            part.replace(place)
            ahead[contender.name] -= item.duration
            left = _left(ahead, seconds)
            print(
                f"{number}/{len(work)} {contender.name}: {item.name}, {left / 60:.1f} minutes left",
                file=sys.stderr,
            )
        told[contender.name].append(judge(item, heard))
    return told


def _left(ahead: dict[str, float], seconds: dict[str, tuple[float, float]]) -> float:
    """Seconds still to go; a contender that has not begun is taken to be as slow as the slowest so far."""
    pace = {name: spent / audio for name, (spent, audio) in seconds.items() if audio}
    slowest = max(pace.values(), default=0.3)
    return max(0.0, sum(audio * pace.get(name, slowest) for name, audio in ahead.items()))


def _place(cache: Path, contender: Contender, versions: dict[str, str], sound: str) -> Path:
    key = hashlib.sha256(f"{contender.name} {versions[contender.name]} {sound}".encode()).hexdigest()[:32]
    return cache / "heard" / f"{key}.json"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--split", choices=("dev", "test"))
    parser.add_argument("--short", action="store_true", help="a fixed handful, under four minutes")
    parser.add_argument("--only", default=",".join(NAMES), help="contenders, separated by commas")
    parser.add_argument("--parts", default="", help="parts of the corpus, separated by commas")
    parser.add_argument("--model", default="base")
    parser.add_argument("--mistakes", type=int, default=0, help="how many examples of each kind to print")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    names = ["coach", "plain"] if given.short and given.only == ",".join(NAMES) else given.only.split(",")
    asked, left_out = contenders(names, given.model, CACHE)
    sections = []
    for split in [given.split] if given.split else ["dev", "test"]:
        items, missing = corpus(split, CACHE, CACHE / "voices" / "bin" / "python", given.short)
        left_out += [sentence for sentence in missing if sentence not in left_out]
        if given.parts:
            items = [item for item in items if item.part in given.parts.split(",")]
        told = hear_all(items, asked, CACHE)
        sections.append(tables(split, told))
        print(sections[-1])
        if given.mistakes:
            print(mistakes(told, given.mistakes))
    for sentence in left_out:
        print(sentence, file=sys.stderr)
    if given.write:
        command = "python -m benchmarks.speech.run " + " ".join(sys.argv[1:])
        versions = [f"{contender.name}: {contender.version}" for contender in asked]
        write_section(sections, command, versions, left_out)


if __name__ == "__main__":
    main()
