"""How an answer's time goes to its stages: shares of the whole, and the stretches they are made of, in order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby
from typing import Final

from coach.assessment import ShareOf, StageShare, StageStretch, StructurePart
from coach.coverage.view import evidence
from coach.structure.parts import Answer
from coach.structure.rules import OTHER
from coach.transcript import Pause

NONE_NAME: Final = "Other"
_WHY: Final[dict[str, str]] = {
    "present": "It was said within another part.",
    "unknown": "It can't be told whether it was there.",
}


def stretches_of(answer: Answer, pauses: Sequence[Pause]) -> tuple[StageStretch, ...]:
    """Neighbouring units of one stage as one stretch; shares of speaking time, or of words where nothing has a time."""
    lengths = [_length(answer, unit, pauses) for unit in range(len(answer.units))]
    total = sum(lengths)
    ids = [*(rule.id for rule in answer.rules.stages), OTHER]
    found = []
    for stage, run in groupby(range(len(answer.units)), key=lambda unit: answer.course.path[unit]):
        units = list(run)
        first, last = answer.units[units[0]], answer.units[units[-1]]
        quote = evidence(answer.transcript, answer.view, first.start, last.end)
        found.append(
            StageStretch(
                stage=ids[stage],
                share=min(1.0, sum(lengths[unit] for unit in units) / total) if total else 0.0,
                **quote.model_dump(exclude={"quote"}),
            )
        )
    return tuple(found)


def shares_of(
    answer: Answer,
    stretches: Sequence[StageStretch],
    parts: Sequence[StructurePart],
    pauses: Sequence[Pause],
) -> tuple[StageShare, ...]:
    """One share for each stage of the domain and for the rest, in the usual order; together they are 1.

    A stage without a stretch of its own takes nothing only where it is absent; else its share can't be told.
    """
    by_stage: defaultdict[str, float] = defaultdict(float)
    for stretch in stretches:
        by_stage[stretch.stage] += stretch.share
    total = None
    if share_of(answer) == "speaking time":
        total = sum(_length(answer, unit, pauses) for unit in range(len(answer.units)))
    reasons = {part.id: _WHY[part.status] for part in parts if part.status in _WHY}
    found = []
    for name, shown in [*((rule.id, rule.name) for rule in answer.rules.stages), (OTHER, NONE_NAME)]:
        share = None if name in reasons and not by_stage[name] else min(1.0, by_stage[name])
        seconds = None if share is None or total is None else round(total * share, 3)
        reason = reasons[name] if share is None else None
        found.append(StageShare(id=name, name=shown, share=share, seconds=seconds, reason=reason))
    return tuple(found)


def share_of(answer: Answer) -> ShareOf:
    """What the shares are shares of."""
    return "words" if answer.transcript.words[0].start is None else "speaking time"


def _length(answer: Answer, unit: int, pauses: Sequence[Pause]) -> float:
    """Seconds of a unit without the silences in it, or its words where it has no times."""
    quote = answer.quote(unit)
    if quote.start is None or quote.end is None:
        return float(answer.units[unit].words)
    silent = sum(max(0.0, min(p.end, quote.end) - max(p.start, quote.start)) for p in pauses)
    return max(0.0, quote.end - quote.start - silent)
