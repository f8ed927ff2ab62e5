"""Discourse markers told from ordinary use, on text alone: telephone calls and written sentences kept out of tuning.

    python -m benchmarks.speech.markers

Prints Markdown tables. A marker word counts as found when the detector reports exactly it. Switchboard's discourse
markers (D) and explicit editing terms (E) are fillers; an occurrence labelled as a conjunction ("so") is counted apart.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import Final

from benchmarks.speech.corpus import REAL_ENV, real_folder
from benchmarks.speech.scoring import Counts, bootstrap, total
from coach.disfluencies.discourse_markers import DETECTOR, MARKERS, places
from training.discourse_markers.data import (
    MARKER_LABELS,
    PLAIN,
    PUNCTUATED,
    STYLES,
    SWITCHBOARD,
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

POOLED: Final = ("like", "you know", "well", "i mean")
APART: Final = ("so",)
Told = Mapping[tuple[str, int], Counts]
"""By marker and call."""


def judged(turns: Iterable[Turn], style: Style, seed: int = 0) -> tuple[Told, Told]:
    """What the detector makes of each turn, and the same for counting every occurrence."""
    told: dict[tuple[str, int], Counts] = defaultdict(Counts)
    every: dict[tuple[str, int], Counts] = defaultdict(Counts)
    rng = Random(seed)
    for turn in turns:
        words, silences = variant(turn.said, style, rng)
        found = {one.word_range for one in DETECTOR.detect(words, silences, (), None)}
        for first, stop, at in places(words, silences):
            labels = {one.label for one in turn.said[first:stop]}
            if labels == {"C"}:
                continue
            key = at.marker, turn.call
            told[key] += _count(labels <= MARKER_LABELS, (first, stop) in found)
            every[key] += _count(labels <= MARKER_LABELS, True)
    return told, every


def _count(filler: bool, found: bool) -> Counts:
    return Counts(int(filler and found), int(filler and not found), int(found and not filler))


def conjunctions(turns: Iterable[Turn], style: Style) -> tuple[int, int]:
    """(reported, all) occurrences of "so" that Switchboard calls conjunctions."""
    reported = of = 0
    for turn in turns:
        words, silences = variant(turn.said, style, Random(0))
        found = {one.word_range for one in DETECTOR.detect(words, silences, (), None)}
        for first, stop, at in places(words, silences):
            if at.marker == "so" and turn.said[first].label == "C":
                of += 1
                reported += (first, stop) in found
    return reported, of


def table(told: Told, every: Told, rows: Sequence[tuple[str, Sequence[str]]]) -> str:
    """One row for each (name, markers); intervals are bootstraps over the calls or sentences."""
    lines = [
        "| marker | fillers | ordinary | found | missed | false | precision | recall | F1 | 95 % | all counted |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, wanted in rows:
        by_call = _by_call(told, wanted)
        counts, all_counted = total(by_call), total(_by_call(every, wanted))
        interval = bootstrap(by_call, lambda c: c.f1)
        between = f"{interval[0]:.2f} to {interval[1]:.2f}" if interval else "–"
        figures = (counts.precision, counts.recall, counts.f1)
        lines.append(
            f"| {name} | {counts.hits + counts.missed} | {all_counted.false} | {counts.hits} | {counts.missed} "
            f"| {counts.false} | {' | '.join(_figure(value) for value in figures)} | {between} "
            f"| {_figure(all_counted.f1)} |"
        )
    return "\n".join(lines)


def _by_call(told: Told, wanted: Sequence[str]) -> list[Counts]:
    sums: dict[int, Counts] = defaultdict(Counts)
    for (marker, call), counts in told.items():
        if marker in wanted:
            sums[call] += counts
    return [sums[call] for call in sorted(sums)]


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def sentences() -> list[Turn]:
    """The written sentences for checking, each between two others, numbered as calls are."""
    lines = [said for line, said in written() if is_for_checking(line)]
    rng = Random(0)
    turns = []
    for number, line in enumerate(lines):
        # only the middle one is scored: the others' labels become conjunctions
        before, after = (_unscored(rng.choice(lines)) for _ in range(2))
        turns.append(Turn(number, "", (*before, *line, *after)))
    return turns


def _unscored(said: Sequence[Said]) -> tuple[Said, ...]:
    return tuple(Said(one.text, "C", one.silence) for one in said)


def main() -> None:
    """Print the tables."""
    print(f"Detector {DETECTOR.name}/{DETECTOR.version}\n")
    rows = [(marker, (marker,)) for marker in POOLED]
    folder = real_folder()
    if folder is None or not (folder / SWITCHBOARD).exists():
        print(
            f"Telephone calls are left out: {SWITCHBOARD} is not in the folder that {REAL_ENV} names.",
            file=sys.stderr,
        )
    else:
        turns = switchboard(folder)
        calls = held_out([turn.call for turn in turns])
        kept = [turn for turn in turns if turn.call in calls]
        for title, given, style in (
            ("no punctuation, turn by turn", kept, PLAIN),
            ("no punctuation, each speaker's turns run together", monologues(kept), PLAIN),
            ("with the transcribers' punctuation", kept, PUNCTUATED),
        ):
            print(f"### {len(calls)} held-out calls, {title}\n")
            print(table(*judged(given, style), [*rows, ("**the four**", POOLED), ("so (apart)", APART)]))
            reported, of = conjunctions(given, style)
            print(f'\nOf {of} "so" labelled as conjunctions {reported} were reported.\n')
    told = sentences()
    print(
        f"### {len(told)} written sentences kept out of training, punctuated with silences as a transcript is\n"
    )
    everything = [*((marker, (marker,)) for marker in MARKERS), ("**all**", MARKERS)]
    print(table(*judged(told, STYLES[2]), everything))


if __name__ == "__main__":
    main()
