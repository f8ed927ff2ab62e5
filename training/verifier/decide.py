"""Fit the last step of coverage: from the witnesses' features to makes and opposes.

    python -m training.verifier.decide [--write]

Fitted on development questions only: marked written answers (a marked point is a bag: its likeliest stretch counts),
pairs of contradictions and right paraphrases, alone and amid other talk, and answers against another question. One
fit for every set of witnesses. Prints what five folds by question reach; ``--write`` writes
``coach/coverage/decision.json``.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from benchmarks.coverage import measures
from benchmarks.coverage.answers import marked, questions
from benchmarks.coverage.contradictions import amid, pairs
from benchmarks.coverage.points import elsewhere
from benchmarks.coverage.questions import split
from coach.coverage.comparison import Candidates, compare
from coach.coverage.decision import FEATURES, MAKES, OPPOSES, SAYS, names
from coach.coverage.encoder import SentenceEncoder
from coach.coverage.verifier import PairVerifier
from coach.rubric import Rubric
from coach.settings import coach_home, model_store
from coach.transcript import Transcript
from training.verifier.examples import SENTENCES

ROOT = Path(__file__).resolve().parents[2]
ROUNDS, STRENGTH, NEITHER = 6, 0.3, -1
WEIGHTS = (
    {"marked": 1.0, "elsewhere": 0.3, "alone": 0.2, "amid": 0.2, "example": 0.5, "wording": 0.2},
    {"marked": 0.3, "elsewhere": 0.3, "alone": 1.0, "amid": 1.0, "example": 1.0, "wording": 1.0},
    {"misconception": 1.0, "no misconception": 1.0},
)
"""What a bag of each kind counts for makes, for opposes, and for saying a misconception.

