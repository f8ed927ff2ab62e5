"""Fit the ear: per 20 ms of encoder states, is it a filled pause, does a word begin?

    .bench/torch/bin/python training/ear/train.py [--model base] [--epochs 24] [--write]

Reads what ``training.ear.encode`` wrote. Without ``--write`` the people are held out one recording at a time
in ``--folds`` parts and the figures are printed; with it all training recordings are used and the weights go to
``coach/transcription/ear-MODEL.npz`` (float16). Seeded: the same machine and versions give the same weights.
The benchmark's dev talks are never fitted.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import nn

ROOT: Final = Path(__file__).resolve().parents[2]
FRAME_S: Final = 0.02
WIDTH, TAPS = 48, 9
CHUNK: Final = 400
BATCH: Final = 16
PEOPLE_WEIGHT: Final = 2.0
SEED: Final = 20


@dataclass
class Lesson:
    name: str
    states: np.ndarray
    held: np.ndarray
    held_weight: np.ndarray
    begins: np.ndarray
    begins_weight: np.ndarray
    fillers: np.ndarray

    @property
    def person(self) -> bool:
        return self.name.startswith("person-")

    @property
    def recording(self) -> str:
        """The name without what was done to the sound."""
        return self.name.rsplit("-", 1)[0] if self.person else self.name


def read(path: Path) -> Lesson:
    with np.load(path) as told:
        states, known = told["states"].astype(np.float32), told["known"].astype(np.float32)
        fillers, words, doubtful = told["fillers"], told["words"], told["doubtful"]
    middles = (np.arange(len(states)) + 0.5) * FRAME_S
    held, weight = np.zeros(len(states), np.float32), known.copy()
    for start, end in fillers:
        held[(middles >= start) & (middles < end)] = 1
        weight[(abs(middles - start) < 0.03) | (abs(middles - end) < 0.03)] *= 0.3
    for start, end in doubtful:
        weight[(middles >= start) & (middles < end)] = 0
    begins = np.zeros(len(states), np.float32)
    for at in words / FRAME_S:
        near = np.arange(max(0, round(at) - 2), min(len(begins), round(at) + 3))
        begins[near] = np.maximum(begins[near], np.exp(-0.5 * ((near - at) / 0.8) ** 2))
    # a state is only told apart from its neighbours where the words are known
    begins_weight = known if len(words) else np.zeros_like(known)
    person = path.stem.startswith("person-")
    return Lesson(
        path.stem, states, held, weight * (PEOPLE_WEIGHT if person else 1.0), begins, begins_weight, fillers
    )


class Ear(nn.Module):
    """One hidden layer a frame, two convolutions over time (+-160 ms together), two chances out."""

    def __init__(self, states: int) -> None:
        super().__init__()
        self.rough = nn.Dropout(0.2)
        self.within = nn.Linear(states, WIDTH)
        self.first = nn.Conv1d(WIDTH, WIDTH, TAPS, padding=TAPS // 2)
        self.second = nn.Conv1d(WIDTH, WIDTH, TAPS, padding=TAPS // 2)
        self.out = nn.Linear(WIDTH, 2)
        self.loose = nn.Dropout(0.1)

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        hidden = torch.relu(self.within(self.rough(states))).transpose(1, 2)
        hidden = torch.relu(self.first(self.loose(hidden)))
        hidden = hidden + torch.relu(self.second(self.loose(hidden)))
        return self.out(hidden.transpose(1, 2))


def _chunk(values: np.ndarray, first: int) -> np.ndarray:
    part = values[first : first + CHUNK]
    return np.concatenate([part, np.zeros((CHUNK - len(part), *part.shape[1:]), part.dtype)])


def fit(
    lessons: Sequence[Lesson], mean: np.ndarray, spread: np.ndarray, epochs: int, seed: int = SEED
) -> Ear:
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    ear = Ear(lessons[0].states.shape[1])
    places = [
        (lesson, at) for lesson in lessons for at in range(0, max(1, len(lesson.states) - CHUNK // 2), CHUNK)
    ]
    rounds = (len(places) + BATCH - 1) // BATCH
    optimiser = torch.optim.AdamW(ear.parameters(), lr=2e-3, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2e-3, total_steps=epochs * rounds)
    loss_of = nn.functional.binary_cross_entropy_with_logits
    for _ in range(epochs):
        ear.train()
        order = rng.permutation(len(places))
        for batch in np.array_split(order, rounds):
            chosen = [(places[n][0], max(0, places[n][1] + int(rng.integers(-100, 100)))) for n in batch]

            def of(name: str, chosen: Any = chosen) -> torch.Tensor:
                return torch.from_numpy(np.stack([_chunk(getattr(each, name), at) for each, at in chosen]))

            states = (of("states") - torch.from_numpy(mean)) / torch.from_numpy(spread)
            told = ear(states + 0.3 * torch.randn_like(states))
            held_weight, begins_weight = of("held_weight"), of("begins_weight")
            held = (
                loss_of(told[..., 0], of("held"), reduction="none") * held_weight
            ).sum() / held_weight.sum()
            begins = loss_of(told[..., 1], of("begins"), reduction="none") * begins_weight
            loss = held + 0.5 * begins.sum() / (begins_weight.sum() + 1)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    return ear.eval()


def chances(ear: Ear, lesson: Lesson, mean: np.ndarray, spread: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        return torch.sigmoid(ear(torch.from_numpy((lesson.states - mean) / spread)[None]))[0].numpy()


def spans(held: np.ndarray, at_least: float, shortest: float = 0.12) -> list[tuple[float, float, float]]:
    """(start, end, mean chance) of every run of frames above ``at_least``."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], (held >= at_least).astype(int), [0]))))
    pairs = edges.reshape(-1, 2)
    return [
        (a * FRAME_S, b * FRAME_S, float(held[a:b].mean())) for a, b in pairs if (b - a) * FRAME_S >= shortest
    ]


