"""Training examples for the verifier: (said, point, class), from written statements and the development questions.

    python -m training.verifier.examples --out FILE [--arguments argkp.jsonl.gz] [--passes 4]

One line an example and pass; ``train.py`` reads them, since torch lives in an environment of its own.

The said side is made to look like what reaches the verifier in use: lower case, no punctuation, often with a bit of
a neighbouring claim before or after, now and then a word lost or misheard.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.coverage.questions import split
from coach.coverage.words import tokens
from coach.rubric import list_rubrics

NEITHER, MAKES, OPPOSES = range(3)
STATEMENTS = Path(__file__).parent / "statements"
SENTENCES = Path(__file__).parent / "sentences.jsonl"


@dataclass(frozen=True, slots=True)
class Example:
    """``said`` against ``point``; ``topic`` is what examples are held out by."""

    said: str
    point: str
    label: int
    topic: str


def plain(text: str) -> str:
    """As the verifier reads it."""
    return " ".join(tokens(text))


def from_statements(chance: random.Random) -> list[Example]:
    """Every point with its right, wrong and neighbouring claims, and claims of other points of its topic."""
    entries = [
        json.loads(line)
        for path in sorted(STATEMENTS.glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]
    topics: dict[str, list[dict]] = {}
    for entry in entries:
        topics.setdefault(entry["topic"], []).append(entry)
    found: list[Example] = []
    for entry in entries:
        topic, point = entry["topic"], entry["point"]
        others = [other for other in topics[topic] if other is not entry]
        # A confident mistake keeps more of a point's words than a free paraphrase does. So that sharing words
        # does not come to mean being wrong, the point itself is said too.
        for other in (point, *chance.sample(entry["right"], 2)):
            found.append(Example(point, other, MAKES, topic))
        for text in entry["right"]:
            found.append(Example(text, point, MAKES, topic))
            found.append(Example(text, chance.choice([o for o in entry["right"] if o != text]), MAKES, topic))
            found.append(Example(text, chance.choice(entry["wrong"]), OPPOSES, topic))
        for text in entry["wrong"]:
            found.append(Example(text, point, OPPOSES, topic))
            found.append(Example(text, chance.choice(entry["right"]), OPPOSES, topic))
            if chance.random() < 0.15:
                found.append(Example(text, text, MAKES, topic))
        for text in entry["near"]:
            found.append(Example(text, point, NEITHER, topic))
            found.append(Example(text, chance.choice(entry["right"]), NEITHER, topic))
            found.append(Example(text, chance.choice(entry["wrong"]), NEITHER, topic))
        for other in chance.sample(others, min(3, len(others))):
            found.append(Example(chance.choice(other["right"]), point, NEITHER, topic))
            found.append(Example(chance.choice(other["wrong"]), point, NEITHER, topic))
            found.append(Example(other["point"], chance.choice(entry["right"]), NEITHER, topic))
        far = chance.choice(entries)
        if far["topic"] != topic:
            found.append(Example(chance.choice(far["right"]), point, NEITHER, topic))
    return found


def from_questions(chance: random.Random) -> list[Example]:
    """The development questions' own wordings."""
    found: list[Example] = []
    for rubric in list_rubrics():
        if split(rubric.id) == "test":
            continue
        points = [*rubric.key_points, *(point for twist in rubric.follow_ups for point in twist.key_points)]
        right = {point.id: [point.text, *point.phrasings] for point in points}
        for point in points:
            mine = right[point.id]
            others = [text for key, texts in right.items() if key != point.id for text in texts]
            for text in mine:
                for other in chance.sample([o for o in mine if o != text], min(2, len(mine) - 1)):
                    found.append(Example(text, other, MAKES, rubric.id))
                for other in chance.sample(others, min(3, len(others))):
                    found.append(Example(other, text, NEITHER, rubric.id))
            for text in point.counter_phrasings:
                for other in [point.text, *chance.sample(mine, min(2, len(mine)))]:
                    found.append(Example(text, other, OPPOSES, rubric.id))
                found.append(Example(chance.choice(mine), text, OPPOSES, rubric.id))
        for item in rubric.misconceptions:
            says = [item.text, *item.phrasings]
            for text in item.phrasings:
                found.append(Example(text, chance.choice([o for o in says if o != text]), MAKES, rubric.id))
                if item.contradicts in right:
                    for other in [right[item.contradicts][0], chance.choice(right[item.contradicts])]:
                        found.append(Example(text, other, OPPOSES, rubric.id))
                    found.append(Example(chance.choice(right[item.contradicts]), text, OPPOSES, rubric.id))
                other = chance.choice(
                    [t for key, texts in right.items() if key != item.contradicts for t in texts]
                )
                found.append(Example(other, text, NEITHER, rubric.id))
    return found


