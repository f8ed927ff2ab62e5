"""Train the weights of ``coach/disfluencies/discourse_markers.json``.

    python -m training.discourse_markers.train FOLDER [--check]

FOLDER holds Switchboard's labelled calls. Only numpy is needed; one seed, one thread, half a minute. ``--check``
writes nothing and fails where the weights would be others. The calls that are held out take no part, neither do
the written sentences that are for checking. Cross-validated figures on the other calls are printed.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Final

import numpy as np
from numpy.typing import NDArray

from coach.disfluencies.discourse_markers import WEIGHTS_FILE, features, places
from coach.disfluencies.tokens import breaks, lexicon
from training.discourse_markers.data import (
    MARKER_LABELS,
    PLAIN,
    PUNCTUATED,
    STYLES,
    Said,
    Style,
    Turn,
    held_out,
    is_for_checking,
    monologues,
    switchboard,
    variant,
    written,
)

SEED: Final = 20
SMALLEST: Final = 0.005
"""Smaller weights are left out of the file."""
FOLDS: Final = 8
DRAWS: Final = 4
"""How often each written sentence is put between two others and its punctuation drawn."""
THE_FOUR: Final = frozenset({"like", "you know", "well", "i mean"})
LABELLED: Final = THE_FOUR | {"so", "actually"}
"""What Switchboard labels as a marker at all; the others are learned from the written sentences alone."""


@dataclass(frozen=True)
class Choices:
    """What was chosen by cross-validation over the calls for tuning."""

    penalty: float = 1.0  # on the squared weights
    written: float = 2.0  # what an example of a written sentence counts, one of Switchboard counts 1
    inserted: float = 0.15  # one with a marker put in at random
    rare: int = 5  # a feature of fewer marker words is left out


CHOSEN: Final = Choices()


@dataclass(frozen=True, slots=True)
class Example:
    """One marker word in its place. ``group`` is a call, or -1; ``place`` the text and the word's number in it."""

    group: int
    place: tuple[str, int]
    marker: str
    features: tuple[str, ...]
    filler: bool
    weight: float


def examples(
    said: Sequence[Said], styles: Sequence[Style], rng: Random, group: int, weight: float,
    within: range | None = None,
) -> list[Example]:  # fmt: skip
    """Every marker word of ``said`` (of the words ``within``) in each style, the styles sharing the weight."""
    found = []
    text = " ".join(one.text for one in (said[within.start : within.stop] if within else said))
    for style in styles:
        for first, stop, at in places(*variant(said, style, rng)):
            labels = {one.label for one in said[first:stop]}
            if within and first not in within:
                continue
            if group >= 0 and (at.marker not in LABELLED or labels == {"C"}):
                continue  # nearly every "so" that opens a clause is a conjunction in Switchboard
            if (
                at.marker == "so"
                and labels == {"D"}
                and at.right in ("nothing", "unknown")
                and breaks(said[first].text)
            ):
                continue  # without its comma nobody could tell
            filler = labels <= MARKER_LABELS
            found.append(
                Example(
                    group,
                    (text, first - (within.start if within else 0)),
                    at.marker,
                    tuple(features(at)),
                    filler,
                    weight / len(styles),
                )
            )
    return found


def of_turns(turns: Iterable[Turn], styles: Sequence[Style], seed: int, weight: float = 1.0) -> list[Example]:
    """Every labelled marker word of the turns."""
    rng = Random(seed)
    return [one for turn in turns for one in examples(turn.said, styles, rng, turn.call, weight)]


def of_written(
    lines: Sequence[tuple[Said, ...]], styles: Sequence[Style], seed: int, weight: float
) -> list[Example]:
    """Each sentence between two others, as it would stand in a talk."""
    rng = Random(seed)
    found = []
    for line in lines:
        before, after = rng.choice(lines), rng.choice(lines)
        within = range(len(before), len(before) + len(line))
        found += examples((*before, *line, *after), styles, rng, -1, weight, within)
    return found


INSERTED: Final = ("like", "like", "you know", "I mean", "sort of", "kind of", "basically", "actually")
_NOT_AFTER: Final = lexicon(
    "look looks looked works work feels feel seems is are was be a an the this that these of one kind sort you as to"
)


