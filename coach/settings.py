"""Settings: where a user's data lives and what they chose. The only reader of the environment.

A value is looked up in this order: the command's own option, the environment (``COACH_MODEL``, ``COACH_DEVICE``,
``COACH_COMPUTE_TYPE``, ``COACH_LANGUAGE``), ``COACH_HOME/settings.json``, the default.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Final

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from coach.assessment import Band
from coach.errors import SettingsError
from coach.rubric.model import Domain

FILE_NAME: Final = "settings.json"
_FROM_ENVIRONMENT: Final = ("model", "device", "compute_type", "language")


class Settings(BaseModel):
    """What a user chose. Unknown keys are refused, so that a misspelt one is not silently ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = Field(default="base", min_length=1)
    """``base`` and ``tiny.en`` ship with Coach; else a faster-whisper size, a hub name or a folder."""
    device: str = Field(default="auto", pattern="^(auto|cpu|cuda)$")
    compute_type: str = Field(default="auto", min_length=1)
    """``auto`` is int8 on a CPU and float16 on CUDA; else a CTranslate2 compute type."""
    language: str = Field(default="en", pattern="^[a-z]{2,3}$")
    microphone: str | None = None
    """Name of the local microphone, None for the system's default."""
    microphone_checked: bool = False
    """Whether the microphone check of the app was made or skipped once."""
    glossary: bool = False
    """Whether a question's terms are given to Whisper as a hint. Off: it then hears more of them, but may write one
    that nobody said (``benchmarks/speech/glossary.py`` measures both)."""
    bands: dict[str, Band] = {}
    """The user's own bands by measurement name."""
    weekly_minutes: int = Field(default=90, ge=5, le=3000)
    """How long one means to practise in a week."""
    interview_date: date | None = None
    """The day of the next interview; one in the past changes nothing."""
    domains: tuple[Domain, ...] = ()
    """The domains one prepares for; none named: all."""
    domain_ratings: dict[Domain, Annotated[int, Field(ge=1, le=5)]] = {}
    """How sure one feels in a domain, 1..5."""
    goals: dict[str, Annotated[float, Field(ge=0, le=100)]] = {}
    """Targets by the name of a figure of Progress: filled pauses per minute, scores of 100."""


def coach_home() -> Path:
    """The folder of a user's recordings, database, models and settings: ``COACH_HOME`` or the platform's place."""
    named = os.environ.get("COACH_HOME")
    return (
        Path(named).expanduser().resolve() if named else platformdirs.user_data_path("coach", appauthor=False)
    )


def load_settings(home: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings in force. Raises SettingsError when the file or a variable holds an impossible value."""
    environment = os.environ if environment is None else environment
    path = home / FILE_NAME
    try:
        chosen = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"The settings in {path} can't be read ({error}). Mend or delete that file."
        ) from error
    if not isinstance(chosen, dict):
        raise SettingsError(
            f"{path} holds no settings but a {type(chosen).__name__}. Mend or delete that file."
        )
    for name in _FROM_ENVIRONMENT:
        value = environment.get(f"COACH_{name.upper()}")
        if value:
            chosen[name] = value
    try:
        return Settings.model_validate(chosen)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise SettingsError(
            f"The setting {name} can't be {first.get('input')!r}: {first['msg']}. "
            f"Change it in {path} or in the environment (COACH_{name.upper()})."
        ) from error


def save_settings(home: Path, settings: Settings) -> None:
    """Writes what differs from the defaults, atomically, readable by the owner only."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = home / FILE_NAME
    part = path.with_suffix(".part")
    part.write_text(settings.model_dump_json(indent=2, exclude_defaults=True) + "\n", encoding="utf-8")
    part.chmod(0o600)
    part.replace(path)


def model_store(home: Path) -> Path:
    """Where assembled, converted and downloaded model weights lie."""
    return home / "models"


def user_rubrics(home: Path) -> Path:
    """Where a user's own questions lie; they may override or extend the ones that ship."""
    return home / "rubrics"