def report(name: str, told: Sequence[tuple[Lesson, np.ndarray]], show: bool = False) -> None:
    for at_least in (0.3, 0.5, 0.7):
        hits = missed = false = 0
        minutes, errors = 0.0, []
        for lesson, given in told:
            found = spans(given[:, 0], at_least)
            minutes += len(lesson.states) * FRAME_S / 60
            free = list(range(len(found)))
            for start, end in lesson.fillers:
                near = sorted((abs(found[n][0] - start), n) for n in free if abs(found[n][0] - start) <= 0.25)
                if near:
                    free.remove(near[0][1])
                    errors.append(near[0][0])
                    hits += 1
                else:
                    missed += 1
                    if show and at_least == 0.5:
                        print(f"    missed {lesson.name} {start:.2f} {end:.2f}")
            weights = lesson.held_weight
            for n in free:
                first = int(found[n][0] / FRAME_S)
                if weights[first : first + 5].mean() > 0:
                    false += 1
                    if show and at_least == 0.5:
                        print(f"    false {lesson.name} {found[n]}")
        precision, recall = hits / max(1, hits + false), hits / max(1, hits + missed)
        onset = f"{np.median(errors):.3f}" if errors else "-"
        print(f"{name} from {at_least}: precision {precision:.2f} recall {recall:.2f} "
              f"false a minute {false / max(minutes, 1e-9):.2f} onset error {onset} s ({hits + missed} fillers)",
              flush=True)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="base")
    parser.add_argument("--epochs", type=int, default=24)
    parser.add_argument("--folds", type=int, default=2)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    torch.set_num_threads(2)
    everything = [read(path) for path in sorted((ROOT / ".bench" / "ear" / given.model).glob("*.npz"))]
    everything = [lesson for lesson in everything if lesson.states.shape[1] > 1 and lesson.name != "part"]
    dev = [lesson for lesson in everything if lesson.name.startswith("dev-")]
    train = [lesson for lesson in everything if not lesson.name.startswith("dev-")]
    talks = np.concatenate([lesson.states for lesson in train])
    mean, spread = talks.mean(axis=0), talks.std(axis=0) + 1e-3
    minutes = len(talks) * FRAME_S / 60
    print(f"{len(train)} training recordings, {minutes:.1f} minutes; {len(dev)} dev talks")
    begun = time.monotonic()
    if not given.write:
        people = sorted({lesson.recording for lesson in train if lesson.person})
        told = []
        for fold in range(given.folds):
            out = set(people[fold :: given.folds])
            ear = fit([each for each in train if each.recording not in out], mean, spread, given.epochs)
            held_out = [each for each in train if each.recording in out and each.name.endswith("-plain")]
            told += [(each, chances(ear, each, mean, spread)) for each in held_out]
            report(f"fold {fold} dev", [(each, chances(ear, each, mean, spread)) for each in dev])
            print(f"{time.monotonic() - begun:.0f} s", flush=True)
        report("people held out, silver", [t for t in told if "-read_" not in t[0].name], show=True)
        report("people held out, read", [t for t in told if "-read_" in t[0].name], show=True)
        return
    ear = fit(train, mean, spread, given.epochs)
    report("dev", [(each, chances(ear, each, mean, spread)) for each in dev])
    write(ear, mean, spread, ROOT / "coach" / "transcription" / f"ear-{given.model}.npz")


def write(ear: Ear, mean: np.ndarray, spread: np.ndarray, path: Path) -> None:
    told = {name: value.detach().numpy() for name, value in ear.state_dict().items()}
    half = {
        "mean": mean, "spread": spread, "in.weight": told["within.weight"].T, "in.bias": told["within.bias"],
        "first.weight": told["first.weight"].transpose(2, 1, 0), "first.bias": told["first.bias"],
        "second.weight": told["second.weight"].transpose(2, 1, 0), "second.bias": told["second.bias"],
        "out.weight": told["out.weight"].T, "out.bias": told["out.bias"],
    }  # fmt: skip
    np.savez_compressed(path, **{name: value.astype(np.float16) for name, value in half.items()})
    print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