def of_inserted(
    lines: Sequence[tuple[Said, ...]], styles: Sequence[Style], seed: int, weight: float
) -> list[Example]:
    """Markers put into sentences that have none, as people do before any phrase."""
    rng = Random(seed)
    made = []
    for line in lines:
        if any(one.label != "O" for one in line):
            continue
        room = [n for n in range(2, len(line) - 1) if line[n - 1].text.lower() not in _NOT_AFTER]
        if not room:
            continue
        for at in rng.sample(room, min(2, len(room))):
            marker = [Said(word, "D") for word in rng.choice(INSERTED).split()]
            apart_before, apart_after = rng.choice(((0, 0), (0, 1), (1, 1)))
            head = list(line[:at])
            if apart_before and head[-1].text[-1].isalnum():
                head[-1] = replace(head[-1], text=head[-1].text + ",")
            if apart_after:
                marker[-1] = replace(marker[-1], text=marker[-1].text + ",")
            said = (*head, *marker, *line[at:])
            made += examples(said, styles, rng, -1, weight, range(at, at + 1))
    return made


@dataclass(frozen=True)
class Table:
    """Examples as numbers: ``rows[k]`` has feature ``columns[k]``."""

    names: list[str]
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    filler: NDArray[np.float64]
    weight: NDArray[np.float64]


def table(told: Sequence[Example], names: Sequence[str]) -> Table:
    """The examples as numbers; features that are not among ``names`` are left out."""
    number = {name: n for n, name in enumerate(names)}
    pairs = [(row, number[f]) for row, one in enumerate(told) for f in one.features if f in number]
    rows, columns = np.array(pairs, np.int64).reshape(-1, 2).T
    return Table(
        list(names),
        rows,
        columns,
        np.array([one.filler for one in told], float),
        np.array([one.weight for one in told]),
    )


