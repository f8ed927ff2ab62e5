"""How near each unit of an answer is to each rule: by cues in its words, and by meaning to the rule's prototypes.

Every array has one row a unit and one column a stage, then one for what belongs to none, then one a mark.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from coach.coverage.encoder import Encoder
from coach.structure.rules import Rules, said_as
from coach.structure.units import Unit

Array = NDArray[np.float64]

NEAREST: Final = 3  # prototypes of a rule whose mean likeness counts
_MOST_FIRM, _MOST_LOOSE = 2, 3  # cues of a rule in one unit; more add nothing


@dataclass(frozen=True, slots=True)
class Likeness:
    """Units against rules.

    ``meaning`` (-1..1, None without an encoder) is the mean cosine to the three nearest prototypes, after the mean
    of all the domain's prototypes was taken off both: what an answer shares with the whole domain tells no
    stages apart. ``firm`` and ``loose`` count cues, up to 2 and 3.
    """

    meaning: Array | None
    firm: Array
    loose: Array
    stages: int

    def of_marks(self) -> Likeness:
        """The columns of the marks only."""
        first = self.stages + 1
        meaning = None if self.meaning is None else self.meaning[:, first:]
        return Likeness(meaning, self.firm[:, first:], self.loose[:, first:], 0)


def likeness(units: Sequence[Unit], rules: Rules, encoder: Encoder | None) -> Likeness:
    """Compares all ``units`` with all stages, with what is no stage, and with all marks."""
    texts = [unit.text for unit in units]
    counts = [[_counts(rules, column, text) for column in range(_columns(rules))] for text in texts]
    found = np.array(counts, dtype=np.float64).reshape(len(texts), _columns(rules), 2)
    return Likeness(
        meaning=None if encoder is None else _meaning(texts, rules, encoder),
        firm=np.minimum(found[..., 0], _MOST_FIRM),
        loose=np.minimum(found[..., 1], _MOST_LOOSE),
        stages=len(rules.stages),
    )


def prepare(rules: Rules, encoder: Encoder) -> None:
    """Has the encoder read the prototypes, so that the first answer need not wait for that."""
    for group in _prototypes(rules):
        encoder.encode(group)


def _columns(rules: Rules) -> int:
    return len(rules.stages) + 1 + len(rules.of("mark"))


def _counts(rules: Rules, column: int, text: str) -> tuple[int, int]:
    stages, marks = rules.stages, rules.of("mark")
    if column == len(stages):
        return rules.other_cues_in(text), 0
    rule = stages[column] if column < len(stages) else marks[column - len(stages) - 1]
    return rule.cues_in(text)


def _meaning(texts: Sequence[str], rules: Rules, encoder: Encoder) -> Array:
    groups = _prototypes(rules)
    vectors = [encoder.encode(group) for group in groups]
    shared = np.mean([group.mean(axis=0) for group in vectors[: len(rules.stages) + 1]], axis=0)
    said = _unit_length(encoder.encode(texts) - shared)
    columns = [
        np.sort(said @ _unit_length(group - shared).T, axis=1)[:, -NEAREST:].mean(axis=1)
        if len(group)
        else np.zeros(len(texts))
        for group in vectors
    ]
    return np.stack(columns, axis=1).astype(np.float64)


def _prototypes(rules: Rules) -> list[tuple[str, ...]]:
    """The prototypes of each column, as words are compared."""
    return [
        *(said_as(rule.prototypes) for rule in rules.stages),
        said_as(rules.other),
        *(said_as(rule.prototypes) for rule in rules.of("mark")),
    ]


def _unit_length(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), dtype=np.float32)


__all__ = ["Array", "Likeness", "likeness", "prepare"]
