"""Structure in the terminal, in reports and on the review page: everything that was found, and said text stays text."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import soundfile
from app_documents import document, tone
from rich.console import Console
from structures import CODED, TOLD, spoken

from coach import terminal
from coach.app import resources
from coach.app.course import course_items, course_legend
from coach.app.words import part_sentence, shortened
from coach.assessment import Assessment
from coach.bundled import bundled
from coach.coverage import SentenceEncoder
from coach.report import to_html, to_markdown
from coach.store import open_store
from coach.structure import structure
from coach.transcript import Transcript
from coach.wording import share_text

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def coded(models: Path) -> Assessment:
    transcript, pauses, length = spoken(CODED.replace("best profit", f"best {HOSTILE}"))
    built = structure(transcript, "coding", (), pauses, SentenceEncoder(models), length, ("approach", "code"))
    return document(structure=built, transcript=transcript)


def test_the_markdown_has_a_row_for_every_part(coded):
    text = to_markdown(coded)
    section = text.split("## Structure")[1].split("## ")[0]
    for part in coded.structure.parts:
        assert f"| {part.name} | " in section
    assert "not asked for here" in section
    assert "**Approach before code**" in section
    assert "<script>" not in text


def test_the_page_has_a_bar_and_what_was_said_stays_text(coded):
    page = to_html(coded)
    section = page.split("<h2>Structure</h2>")[1].split("<h2>")[0]
    assert section.count('class="s') >= len(coded.structure.stretches)
    assert "flex-grow: " in section
    assert HOSTILE not in section
    assert "&lt;script&gt;" in section
    for part in coded.structure.parts:
        assert part.name in section


def test_the_terminal_says_it_too(coded, monkeypatch, capsys):
    monkeypatch.setattr(terminal, "out", Console(width=200, highlight=False))
    terminal.print_assessment(coded, "talk")
    said = capsys.readouterr().out
    assert "Structure" in said
    for part in coded.structure.parts:
        assert part.name in said
    assert "Silence while coding: Longest silence while coding 0 s" in said


@pytest.mark.parametrize("report", [to_markdown, to_html])
def test_a_free_talk_has_no_such_section(report):
    assert "Structure" not in report(document(None))


def test_the_bar_holds_the_stretches_in_order_with_their_times(coded):
    items = course_items(coded.structure)
    assert sum(item["share"] for item in items) == pytest.approx(1)
    assert [item["start"] for item in items] == sorted(item["start"] for item in items)
    assert items[0]["text"] == "The problem restated"
    assert items[0]["label"].endswith("0:00, play")
    marks = [entry["mark"] for entry in course_legend(coded.structure)]
    assert marks == sorted(set(marks))
    assert {item["mark"] for item in items} == set(marks)


def test_a_written_answer_has_nothing_to_play(models):
    built = structure(Transcript.written(TOLD), "behavioral", encoder=SentenceEncoder(models))
    assert all(item["start"] is None and "play" not in item["label"] for item in course_items(built))


@pytest.fixture
def reviewed(home: Path, coded: Assessment, monkeypatch: pytest.MonkeyPatch):
    """The review page of the coded answer, under AppTest."""
    import streamlit as st
    from streamlit.testing.v1 import AppTest

    class Idle:
        def stop(self) -> None:
            pass

    monkeypatch.setattr(resources, "worker", Idle)
    monkeypatch.setattr("coach.app.watching.worker", Idle)
    st.cache_resource.clear()
    with open_store(home) as store:
        sound = io.BytesIO()
        soundfile.write(sound, tone(30.0).pcm, 16_000, format="WAV", subtype="PCM_16")
        kept = store.add_bytes(sound.getvalue(), "wav", "two-sum", "file")
        store.keep_audio(kept.id, tone(30.0))
        store.save_assessment(kept.id, coded)
    app = AppTest.from_file(str(bundled("streamlit_app.py")), default_timeout=30).run()
    app.switch_page("coach/app/pages/review.py")
    app.query_params["attempt"] = kept.id
    yield app.run()
    st.cache_resource.clear()


def test_the_review_page_lists_the_parts_asked_for_and_the_rules(reviewed, coded):
    assert not reviewed.exception, [one.message for one in reviewed.exception]
    assert "Structure" in [one.value for one in reviewed.header]
    said = "\n".join(
        str(one.value) for kind in ("markdown", "caption") for one in reviewed.get(kind)
    ).replace("\\", "")
    for part in coded.structure.parts:
        assert f"Heard] **{part.name}**" in said
    assert "Kept] **Approach before code**" in said
    assert "The course of your answer, by speaking time." in said
    assert "How to Solve It" in said


def test_words_for_shares_parts_and_quotes():
    assert [share_text(share) for share in (0.371, 0.004, 0.0, None)] == ["37 %", "under 1 %", "0 %", "–"]
    assert part_sentence(["present", "absent", "unknown"]) == "1 of 3 parts heard, 1 can’t be told."
    assert shortened("one two three", 2) == "one two …"
    assert shortened("one two", 2) == "one two"
