"""What the benchmark keeps: recordings of people, sections of the results, work done before."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import soundfile

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.sections import with_section
from benchmarks.speech.corpus import PEOPLE, REAL_ENV, SAMPLES, real, real_folder, short
from benchmarks.speech.kept import Ahead, kept, place

ROWS = [json.loads(line) for line in (PEOPLE / "index.jsonl").read_text("utf-8").splitlines()]
MAY_BE_GIVEN_ON = (
    "public domain",
    "CC0",
    "CC BY 4.0",
    "MIT",
    "US-government recording (NASA, public domain)",
)


def test_the_people_in_the_project_are_small_and_whole() -> None:
    files = [path for path in PEOPLE.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 4_000_000
    named = {(PEOPLE / row["audio"]).resolve() for row in ROWS}
    assert {path for path in files if path.suffix == ".flac"} <= named
    for row in ROWS:
        told = soundfile.info(PEOPLE / row["audio"])
        assert (told.samplerate, told.channels) == (16_000, 1)
        assert told.duration == pytest.approx(row["duration"], abs=0.01)


def test_the_people_in_the_project_may_be_given_on() -> None:
    readme = (PEOPLE / "README.md").read_text("utf-8")
    for row in ROWS:
        assert row["licence"].startswith(MAY_BE_GIVEN_ON), row["audio"]
        assert f"{row['source']} (" in readme or row["source"] == "nasa_spacewalk", row["audio"]


def test_gold_belongs_to_the_test_split() -> None:
    assert {row["split"] for row in ROWS if row["source"] in ("mfa_tests", "ami_excerpts")} == {"test"}
    assert {item.part for item in real("dev", PEOPLE)} == {"silver", "read"}


def test_a_recording_is_in_one_split_everywhere() -> None:
    for split, other in (("dev", "test"), ("test", "dev")):
        here = {item.name for item in real(split, PEOPLE)}
        assert here
        assert not here & {item.name for item in real(other, real_folder())}


def test_without_the_larger_folder_the_people_in_the_project_are_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(REAL_ENV, str(tmp_path))
    assert real_folder() == PEOPLE
    (tmp_path / "index.jsonl").touch()
    assert real_folder() == tmp_path


def test_a_section_replaces_itself_alone() -> None:
    document = "# Results\n\nintroduction\n\n## Speed\n\nslow\n\n### more\n\nof it\n## Speech\n\nheard\n"
    assert with_section(document, "Speed", "quick") == (
        "# Results\n\nintroduction\n\n## Speed\n\nquick\n\n## Speech\n\nheard\n"
    )
    assert with_section(document, "Speech", "one\\1") == (
        "# Results\n\nintroduction\n\n## Speed\n\nslow\n\n### more\n\nof it\n## Speech\n\none\\1\n"
    )


def test_a_new_section_comes_last() -> None:
    assert with_section("", "Speed", "quick") == "# Results\n\n## Speed\n\nquick\n"
    once = with_section("# Results\n\n## Speech\n\nheard\n", "Speed", "quick")
    assert once == "# Results\n\n## Speech\n\nheard\n\n## Speed\n\nquick\n"
    assert with_section(once, "Speed", "quick") == once


def test_what_was_made_is_not_made_again(tmp_path: Path) -> None:
    path = place(tmp_path, "facts")
    assert path != place(tmp_path, "other facts")
    assert kept(path, lambda: "one") == "one"
    assert kept(path, lambda: "two") == "one"


def test_the_time_left_follows_the_pace() -> None:
    ahead = Ahead({"slow": 100.0, "quick": 50.0})
    assert ahead.seconds == pytest.approx(45.0)  # nothing is known
    ahead.done("slow", 20.0, 10.0)
    assert ahead.seconds == pytest.approx(40.0 + 25.0)  # the other is taken to be as slow
    ahead.done("quick", 25.0, 1.0)
    assert ahead.seconds == pytest.approx(40.0 + 1.0)


def test_the_short_form_needs_nothing_but_the_project(tmp_path: Path) -> None:
    items, notes = short(tmp_path)
    assert [item.name for item in items if item.part == "synthetic"] == list(SAMPLES)
    assert {item.part for item in items} == {"synthetic", "silver", "read", "degraded", "not speech"}
    assert {item.split for item in items} == {"dev"}
    assert all(item.path.exists() for item in items)
    assert 300 < sum(item.duration for item in items) < 600
    assert notes
