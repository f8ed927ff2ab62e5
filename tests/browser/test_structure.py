"""The course of an answer on the review page: its stretches play from where they begin, by mouse and by keyboard."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from .pages import settled
from .served import App
from .test_playback import played_from


def test_a_stretch_plays_from_where_it_begins(scored: tuple[App, str], page: Page) -> None:
    app, attempt_id = scored
    page.goto(f"{app.url}/review?attempt={attempt_id}")
    bar = page.get_by_role("group", name="Course of the answer")
    bar.wait_for()
    settled(page)
    structure = app.assessment(attempt_id).structure
    assert structure is not None
    stretches = [one for one in structure.stretches if one.share]
    buttons = bar.get_by_role("button")
    expect(buttons).to_have_count(len(stretches))
    widest = max(range(len(stretches)), key=lambda index: stretches[index].share)
    start, end = stretches[widest].start, stretches[widest].end
    assert start is not None
    assert end is not None
    at = played_from(page, buttons.nth(widest).click)
    assert start - 0.1 <= at <= min(start + 2, end)

    buttons.first.focus()
    page.keyboard.press("End")
    expect(buttons.last).to_be_focused()


def test_a_part_is_heard_from_its_quote(scored: tuple[App, str], page: Page) -> None:
    app, attempt_id = scored
    page.goto(f"{app.url}/review?attempt={attempt_id}")
    structure = app.assessment(attempt_id).structure
    assert structure is not None
    part = next(part for part in structure.parts if part.status == "present")
    quote = part.evidence[0]
    chip = page.locator(f"[class*='st-key-part_{part.id}']").get_by_role("button").first
    chip.wait_for()
    settled(page)
    assert quote.start is not None
    assert quote.start - 0.1 <= played_from(page, chip.click) <= quote.start + 2
