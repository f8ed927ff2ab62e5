"""Every question that ships: complete, well formed, and fit to be spoken."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from coach.bundled import bundled
from coach.rubric import DOMAINS, KeyPoint, Rubric, check_rubrics, list_rubrics, load_rubric

QUESTIONS = list_rubrics()
each_question = pytest.mark.parametrize("rubric", QUESTIONS, ids=[rubric.id for rubric in QUESTIONS])


def key_points(rubric: Rubric) -> list[KeyPoint]:
    return [*rubric.key_points, *(point for twist in rubric.follow_ups for point in twist.key_points)]


def test_no_shipped_file_has_a_problem() -> None:
    assert [str(problem) for problem in check_rubrics(bundled("rubrics"))] == []


def test_three_questions_at_least_in_each_domain() -> None:
    count = Counter(rubric.domain for rubric in QUESTIONS)
    assert {domain: count[domain] for domain in DOMAINS if count[domain] < 3} == {}


@pytest.mark.parametrize(
    ("question", "domain"),
    [
        ("l1-vs-l2-regularization", "fundamentals"),
        ("bias-variance-tradeoff", "fundamentals"),
        ("design-streaming-recommender", "ml-system-design"),
        ("time-you-failed", "behavioral"),
    ],
)
def test_the_promised_questions_are_there(question: str, domain: str) -> None:
    assert load_rubric(question).domain == domain


def test_each_file_lies_in_the_folder_of_its_domain() -> None:
    for path in bundled("rubrics").rglob("*.yaml"):
        assert load_rubric(path).domain == path.parent.name, path


@each_question
def test_it_has_all_its_parts(rubric: Rubric) -> None:
    assert 4 <= len(rubric.key_points) <= 10
    assert any(point.required for point in rubric.key_points)
    assert len(rubric.misconceptions) >= 2
    assert len(rubric.follow_ups) >= 2
    assert len(rubric.sources) >= 2
    assert all(
        source.url or "checked" in source.locator or "run" in source.locator for source in rubric.sources
    )
    assert rubric.stages or rubric.domain == "fundamentals"


@each_question
def test_each_key_point_can_be_recognised(rubric: Rubric) -> None:
    for point in key_points(rubric):
        assert len(point.phrasings) >= 3, point.id
        assert point.terms, point.id
        assert point.explanation, point.id
        for term in point.terms:
            assert term.accept, (point.id, term.say)
    for wrong in rubric.misconceptions:
        assert len(wrong.phrasings) >= 3, wrong.id
        assert wrong.contradicts, wrong.id
    for point in rubric.key_points:
        assert point.counter_phrasings, point.id


@each_question
def test_phrasings_are_as_spoken(rubric: Rubric) -> None:
    """No digits, no symbols, no capitals: a transcript of speech is compared with them."""
    said = [text for p in key_points(rubric) for text in (*p.phrasings, *p.counter_phrasings)]
    said += [text for wrong in rubric.misconceptions for text in wrong.phrasings]
    assert [text for text in said if not re.fullmatch(r"[a-z' ,-]+", text)] == []
    assert [text for text in said if len(text.split()) < 4] == []


@each_question
def test_the_examples_have_the_length_of_an_answer(rubric: Rubric) -> None:
    assert rubric.examples is not None
    assert 150 <= len(rubric.examples.good.split()) <= 260
    assert 60 <= len(rubric.examples.weak.split()) <= 120


@each_question
def test_the_good_answer_uses_its_own_words(rubric: Rubric) -> None:
    assert rubric.examples is not None
    good = " ".join(re.findall(r"[a-z']+", rubric.examples.good.lower()))
    copied = [text for p in rubric.key_points for text in p.phrasings if text.replace(",", "") in good]
    assert copied == []


@each_question
def test_the_good_answer_says_a_term_of_nearly_every_key_point(rubric: Rubric) -> None:
    assert rubric.examples is not None
    good = " ".join(re.findall(r"[a-z0-9%']+", rubric.examples.good.lower()))

    def said(point: KeyPoint) -> bool:
        words = [word for term in point.terms for word in (term.say, *term.accept)]
        return any(" ".join(re.findall(r"[a-z0-9%']+", word.lower())) in good for word in words)

    silent = [point.id for point in rubric.key_points if not said(point)]
    assert silent == []


def test_no_phrasing_serves_two_questions() -> None:
    count = Counter(text for r in QUESTIONS for p in key_points(r) for text in p.phrasings)
    assert [text for text, times in count.items() if times > 1] == []
