"""A real Chromium whose microphone is a file, and the app it looks at."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
import soundfile
from microphone.conftest import sound_server, stopped_sound_server  # noqa: F401
from numpy.typing import NDArray
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from .pages import score_sample
from .served import App, serving

expect.set_options(timeout=60_000)  # how long a page takes says something about the machine

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
HARMLESS = {
    r"status of 404 .*/\w+/_stcore/(health|host-config)$": "opened at a page below the root, Streamlit's client "
    "looks for its server under that page first, then at the root",
}
"""Pattern of a console error -> why it says nothing about the app."""
RATE = 16_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        reason = "chromium missing; on Debian: sudo apt install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def spoken(samples: Path) -> NDArray[np.float32]:
    """Two stretches of a real voice, 8 s: "... it's worth celebrating ... were skilled and qualified"."""
    voice, rate = soundfile.read(samples / "human-spacewalk.flac", dtype="float32")
    assert rate == RATE
    silence = np.zeros(RATE // 2, dtype=np.float32)
    first, second = voice[: int(4.1 * RATE)], voice[int(19.2 * RATE) : int(22.4 * RATE)]
    # Chromium's fake microphone needs silence at the end: without it it buzzes on.
    return np.concatenate([first, silence, second, silence])


@pytest.fixture(scope="session")
def spoken_wav(spoken: NDArray[np.float32], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("spoken") / "spoken.wav"
    soundfile.write(path, spoken, RATE, subtype="PCM_16")
    return path


@pytest.fixture(scope="session")
def browser(playwright: Playwright, chromium: str, spoken_wav: Path) -> Iterator[Browser]:
    """Its microphone is allowed, and says what is in ``spoken_wav`` each time it is opened."""
    microphone = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={spoken_wav}%noloop",
    ]
    running = playwright.chromium.launch(executable_path=chromium, args=FLAGS + microphone)
    yield running
    running.close()


@pytest.fixture
def refusing_browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    """There is a microphone, and nobody allows it."""
    flags = [*FLAGS, "--use-fake-device-for-media-stream", "--deny-permission-prompts"]
    running = playwright.chromium.launch(executable_path=chromium, args=flags)
    yield running
    running.close()


class Watched:
    """What went wrong on the pages of a context: errors on the console, requests that leave the machine."""

    def __init__(self, context: BrowserContext) -> None:
        self.errors: list[str] = []
        self.outside: list[str] = []
        context.on("console", self._console)
        context.on("weberror", lambda thrown: self._error(str(thrown.error)))
        context.on("request", lambda request: self._request(request.url))

    def _console(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self._error(f"{said.text} {said.location['url']}")

    def _error(self, text: str) -> None:
        if not any(re.search(pattern, text) for pattern in HARMLESS):
            self.errors.append(text)

    def _request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != "localhost":
            self.outside.append(url)

    def check(self) -> None:
        assert self.errors == []
        assert self.outside == []


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a window; when the test is over its console must be clean and nothing may have left the machine."""
    opened: list[tuple[BrowserContext, Watched]] = []

    def open_window(in_browser: Browser = browser) -> Page:
        context = in_browser.new_context(viewport={"width": 1280, "height": 900})
        opened.append((context, Watched(context)))
        context.set_default_timeout(60_000)
        return context.new_page()

    yield open_window
    for context, _ in opened:
        context.close()
    for _, watched in opened:
        watched.check()


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    return new_page()


@pytest.fixture(scope="module")
def app(chromium: str, tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[App]:
    """An app with an empty home, for all tests of a file."""
    with serving(tmp_path_factory.mktemp("app"), models) as running:
        yield running


@pytest.fixture(scope="session")
def scored(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory, models: Path
) -> Iterator[tuple[App, str]]:
    """An app in which somebody has tried a sample talk, and the id of that attempt."""
    with serving(tmp_path_factory.mktemp("scored"), models) as running:
        context = browser.new_context()
        attempt_id = score_sample(context.new_page(), running, "rambling")
        context.close()
        yield running, attempt_id
