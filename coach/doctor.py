"""What `coach doctor` looks at: whether a file can be scored here, and what a user must or could mend."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from coach import __version__
from coach.errors import CoachError
from coach.settings import load_settings, model_store, user_rubrics

Health = Literal["ok", "warning", "broken"]

ENOUGH_DISK_MB = 500
"""The models take about 170 MB once put together, an hour of FLAC about 60 MB."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. ``broken`` keeps a file from being scored, ``warning`` does not."""

    name: str
    health: Health
    finding: str


def examine(home: Path) -> list[Check]:
    """Everything looked at, in the order of importance. Never raises: what fails is a finding."""
    looks: tuple[tuple[str, Callable[[Path], Iterator[Check]]], ...] = (
        ("Coach", _versions),
        ("Settings", _settings),
        ("Folder", _folder),
        ("Models", _models),
        ("Sentence encoder", _encoder),
        ("Questions", _questions),
        ("Database", _database),
        ("Microphone", _microphones),
        ("Browser", _browser),
    )
    return [check for name, look in looks for check in _guarded(name, look, home)]


def healthy(checks: list[Check]) -> bool:
    """Whether a file can be scored."""
    return all(check.health != "broken" for check in checks)


def _guarded(name: str, look: Callable[[Path], Iterator[Check]], home: Path) -> list[Check]:
    try:
        return list(look(home))
    except CoachError as error:
        return [Check(name, "broken", str(error))]


def _versions(_: Path) -> Iterator[Check]:
    yield Check("Coach", "ok", f"{__version__} on Python {platform.python_version()}, {platform.platform()}")
    if sys.platform != "linux":
        yield Check("Platform", "warning", f"{sys.platform} is untested; Coach is tested on Linux.")


def _settings(home: Path) -> Iterator[Check]:
    settings = load_settings(home)
    yield Check(
        "Settings", "ok", f"model {settings.model}, device {settings.device}, language {settings.language}"
    )


def _folder(home: Path) -> Iterator[Check]:
    existing = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(existing).free // 1_000_000
    if free < ENOUGH_DISK_MB:
        yield Check(
            "Folder", "broken", f"{home}: only {free} MB free; make room for at least {ENOUGH_DISK_MB} MB."
        )
    else:
        yield Check("Folder", "ok", f"{home}: {free} MB free")


def _models(home: Path) -> Iterator[Check]:
    from coach.transcription import weights
    from coach.transcription.verbatim import load_whisper

    settings = load_settings(home)
    models = model_store(home)
    for name in dict.fromkeys((settings.model, *weights.SHIPPED)):
        wanted = name == settings.model
        try:
            hashes = weights.verify(name, models)
        except CoachError as error:
            yield Check(f"Model {name}", "broken" if wanted else "warning", str(error))
            continue
        shown = f"model.bin {hashes['model.bin'][:12]}…"
        right = "as published" if name in weights.SHIPPED else "not a shipped model, so not compared"
        yield Check(f"Model {name}", "ok", f"{shown} ({right})")
    whisper = load_whisper(settings.model, models, settings.device, settings.compute_type)
    yield Check("Device", "ok", f"{whisper.device}, {whisper.compute_type}. {whisper.note}".strip())


def _encoder(home: Path) -> Iterator[Check]:
    from coach.coverage.encoder import SentenceEncoder

    try:
        SentenceEncoder(model_store(home))
    except CoachError as error:
        yield Check(
            "Sentence encoder", "warning", f"{error} Until then key points are matched by words only."
        )
    else:
        yield Check("Sentence encoder", "ok", "all-MiniLM-L6-v2 is here")


def _questions(home: Path) -> Iterator[Check]:
    from coach.rubric import check_rubrics, list_rubrics

    own = user_rubrics(home)
    yield Check("Questions", "ok", f"{len(list_rubrics(own))} questions")
    for problem in check_rubrics(own) if own.is_dir() else ():
        yield Check("Questions", "warning", str(problem))


def _database(home: Path) -> Iterator[Check]:
    from coach.store import open_store

    store = open_store(home)
    yield Check("Database", "ok", f"{len(store.attempts())} attempts, {len(store.unfinished())} unfinished")


def _microphones(_: Path) -> Iterator[Check]:
    from coach.microphone import list_microphones, portaudio_problem

    problem = portaudio_problem()
    if problem is not None:
        yield Check("Microphone", "warning", problem)
        return
    try:
        found = list_microphones()
    except CoachError as error:
        yield Check("Microphone", "warning", str(error))
        return
    if not found:
        yield Check("Microphone", "warning", "No local microphone; the browser's and files still work.")
    for microphone in found:
        standard = " (default)" if microphone.is_default else ""
        yield Check(
            "Microphone", "ok", f"{microphone.name}{standard}, {microphone.default_sample_rate:.0f} Hz"
        )


def _browser(_: Path) -> Iterator[Check]:
    yield Check(
        "Browser",
        "ok",
        "Browsers give a page the microphone only on localhost or https: open the app at http://localhost:8501.",
    )