def fit(told: Sequence[Example], choices: Choices, steps: int = 300) -> dict[str, float]:
    """The weights that make the examples likeliest, less the penalty (Nesterov's accelerated descent)."""
    often = Counter(
        feature for _, feature in {(one.place, feature) for one in told for feature in one.features}
    )
    names = sorted(name for name, times in often.items() if times >= choices.rare)
    data = table(told, names)
    size, count = len(names), len(told)

    def logits(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.bincount(data.rows, weights[data.columns], count)

    steepest = np.ones(size)
    bound = 1.0
    for _ in range(20):  # the largest curvature, by power iteration
        product = np.bincount(data.columns, (data.weight * logits(steepest))[data.rows], size) / 4
        bound = float(np.linalg.norm(product))
        steepest = product / bound
    rate = 1 / (1.1 * bound + choices.penalty)
    weights, ahead = np.zeros(size), np.zeros(size)
    for step in range(steps):
        likely = 1 / (1 + np.exp(-logits(ahead)))
        slope = np.bincount(data.columns, (data.weight * (likely - data.filler))[data.rows], size)
        moved = ahead - rate * (slope + choices.penalty * ahead)
        ahead = moved + step / (step + 3) * (moved - weights)
        weights = moved
    return dict(zip(names, weights.tolist(), strict=True))


def scores(told: Sequence[Example], weights: dict[str, float]) -> NDArray[np.float64]:
    """The log odds of each example."""
    return np.array([sum(weights.get(feature, 0.0) for feature in one.features) for one in told])


@dataclass(frozen=True)
class Material:
    """Everything that may be learned from."""

    turns: tuple[Turn, ...]
    lines: tuple[tuple[Said, ...], ...]

    def examples(self, choices: Choices) -> list[Example]:
        """All of it in every style, weighed."""
        joined, draws = (PLAIN, STYLES[-1]), range(DRAWS)
        return [
            *of_turns(self.turns, STYLES, SEED),
            *of_turns(monologues(self.turns), joined, SEED + 1, 0.5),
            *(
                one
                for n in draws
                for one in of_written(self.lines, STYLES, SEED + 2 + n, choices.written / DRAWS)
            ),
            *of_inserted(self.lines, STYLES, SEED + 3 + DRAWS, choices.inserted),
        ]


def material(folder: Path) -> Material:
    """The calls for tuning in ``folder`` and the written sentences that are not for checking."""
    turns = switchboard(folder)
    out = held_out([turn.call for turn in turns])
    return Material(
        tuple(turn for turn in turns if turn.call not in out),
        tuple(said for line, said in written() if not is_for_checking(line)),
    )


def cross_validate(
    told: Sequence[Example], turns: Sequence[Turn], choices: Choices
) -> tuple[list[Example], NDArray[np.float64]]:
    """The turns as plain and as punctuated text, each with the log odds from weights that never saw its call."""
    calls = sorted({turn.call for turn in turns})
    tested: list[Example] = []
    odds: list[NDArray[np.float64]] = []
    for fold in range(FOLDS):
        out = set(calls[fold::FOLDS])
        weights = fit([one for one in told if one.group not in out], choices)
        unseen = of_turns([turn for turn in turns if turn.call in out], (PLAIN, PUNCTUATED), SEED)
        tested += unseen
        odds.append(scores(unseen, weights))
    return tested, np.concatenate(odds)


def slope(tested: Sequence[Example], odds: NDArray[np.float64]) -> float:
    """What the log odds are multiplied by so that probabilities come true (Platt 1999, through the origin)."""
    filler = np.array([one.filler for one in tested], float)

    def surprise(by: float) -> float:
        return float(np.logaddexp(0, by * odds).sum() - by * odds @ filler)

    tried = np.linspace(0.3, 1.5, 121)
    return float(min(tried, key=surprise))


def trained(
    folder: Path, choices: Choices = Choices()
) -> tuple[dict[str, float], list[Example], NDArray[np.float64]]:
    """The weights, rounded, and what cross-validation made of the tuning calls."""
    given = material(folder)
    told = given.examples(choices)
    tested, odds = cross_validate(told, given.turns, choices)
    by = slope(tested, odds)
    weights = {name: round(by * weight, 3) for name, weight in fit(told, choices).items()}
    return {name: weight for name, weight in weights.items() if abs(weight) >= SMALLEST}, tested, by * odds


def as_file(weights: dict[str, float]) -> str:
    """The weights as they are kept, one a line."""
    return json.dumps({"weights": weights}, indent=0, sort_keys=True, ensure_ascii=False) + "\n"


def report(tested: Sequence[Example], odds: NDArray[np.float64]) -> str:
    """F1 a marker and over the four, and how often fillers are as likely as told."""
    filler, told = np.array([one.filler for one in tested]), odds >= 0
    lines = []
    for label, wanted in [
        *((marker, {marker}) for marker in sorted(LABELLED)),
        ("the four", THE_FOUR),
    ]:
        of = np.array([one.marker in wanted for one in tested])
        hits, missed, false = (
            int((of & which).sum()) for which in (filler & told, filler & ~told, told & ~filler)
        )
        f1 = 2 * hits / max(1, 2 * hits + missed + false)
        lines.append(f"{label}: F1 {f1:.3f} ({hits} found, {missed} missed, {false} false)")
    likely = 1 / (1 + np.exp(-odds))
    for low in np.arange(0, 1, 0.2):
        among = (likely >= low) & (likely < low + 0.2)
        if among.any():
            mean, true = likely[among].mean(), filler[among].mean()
            lines.append(
                f"{int(among.sum())} told {low:.1f} to {low + 0.2:.1f}, mean {mean:.2f}: {true:.2f} are fillers"
            )
    return "\n".join(lines)


def main() -> None:
    """Train, report, and write or compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    weights, tested, odds = trained(given.folder)
    print(report(tested, odds))
    text = as_file(weights)
    if not given.check:
        WEIGHTS_FILE.write_text(text, encoding="utf-8")
    elif WEIGHTS_FILE.read_text(encoding="utf-8") != text:
        raise SystemExit("The weights would be others than those in the package.")
    print(f"{len(weights)} weights, {len(text.encode()) / 1000:.0f} kB")


if __name__ == "__main__":
    main()
