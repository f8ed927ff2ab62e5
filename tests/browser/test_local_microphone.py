"""This computer's own microphone from the app, through real PortAudio and a private sound server."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile
from microphone.sound_server import SoundServer
from playwright.sync_api import Page, expect

from .pages import PATIENCE_MS, alert, attempt_in, open_practice, open_review, settled, skip_check, transcript
from .served import App, serving, until


@pytest.fixture
def app(sound_server: SoundServer, tmp_path: Path, models: Path, chromium: str) -> Iterator[App]:
    with serving(tmp_path, models, sound_server.environment) as running:
        yield running


def level(page: Page) -> int:
    return int(page.get_by_role("progressbar").get_attribute("aria-valuenow") or 0)


def play(server: SoundServer, wav: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(["paplay", str(wav)], env=server.environment)


def start(page: Page, app: App) -> None:
    open_practice(page, app, "Local microphone")
    skip_check(page)
    page.get_by_role("button", name="Start recording").click()
    page.get_by_role("button", name="Stop", exact=True).wait_for()


def test_what_is_said_is_metered_kept_and_scored(
    app: App, sound_server: SoundServer, page: Page, spoken_wav: Path
) -> None:
    start(page, app)
    silent = level(page)
    with play(sound_server, spoken_wav) as playing:
        loud = until(lambda: level(page) > silent + 20 and level(page), "a level that moves", 20)
        until(lambda: playing.poll() is not None, "the end of the talk")
    until(lambda: level(page) < loud, "silence", 20)
    page.get_by_role("button", name="Stop", exact=True).click()
    attempt_id = attempt_in(page)
    open_review(page)
    expect(transcript(page)).to_contain_text("celebrating")
    expect(transcript(page)).to_contain_text("qualified")
    assert app.attempt(attempt_id).source == "microphone"


def test_a_microphone_lost_while_recording_is_said_and_what_there_was_is_scored(
    app: App, sound_server: SoundServer, page: Page, spoken_wav: Path
) -> None:
    start(page, app)
    sound_server.play(spoken_wav)
    sound_server.kill()
    attempt_id = attempt_in(page)
    expect(alert(page).first).to_contain_text("are kept")
    page.get_by_role("button", name="Open the review").wait_for(timeout=PATIENCE_MS)
    expect(alert(page).first).to_contain_text("are kept")
    open_review(page)
    expect(transcript(page)).to_contain_text("qualified")
    assert app.seconds(attempt_id) >= soundfile.info(spoken_wav).duration


def test_closing_the_tab_frees_the_microphone_and_keeps_what_was_said(
    app: App, sound_server: SoundServer, page: Page, spoken_wav: Path
) -> None:
    start(page, app)
    sound_server.play(spoken_wav)
    context = page.context
    page.close()
    (attempt,) = until(
        lambda: [found for found in app.attempts() if found.stage == "recorded"], "the end of the recording"
    )
    listing = subprocess.run(
        ["pactl", "list", "short", "source-outputs"],
        env=sound_server.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "protocol-native" not in listing.stdout  # what is left there is the sound server's own
    page = context.new_page()
    page.goto(app.url)
    settled(page)
    page.get_by_role("button", name="Finish").click()
    open_review(page)
    expect(transcript(page)).to_contain_text("qualified")
    assert app.attempt(attempt.id).stage == "assessed"
