"""What a user does on the pages, in the user's words."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, expect

from .served import PATIENCE_S, App

PATIENCE_MS = PATIENCE_S * 1000


def attempt_in(page: Page) -> str:
    """The id of the attempt that the address names."""
    page.wait_for_url("**attempt=*")
    return parse_qs(urlsplit(page.url).query)["attempt"][0]


def settled(page: Page) -> Page:
    """Waits until the page's script has run to its end and nothing is half drawn."""
    page.locator(".stApp[data-test-script-state='notRunning']").wait_for()
    expect(page.locator("[data-stale='true']")).to_have_count(0)
    return page


def open_practice(page: Page, app: App, way: str, question: str = "free_talk") -> None:
    page.goto(f"{app.url}/?question={question}")
    page.get_by_role("radio", name=way).click()
    settled(page)


def skip_check(page: Page) -> None:
    """Leaves the microphone check that comes before the first recording."""
    skip = page.get_by_role("button", name="Skip the check")
    skip.click()
    expect(skip).to_have_count(0)
    settled(page)


def record(page: Page, seconds: float) -> None:
    """With the browser's microphone."""
    page.get_by_role("button", name="Record", exact=True).click()
    stop = page.get_by_role("button", name="Stop recording")
    stop.wait_for()
    page.wait_for_timeout(seconds * 1000)
    stop.click()


def score_sample(page: Page, app: App, name: str) -> str:
    """Tries a sample talk and waits for its review; the id of the attempt."""
    open_practice(page, app, "Sample talk")
    page.locator(f"[class*='st-key-sample_'][class*='{name}']").get_by_role("button").click()
    attempt_id = attempt_in(page)
    open_review(page)
    return attempt_id


def open_review(page: Page) -> None:
    """Waits for the score and goes on to the review."""
    page.get_by_role("button", name="Open the review").click(timeout=PATIENCE_MS)
    transcript(page).wait_for()


def transcript(page: Page) -> Locator:
    return page.get_by_role("group", name="Transcript")


def alert(page: Page) -> Locator:
    return page.locator(".stAlert")
