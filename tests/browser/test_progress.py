"""Progress and the plan in a real browser: weeks of practice, a day's question, a goal, a verdict."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from practised import QUESTIONS, Said, improving, practised

from coach.settings import load_settings

from .pages import settled
from .served import App, serving
from .test_pages import check, each_size


@pytest.fixture(scope="module")
def weeks(chromium: str, tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[App]:
    """An app in which somebody has practised for twenty days; two answers are of an older Coach."""
    with serving(tmp_path_factory.mktemp("weeks"), models) as running:
        old = [Said(QUESTIONS[0], timedelta(days=30 - day), detectors="0") for day in range(2)]
        practised(running.home, [*old, *improving(40)], datetime.now(UTC))
        yield running


def section(page: Page, figure: str) -> str:
    return page.locator(f".st-key-figure_{figure}").inner_text()


def test_progress_is_whole(weeks: App, page: Page) -> None:
    for size in each_size(page):
        page.goto(f"{weeks.url}/progress")
        page.locator(".stPlotlyChart .main-svg").nth(5).wait_for()
        check(page, f"progress-weeks-{size}")


def test_plan_is_whole(weeks: App, page: Page) -> None:
    for size in each_size(page):
        page.goto(f"{weeks.url}/plan")
        page.get_by_role("heading", name="Queue").wait_for()
        check(page, f"plan-weeks-{size}")


def test_formulas_are_drawn_and_fit(weeks: App, page: Page) -> None:
    for size in each_size(page):
        page.goto(f"{weeks.url}/progress")
        page.get_by_text("How it is computed").click()
        page.locator(".stMain .katex-display").first.wait_for()
        expect(page.locator(".stMain .katex-error")).to_have_count(0)
        check(page, f"formulas-{size}")


def test_the_verdicts_say_what_the_history_holds(weeks: App, page: Page) -> None:
    page.goto(f"{weeks.url}/progress")
    settled(page)
    assert "Better" in section(page, "filled_pauses_per_minute")
    assert "Better" in section(page, "coverage")
    assert "No real change yet" in section(page, "clarity")
    expect(page.get_by_text("2 older answers")).to_be_visible()


def test_every_chart_says_its_message(weeks: App, page: Page) -> None:
    page.goto(f"{weeks.url}/progress")
    page.locator(".stPlotlyChart .main-svg").nth(5).wait_for()
    settled(page)
    for said in ("Filled pauses over time", "Coverage over time", "Practice days: "):
        expect(page.locator(f"[aria-label^='{said}']").first).to_be_attached()


def test_a_goal_becomes_a_line(weeks: App, page: Page) -> None:
    page.goto(f"{weeks.url}/progress")
    page.get_by_text("Goals", exact=True).click()
    page.get_by_label("Filled pauses, at most").fill("3")
    page.get_by_role("button", name="Save the goals").click()
    chart = page.locator(".st-key-figure_filled_pauses_per_minute")
    expect(chart.get_by_text("goal 3")).to_be_visible()
    expect(chart.get_by_text("Goal: Filled pauses: at most 3 per minute")).to_be_visible()
    assert load_settings(weeks.home, {}).goals == {"filled_pauses_per_minute": 3.0}
    page.reload()
    settled(page)
    page.get_by_text("Goals", exact=True).click()
    page.get_by_label("Filled pauses, at most").fill("")
    page.get_by_role("button", name="Save the goals").click()
    expect(chart.get_by_text("goal 3")).to_have_count(0)
    assert load_settings(weeks.home, {}).goals == {}


def test_a_table_can_be_downloaded(weeks: App, page: Page) -> None:
    page.goto(f"{weeks.url}/progress")
    settled(page)
    with page.expect_download() as started:
        page.get_by_role("button", name="Verdicts as CSV").click()
    rows = list(csv.DictReader(Path(started.value.path()).read_text().splitlines()))
    first = next(row for row in rows if row["Figure"] == "Coverage" and row["Question"] == "all questions")
    assert float(first["Change from"]) < float(first["Change"]) < float(first["Change to"])


def test_the_plan_leads_to_its_question(weeks: App, page: Page) -> None:
    page.goto(f"{weeks.url}/plan")
    settled(page)
    expect(page.get_by_role("heading", name="Today: ")).to_contain_text("minutes")
    title = page.locator("[class*='st-key-today_'] h3").first.inner_text()
    page.get_by_role("button", name="Practise").first.click()
    expect(page.get_by_role("heading", name="Practice", exact=True)).to_be_visible()
    expect(page.get_by_role("combobox", name="Question")).to_have_value(title)


def test_an_interview_date_is_set_with_the_keyboard(weeks: App, page: Page) -> None:
    page.goto(f"{weeks.url}/settings")
    settled(page)
    soon = date.today() + timedelta(days=12)
    page.get_by_role("spinbutton", name="year, Date of your next interview").click()
    page.keyboard.type(f"{soon:%Y%m%d}", delay=50)
    page.keyboard.press("Escape")  # the calendar
    page.keyboard.press("Tab")  # the date counts once the field is left
    settled(page)
    page.locator(".st-key-save_plan button").click()
    for _ in range(150):  # a slow machine needs a while between the click and the file
        if load_settings(weeks.home, {}).interview_date == soon:
            break
        page.wait_for_timeout(100)
    assert load_settings(weeks.home, {}).interview_date == soon
    page.goto(f"{weeks.url}/plan")
    expect(page.get_by_text("in 12 days")).to_be_visible()
