"""Key points of written answers and arguments, as they were marked: who finds which."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache

import numpy as np

from benchmarks.coverage import measures
from benchmarks.coverage.answers import Answer, arguments, chosen, marked, markings, questions
from benchmarks.coverage.contenders import Coach, Contender, contenders
from benchmarks.coverage.questions import Split, split
from benchmarks.sections import markdown

Rows = list[tuple[str, ...]]
Array = measures.Array


def judged(contender: Contender, answers: Sequence[Answer]) -> tuple[Array, Array, Array, list[str]]:
    """(truth, value, covered as Coach decides, question) of every mark that is agreed on."""
    truth, values, covered, names = [], [], [], []
    for answer in answers:
        told = contender.judge(answer.text, answer.rubric)
        for point, mark in answer.marks.items():
            if mark is not None and point in told.values:
                truth.append(mark)
                values.append(told.values[point])
                covered.append(point in told.covered)
                names.append(answer.question)
    return np.array(truth, float), np.array(values), np.array(covered, float), names


def elsewhere(answers: Sequence[Answer]) -> list[Answer]:
    """Each answer against the next question of the same set: none of its points is made there."""
    ids = sorted({answer.question for answer in answers})
    found = []
    for answer in answers:
        other = questions()[ids[(ids.index(answer.question) + 1) % len(ids)]]
        marks: dict[str, int | None] = dict.fromkeys((point.id for point in other.key_points), 0)
        found.append(Answer(answer.id, answer.question, answer.text, other, marks))
    return found


def marks_table(name: str, by_split: Mapping[Split, Sequence[Answer]], asked: Split, other: bool) -> str:
    """AUROC, F1 and calibration of every contender; peers' thresholds from the development split."""
    rows: Rows = [
        ("contender", "AUROC, points of the same question [95 %]", "AUROC, with another question's points",
         "F1 [95 %]", "precision", "recall", "calibration error"),
    ]  # fmt: skip
    count, reliable = "", ""
    for contender in contenders():
        truth, values, covered, names = judged(contender, by_split[asked])
        count = f"{len(by_split[asked])} answers, {len(set(names))} questions, {len(truth)} marks, {truth.mean():.0%} yes"
        if not isinstance(contender, Coach):
            past = (truth, values) if asked == "dev" else judged(contender, by_split["dev"])[:2]
            covered = (values >= measures.best_threshold(*past)).astype(float)
        across = "–"
        if other:
            far = judged(contender, elsewhere(by_split[asked]))
            made = truth == 1
            across = f"{measures.auroc(np.r_[truth[made], far[0]], np.r_[values[made], far[1]]):.3f}"
        calibrated = "–"
        if isinstance(contender, Coach):
            calibrated = f"{measures.calibration_error(truth, values):.3f}"
            reliable = " · ".join(f"{p:.2f}→{t:.2f}" for p, t, _ in measures.reliability(truth, values))
        rows.append(
            (
                contender.name,
                ranged(measures.auroc, names, truth, values),
                across,
                ranged(measures.f1, names, truth, covered),
                f"{measures.precision(truth, covered):.2f}",
                f"{measures.recall(truth, covered):.2f}",
                calibrated,
            )
        )
    calibration = (
        f"Coach's confidence in ten bins of equal mass, told → true: {reliable}." if reliable else ""
    )
    return f"**{name}** ({count})\n\n{markdown(rows)}\n\n{calibration}\n"


def ranged(measure: Callable[..., float], names: Sequence[str], *columns: Array) -> str:
    low, high = measures.interval(measure, names, *columns)
    return f"{measure(*columns):.3f} [{low:.2f}, {high:.2f}]"


@cache
def peer_threshold(name: str) -> float:
    contender = next(each for each in contenders() if each.name == name)
    truth, values, _, _ = judged(contender, [a for a in marked() if split(a.question) == "dev"])
    return measures.best_threshold(truth, values)


def marked_part(asked: Split) -> str:
    answers = marked()
    by_split: dict[Split, list[Answer]] = {
        each: [answer for answer in answers if split(answer.question) == each] for each in ("dev", "test")
    }
    return (
        markers_table()
        + "\n"
        + marks_table("Key points of written machine-learning answers", by_split, asked, True)
    )


def markers_table() -> str:
    """How far the two markers agree."""
    one, two = markings("one"), markings("two")
    pairs = [(one[a][p], two[a][p]) for a in one if a in two for p in one[a] if p in two[a]]
    binary = [(int(a > 0), int(b > 0)) for a, b in pairs]
    same = sum(a == b for a, b in binary)
    kappa = measures.kappa(*zip(*binary, strict=True))
    graded_kappa = measures.kappa(*zip(*pairs, strict=True))
    return (
        f"Two markers (language models, independent, blind to the scorer and to each other) judged {len(pairs)} "
        f"points of {len(one)} answers. Made or partly against not: kappa {kappa:.2f}, the same in "
        f"{same / len(pairs):.1%}; all four grades: kappa {graded_kappa:.2f}. Two models of one kind err alike, so that "
        f"this says little about people. The {len(pairs) - same} on which they disagree are left out below.\n"
    )


def arguments_part(asked: Split) -> str:
    answers = arguments()
    by_split: dict[Split, list[Answer]] = {
        "dev": chosen([a for a in answers if a.part == "dev"]),
        "test": chosen([a for a in answers if a.part == "test"]),
    }
    return marks_table(
        "Arguments and their key points, marked by people (ArgKP-2021)", by_split, asked, False
    )
