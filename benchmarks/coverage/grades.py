"""Short answers that people graded."""

from __future__ import annotations

import numpy as np

from benchmarks.coverage import measures
from benchmarks.coverage.answers import Answer, chosen, graded
from benchmarks.coverage.contenders import Coach, Contender, contenders
from benchmarks.coverage.points import Rows, ranged
from benchmarks.coverage.questions import Split
from benchmarks.sections import markdown


def grades_part(asked: Split) -> str:
    """Agreement with people's grades on the official test parts (dev: on the training parts)."""
    rows: Rows = [("set", "part", "answers", "contender", "Pearson r [95 %]", "QWK", "accuracy")]
    for name in ("saf_en", "scientsbank", "beetle"):
        answers = graded(name)
        training = [a for a in answers if a.part in ("train", "training")]
        groups: dict[str, list[Answer]] = {"training": training}
        if asked == "test":
            groups = {}
            for answer in answers:
                if answer.part not in ("train", "training"):
                    groups.setdefault(answer.part, []).append(answer)
        for part, members in sorted(groups.items()):
            some, past = chosen(members), chosen(training, 300)
            truth, names = np.array([a.grade for a in some], float), [a.question for a in some]
            for contender in contenders():
                told = np.array([grade(contender, answer) for answer in some])
                before = np.array([grade(contender, answer) for answer in past])
                known = np.array([answer.grade for answer in past], float)
                slope, shift = np.polyfit(before, known, 1) if before.std() else (0.0, known.mean())
                fitted = np.clip(slope * told + shift, 0, 1)
                step = measures.best_threshold((known >= 0.5).astype(float), before)
                accuracy = ((told >= step) == (truth >= 0.5)).mean()
                qwk = measures.weighted_kappa(truth, fitted, 5 if name == "saf_en" else 2)
                rows.append(
                    (name, part, str(len(some)), contender.name, ranged(measures.pearson, names, truth, told),
                     f"{qwk:.2f}", f"{accuracy:.2f}")
                )  # fmt: skip
    return (
        "**Short answers graded by people** (grade 0 to 1; for each contender and set a straight line and a threshold "
        "are fitted on 300 answers of the training part, for QWK and for right against wrong)\n\n"
        f"{markdown(rows)}\n"
    )


def grade(contender: Contender, answer: Answer) -> float:
    told = contender.judge(answer.text, answer.rubric)
    weights = np.array([point.weight for point in answer.rubric.key_points])
    values = np.array([told.values[point.id] for point in answer.rubric.key_points])
    return (
        float(weights @ values / weights.sum())
        if told.score is None or not isinstance(contender, Coach)
        else told.score
    )
