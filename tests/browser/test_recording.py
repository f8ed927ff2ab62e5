"""An answer through the browser: its microphone, a file, and what happens when neither is any good."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, expect

from .conftest import RATE
from .pages import PATIENCE_MS, alert, attempt_in, open_practice, open_review, record, skip_check, transcript
from .served import App


def encoded(path: Path, samples: NDArray[np.float32], codec: str) -> Path:
    rate = 48_000
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples[np.newaxis], format="flt", layout="mono")
        frame.sample_rate = RATE
        resampler = av.AudioResampler(stream.format, "mono", rate, frame_size=stream.frame_size or 960)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return path


def expect_what_was_said(page: Page) -> None:
    expect(transcript(page)).to_contain_text("celebrating")
    expect(transcript(page)).to_contain_text("qualified")


def test_what_is_said_into_the_browser_is_kept_scored_and_still_there_after_a_reload(
    app: App, page: Page, spoken: NDArray[np.float32]
) -> None:
    page.goto(app.url)
    skip_check(page)
    record(page, len(spoken) / RATE + 0.5)
    attempt_id = attempt_in(page)
    # The page names the attempt before anything is computed: its sound must be on disk by then.
    assert app.seconds(attempt_id) > len(spoken) / RATE - 0.5
    page.get_by_role("button", name="Cancel").or_(
        page.get_by_role("button", name="Open the review")
    ).wait_for()
    page.reload()
    open_review(page)
    expect_what_was_said(page)
    page.reload()
    expect_what_was_said(page)
    attempt = app.attempt(attempt_id)
    assert (attempt.stage, attempt.source) == ("assessed", "browser")
    page.goto(f"{app.url}/review")
    page.get_by_role("button", name="Open").first.click()
    expect_what_was_said(page)


def test_the_microphone_check_hears_the_microphone_and_is_asked_for_once(app: App, page: Page) -> None:
    (app.home / "settings.json").write_text('{"microphone_checked": true}')
    page.goto(f"{app.url}/settings")
    again = page.get_by_role("button", name="Check the microphone again before the next recording")
    again.click()
    expect(again).to_have_count(0)
    # The app runs with COACH_MODEL=tiny.en: that was said for this run, and is not to be kept.
    assert "tiny.en" not in (app.home / "settings.json").read_text()
    page.goto(app.url)
    page.get_by_text("First, a five-second check.").wait_for()
    before = len(app.attempts())
    record(page, 5)
    expect(alert(page)).to_contain_text("You can be heard well.")
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("It is scored at once.").wait_for()
    assert len(app.attempts()) == before
    page.reload()
    page.get_by_text("It is scored at once.").wait_for()
    expect(page.get_by_text("First, a five-second check.")).to_have_count(0)


@pytest.mark.parametrize(("suffix", "codec"), [("m4a", "aac"), ("webm", "libopus")])
def test_a_file_is_scored(
    app: App, page: Page, spoken: NDArray[np.float32], tmp_path: Path, suffix: str, codec: str
) -> None:
    path = encoded(tmp_path / f"talk.{suffix}", spoken, codec)
    open_practice(page, app, "File")
    page.locator("input[type=file]").set_input_files(path)
    attempt_id = attempt_in(page)
    assert app.seconds(attempt_id) == pytest.approx(len(spoken) / RATE, abs=0.2)
    open_review(page)
    expect_what_was_said(page)
    page.wait_for_function("document.querySelector('.st-key-player audio').readyState > 0")
    duration = page.evaluate("document.querySelector('.st-key-player audio').duration")
    assert duration == pytest.approx(len(spoken) / RATE, abs=0.2)


def test_text_that_calls_itself_wav_is_answered_with_a_sentence(
    app: App, page: Page, spoken_wav: Path, tmp_path: Path
) -> None:
    (tmp_path / "notes.wav").write_text("L1 makes weights zero, L2 makes them small.\n" * 40)
    open_practice(page, app, "File")
    page.locator("input[type=file]").set_input_files(tmp_path / "notes.wav")
    expect(alert(page)).to_have_count(1, timeout=PATIENCE_MS)
    said = alert(page).inner_text()
    assert "Traceback" not in said
    assert "sound" in said or "audio" in said
    # And the next file is as welcome as ever.
    open_practice(page, app, "File")
    page.locator("input[type=file]").set_input_files(spoken_wav)
    attempt_in(page)
    page.get_by_role("button", name="Open the review").wait_for(timeout=PATIENCE_MS)


def test_a_microphone_that_is_not_allowed_is_explained(
    app: App, new_page: Callable[..., Page], refusing_browser: Browser
) -> None:
    page = new_page(refusing_browser)
    open_practice(page, app, "Browser microphone")
    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.locator(".stAudioInput")).to_contain_text("would like to use your microphone")
    page.get_by_text("The browser shows no microphone, or says it is not allowed").click()
    expect(page.get_by_text("Click the sign left of the address")).to_be_visible()
    expect(page.get_by_text("A browser gives its microphone only to pages at localhost")).to_be_visible()
    # The way round it works: the other ways in are still there.
    page.get_by_role("radio", name="File").click()
    expect(page.locator("input[type=file]")).to_have_count(1)


def test_deleting_asks_and_leaves_nothing(app: App, page: Page, spoken_wav: Path) -> None:
    open_practice(page, app, "File")
    page.locator("input[type=file]").set_input_files(spoken_wav)
    attempt_id = attempt_in(page)
    open_review(page)
    address = page.url
    page.get_by_role("button", name="Delete this attempt").click()
    page.get_by_role("dialog").get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert app.folder(attempt_id).is_dir()
    page.get_by_role("button", name="Delete this attempt").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    page.get_by_role("heading", name="Review", exact=True).wait_for()
    assert not app.folder(attempt_id).exists()
    assert attempt_id not in [attempt.id for attempt in app.attempts()]
    page.goto(address)
    expect(alert(page)).to_contain_text("That attempt does not exist any more.")
