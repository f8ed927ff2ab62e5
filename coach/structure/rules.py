"""The rules of each domain, read from ``rules/<domain>.yaml``: what an answer is expected to hold, and how one hears it.

A rule is data: what it looks for, where that comes from, the advice shown when it is absent, its cues (regular
expressions over the words as :func:`coach.coverage.words.tokens` gives them), its prototypes (spoken sentences that
the sentence encoder compares with), and examples that pass and fail, which the tests hold it to.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from coach.coverage.words import tokens
from coach.errors import RubricError
from coach.rubric.model import DOMAINS, Domain, Text
from coach.rubric.plainyaml import Refused, decode, read

Kind = Literal["stage", "mark", "order", "silence", "pronouns"]
"""stage: a part that takes up time; mark: something said within them; the others are one finding on the whole."""

OTHER: Final = "other"
"""What belongs to no stage."""

_FOLDER: Final = Path(__file__).with_name("rules")


class Rule(BaseModel):
    """One thing looked for.

    ``untold`` says why its absence can't be told, empty where it can. A mark counts only ``within`` a stage, if
    it names one; where ``part_of`` names a stage, it is asked for together with that. An order wants the first
    of ``before`` ahead of the first of ``after`` (ids of rules). ``firm`` cues hardly occur elsewhere, ``cues``
    may. ``longest_s`` is the longest silence (s) that is fine, ``least_share`` the least share 0..1 of "I".
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    id: str = Field(pattern=r"^[a-z]+([-_][a-z]+)*$")
    name: Text
    kind: Kind
    looks_for: Text
    source: Text
    advice: Text
    firm: tuple[str, ...] = ()
    cues: tuple[str, ...] = ()
    prototypes: tuple[Text, ...] = ()
    passing: tuple[Text, ...] = Field(min_length=2)
    failing: tuple[Text, ...] = Field(min_length=2)
    untold: str = ""
    within: str | None = None
    part_of: str | None = None
    before: str | None = None
    after: str | None = None
    longest_s: float | None = Field(default=None, gt=0)
    least_share: float | None = Field(default=None, ge=0, le=1)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        needs = {
            "stage": self.firm and self.cues and self.prototypes,
            "mark": self.firm,
            "order": self.before and self.after,
            "silence": self.longest_s,
            "pronouns": self.least_share is not None,
        }
        if not needs[self.kind]:
            raise ValueError(f"the rule {self.id} is no whole {self.kind}")
        for cue in (*self.firm, *self.cues):
            re.compile(cue)
        return self

    def cues_in(self, text: str) -> tuple[int, int]:
        """How many of the firm and of the other cues ``text`` (words as compared) holds."""
        firm, loose = (
            sum(cue.search(text) is not None for cue in _compiled(cues)) for cues in (self.firm, self.cues)
        )
        return firm, loose


class Rules(BaseModel):
    """The rules of one domain. ``other`` are prototypes of what belongs to no stage."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    domain: Domain
    other: tuple[Text, ...] = Field(min_length=6)
    other_cues: tuple[str, ...] = Field(min_length=1)
    rules: tuple[Rule, ...]

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        ids = [rule.id for rule in self.rules]
        named = {
            name
            for rule in self.rules
            for name in (rule.within, rule.part_of, rule.before, rule.after)
            if name
        }
        if len(set(ids)) < len(ids) or not named <= set(ids):
            raise ValueError(f"in {self.domain} an id is there twice, or one that is named is not there")
        return self

    def other_cues_in(self, text: str) -> int:
        """How many of the cues of what belongs to no stage ``text`` holds."""
        return sum(cue.search(text) is not None for cue in _compiled(self.other_cues))

    @property
    def stages(self) -> tuple[Rule, ...]:
        """Those that take up time, in their usual order."""
        return self.of("stage")

    def of(self, kind: Kind) -> tuple[Rule, ...]:
        """All of one kind, in the order of the file."""
        return tuple(rule for rule in self.rules if rule.kind == kind)

    def rule(self, name: str) -> Rule:
        """The one with this id. Raises StopIteration when there is none."""
        return next(rule for rule in self.rules if rule.id == name)


@cache
def rules_of(domain: Domain) -> Rules:
    """The rules of ``domain``. Raises RubricError when its file is damaged."""
    path = _FOLDER / f"{domain}.yaml"
    try:
        return Rules.model_validate(read(decode(path.read_bytes())).data)
    except (OSError, Refused, ValueError) as error:
        raise RubricError(f"The rules of {domain} can't be read ({error}); install Coach again.") from None


@cache
def said_as(texts: tuple[str, ...]) -> tuple[str, ...]:
    """``texts`` as the words of an answer are compared: lower case, no punctuation."""
    return tuple(" ".join(tokens(text)) for text in texts)


@cache
def _compiled(cues: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(cue) for cue in cues)


__all__ = ["DOMAINS", "OTHER", "Kind", "Rule", "Rules", "rules_of", "said_as"]