def from_sentences(chance: random.Random) -> list[Example]:
    """The sentences of the development questions' example answers, labelled with the points that each makes."""
    rubrics = {rubric.id: rubric for rubric in list_rubrics()}
    found: list[Example] = []
    for line in SENTENCES.read_text("utf-8").splitlines():
        row = json.loads(line)
        points = {point.id: [point.text, *point.phrasings] for point in rubrics[row["question"]].key_points}
        none = [key for key in points if key not in (*row["makes"], *row["part"], *row["opposes"])]
        for keys, label, times in ((row["makes"], MAKES, 4), (row["opposes"], OPPOSES, 4)):
            for key in keys:
                wordings = [points[key][0], *chance.sample(points[key], min(times - 1, len(points[key])))]
                found += [Example(row["said"], wording, label, row["question"]) for wording in wordings]
        for key in chance.sample(none, min(3, len(none))):
            found.append(Example(row["said"], chance.choice(points[key]), NEITHER, row["question"]))
    return found


def from_arguments(path: Path, count: int, chance: random.Random) -> list[Example]:
    """IBM ArgKP-2021 (CDLA-Sharing-1.0), its official training part: does this argument make this key point?"""
    found: list[Example] = []
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            if row["split"] != "train":
                continue
            for point, label in zip(row["rubric_points"], row["point_labels"], strict=True):
                if label in (0, 1):
                    found.append(Example(row["answer"], point, MAKES if label else NEITHER, row["question"]))
    made = [example for example in found if example.label == MAKES]
    rest = [example for example in found if example.label != MAKES]
    return chance.sample(made, min(count // 2, len(made))) + chance.sample(rest, min(count // 2, len(rest)))


def as_said(example: Example, pool: list[str], chance: random.Random) -> tuple[str, str]:
    """The two texts as the verifier meets them, with neighbours and damage drawn anew."""
    said = plain(example.said).split()
    if chance.random() < 0.4:
        other = plain(chance.choice(pool)).split()
        part = chance.randrange(2, max(3, min(len(other), 14)))
        said = [*other[-part:], *said] if chance.random() < 0.5 else [*said, *other[:part]]
    if chance.random() < 0.3:
        said = [word for word in said if chance.random() > 0.06] or said
    return " ".join(said), plain(example.point)


def examples(arguments: Path | None, seed: int = 20) -> Iterator[Example]:
    """All of them, in a fixed order."""
    chance = random.Random(seed)
    yield from from_statements(chance)
    yield from from_questions(chance)
    yield from from_sentences(chance)
    if arguments is not None:
        yield from from_arguments(arguments, 3_000, chance)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--arguments", type=Path)
    parser.add_argument("--passes", type=int, default=4)
    options = parser.parse_args()
    found = list(examples(options.arguments))
    pool = [example.said for example in found]
    with options.out.open("w", encoding="utf-8") as file:
        for number in range(options.passes):
            chance = random.Random(number)
            for example in chance.sample(found, len(found)):
                said, point = as_said(example, pool, chance)
                row = [number, said, point, example.label, example.topic]
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
    print(len(found), "examples", Counter(example.label for example in found))


if __name__ == "__main__":
    main()
