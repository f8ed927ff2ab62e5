"""How often the structure of an answer is recognised: stages of sentences, and parts present or absent.

    python -m benchmarks.coverage.structure --split dev|test [--write]

The labels in ``benchmarks/coverage/structure/{dev,test}.jsonl`` are of two kinds: the stage of each sentence of the
good and weak examples of some questions, and for each of these answers which parts it has (null: hard to say,
not counted). They carry the sentences they were made for. Each answer is judged as it is written, and without any
punctuation or capitals, as speech may come. Questions are split by ``benchmarks.coverage.questions``.
"""

from __future__ import annotations

import argparse
import json
import platform
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from benchmarks.coverage.questions import Split, split
from benchmarks.sections import markdown, write
from coach.assessment import Structure
from coach.coverage import SentenceEncoder
from coach.rubric import load_rubric
from coach.settings import coach_home, model_store
from coach.structure import OTHER, STRUCTURE_VERSION, rules_of, structure
from coach.transcript import Transcript

LABELS: Final = Path(__file__).with_name("structure")
Rows = list[tuple[str, ...]]


@dataclass(slots=True)
class Labelled:
    """One example answer with the stage of each sentence, and which parts it has."""

    question: str
    example: str
    domain: Any
    sentences: list[str] = field(default_factory=list)
    stages: list[str] = field(default_factory=list)
    parts: dict[str, bool | None] = field(default_factory=dict)


