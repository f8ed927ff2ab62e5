"""Contradictions and right paraphrases: who is accused, who is believed."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable, Sequence

import numpy as np

from benchmarks.coverage import measures
from benchmarks.coverage.answers import FOLDER, HERE, chosen, graded, questions
from benchmarks.coverage.contenders import Coach, Told, coach_itself, contenders
from benchmarks.coverage.points import Rows, peer_threshold, ranged
from benchmarks.coverage.questions import Split, split
from benchmarks.sections import markdown


def pairs(asked: Split) -> list[dict[str, str]]:
    lines = (HERE / "pairs" / f"{asked}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def amid(text: str, question: str) -> str:
    """``text`` with two sentences of another question's good answer before and after it."""
    others = [
        r for r in questions().values() if r.examples and r.id != question and split(r.id) == split(question)
    ]
    other = random.Random(question + text).choice(others)
    assert other.examples is not None
    around = [part for part in other.examples.good.split(". ") if part]
    return f"{'. '.join(around[:2])}. {text}. {'. '.join(around[2:4])}."


def contradictions_part(asked: Split) -> str:
    coach = coach_itself()
    told: list[tuple[dict[str, str], str, str, Told]] = []
    for row in pairs(asked):
        rubric = questions().get(row["question"])
        if rubric is None or all(point.id != row["point"] for point in rubric.key_points):
            print(f"left out, no such point: {row['question']} {row['point']}", file=sys.stderr)
            continue
        for side in ("wrong", "right"):
            told.append((row, side, "alone", coach.judge(row[side], rubric)))
            told.append((row, side, "amid other talk", coach.judge(amid(row[side], rubric.id), rubric)))
    rows: Rows = [
        ("statement", "pairs", "contradictions caught [95 %]", "their point given credit",
         "right paraphrases accused [95 %]", "right paraphrases accepted [95 %]")
    ]  # fmt: skip
    for where in ("alone", "amid other talk"):
        rows.append((where, *contradiction_row([t for t in told if t[2] == where])))
    for kind in sorted({t[0]["kind"] for t in told}):
        rows.append(
            (
                f"alone: {kind}",
                *contradiction_row([t for t in told if t[2] == "alone" and t[0]["kind"] == kind]),
            )
        )
    fooled: Rows = [("contender", "contradictions given credit", "right paraphrases accepted")]
    for contender in contenders()[1:]:
        step = peer_threshold(contender.name)
        share = {
            side: np.mean(
                [
                    contender.judge(row[side], questions()[row["question"]]).values[row["point"]] >= step
                    for row, s, w, _ in told
                    if s == side and w == "alone"
                ]
            )
            for side in ("wrong", "right")
        }
        fooled.append((contender.name, f"{share['wrong']:.0%}", f"{share['right']:.0%}"))
    head = "**Contradictions and right paraphrases** (written independently of the scorer)"
    text = f"{head}\n\n{markdown(rows)}\n\n{markdown(fooled)}\n"
    if FOLDER.exists():
        text += "\n" + human_contradictions(asked)
    return text


def accused(_: dict[str, str], told: Told) -> bool:
    """Whether anything was called wrong."""
    return bool(told.contradicted or told.misconceptions)


def credited(row: dict[str, str], told: Told) -> bool:
    """Whether the pair's own point was covered, in part or in full."""
    return row["point"] in told.covered


def contradiction_row(told: Sequence[tuple[dict[str, str], str, str, Told]]) -> tuple[str, ...]:
    wrong = [(row, t) for row, side, _, t in told if side == "wrong"]
    right = [(row, t) for row, side, _, t in told if side == "right"]

    def share(
        found: Sequence[tuple[dict[str, str], Told]], test: Callable[[dict[str, str], Told], bool]
    ) -> str:
        hits = np.array([test(row, t) for row, t in found], float)
        return ranged(lambda values: float(values.mean()), [row["question"] for row, _ in found], hits)

    return (
        str(len(wrong)),
        share(wrong, accused),
        share(wrong, credited),
        share(right, accused),
        share(right, credited),
    )


def human_contradictions(asked: Split) -> str:
    """SciEntsBank and Beetle: correct answers against contradictory ones, as their people labelled them."""
    rows: Rows = [
        (
            "set",
            "answers",
            "contender",
            "AUROC correct against contradictory [95 %]",
            "contradictory accused",
            "correct accused",
        )
    ]
    for name in ("scientsbank", "beetle"):
        answers = [
            a
            for a in graded(name)
            if (a.part == "train") == (asked == "dev") and a.label in ("correct", "contradictory")
        ]
        some = chosen(answers)
        truth = np.array([a.label == "correct" for a in some], float)
        for contender in contenders():
            told = [contender.judge(answer.text, answer.rubric) for answer in some]
            values = np.array([max(t.values.values()) for t in told])
            blamed = np.array([bool(t.contradicted) for t in told], float)
            coach = isinstance(contender, Coach)
            rows.append(
                (name, str(len(some)), contender.name,
                 ranged(measures.auroc, [a.question for a in some], truth, values),
                 *(f"{blamed[truth == side].mean():.2f}" if coach else "–" for side in (0, 1)))
            )  # fmt: skip
    return "**Correct against contradictory, labelled by people**\n\n" + markdown(rows) + "\n"
