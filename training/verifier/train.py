"""Fit the verifier on the examples that ``training.verifier.examples`` wrote.

    .bench/torch/bin/python training/verifier/train.py --examples FILE --weights model.safetensors [--write]

A tenth of the topics is held out and reported. With ``--write`` the corrections go to
``coach/coverage/verifier.npz`` in float16. Seeded: the same machine and versions give the same weights.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import random
import time
from pathlib import Path

import numpy as np
import torch
from model import CLASSES, Verifier
from sklearn.metrics import roc_auc_score
from tokenizers import Tokenizer
from torch.nn import functional

ROOT = Path(__file__).resolve().parents[2]
LONGEST, BATCH = 80, 48
Row = tuple[str, str, int, str]


def held_out(topic: str) -> bool:
    return int(hashlib.sha256(topic.encode()).hexdigest(), 16) % 10 == 3


def batches(rows: list[Row], tokenizer: Tokenizer, size: int, chance: random.Random | None):
    """(ids, types, mask, labels), texts of like length together."""
    encoded = tokenizer.encode_batch([(said, point) for said, point, _, _ in rows])
    order = sorted(
        range(len(rows)), key=lambda i: len(encoded[i].ids) + (chance.random() * 6 if chance else 0)
    )
    groups = [order[first : first + size] for first in range(0, len(order), size)]
    if chance:
        chance.shuffle(groups)
    for group in groups:
        length = -(-max(len(encoded[i].ids) for i in group) // 16) * 16  # few shapes: each is compiled once
        ids, types, mask = (np.zeros((len(group), length), dtype=np.int64) for _ in range(3))
        for row, index in enumerate(group):
            n = len(encoded[index].ids)
            ids[row, :n], types[row, :n], mask[row, :n] = encoded[index].ids, encoded[index].type_ids, 1
        labels = np.array([rows[i][2] for i in group])
        yield (
            group,
            torch.tensor(ids),
            torch.tensor(types),
            torch.tensor(mask, dtype=torch.bool),
            torch.tensor(labels),
        )


def judge(model: Verifier, rows: list[Row], tokenizer: Tokenizer) -> np.ndarray:
    """Probabilities ``(n, 3)``."""
    model.eval()
    result = np.zeros((len(rows), len(CLASSES)))
    with torch.no_grad():
        for group, ids, types, mask, _ in batches(rows, tokenizer, 64, None):
            with torch.autocast("cpu", torch.bfloat16):
                logits = model(ids, types, mask)
            result[group] = functional.softmax(logits.float(), dim=1).numpy()
    return result


def report(name: str, probability: np.ndarray, rows: list[Row]) -> None:
    labels = np.array([row[2] for row in rows])
    accuracy = (probability.argmax(1) == labels).mean()
    told = [f"{name}: n {len(rows)}, accuracy {accuracy:.3f}"]
    for index, label in enumerate(CLASSES):
        if 0 < (labels == index).sum() < len(labels):
            told.append(f"AUROC {label} {roc_auc_score(labels == index, probability[:, index]):.3f}")
    if {1, 2} <= set(labels.tolist()):
        wrong, right = probability[labels == 2, 2], probability[labels == 1, 2]
        limit = np.quantile(right, 0.95)
        told.append(f"wrong caught at 5 % of right accused {(wrong > limit).mean():.3f}")
        both = labels > 0
        told.append(
            f"AUROC opposes against makes {roc_auc_score(labels[both] == 2, probability[both, 2]):.3f}"
        )
    print(", ".join(told), flush=True)


def pairs(path: Path) -> list[Row]:
    found: list[Row] = []
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        found += [
            (row["right"], row["text"], 1, row["question"]),
            (row["wrong"], row["text"], 2, row["question"]),
        ]
    return found


def fitted(model: Verifier, passes: dict[int, list[Row]], tokenizer: Tokenizer, rate: float, seed: int):
    """Trains ``model`` in place and yields the number of each pass that is done."""
    decayed = [value for value in model.parameters() if value.ndim > 1]
    rest = [value for value in model.parameters() if value.ndim <= 1]
    optimiser = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.01}, {"params": rest, "weight_decay": 0.0}], lr=rate
    )
    total = sum(math.ceil(len(rows) / BATCH) for rows in passes.values())
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=total, pct_start=0.06)
    chance, began, step, losses = random.Random(seed), time.monotonic(), 0, []
    for number, rows in passes.items():
        model.train()
        for _, ids, types, mask, labels in batches(rows, tokenizer, BATCH, chance):
            with torch.autocast("cpu", torch.bfloat16):  # half the time, the same result
                logits = model(ids, types, mask)
            loss = functional.cross_entropy(logits.float(), labels, label_smoothing=0.05)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
            step += 1
            if step % 100 == 0:
                print(
                    f"{step}/{total} loss {np.mean(losses[-100:]):.3f} {time.monotonic() - began:.0f} s",
                    flush=True,
                )
        yield number


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--examples", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--check", type=Path, help="development pairs with their points' texts")
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--start", type=Path, help="corrections to go on from")
    parser.add_argument("--all", action="store_true", help="hold nothing out")
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    torch.set_num_threads(2)
    tokenizer = Tokenizer.from_file(str(options.weights.parent / "tokenizer.json"))
    tokenizer.enable_truncation(LONGEST)
    tokenizer.no_padding()
    passes: dict[int, list[Row]] = {}
    for line in options.examples.read_text("utf-8").splitlines():
        number, *row = json.loads(line)
        passes.setdefault(number, []).append(tuple(row))
    checked = [row for row in passes[0] if held_out(row[3])]
    if not options.all:
        passes = {number: [row for row in rows if not held_out(row[3])] for number, rows in passes.items()}
    development = pairs(options.check) if options.check else []

    model = Verifier(options.weights, options.rank)
    if options.start:
        with np.load(options.start) as before:
            model.load_state_dict(
                {name: torch.tensor(before[name].astype(np.float32)) for name in before}, strict=False
            )
    for number in fitted(model, passes, tokenizer, options.rate, options.seed):
        print(f"after pass {number}:")
        report("held-out topics", judge(model, checked, tokenizer), checked)
        if development:
            report("development pairs", judge(model, development, tokenizer), development)
    if options.write:
        kept = {name: value.numpy().astype(np.float16) for name, value in model.learned().items()}
        np.savez_compressed(options.write, **kept)
        print(f"{options.write}: {options.write.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