def labelled(which: Split) -> list[Labelled]:
    """All labelled answers of a split, in the order of the file."""
    found: dict[tuple[str, str], Labelled] = {}
    for line in (LABELS / f"{which}.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        name = row["question"]
        if split(name) != which:
            raise ValueError(f"{name} does not belong to {which}")
        answer = found.setdefault(
            (name, row["example"]), Labelled(name, row["example"], load_rubric(name).domain)
        )
        if "sentence" in row:
            answer.sentences.append(row["text"])
            answer.stages.append(row["stage"])
        else:
            answer.parts[row["part"]] = row["present"]
    return list(found.values())


def bare(word: str) -> str:
    """A word without capitals and punctuation, empty where nothing is left."""
    return re.sub(r"[^\w'’-]", "", word).lower().strip("'’-")


def judged(answer: Labelled, punctuation: bool, encoder: SentenceEncoder) -> tuple[Structure, list[str]]:
    """The structure found, and the stage that most of each sentence's words were given."""
    words, owner = [], []
    for number, sentence in enumerate(answer.sentences):
        for word in sentence.split():
            if shown := word if punctuation else bare(word):
                words.append(shown)
                owner.append(number)
    transcript = Transcript.written(" ".join(words))
    found = structure(transcript, answer.domain, encoder=encoder)
    assert found is not None
    starts = []
    position = 0
    for word in words:
        starts.append(position)
        position += len(word) + 1
    votes: list[Counter[str]] = [Counter() for _ in answer.sentences]
    for stretch in found.stretches:
        for start, number in zip(starts, owner, strict=True):
            if stretch.char_start <= start < stretch.char_end:
                votes[number][stretch.stage] += 1
    return found, [vote.most_common(1)[0][0] if vote else OTHER for vote in votes]


def macro_f1(truth: Sequence[str], told: Sequence[str]) -> float:
    """Mean F1 over the stages that occur in ``truth``."""
    scores = []
    for stage in sorted(set(truth)):
        hits = sum(a == b == stage for a, b in zip(truth, told, strict=True))
        scores.append(2 * hits / max(truth.count(stage) + told.count(stage), 1))
    return sum(scores) / len(scores)


def ratio(part: int, whole: int) -> str:
    """``0.93 (40/43)``, or a dash for none at all."""
    return f"{part / whole:.2f} ({part}/{whole})" if whole else "–"


def sentence_rows(results: Iterable[tuple[Labelled, bool, Structure, list[str]]]) -> Rows:
    truth: defaultdict[tuple[str, bool], list[str]] = defaultdict(list)
    told: defaultdict[tuple[str, bool], list[str]] = defaultdict(list)
    for answer, punctuation, _, stages in results:
        truth[answer.domain, punctuation] += answer.stages
        told[answer.domain, punctuation] += stages
    rows: Rows = [
        (
            "domain",
            "sentences",
            "commonest stage",
            "accuracy",
            "macro F1",
            "accuracy, no punctuation",
            "macro F1",
        )
    ]
    domains = sorted({domain for domain, _ in truth})
    means = []
    for domain in domains:
        gold = truth[domain, True]
        figures = []
        for punctuation in (True, False):
            given = told[domain, punctuation]
            figures += [
                sum(a == b for a, b in zip(gold, given, strict=True)) / len(gold),
                macro_f1(gold, given),
            ]
        means.append(figures)
        usual = Counter(gold).most_common(1)[0][1] / len(gold)
        rows.append((domain, str(len(gold)), f"{usual:.2f}", *(f"{figure:.2f}" for figure in figures)))
    mean = [sum(column) / len(means) for column in zip(*means, strict=True)]
    rows.append(("mean of domains", "", "", *(f"{figure:.2f}" for figure in mean)))
    return rows


def presence_rows(
    results: Iterable[tuple[Labelled, bool, Structure, list[str]]],
    punctuation: bool,
    group: Callable[[Labelled, str], str],
) -> Rows:
    """Present and absent as told, against the labels; what could not be told is counted by itself."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for answer, marked, found, _ in results:
        if marked != punctuation:
            continue
        for part in found.parts:
            truth = answer.parts.get(part.id)
            if truth is not None:
                for name in (group(answer, part.id), "all"):
                    counts[name][f"{part.status} {truth}"] += 1
    rows: Rows = [
        (
            "",
            "parts",
            "has it",
            "present: precision",
            "present: recall",
            "absent: precision",
            "absent: recall",
            "untold",
        )
    ]
    for name in sorted(counts, key=lambda key: (key == "all", key)):
        found_ = counts[name]
        there = sum(count for key, count in found_.items() if key.endswith("True"))
        total = found_.total()
        present, absent = found_["present True"], found_["absent False"]
        rows.append(
            (
                name,
                str(total),
                str(there),
                ratio(present, present + found_["present False"]),
                ratio(present, there),
                ratio(absent, absent + found_["absent True"]),
                ratio(absent, total - there),
                ratio(found_["unknown True"] + found_["unknown False"], total),
            )
        )
    return rows


def by_domain(answer: Labelled, part: str) -> str:
    marks = {rule.id for rule in rules_of(answer.domain).of("mark")}
    return f"{answer.domain}: {part}" if part in marks else answer.domain


def report(which: Split) -> str:
    encoder = SentenceEncoder(model_store(coach_home()))
    answers = labelled(which)
    results = [
        (answer, punctuation, *judged(answer, punctuation, encoder))
        for answer in answers
        for punctuation in (True, False)
    ]
    questions = len({answer.question for answer in answers})
    return "\n\n".join(
        [
            f"`python -m benchmarks.coverage.structure --split {which}`, structure {STRUCTURE_VERSION}, encoder "
            f"{encoder.name}, Python {platform.python_version()}, {platform.machine()}. {questions} questions, a good "
            "and a weak written example of each. The labels are one reader's, a language model's: a guide, not a "
            "judgement by people, and nobody labelled twice.",
            "Stage of each sentence:",
            markdown(sentence_rows(results)),
            "Parts of each answer, with punctuation:",
            markdown(presence_rows(results, True, by_domain)),
            "The same without punctuation and capitals:",
            markdown(presence_rows(results, False, by_domain)),
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--split", choices=("dev", "test"), required=True)
    parser.add_argument("--write", action="store_true", help="put it into benchmarks/RESULTS.md")
    chosen = parser.parse_args()
    body = report(chosen.split)
    print(body)
    if chosen.write:
        write("Structure", body)


if __name__ == "__main__":
    main()
