"""Every page, empty and filled, on a phone and on a desk, light and dark: whole, and without sideways scrolling.

With COACH_SCREENSHOTS naming a folder, a picture of each is left there to be looked at.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from .pages import settled, transcript
from .served import App

Scheme = Literal["light", "dark"]
BACKGROUND: dict[Scheme, str] = {"light": "rgb(252, 252, 250)", "dark": "rgb(18, 25, 26)"}
SIZES = {"phone": (390, 844), "desk": (1280, 900)}
# Whatever sticks out sideways, unless it stands in a box that scrolls or clips by itself.
STICKING_OUT = """() => {
  const width = document.documentElement.clientWidth, found = [];
  for (const scroller of [document.documentElement, document.querySelector('.stMain')])
    if (scroller.scrollWidth > scroller.clientWidth + 1) found.push('scrolls: ' + scroller.className);
  const boxed = element => {
    for (let box = element.parentElement; box && !box.matches('.stMain'); box = box.parentElement)
      if (getComputedStyle(box).overflowX !== 'visible') return true;
    return false;
  };
  for (const element of document.querySelectorAll('.stMain *')) {
    const box = element.getBoundingClientRect();
    if (box.width && box.height && (box.right > width + 1 || box.left < -1) && !boxed(element))
      found.push(element.tagName + '.' + element.className);
  }
  return found;
}"""
HEIGHT = "() => Math.ceil(document.querySelector('.stMain').scrollHeight)"


def press(*names: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        for name in names:
            page.get_by_role("radio", name=name).or_(page.get_by_role("tab", name=name)).click()
            settled(page)

    return act


def nothing(_: Page) -> None: ...


EMPTY: dict[str, tuple[str, Callable[[Page], None]]] = {
    "practice-first": ("/", nothing),
    "review-empty": ("/review", nothing),
    "progress-empty": ("/progress", nothing),
}
FILLED: dict[str, tuple[str, Callable[[Page], None]]] = {
    "practice-file": ("/?question=design-streaming-recommender", press("File")),
    "practice-samples": ("/", press("Sample talk")),
    "practice-scored": ("/?attempt={attempt}", nothing),
    "review-list": ("/review", nothing),
    "review": ("/review?attempt={attempt}", nothing),
    "plan": ("/plan", nothing),
    "progress": ("/progress", nothing),
    "questions": ("/questions", nothing),
    "questions-own": ("/questions", press("Add your own")),
    "settings": ("/settings", nothing),
    "gone": ("/review?attempt=00000000000000000000000000000000", nothing),
}


def each_size(page: Page) -> Iterator[str]:
    """Opening it anew is part of it: charts keep the margins of the width they were first drawn in."""
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        yield size


def check(page: Page, name: str) -> None:
    settled(page)
    for scheme, background in BACKGROUND.items():
        page.emulate_media(color_scheme=scheme)
        fits(page, name)
        expect(page.locator(".stApp")).to_have_css("background-color", background)
        expect(page.locator(".stException, [data-testid='stAlertContentError']")).to_have_count(0)
        if folder := os.environ.get("COACH_SCREENSHOTS"):
            picture(page, Path(folder) / f"{name}-{scheme}.png")
    page.emulate_media(color_scheme="light")


def picture(page: Page, path: Path) -> None:
    """All of the page: Streamlit scrolls inside it, so the window has to grow."""
    path.parent.mkdir(parents=True, exist_ok=True)
    window = page.viewport_size
    assert window is not None
    page.set_viewport_size(
        {"width": window["width"], "height": max(window["height"], page.evaluate(HEIGHT) + 80)}
    )
    page.wait_for_timeout(800)
    page.screenshot(path=path)
    page.set_viewport_size(window)


def fits(page: Page, what: str) -> None:
    """Charts and tables are drawn anew a moment after the window has changed: what counts is where it ends."""
    for _ in range(50):
        if not (found := page.evaluate(STICKING_OUT)):
            return
        page.wait_for_timeout(200)
    pytest.fail(f"{what}: {found}")


@pytest.mark.parametrize("name", EMPTY)
def test_an_empty_page_says_what_to_do(app: App, page: Page, name: str) -> None:
    path, act = EMPTY[name]
    for size in each_size(page):
        page.goto(app.url + path)
        act(settled(page))
        check(page, f"{name}-{size}")
    if name != "practice-first":
        page.get_by_role("button", name="Go to Practice").click()
    expect(page.get_by_role("heading", name="Your answer", exact=True)).to_be_visible()


@pytest.mark.parametrize("name", FILLED)
def test_a_page_is_whole(scored: tuple[App, str], page: Page, name: str) -> None:
    app, attempt_id = scored
    path, act = FILLED[name]
    for size in each_size(page):
        page.goto(app.url + path.format(attempt=attempt_id))
        page.locator(".stMain h1").wait_for()
        act(settled(page))
        if name == "review":
            transcript(page).wait_for()
        if name in ("review", "progress"):
            page.locator(".stPlotlyChart .main-svg").first.wait_for()
        check(page, f"{name}-{size}")
