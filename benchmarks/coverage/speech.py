"""What transcription costs: the same answers as written, damaged, and through speech."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from benchmarks.coverage import damage, measures
from benchmarks.coverage.answers import Answer, chosen, marked
from benchmarks.coverage.contenders import chance_made, coach_itself, encoder, verifier
from benchmarks.coverage.points import Rows
from benchmarks.coverage.questions import Split, split
from benchmarks.sections import markdown
from benchmarks.speech.kept import CACHE
from coach.coverage import cover
from coach.coverage.words import tokens

SPOKEN: Final = 24
"""Answers that are spoken."""


def speech_part(asked: Split) -> str:
    """The same marked answers as they come out of speech."""
    answers = [a for a in marked() if split(a.question) == asked and 40 <= len(a.text.split()) <= 160]
    some = chosen(answers, SPOKEN)
    heard = damage.heard({answer.id: answer.text for answer in some}, CACHE / "coverage")
    rows: Rows = [
        ("how the answer reaches the scorer", "answers", "marks", "F1", "AUROC", "loss of F1 in points")
    ]

    def add(
        name: str,
        of: Sequence[Answer],
        judge: Callable[[Answer], dict[str, tuple[float, bool]]],
        base: float | None,
    ) -> float:
        truth, values, covered = [], [], []
        for answer in of:
            told = judge(answer)
            for point, mark in answer.marks.items():
                if mark is not None and point in told:
                    truth.append(mark)
                    values.append(told[point][0])
                    covered.append(told[point][1])
        arrays = np.array(truth, float), np.array(values), np.array(covered, float)
        value = measures.f1(arrays[0], arrays[2])
        loss = "" if base is None else f"{(base - value) * 100:.1f}"
        rows.append(
            (
                name,
                str(len(of)),
                str(len(truth)),
                f"{value:.3f}",
                f"{measures.auroc(arrays[0], arrays[1]):.3f}",
                loss,
            )
        )
        return value

    def by_text(change: Callable[[Answer], str]) -> Callable[[Answer], dict[str, tuple[float, bool]]]:
        coach = coach_itself()

        def judge(answer: Answer) -> dict[str, tuple[float, bool]]:
            told = coach.judge(change(answer), answer.rubric)
            return {point: (value, point in told.covered) for point, value in told.values.items()}

        return judge

    def by_ear(answer: Answer) -> dict[str, tuple[float, bool]]:
        transcript, disfluencies = heard[answer.id]
        found = cover(transcript, answer.rubric, disfluencies, encoder(), verifier())
        return {
            p.id: (chance_made(p.status, p.confidence), p.status in ("covered", "partial"))
            for p in found.key_points
        }

    plain = by_text(lambda answer: answer.text)
    base = add("as written", some, plain, None)
    add("spoken by synthetic voices, heard by Coach (base)", some, by_ear, base)
    everything = [a for a in marked() if split(a.question) == asked]
    base = add("as written, all", everything, plain, None)
    bare = by_text(lambda answer: " ".join(tokens(answer.text)))
    add("without punctuation and capitals", everything, bare, base)
    add(
        "through the model of confused words",
        everything,
        by_text(lambda a: damage.confused(a.text, a.rubric)),
        base,
    )
    return f"**What transcription costs**\n\n{markdown(rows)}\n"
