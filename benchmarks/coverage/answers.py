"""Answers with what people (or markers) found in them, read from the folder beside the project.

``benchmarks/coverage/marks`` holds two independent markings by language models, blind to the scorer and to each other:
which key points of Coach's own questions the written answers of ``ml_answers`` make. They name an answer by the
first 12 hex digits of its SHA-256, so that no text is copied.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from coach.rubric import Rubric, list_rubrics

HERE: Final = Path(__file__).resolve().parent
FOLDER: Final = HERE.parents[2] / "shared" / "coverage"
CHOSEN: Final = 300
"""Answers taken of each set of graded answers and of the arguments."""
LONG_REFERENCE: Final = 30  # words; a longer one is a point a sentence


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. ``marks`` by key point id: 1 made or partly, 0 not, None where the markers disagree.

    ``grade`` 0..1 is the people's, ``label`` theirs too (correct, contradictory, incorrect), where there are such.
    """

    id: str
    question: str
    text: str
    rubric: Rubric
    marks: dict[str, int | None] = field(default_factory=dict)
    grade: float | None = None
    label: str | None = None
    part: str = ""


def rows(name: str) -> Iterator[dict[str, Any]]:
    """The rows of one file of the folder."""
    with gzip.open(FOLDER / name, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def identity(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]


def chosen(answers: Sequence[Answer], count: int = CHOSEN) -> list[Answer]:
    """So many of the answers, drawn with a fixed seed."""
    return random.Random(11).sample(list(answers), min(count, len(answers)))


@cache
def questions() -> dict[str, Rubric]:
    """The library's questions by id."""
    return {rubric.id: rubric for rubric in list_rubrics()}


def markings(marker: str) -> dict[str, dict[str, int]]:
    """Answer id -> point id -> 2 made, 1 partly, 0 not, -1 says the opposite."""
    lines = (HERE / "marks" / f"{marker}.jsonl").read_text("utf-8").splitlines()
    return {row["answer"]: row["marks"] for row in map(json.loads, lines)}


def marked() -> list[Answer]:
    """The marked written answers; made and partly count as made."""
    one, two = markings("one"), markings("two")
    asked = json.loads((HERE / "marks" / "questions.json").read_text("utf-8"))
    found = []
    for row in rows("ml_answers.jsonl.gz"):
        key = identity(row["answer"])
        if key in one and key in two and not any(answer.id == key for answer in found):
            first, second = one[key], two[key]
            agreed = {
                point: int(first[point] > 0) if (first[point] > 0) == (second[point] > 0) else None
                for point in first
                if point in second
            }
            found.append(Answer(key, asked[key], row["answer"], questions()[asked[key]], agreed))
    return found


def arguments() -> list[Answer]:
    """IBM ArgKP-2021: does this argument make this key point? ``part`` is the official split."""
    found = []
    for number, row in enumerate(rows("argkp.jsonl.gz")):
        points = row["rubric_points"]
        marks = {f"p{i}": m if m in (0, 1) else None for i, m in enumerate(row["point_labels"])}
        rubric = small_rubric(points)
        found.append(
            Answer(f"argkp-{number}", row["question"], row["answer"], rubric, marks, part=row["split"])
        )
    return found


def graded(name: str) -> list[Answer]:
    """Short answers with a grade 0..1: "saf_en", "scientsbank" or "beetle"; ``part`` is the official split."""
    found = []
    for number, row in enumerate(rows(f"{name}.jsonl.gz")):
        if not row["answer"].strip():
            continue
        references = row.get("references") or [row["reference"]]
        rubric = reference_rubric(row["reference"], tuple(references))
        grade = row["human_score"] / row["max_score"]
        found.append(
            Answer(
                f"{name}-{number}",
                row["qid"],
                row["answer"],
                rubric,
                {},
                grade,
                row.get("label3"),
                row["split"],
            )
        )
    return found


@cache
def reference_rubric(reference: str, references: tuple[str, ...]) -> Rubric:
    """A reference answer as a question: one key point, or one a sentence where it is long."""
    if len(reference.split()) <= LONG_REFERENCE:
        return small_rubric([reference], [text for text in references if text != reference])
    sentences = [part.strip() for part in reference.replace("\n", " ").split(". ") if len(part.split()) > 2]
    return small_rubric(sentences or [reference])


def small_rubric(points: Sequence[str], phrasings: Sequence[str] = ()) -> Rubric:
    """A question with nothing but key points; ``phrasings`` belong to the first."""
    return Rubric.model_validate(
        {
            "schema": 1,
            "id": "reference",
            "title": "reference",
            "domain": "fundamentals",
            "level": 1,
            "prompt": "reference",
            "key_points": [
                {"id": f"p{i}", "text": text[:4900], "phrasings": list(phrasings) if i == 0 else []}
                for i, text in enumerate(points)
            ],
        }
    )
