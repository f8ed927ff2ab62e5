from __future__ import annotations

from pathlib import Path

import pytest

from coach.assessment import Band
from coach.errors import SettingsError
from coach.settings import FILE_NAME, Settings, coach_home, load_settings, save_settings


def test_home_is_the_environments_or_the_platforms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COACH_HOME", str(tmp_path))
    assert coach_home() == tmp_path
    monkeypatch.delenv("COACH_HOME")
    assert coach_home().name == "coach"


def test_environment_comes_before_the_file_and_the_file_before_the_default(tmp_path: Path) -> None:
    assert load_settings(tmp_path, {}).model == "base"
    save_settings(tmp_path, Settings(model="tiny.en", device="cpu"))
    assert load_settings(tmp_path, {}).model == "tiny.en"
    chosen = load_settings(tmp_path, {"COACH_MODEL": "small"})
    assert (chosen.model, chosen.device) == ("small", "cpu")


def test_settings_survive_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    band = Band(good=(100, 150), watch=(90, 170), source="my own")
    settings = Settings(microphone="USB", bands={"speaking_rate": band})
    save_settings(tmp_path, settings)
    assert load_settings(tmp_path, {}) == settings
    assert (tmp_path / FILE_NAME).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("{", "settings.json"),
        ("[]", "list"),
        ('{"device": "gpu"}', "device"),
        ('{"modell": "base"}', "modell"),
    ],
)
def test_an_impossible_setting_is_named_with_its_place(tmp_path: Path, content: str, named: str) -> None:
    (tmp_path / FILE_NAME).write_text(content)
    with pytest.raises(SettingsError, match=named):
        load_settings(tmp_path, {})
