"""The verifier: corrections put into the pinned network, and what it says of plain cases."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from minilm import last_layer, pinned

from coach.coverage import weights
from coach.coverage.verifier import MAKES, NEITHER, OPPOSES, PairVerifier

POINT = "a large learning rate makes training diverge"
PAIRS = (
    ("a learning rate that is large makes the training diverge", POINT),
    ("a large learning rate is always safe, it never diverges", POINT),
    ("we had pasta for lunch and then went home", POINT),
    ("so " + "you know " * 60 + "a large learning rate makes training diverge", POINT),
)


@pytest.fixture(scope="module")
def verifier(models: Path) -> PairVerifier:
    return PairVerifier(models)


def reference(pairs: tuple[tuple[str, str], ...]) -> np.ndarray:
    """Probabilities in float32 from the pinned weights and the corrections, each product added by hand."""
    from tokenizers import Tokenizer

    w = pinned()
    parts = ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense",
             "intermediate.dense", "output.dense")  # fmt: skip
    with np.load(weights.CORRECTIONS) as learned:
        kept = {name: learned[name].astype(np.float32) for name in learned}
    for layer in range(6):
        for number, part in enumerate(parts):
            up, down = (kept[f"layers.{layer}.dense.{number}.{side}"] for side in ("up", "down"))
            w[f"encoder.layer.{layer}.{part}.weight"] = w[f"encoder.layer.{layer}.{part}.weight"] + up @ down
    types = w["embeddings.token_type_embeddings.weight"].copy()
    types[1] += kept["second"]
    w["embeddings.token_type_embeddings.weight"] = types
    tokenizer = Tokenizer.from_file(str(weights.source_folder() / "tokenizer.json"))
    tokenizer.enable_truncation(96)
    tokenizer.no_padding()
    rows = []
    for found in tokenizer.encode_batch(list(pairs)):
        logits = kept["head.weight"] @ last_layer(w, found.ids, found.type_ids).mean(0) + kept["head.bias"]
        rows.append(np.exp(logits) / np.exp(logits).sum())
    return np.array(rows)


def test_int8_agrees_with_float32_written_out(verifier: PairVerifier) -> None:
    assert np.abs(verifier.verify(PAIRS) - reference(PAIRS)).max() < 0.06


def test_plain_cases_are_told_apart(verifier: PairVerifier) -> None:
    makes, opposes, neither, _ = verifier.verify(PAIRS)
    assert makes.argmax() == MAKES
    assert opposes.argmax() == OPPOSES
    assert neither.argmax() == NEITHER


def test_verdicts_are_probabilities_in_the_order_asked_whatever_is_asked_beside(
    verifier: PairVerifier,
) -> None:
    told = verifier.verify(PAIRS)
    assert told.shape == (len(PAIRS), 3)
    assert np.allclose(told.sum(axis=1), 1)
    assert np.array_equal(verifier.verify(PAIRS[::-1]), told[::-1])
    assert verifier.verify([]).shape == (0, 3)


def test_a_pair_is_judged_alike_alone_and_in_a_batch(verifier: PairVerifier, models: Path) -> None:
    alone = PairVerifier(models).verify(PAIRS[1:2])
    assert np.allclose(alone, verifier.verify(PAIRS)[1:2], atol=1e-3)


def test_other_corrections_make_another_folder_content(models: Path, tmp_path: Path) -> None:
    other = tmp_path / "verifier.npz"
    with np.load(weights.CORRECTIONS) as learned:
        np.savez(other, **{name: learned[name] * (0 if name.endswith(".up") else 1) for name in learned})
    folder = weights.converted(tmp_path, other)
    made = json.loads((folder / "made.json").read_text())
    assert made["made_from"]["corrections"] == weights._sha256(other)
    assert weights.is_whole(folder, other)
    assert not weights.is_whole(folder, weights.CORRECTIONS)
    assert (folder / "model.bin").read_bytes() != (
        weights.converted(models, weights.CORRECTIONS) / "model.bin"
    ).read_bytes()
