"""The library's own answers, what each witness is good for, and how long it takes."""

from __future__ import annotations

import sys
import time
from dataclasses import replace

import numpy as np

from benchmarks.coverage import measures
from benchmarks.coverage.answers import marked, questions
from benchmarks.coverage.contenders import Coach, coach_itself, encoder, verifier
from benchmarks.coverage.contradictions import pairs
from benchmarks.coverage.points import Rows, judged
from benchmarks.coverage.questions import Split, split
from benchmarks.sections import markdown
from coach.coverage import PairVerifier, SentenceEncoder, cover
from coach.rubric import Rubric
from coach.settings import coach_home, model_store
from coach.transcript import Transcript


def examples_part(asked: Split) -> str:
    """The good and the weak answer of every question, and its misconceptions said alone."""
    coach = coach_itself()
    some = [rubric for rubric in questions().values() if split(rubric.id) == asked and rubric.examples]
    rows: Rows = [("answer", "questions", "mean score", "lowest", "highest", "points accused")]
    for name in ("good", "weak"):
        told = [coach.judge(getattr(rubric.examples, name), rubric) for rubric in some]
        scores = [t.score for t in told if t.score is not None]
        accused = sum(len(t.contradicted) for t in told)
        rows.append(
            (
                name,
                str(len(scores)),
                f"{np.mean(scores):.2f}",
                f"{min(scores):.2f}",
                f"{max(scores):.2f}",
                str(accused),
            )
        )
    said = [(rubric, text) for rubric in some for item in rubric.misconceptions for text in item.phrasings]
    caught = sum(
        bool((t := coach.judge(text, rubric)).misconceptions or t.contradicted) for rubric, text in said
    )
    return (
        f"**The library's own answers**\n\n{markdown(rows)}\n\n"
        f"Misconceptions in the rubrics' own wordings, said alone: {caught} of {len(said)} caught.\n"
    )


def speed_part(asked: Split) -> str:
    """One talk of three minutes after transcription, encoder loaded, nothing remembered of it."""
    rubric = max(
        (r for r in questions().values() if split(r.id) == asked and r.examples),
        key=lambda r: len(r.key_points),
    )
    assert rubric.examples is not None
    text = f"{rubric.examples.good} {rubric.examples.weak} {rubric.examples.good}"[:2700]
    transcript = Transcript.written(text)
    fresh = SentenceEncoder(model_store(coach_home())), PairVerifier(model_store(coach_home()))
    cover(Transcript.written(rubric.prompt), rubric, (), *fresh)
    began = time.monotonic()
    cover(transcript, rubric, (), *fresh)
    spent = time.monotonic() - began
    return (
        f"**Speed**: {len(transcript.words)} words against {len(rubric.key_points)} key points: {spent:.2f} s; "
        f"torch loaded: {'torch' in sys.modules}.\n"
    )


def ablation_part(asked: Split) -> str:
    """What each witness is good for: the same marks and pairs with fewer of them."""
    answers = [a for a in marked() if split(a.question) == asked]
    rows: Rows = [
        (
            "witnesses",
            "AUROC",
            "F1",
            "calibration error",
            "contradictions caught",
            "right paraphrases accused",
            "right paraphrases accepted",
        )
    ]
    for coach in (
        coach_itself(),
        Coach(encoder(), None, "without the verifier"),
        Coach(None, None, "words only"),
        Coach(encoder(), verifier(), "point texts only, no phrasings and no opposite wordings"),
    ):
        bare = coach.name.startswith("point texts")
        some = [replace(a, rubric=stripped(a.rubric)) for a in answers] if bare else answers
        truth, values, covered, _ = judged(coach, some)
        told = []
        for row in pairs(asked):
            rubric = stripped(questions()[row["question"]]) if bare else questions()[row["question"]]
            told += [(row, side, coach.judge(row[side], rubric)) for side in ("wrong", "right")]
        caught = np.mean([bool(t.contradicted or t.misconceptions) for _, side, t in told if side == "wrong"])
        accused = np.mean(
            [bool(t.contradicted or t.misconceptions) for _, side, t in told if side == "right"]
        )
        accepted = np.mean([row["point"] in t.covered for row, side, t in told if side == "right"])
        rows.append(
            (coach.name, f"{measures.auroc(truth, values):.3f}", f"{measures.f1(truth, covered):.3f}",
             f"{measures.calibration_error(truth, values):.3f}", f"{caught:.0%}", f"{accused:.1%}", f"{accepted:.0%}")
        )  # fmt: skip
    return f"**What each witness is good for** (pairs said alone)\n\n{markdown(rows)}\n"


def stripped(rubric: Rubric) -> Rubric:
    """The question with nothing but the texts of its key points."""
    points = tuple(
        point.model_copy(update={"phrasings": (), "counter_phrasings": ()}) for point in rubric.key_points
    )
    return rubric.model_copy(update={"key_points": points, "misconceptions": ()})
