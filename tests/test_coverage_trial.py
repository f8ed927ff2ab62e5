"""A question tried against the scorer: what it says of a sound question and of one with twins."""

from __future__ import annotations

from coach.coverage import PairVerifier, SentenceEncoder
from coach.coverage.trial import Trial, trial
from coach.rubric import Rubric, load_rubric

Judges = tuple[SentenceEncoder, PairVerifier]


def rubric(*points: tuple[str, str, list[str]]) -> Rubric:
    return Rubric.model_validate(
        {
            "schema": 1,
            "id": "tried",
            "title": "Tried",
            "domain": "coding",
            "level": 1,
            "prompt": "What is a stack?",
            "key_points": [{"id": key, "text": text, "phrasings": says} for key, text, says in points],
        }
    )


ORDER = (
    "order",
    "A stack gives back the element that was put in last.",
    ["the last element that you push is the first that you pop", "what went in last comes out first"],
)


def test_points_that_say_the_same_are_named(judges: Judges) -> None:
    twin = (
        "twin",
        "The element that was pushed last is popped first.",
        ["the newest element comes out of the stack first", "what you pushed last is what you pop first"],
    )
    tried = trial(rubric(ORDER, twin), *judges)
    assert {(one, other) for one, other, _ in tried.confused} == {("order", "twin"), ("twin", "order")}
    assert all(0.5 <= share <= 1 for _, _, share in tried.confused)
    assert not tried.passed


def test_points_on_different_things_are_not(judges: Judges) -> None:
    other = (
        "recursion",
        "Every call of a function keeps its local variables in a frame of its own.",
        [
            "a function call gets a frame that holds its local variables",
            "locals live in the frame of their call",
        ],
    )
    tried = trial(rubric(ORDER, other), *judges)
    assert tried == Trial(None, None, (), (), (), ())
    assert tried.passed


def test_a_shipped_question_has_its_examples_scored(judges: Judges) -> None:
    tried = trial(load_rubric("binary-search"), *judges)
    assert tried.good is not None
    assert tried.weak is not None
    assert tried.good > tried.weak
    assert not set(tried.missed_by_good) & set(tried.accused)
