"""Reviews to keep: complete, self-contained, and whatever was said stays text."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from coach import terminal
from coach.assessment import (
    Assessment,
    Band,
    Coverage,
    Evidence,
    KeyPointFinding,
    Measurement,
    MisconceptionFinding,
    Scores,
    Tip,
    Versions,
)
from coach.errors import AudioError
from coach.report import good_text, marked_words, to_html, to_markdown, value_text
from coach.transcript import Disfluency, Span, Transcript, Word
from coach.wording import INTERVAL_NOTE, clock, figure, number

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def assessment() -> Assessment:
    words = [
        Word(text="Um,", start=0.2, end=0.5, confidence=0.9),
        Word(text=HOSTILE, start=0.6, end=1.0, confidence=0.9),
        Word(text="**bold**", start=1.1, end=1.4, confidence=0.9),
    ]
    transcript = Transcript.of(words)
    quote = Evidence(quote=HOSTILE, start=0.6, end=1.0, char_start=4, char_end=4 + len(HOSTILE))
    return Assessment(
        question="q",
        language="en",
        created_at=datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
        versions=Versions(app="0", model="m", detectors="d", scorer="s", rubric_sha256=None),
        recording=None,
        transcript=transcript,
        disfluencies=(
            Disfluency(
                id="f", kind="filled_pause", text="um", start=0.2, end=0.5, detector="t", confidence=1, word_range=(0, 1)
            ),
        ),
        measurements={
            "speaking_rate": Measurement(
                value=123.4, unit="words/min", source="s", band=Band(good=(120, 170), watch=(100, 190), source="b")
            ),
            "mtld": Measurement(value=None, unit="words", source="s", reason=f"too short {HOSTILE}"),
        },
        coverage=Coverage(
            score=0.5,
            key_points=(
                KeyPointFinding(
                    id="k", text=f"key {HOSTILE}", weight=1, required=True, status="covered", confidence=0.8, evidence=(quote,)
                ),
            ),
            misconceptions=(
                MisconceptionFinding(id="m", text="t", confidence=0.8, correction="It is not so.", evidence=(quote,)),
            ),
        ),
        scores=Scores(coverage=50, fluency=None, pace=80, clarity=70, reasons={"fluency": "too short"}),
        tips=(Tip(id="t", text=f"Say {HOSTILE} less.", spans=(Span(start=61, end=62),)),),
    )  # fmt: skip


def test_html_is_one_page_that_asks_for_nothing_and_runs_nothing_of_the_users(
    assessment: Assessment, tmp_path: Path
) -> None:
    sound = tmp_path / "a.flac"
    sound.write_bytes(b"fLaC")
    page = to_html(assessment, audio=sound, title=HOSTILE)
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page
    assert not re.findall(r"(?:src|href)=\"(?!data:)", page)
    assert "default-src 'none'" in page
    for shown in (
        "It is not so.",
        "too short",
        "1:01",
        "123 words/min",
        "120 to 170",
        "data:audio/flac;base64,ZkxhQw==",
    ):
        assert shown in page


def test_html_without_sound_and_with_sound_that_is_gone(assessment: Assessment, tmp_path: Path) -> None:
    assert "<audio" not in to_html(assessment)
    with pytest.raises(AudioError, match="without the sound"):
        to_html(assessment, audio=tmp_path / "gone.wav")


def test_markdown_shows_everything_as_text(assessment: Assessment) -> None:
    text = to_markdown(assessment, title="A *title*")
    assert HOSTILE not in text
    assert r"\<script\>" in text
    assert r"\*\*bold\*\*" in text
    assert r"# A \*title\*" in text
    assert "| fluency | – (too short) |" in text
    assert "123 words/min | 120 to 170" in text
    assert "**Um,**" in text


def test_counts_are_told_with_their_interval_and_what_it_means(assessment: Assessment) -> None:
    count = Measurement(value=12, unit="pauses", interval=(11, 14), interval_level=0.8, source="s")
    changed = assessment.model_copy(
        update={"measurements": {**assessment.measurements, "filled_pauses": count}}
    )
    for text in (to_html(changed), to_markdown(changed)):
        assert "12 pauses, likely 11 to 14" in text
        assert INTERVAL_NOTE in text
    for text in (to_html(assessment), to_markdown(assessment)):
        assert "ikely" not in text


def test_the_terminal_shows_the_interval(
    assessment: Assessment, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal, "out", Console(width=200))
    count = Measurement(value=0, unit="restarts", interval=(0, 1), interval_level=0.8, source="s")
    terminal.print_assessment(assessment.model_copy(update={"measurements": {"restarts": count}}), "A talk")
    told = capsys.readouterr().out
    assert "0 restarts, likely 0 to 1" in told
    assert "eight of ten talks" in told


def test_words_carry_their_marks(assessment: Assessment) -> None:
    assert [each.mark is not None for each in marked_words(assessment)] == [True, False, False]


@pytest.mark.parametrize(
    ("value", "shown"), [(0.123456, "0.12"), (12.345, "12.3"), (123.45, "123"), (3600.0, "3600"), (0.0, "0")]
)
def test_numbers(value: float, shown: str) -> None:
    assert number(value) == shown


@pytest.mark.parametrize(
    ("value", "interval", "unit", "shown"),
    [
        (12.0, (11.0, 14.0), "", "12, likely 11 to 14"),
        (12.0, (12.0, 12.0), "", "12"),
        (12.0, (13.0, 13.0), "", "12, likely 13"),
        (0.0, (0.0, 1.0), "", "0, likely 0 to 1"),
        (3.2, (2.9, 3.7), "a minute", "3.2 a minute, likely 2.9 to 3.7"),
        (3.0, (2.5, 3.66), "a minute", "3 a minute, likely 2.5 to 3.7"),
        (0.0, (0.0, 0.52), "a minute", "0 a minute, likely 0 to 0.52"),
        (0.434, (0.434, 0.868), "a minute", "0.43 a minute, likely 0.43 to 0.87"),
        (3.2, (3.199, 3.201), "a minute", "3.2 a minute"),
        (3.2, None, "a minute", "3.2 a minute"),
        (None, None, "a minute", "–"),
    ],
)
def test_figures_with_intervals(
    value: float | None, interval: tuple[float, float] | None, unit: str, shown: str
) -> None:
    assert figure(value, unit, interval) == shown


def test_small_texts() -> None:
    assert clock(None) == "–"
    assert clock(125.9) == "2:05"
    measurement = Measurement(value=12, unit="a minute", interval=(10.5, 14), interval_level=0.8, source="s")
    assert value_text(measurement) == "12 a minute, likely 10.5 to 14.0"
    assert good_text(measurement) == ""
    upto = measurement.model_copy(update={"band": Band(good=(None, 5), watch=(None, 10), source="s")})
    assert good_text(upto) == "up to 5"
