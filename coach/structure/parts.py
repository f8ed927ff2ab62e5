"""Which parts an answer has: each stage and each mark present, absent, or not to be told, with what was said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from coach.assessment import Evidence, PartStatus, StructurePart
from coach.coverage.matching import logistic
from coach.coverage.view import Token, evidence
from coach.structure.course import FIRM, FULL_WEIGHT, LOOSE, MEANING, MORE_FIRM, MORE_LOOSE, Course
from coach.structure.likeness import Array, Likeness
from coach.structure.rules import Rule, Rules
from coach.structure.units import Unit
from coach.transcript import Transcript

PRESENT: Final = 0.5  # probability from which a part is there
ABSENT: Final = 0.15  # and below which it is not; advice for what was there after all annoys
QUOTES: Final = 3  # most quotes of one part

# Logistic regressions on the development half of the labelled answers, shared by all stages and by all marks.
_STAGE_CHANCE, _STAGE_STRENGTH, _STAGE_SHIFT = 1.16, 1.25, -2.09
_MARK_STRENGTH, _MARK_SHIFT = 2.0, -5.0
_USUAL_MEANING: Final = (
    0.2  # likeness in meaning that a mark's cue usually comes with; assumed without an encoder
)
_NOWHERE: Final = 0.05  # probability of a mark without any cue, where cues are all there is

ONE_PASSAGE: Final = "One passage may be it, but that can't be told for sure."
WORDS_ONLY: Final = "Without the sentence encoder only set phrases are recognised, so absence can't be told."


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, cut and compared: all that findings are made from."""

    transcript: Transcript
    view: Sequence[Token]
    units: Sequence[Unit]
    rules: Rules
    found: Likeness
    course: Course

    def quote(self, unit: int) -> Evidence:
        """The words of a unit as they were said."""
        return evidence(self.transcript, self.view, self.units[unit].start, self.units[unit].end)

    def stage(self, name: str) -> int:
        """The column of the stage with this id."""
        return next(i for i, rule in enumerate(self.rules.stages) if rule.id == name)


def parts_of(answer: Answer, expected: Sequence[str]) -> tuple[StructurePart, ...]:
    """All stages in order, then all marks. ``expected`` are the stages the question asks for; empty means all."""
    stages = {rule.id: chances_of_stage(answer, i) for i, rule in enumerate(answer.rules.stages)}
    marks = {rule.id: chances_of_mark(answer, rule) for rule in answer.rules.of("mark")}
    return tuple(
        _part(answer, answer.rules.rule(name), chances, _is_expected(answer.rules.rule(name), expected))
        for name, chances in (stages | marks).items()
    )


def _is_expected(rule: Rule, expected: Sequence[str]) -> bool:
    asked_with = rule.id if rule.kind == "stage" else rule.within or rule.part_of
    return not expected or asked_with is None or asked_with in expected


def chances_of_stage(answer: Answer, stage: int) -> Array:
    """Probability 0..1 for each unit that it is this stage, well enough said to count as the part."""
    chance = answer.course.chance[:, stage]
    odds = np.log((chance + 0.02) / (1.02 - chance))
    return logistic(_STAGE_CHANCE * odds + _STAGE_STRENGTH * _strength(answer.found)[:, stage] + _STAGE_SHIFT)


def chances_of_mark(answer: Answer, rule: Rule) -> Array:
    """Probability 0..1 for each unit that it is this mark."""
    found = answer.found.of_marks()
    column = answer.rules.of("mark").index(rule)
    if rule.within is not None:
        around = answer.course.chance[:, answer.stage(rule.within)]
        return np.where(found.firm[:, column] > 0, around, np.minimum(around, _NOWHERE))
    weight = np.minimum(1.0, np.array([unit.words for unit in answer.units]) / FULL_WEIGHT)
    strength = weight * _strength(found, _USUAL_MEANING)[:, column]
    return logistic(_MARK_STRENGTH * strength + _MARK_SHIFT)


def _strength(found: Likeness, without: float = 0.0) -> Array:
    """How strongly each unit speaks for each rule by itself; ``without`` stands for the meaning if there is none."""
    return np.asarray(
        MEANING * (without if found.meaning is None else found.meaning)
        + FIRM * (found.firm > 0)
        + MORE_FIRM * np.maximum(found.firm - 1, 0)
        + LOOSE * (found.loose > 0)
        + MORE_LOOSE * np.maximum(found.loose - 1, 0)
    )


def _part(answer: Answer, rule: Rule, chances: Array, expected: bool) -> StructurePart:
    best = float(chances.max())
    likely = best >= PRESENT or (best >= ABSENT and not rule.untold)
    status: PartStatus = "present" if best >= PRESENT else "unknown"
    reason = None
    if not likely and not rule.untold and answer.found.meaning is not None:
        status = "absent"
    elif status == "unknown":
        reason = ONE_PASSAGE if likely else rule.untold or WORDS_ONLY
    return StructurePart(
        id=rule.id,
        name=rule.name,
        looks_for=rule.looks_for,
        status=status,
        reason=reason,
        confidence={"present": best, "absent": 1.0 - best, "unknown": None}[status],
        expected=expected,
        evidence=_quotes(answer, chances) if likely else (),
        advice=rule.advice,
        source=rule.source,
    )


def _quotes(answer: Answer, chances: Array) -> tuple[Evidence, ...]:
    """The likeliest units, in the order they were said."""
    least = min(PRESENT, float(chances.max()))
    likeliest = [unit for unit in np.argsort(-chances, kind="stable").tolist() if chances[unit] >= least]
    return tuple(answer.quote(unit) for unit in sorted(likeliest[:QUOTES]))
