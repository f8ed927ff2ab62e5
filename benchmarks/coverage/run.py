"""How well Coach judges what was explained, beside the usual ways.

    python -m benchmarks.coverage.run --split dev|test [--part NAME ...] [--write]

Parts: marked, arguments, grades, contradictions, tricks, speech, examples, speed. Everything is split by question.
Thresholds of the peers are fixed on the development split; Coach's are those it ships with. Parts that need the
folder beside the project or the synthetic voices say so where those are missing.
"""

from __future__ import annotations

import argparse
import platform
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final

from benchmarks import sections
from benchmarks.coverage.answers import FOLDER, questions
from benchmarks.coverage.contenders import encoder, verifier
from benchmarks.coverage.contradictions import contradictions_part
from benchmarks.coverage.grades import grades_part
from benchmarks.coverage.library import ablation_part, examples_part, speed_part
from benchmarks.coverage.points import arguments_part, marked_part
from benchmarks.coverage.questions import Split, split
from benchmarks.coverage.speech import speech_part
from benchmarks.coverage.tricks import tricks_part
from coach.coverage import scorer_version

PARTS: Final[Mapping[str, Callable[[Split], str]]] = {
    "marked": marked_part,
    "arguments": arguments_part,
    "grades": grades_part,
    "contradictions": contradictions_part,
    "tricks": tricks_part,
    "speech": speech_part,
    "examples": examples_part,
    "ablation": ablation_part,
    "speed": speed_part,
}
NEED_FOLDER: Final = frozenset({"marked", "arguments", "grades", "tricks", "speech", "ablation"})


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--split", choices=("dev", "test"), default="dev")
    parser.add_argument("--part", choices=tuple(PARTS), action="append")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    sizes = Counter(split(question) for question in questions())
    told = [
        f"`python -m benchmarks.coverage.run --split {options.split}` on {platform.machine()}, "
        f"Python {platform.python_version()}; {scorer_version(encoder(), verifier())}; "
        f"{sizes['dev']} development and {sizes['test']} test questions.\n"
    ]
    for name in options.part or PARTS:
        began = time.monotonic()
        if name in NEED_FOLDER and not FOLDER.exists():
            told.append(f"{name}: needs the folder beside the project, which is not there.\n")
        else:
            told.append(PARTS[name](options.split))
        print(told[-1], f"({name}: {time.monotonic() - began:.0f} s)\n", flush=True)
    if options.write:
        sections.write(
            "Coverage" if options.split == "test" else "Coverage, development split", "\n".join(told)
        )


if __name__ == "__main__":
    main()
