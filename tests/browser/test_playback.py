"""The review plays exactly the moment that was asked for, by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from coach.transcript import Word

from .pages import settled, transcript
from .served import App

NEAR_S = 0.3
LISTEN = """() => {
  const audio = document.querySelector('.st-key-player audio');
  audio.dataset.sought = '';
  audio.addEventListener('seeked', () => { audio.dataset.sought = String(audio.currentTime); }, {once: true});
}"""
SOUGHT = "() => document.querySelector('.st-key-player audio').dataset.sought"
PLAYING = """() => {
  const audio = document.querySelector('.st-key-player audio');
  return !audio.paused && audio.currentTime > Number(audio.dataset.sought) + 0.2;
}"""
HIGHLIGHT = """element => {
  const audio = document.querySelector('.st-key-player audio');
  const word = element.querySelector('[aria-current]');
  return {time: audio.currentTime, text: word ? word.textContent : null,
          pause: word ? word.className.includes('pause') : null,
          index: word ? [...element.querySelectorAll('button')].indexOf(word) : null};
}"""
FOCUSED = """() => {
  let element = document.activeElement;
  while (element.shadowRoot && element.shadowRoot.activeElement) element = element.shadowRoot.activeElement;
  return element.textContent;
}"""


@pytest.fixture
def review(page: Page, scored: tuple[App, str]) -> Page:
    app, attempt_id = scored
    page.goto(f"{app.url}/review?attempt={attempt_id}")
    transcript(page).wait_for()
    page.wait_for_function("document.querySelector('.st-key-player audio').readyState > 0")
    return settled(page)


@pytest.fixture
def words(scored: tuple[App, str]) -> list[Word]:
    app, attempt_id = scored
    return [word for word in app.assessment(attempt_id).transcript.words if isinstance(word, Word)]


def played_from(page: Page, act: Callable[[], object]) -> float:
    """Where the sound begins after ``act``, once it runs."""
    page.evaluate(LISTEN)
    act()
    page.wait_for_function(SOUGHT)
    start = float(page.evaluate(SOUGHT))
    page.wait_for_function(PLAYING)
    return start


def alone(words: list[Word]) -> list[Word]:
    """Those that occur once, so that their buttons are known by their text."""
    texts = " ".join(word.text for word in words)
    return [word for word in words if texts.count(word.text) == 1 and len(word.text) > 4]


def test_the_review_names_the_key_points(review: Page, scored: tuple[App, str]) -> None:
    app, attempt_id = scored
    expect(review.get_by_role("heading", name="Key points", exact=True)).to_be_visible()
    for point in app.assessment(attempt_id).coverage.key_points:
        expect(review.get_by_text(point.text).first).to_be_attached()
    for tip in app.assessment(attempt_id).tips:
        expect(review.get_by_text(tip.text).first).to_be_attached()


def test_a_word_plays_from_where_it_was_said(review: Page, words: list[Word]) -> None:
    unique = alone(words)
    for word in (unique[2], unique[len(unique) // 2], unique[-2]):
        button = transcript(review).get_by_role("button").filter(has_text=word.text).first
        assert abs(played_from(review, button.click) - word.start) < NEAR_S


def test_the_highlight_follows_the_sound(review: Page, words: list[Word]) -> None:
    transcript(review).get_by_role("button").first.click()
    seen: list[int] = []
    for _ in range(12):
        review.wait_for_timeout(400)
        now = transcript(review).evaluate(HIGHLIGHT)
        if now["index"] is None or now["pause"]:
            continue
        seen.append(now["index"])
        time = now["time"]
        around = [w.text for w in words if w.start <= time + NEAR_S and w.end >= time - NEAR_S]
        # In a gap between words the last one stays lit.
        before = [w.text for w in words if w.start <= time][-1:]
        assert now["text"] in {*around, *before}
    assert len(set(seen)) >= 4
    assert seen == sorted(seen)


def test_a_filler_plays_from_where_it_was_heard(review: Page, scored: tuple[App, str]) -> None:
    app, attempt_id = scored
    filler = next(d for d in app.assessment(attempt_id).disfluencies if d.kind == "filled_pause")
    button = transcript(review).locator("button.filled_pause").first
    assert abs(played_from(review, button.click) - filler.start) < NEAR_S


def test_a_tip_plays_its_moment_and_stops(review: Page, scored: tuple[App, str]) -> None:
    app, attempt_id = scored
    tip = next(tip for tip in app.assessment(attempt_id).tips if tip.spans)
    span = tip.spans[0]
    button = review.locator("[class*='st-key-tip_'] button.moment").first
    assert abs(played_from(review, button.click) - span.start) < NEAR_S
    length = span.end - span.start
    review.wait_for_function(
        "document.querySelector('.st-key-player audio').paused", timeout=(length + 10) * 1000
    )
    end = review.evaluate("document.querySelector('.st-key-player audio').currentTime")
    assert span.end - 0.1 < end < span.end + 1.0


def test_a_quote_plays_from_where_it_was_said(review: Page, scored: tuple[App, str]) -> None:
    app, attempt_id = scored
    point = next(p for p in app.assessment(attempt_id).coverage.key_points if p.evidence)
    quote = point.evidence[0]
    assert quote.start is not None
    button = review.locator(f".st-key-point_{point.id} button.moment").first
    expect(button).to_contain_text(quote.quote)
    assert abs(played_from(review, button.click) - quote.start) < NEAR_S


def test_words_are_reached_and_played_with_the_keyboard_alone(review: Page, words: list[Word]) -> None:
    buttons = transcript(review).get_by_role("button")
    for _ in range(60):
        review.keyboard.press("Tab")
        if buttons.first.evaluate("element => element.matches(':focus')"):
            break
    assert review.evaluate(FOCUSED) == buttons.first.text_content()
    review.keyboard.press("End")
    assert review.evaluate(FOCUSED) == buttons.last.text_content()
    review.keyboard.press("Home")
    for _ in range(4):
        review.keyboard.press("ArrowRight")
    assert review.evaluate(FOCUSED) == buttons.nth(4).text_content()
    review.keyboard.press("ArrowDown")
    marked = transcript(review).locator("button.mark")
    assert review.evaluate(FOCUSED) in marked.all_text_contents()
    review.keyboard.press("Home")
    word = alone(words)[1]
    for _ in range(buttons.all_text_contents().index(word.text)):
        review.keyboard.press("ArrowRight")
    assert review.evaluate(FOCUSED) == word.text
    assert abs(played_from(review, lambda: review.keyboard.press("Enter")) - word.start) < NEAR_S
    # One Tab leaves the whole text: it is one stop among the others, not hundreds.
    review.keyboard.press("Tab")
    assert transcript(review).evaluate("element => element.querySelector(':focus')") is None
