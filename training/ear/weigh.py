"""Fit how much the two witnesses of a filled pause weigh: ``WEIGHTS`` of ``coach/disfluencies/filled_pauses.py``.

    python -m training.ear.weigh

A logistic regression over the candidates of the benchmark's development split (the ear never saw its synthetic
talks; of its people it did). Prints the weights, and how often each candidate is judged rightly when its own
recording is left out. A talk under five conditions counts as two; people count double.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.speech.ablation import hearing
from benchmarks.speech.corpus import corpus
from benchmarks.speech.judging import COLLARS, DOUBT_S
from benchmarks.speech.matching import Event, match
from benchmarks.speech.peers import ROOT
from benchmarks.speech.truth import Item
from coach.disfluencies.detector import Hearing
from coach.disfluencies.filled_pauses import THRESHOLD, candidates, features
from coach.settings import coach_home, model_store
from coach.transcription.verbatim import load_whisper

RIDGE: Final = 1.0
CONSTANT_RIDGE: Final = 0.01
ROUNDS: Final = 100
Floats = NDArray[np.float64]


class Case(NamedTuple):
    """One candidate: what the regression sees, whether it is a filled pause, where it comes from."""

    features: Floats
    right: bool
    weight: float
    part: str
    recording: str


def cases(item: Item, heard: Hearing) -> Iterator[Case]:
    """The candidates of one recording, each matched with the truth as the benchmark does."""
    true = item.truth.events["filled_pause"]
    listed = candidates(heard)
    spans = [each.heard if each.heard is not None else heard.words[each.word or 0] for each in listed]
    events = [Event(span.start, span.end) for span in spans]
    right = {found for _, found in match(true, events, item.truth.collar or COLLARS[0]).pairs}
    weight = {"silver": 2.0, "degraded": 0.4}.get(item.part, 1.0)
    recording = item.name.removesuffix(f"-{item.condition.replace(' ', '-')}")
    for n, (candidate, span) in enumerate(zip(listed, spans, strict=True)):
        if n in right or all(abs(span.start - moment) > DOUBT_S for moment in item.truth.doubtful):
            yield Case(features(candidate, heard), n in right, weight, item.part, recording)


def fit(told: list[Case]) -> Floats:
    """Ridge-penalised weights by Newton's method."""
    x = np.array([case.features for case in told])
    y = np.array([case.right for case in told], float)
    weight = np.array([case.weight for case in told])
    ridge = np.full(x.shape[1], RIDGE)
    ridge[0] = CONSTANT_RIDGE
    found = np.zeros(x.shape[1])
    for _ in range(ROUNDS):
        likely = 1 / (1 + np.exp(-x @ found))
        curvature = x.T @ (x * (likely * (1 - likely) * weight)[:, np.newaxis]) + np.diag(ridge)
        found -= np.linalg.solve(curvature, x.T @ (weight * (likely - y)) + ridge * found)
    return found


def main() -> None:
    cache = ROOT / ".bench"
    items, _ = corpus("dev", cache, cache / "voices" / "bin" / "python")
    whisper = load_whisper("base", model_store(coach_home()))
    timed = [i for i in items if all(e.start is not None for e in i.truth.events["filled_pause"])]
    told = [case for item in timed for case in cases(item, hearing(item.path, whisper))]
    print("WEIGHTS", np.round(fit(told), 2).tolist())
    judged: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for recording in {case.recording for case in told}:
        weights = fit([case for case in told if case.recording != recording])
        for case in told:
            if case.recording == recording:
                said = 1 / (1 + np.exp(-case.features @ weights)) >= THRESHOLD
                judged[case.part].append((bool(said), case.right))
    for part, pairs in judged.items():
        hits, false, missed = (pairs.count(pair) for pair in ((True, True), (True, False), (False, True)))
        print(f"{part}: {hits} right, {false} false, {missed} turned down, of {len(pairs)} candidates")


if __name__ == "__main__":
    main()
