"""Scoring goes on without a page, and stops when a page asks for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile
from playwright.sync_api import Page, expect

from .pages import attempt_in, open_practice, open_review, transcript
from .served import App, until


def long_talk(path: Path, *samples: Path) -> Path:
    """Samples of more than a minute each, one after another. What was heard once is remembered by its sound:
    a test that wants to see the work needs sound of its own."""
    voices = [soundfile.read(sample, dtype="float32") for sample in samples]
    soundfile.write(path, np.concatenate([voice for voice, _ in voices]), voices[0][1])
    return path


def begin(page: Page, app: App, talk: Path) -> str:
    open_practice(page, app, "File")
    page.locator("input[type=file]").set_input_files(talk)
    attempt_id = attempt_in(page)
    expect(page.locator(".stProgress")).to_contain_text("Listening", timeout=90_000)
    return attempt_id


def test_a_closed_tab_does_not_stop_it(
    app: App, new_page: Callable[..., Page], samples: Path, tmp_path: Path
) -> None:
    page = new_page()
    talk = long_talk(
        tmp_path / "talk.flac", samples / "good-l1-vs-l2.flac", samples / "weak-bias-variance.flac"
    )
    attempt_id = begin(page, app, talk)
    address = page.url
    page.close()
    assert app.attempt(attempt_id).stage not in ("assessed", "failed", "cancelled")
    until(lambda: app.attempt(attempt_id).stage == "assessed", "the end of the scoring, with no page open")
    page = new_page()
    page.goto(address)
    open_review(page)
    expect(transcript(page)).to_contain_text("weights")
    expect(transcript(page)).to_contain_text("variance")


def test_cancel_keeps_the_sound_and_it_can_be_finished_later(
    app: App, page: Page, samples: Path, tmp_path: Path
) -> None:
    talk = long_talk(tmp_path / "t.flac", samples / "failed-project.flac", samples / "human-spacewalk.flac")
    attempt_id = begin(page, app, talk)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Scoring was cancelled. The recording is kept.")).to_be_visible()
    assert app.attempt(attempt_id).stage == "cancelled"
    assert app.seconds(attempt_id) == soundfile.info(talk).duration
    page.get_by_role("button", name="Score it now").click()
    open_review(page)
    assert app.attempt(attempt_id).stage == "assessed"
