"""Rules on the whole answer: one part before another, no long silence while coding, "I" rather than "we"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from coach.assessment import CheckStatus, Evidence, StructureCheck, StructureFigure
from coach.coverage.view import evidence, quoted
from coach.structure.parts import PRESENT, Answer, chances_of_mark, chances_of_stage
from coach.structure.rules import Rule
from coach.transcript import Pause, Transcript, Word

I_WORDS: Final = frozenset({"i", "me", "my", "mine", "myself"})
WE_WORDS: Final = frozenset({"we", "us", "our", "ours", "ourselves"})
_FEWEST: Final = 5  # words of both families, below which their share says nothing

NO_SILENCE: Final = "A written answer has no silences."
NO_CODE: Final = "No narration of code was found, so it can't be told what was said while typing."
NO_PRONOUNS: Final = f"There are fewer than {_FEWEST} such words."
NO_ENCODER: Final = "Without the sentence encoder the order can't be told."


def checks_of(answer: Answer, pauses: Sequence[Pause]) -> tuple[StructureCheck, ...]:
    """The findings on all orders, silences and pronouns of the domain, in the order of its rules."""
    found = []
    for rule in answer.rules.rules:
        if rule.kind == "order":
            found.append(_order(answer, rule))
        elif rule.kind == "silence":
            found.append(_silence(answer, rule, pauses))
        elif rule.kind == "pronouns":
            found.append(_pronouns(answer, rule))
    return tuple(found)


def _order(answer: Answer, rule: Rule) -> StructureCheck:
    """Kept where the first passage of the one part is not behind the first of the other."""
    if answer.found.meaning is None:
        return _check(rule, "unknown", NO_ENCODER)
    first = [_first(answer, name) for name in (rule.before or "", rule.after or "")]
    for unit, name in zip(first, (rule.before, rule.after), strict=True):
        if unit is None:
            missing = answer.rules.rule(name or "").name.lower()
            return _check(rule, "unknown", f"Nothing was surely recognised as {missing}.")
    before, after = (unit for unit in first if unit is not None)
    quotes = tuple(answer.quote(unit) for unit in dict.fromkeys((before, after)))
    return _check(rule, "kept" if before <= after else "broken", evidence=quotes)


def _first(answer: Answer, name: str) -> int | None:
    """The first unit that surely is this stage (and lies on the course) or this mark."""
    rule = answer.rules.rule(name)
    if rule.kind == "mark":
        sure = chances_of_mark(answer, rule) >= PRESENT
    else:
        stage = answer.stage(name)
        sure = (chances_of_stage(answer, stage) >= PRESENT) & (np.array(answer.course.path) == stage)
    return int(sure.argmax()) if sure.any() else None


def _silence(answer: Answer, rule: Rule, pauses: Sequence[Pause]) -> StructureCheck:
    """The longest silence and the share of silence between the beginning and the end of each run of code."""
    words = answer.transcript.words
    runs = _runs(answer)
    if words[0].start is None or not runs:
        reason = NO_CODE if words[0].start is not None else NO_SILENCE
        return _check(rule, "unknown", reason, figures=_silence_figures(None, None, reason))
    spoken = [word for word in words if isinstance(word, Word)]
    inside = [(p, max(0.0, min(p.end, end) - max(p.start, start))) for p in pauses for start, end in runs]
    longest = max((length for _, length in inside), default=0.0)
    share = sum(length for _, length in inside) / max(sum(end - start for start, end in runs), 1e-9)
    limit = rule.longest_s or 0.0
    quotes = tuple(
        _around(answer.transcript, spoken, p)
        for p, length in inside
        if length and length >= min(longest, limit)
    )
    return _check(
        rule,
        "kept" if longest <= limit else "broken",
        evidence=quotes if longest > limit else (),
        figures=_silence_figures(longest, share, None, quotes),
    )


def _silence_figures(
    longest: float | None, share: float | None, reason: str | None, quotes: tuple[Evidence, ...] = ()
) -> tuple[StructureFigure, ...]:
    shown = None if share is None else round(100 * min(share, 1.0), 1)
    return (
        StructureFigure(
            id="longest_silence_while_coding",
            name="Longest silence while coding",
            value=None if longest is None else round(longest, 2),
            unit="s",
            reason=reason,
            evidence=quotes,
        ),
        StructureFigure(
            id="silence_while_coding", name="Silence while coding", value=shown, unit="%", reason=reason
        ),
    )


def _runs(answer: Answer) -> list[tuple[float, float]]:
    """When code was narrated, in seconds: each run with the silence before and after it."""
    code = answer.stage("code")
    spans: list[tuple[float, float]] = []
    quotes = [answer.quote(unit) for unit in range(len(answer.units))]
    for unit, stage in enumerate(answer.course.path):
        if stage != code:
            continue
        start = quotes[unit - 1].end if unit else quotes[unit].start
        end = quotes[unit + 1].start if unit + 1 < len(quotes) else quotes[unit].end
        if start is None or end is None:
            return []
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, max(start, end)))
    return spans


def _around(transcript: Transcript, words: Sequence[Word], pause: Pause) -> Evidence:
    """The words on both sides of a silence."""
    middle = (pause.start + pause.end) / 2
    after = sum((word.start + word.end) / 2 < middle for word in words)
    return quoted(transcript, max(after - 1, 0), min(after, len(words) - 1))


def _pronouns(answer: Answer, rule: Rule) -> StructureCheck:
    """How often the speaker says "I" and "we", fillers and abandoned words left out."""
    mine, ours = (
        tuple(
            evidence(answer.transcript, answer.view, index, index + 1)
            for index, token in enumerate(answer.view)
            if token.text in family
        )
        for family in (I_WORDS, WE_WORDS)
    )
    total = len(mine) + len(ours)
    enough = total >= _FEWEST
    share = len(mine) / total if enough else None
    status: CheckStatus = (
        "unknown" if share is None else "kept" if share >= (rule.least_share or 0.0) else "broken"
    )
    reason = None if enough else NO_PRONOUNS
    figures = (
        StructureFigure(id="i_words", name="“I”", value=len(mine), unit="words", evidence=mine),
        StructureFigure(id="we_words", name="“We”", value=len(ours), unit="words", evidence=ours),
        StructureFigure(
            id="i_share",
            name="“I” of both",
            value=None if share is None else round(100 * share, 1),
            unit="%",
            reason=reason,
        ),
    )
    return _check(rule, status, reason, figures=figures)


def _check(rule: Rule, status: CheckStatus, reason: str | None = None, **found: Any) -> StructureCheck:
    return StructureCheck(
        id=rule.id,
        name=rule.name,
        looks_for=rule.looks_for,
        status=status,
        reason=reason,
        advice=rule.advice,
        source=rule.source,
        **found,
    )