Written answers hold next to no contradictions, and pairs are half contradictions, unlike any answer: each kind leads
where it knows.
"""
SETS = ((False, False), (True, False), (True, True))


@dataclass(frozen=True, slots=True)
class Bag:
    """The candidates of one point in one answer, and what is known of them together."""

    question: str
    kind: str
    features: np.ndarray
    label: int


def bags(encoder: SentenceEncoder, verifier: PairVerifier) -> list[Bag]:
    """Everything the development split holds."""
    found: list[Bag] = []

    def add(question: str, kind: str, candidates: Candidates, label: int) -> None:
        if len(candidates.windows):
            found.append(Bag(question, kind, candidates.features, label))

    answers = [answer for answer in marked() if split(answer.question) == "dev"]
    for number, answer in enumerate(answers):
        told = compare(Transcript.written(answer.text), answer.rubric, (), encoder, verifier)
        for point, mark in answer.marks.items():
            if mark is not None and point in told.points:
                add(answer.question, "marked", told.points[point], MAKES if mark else NEITHER)
        print(f"\r{number + 1}/{len(answers)} answers", end="", file=sys.stderr)
    for answer in elsewhere(answers)[::2]:
        told = compare(Transcript.written(answer.text), answer.rubric, (), encoder, verifier)
        for point in answer.marks:
            add(answer.question, "elsewhere", told.points[point], NEITHER)
    for row in pairs("dev"):
        rubric = questions()[row["question"]]
        for side, label in (("right", MAKES), ("wrong", OPPOSES)):
            for where, text in (("alone", row[side]), ("amid", amid(row[side], rubric.id))):
                told = compare(Transcript.written(text), rubric, (), encoder, verifier)
                for point, candidates in told.points.items():
                    if point == row["point"]:
                        add(rubric.id, where, candidates, label)
    return found


def example_bags(judges: tuple[SentenceEncoder, PairVerifier]) -> list[Bag]:
    """The development questions' own answers, with the points that their labelled sentences make or contradict.

    A good answer says no misconception, nor does a right paraphrase; a misconception's wording, taken out of the
    question for the while, says it.
    """
    labels: dict[tuple[str, str], dict[str, int]] = {}
    for line in SENTENCES.read_text("utf-8").splitlines():
        row = json.loads(line)
        known = labels.setdefault((row["question"], row["example"]), {})
        known |= dict.fromkeys((*row["makes"], *row["part"]), MAKES) | dict.fromkeys(row["opposes"], OPPOSES)
    found: list[Bag] = []
    for (question, example), known in labels.items():
        rubric = questions()[question]
        assert rubric.examples is not None
        text = Transcript.written(getattr(rubric.examples, example))
        told = compare(text, rubric, (), *judges)
        found += [Bag(question, "example", c.features, known.get(p, NEITHER)) for p, c in told.points.items()]
        if example == "good":
            found += [Bag(question, "no misconception", c.features, NEITHER) for c in told.wrong.values()]
            found += said_misconceptions(rubric, judges)
    for row in pairs("dev"):
        told = compare(Transcript.written(row["right"]), questions()[row["question"]], (), *judges)
        found += [Bag(row["question"], "no misconception", c.features, NEITHER) for c in told.wrong.values()]
    return [bag for bag in found if len(bag.features)]


def wording_bags(judges: tuple[SentenceEncoder, PairVerifier]) -> list[Bag]:
    """Two points of each development question said nearly as the question has them, right and wrong."""
    found = []
    for rubric in questions().values():
        if split(rubric.id) == "test":
            continue
        chance = random.Random(rubric.id)
        for point in chance.sample(list(rubric.key_points), 2):
            for wordings, label in ((point.phrasings, MAKES), (point.counter_phrasings, OPPOSES)):
                words = ["so", *chance.choice(wordings).split()]
                del words[chance.randrange(1, len(words))]
                told = compare(Transcript.written(" ".join(words)), rubric, (), *judges)
                found.append(Bag(rubric.id, "wording", told.points[point.id].features, label))
    return [bag for bag in found if len(bag.features)]


def said_misconceptions(rubric: Rubric, judges: tuple[SentenceEncoder, PairVerifier]) -> list[Bag]:
    """Each wording of a misconception, alone and amid other talk, against the question without that wording."""
    found = []
    for item in rubric.misconceptions:
        for text in item.phrasings:
            others = tuple(phrasing for phrasing in item.phrasings if phrasing != text)
            left = item.model_copy(update={"phrasings": others or (item.text,)})
            wrong = tuple(left if each.id == item.id else each for each in rubric.misconceptions)
            without = rubric.model_copy(update={"misconceptions": wrong})
            for said in (f"so {text}", amid(text, rubric.id)):
                told = compare(Transcript.written(said), without, (), *judges)
                found.append(Bag(rubric.id, "misconception", told.wrong[f"!{item.id}"].features, SAYS))
    return found


def fit(some: Sequence[Bag], columns: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """(3, features) weights and (3,) shift of the regressions for makes, opposes and says, on unscaled features.

    A bag is positive when one of its stretches is, so each stands in by the row that the fit finds likeliest.
    """
    found = []
    for outcome in (MAKES, OPPOSES, SAYS):
        mine = [bag for bag in some if bag.kind in WEIGHTS[outcome]]
        rows = [bag.features[:, columns] for bag in mine]
        labels = np.array([bag.label == outcome for bag in mine])
        weight = np.array([WEIGHTS[outcome][bag.kind] for bag in mine])
        everything = np.concatenate(rows)
        mean, scale = everything.mean(0), everything.std(0) + 1e-6
        chosen = [row[0] for row in rows]
        for _ in range(ROUNDS):
            model = LogisticRegression(C=STRENGTH, max_iter=2000)
            model.fit((np.array(chosen) - mean) / scale, labels, sample_weight=weight)
            chosen = [row[int(np.argmax(model.decision_function((row - mean) / scale)))] for row in rows]
        weights = model.coef_[0] / scale
        found.append((weights, model.intercept_[0] - weights @ mean))
    return np.array([weights for weights, _ in found]), np.array([shift for _, shift in found])


def told(bag: Bag, columns: Sequence[int], fitted: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """The greatest probabilities of makes, opposes and says."""
    return (1 / (1 + np.exp(-(bag.features[:, columns] @ fitted[0].T + fitted[1])))).max(axis=0)


def held_out(some: Sequence[Bag], columns: Sequence[int], folds: int = 5) -> None:
    """Prints what folds by question reach."""
    ids = sorted({bag.question for bag in some})
    result = np.zeros((len(some), 3))
    for fold in range(folds):
        out = set(ids[fold::folds])
        fitted = fit([bag for bag in some if bag.question not in out], columns)
        for index, bag in enumerate(some):
            if bag.question in out:
                result[index] = told(bag, columns, fitted)
    kind, label = np.array([bag.kind for bag in some]), np.array([bag.label for bag in some])
    is_marked = kind == "marked"
    truth, value = (label[is_marked] == MAKES).astype(float), result[is_marked, MAKES]
    step = measures.best_threshold(truth, value)
    best = measures.f1(truth, (value >= step).astype(float))
    print(
        f"  marked: AUROC {measures.auroc(truth, value):.3f}, best F1 {best:.3f} at {step:.2f}, "
        f"calibration error {measures.calibration_error(truth, value):.3f}"
    )
    said, good = kind == "misconception", kind == "no misconception"
    example = kind == "example"
    for limit in (0.5, 0.6, 0.7, 0.8, 0.9):
        print(
            f"  at {limit}: misconceptions found {(result[said, SAYS] >= limit).mean():.2f}, "
            f"where there are none {(result[good, SAYS] >= limit).mean():.4f}; examples: wrong found "
            f"{(result[example & (label == OPPOSES), OPPOSES] >= limit).mean():.2f}, made accused "
            f"{(result[example & (label == MAKES), OPPOSES] >= limit).mean():.3f}, made accepted "
            f"{(result[example & (label == MAKES), MAKES] >= limit).mean():.2f}"
        )
    for where in ("alone", "amid"):
        right, wrong = ((kind == where) & (label == each) for each in (MAKES, OPPOSES))
        for limit in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7):
            print(
                f"  {where} at {limit}: caught {(result[wrong, OPPOSES] >= limit).mean():.2f}, "
                f"right accused {(result[right, OPPOSES] >= limit).mean():.3f}, "
                f"marked accused {(result[is_marked, OPPOSES] >= limit).mean():.3f}; "
                f"right accepted {(result[right, MAKES] >= limit).mean():.2f}, "
                f"wrong accepted {(result[wrong, MAKES] >= limit).mean():.2f}"
            )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    models = model_store(coach_home())
    judges = SentenceEncoder(models), PairVerifier(models)
    some = bags(*judges) + example_bags(judges) + wording_bags(judges)
    everything = names(True, True)
    fits = []
    for meaning, verifier in SETS:
        columns = [everything.index(name) for name in names(meaning, verifier)]
        print([witness for witness in FEATURES if set(FEATURES[witness]) <= set(names(meaning, verifier))])
        held_out(some, columns)
        weights, shift = fit(some, columns)
        fits.append(
            {
                "features": list(names(meaning, verifier)),
                "weights": np.round(weights, 4).tolist(),
                "shift": np.round(shift, 4).tolist(),
            }
        )
    if options.write:
        path = ROOT / "coach" / "coverage" / "decision.json"
        path.write_text(json.dumps(fits, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
