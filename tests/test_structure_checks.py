"""Checks: order, silence while coding, "I" and "we", each with its evidence and never a number that can't be told."""

from __future__ import annotations

import pytest
from structures import CODED, TOLD, compared, spoken

from coach.coverage import SentenceEncoder
from coach.structure.checks import NO_CODE, NO_ENCODER, NO_SILENCE, checks_of

CODE = "So I start with a counter at zero, and for each word I add one if it is in the set. "
MORE = "If the queue is not empty I pop a node, and after the loop I return the counter."


@pytest.fixture(scope="module")
def encoder(models) -> SentenceEncoder:
    return SentenceEncoder(models)


def checked(text, domain, encoder, written=False):
    transcript, pauses, _ = spoken(text)
    answer = compared(text, domain, encoder, None if written else transcript, pauses)
    return {check.id: check for check in checks_of(answer, pauses)}


def figures(check):
    return {one.id: one for one in check.figures}


def test_the_approach_before_the_code_is_kept_with_both_quotes(encoder):
    check = checked(CODED, "coding", encoder)["approach-before-code"]
    assert check.status == "kept"
    assert "my idea" in check.evidence[0].quote
    assert "I start with" in check.evidence[1].quote


def test_code_first_is_broken(encoder):
    text = (
        f"{CODE}{MORE} My idea here is to use a hash set instead of trying every pair, that is the approach."
    )
    assert checked(text, "coding", encoder)["approach-before-code"].status == "broken"


def test_an_order_of_what_was_not_said_is_not_told(encoder):
    check = checked(CODE + MORE, "coding", encoder)["approach-before-code"]
    assert (check.status, check.evidence) == ("unknown", ())
    assert "the approach" in check.reason
    assert checked(CODED, "coding", None)["approach-before-code"].reason == NO_ENCODER


def test_the_longest_silence_while_coding_is_told_with_the_words_around_it(encoder):
    text = f"My idea is a hash set. [30 s] {CODE[:45]}[9 s]{CODE[45:]} [20 s] {MORE} [3 s] That takes linear time."
    check = checked(text, "coding", encoder)["silence-budget"]
    told = figures(check)
    assert check.status == "broken"
    assert told["longest_silence_while_coding"].value == 30
    assert told["longest_silence_while_coding"].unit == "s"
    assert [(e.quote, round(e.end - e.start, 1)) for e in check.evidence] == [
        ("set. So", 30.6),
        ("set. If", 20.6),
    ]
    spoken_s = 0.3 * len((CODE + MORE).split())
    assert told["silence_while_coding"].value == pytest.approx(100 * 62 / (62 + spoken_s), abs=1)


def test_silence_elsewhere_does_not_count(encoder):
    text = f"My idea is a hash set. {CODE}{MORE} That takes linear time. [40 s] I would test it with an empty list."
    check = checked(text, "coding", encoder)["silence-budget"]
    assert check.status == "kept"
    assert figures(check)["longest_silence_while_coding"].value == 0  # heard, and there was none


@pytest.mark.parametrize(
    ("text", "written", "reason"), [(CODED, True, NO_SILENCE), ("That takes linear time.", False, NO_CODE)]
)
def test_silence_that_can_not_be_told_is_no_zero(text, written, reason, encoder):
    check = checked(text, "coding", encoder, written)["silence-budget"]
    assert check.status == "unknown"
    assert check.reason == reason
    assert all(one.value is None and one.reason == reason for one in check.figures)


def test_i_and_we_are_counted_with_their_places(encoder):
    check = checked(TOLD, "behavioral", encoder)["ownership"]
    told = figures(check)
    assert told["i_words"].value == 7
    assert told["we_words"].value == 1
    assert {TOLD[e.char_start : e.char_end] for e in told["we_words"].evidence} == {"our"}
    assert {e.quote for e in told["i_words"].evidence} == {"I"}
    assert told["i_share"].value == pytest.approx(100 * 7 / 8, abs=0.1)
    assert check.status == "kept"


def test_we_rather_than_i_is_broken_and_too_few_words_are_not_told(encoder):
    team = "We met, we talked about our plan, we built it, and our manager liked us."
    assert checked(team, "behavioral", encoder)["ownership"].status == "broken"
    few = checked("I was on a team.", "behavioral", encoder)["ownership"]
    assert few.status == "unknown"
    assert figures(few)["i_share"].value is None
    assert figures(few)["i_words"].value == 1


def test_hypotheses_come_before_fixes(encoder):
    good = (
        "My first hypothesis is that the gradients are not reset, and that explains the jumps. "
        "So I fix it by calling zero grad before every backward pass."
    )
    assert checked(good, "ml-coding", encoder)["hypotheses-in-order"].status == "kept"
    turned = ". ".join(reversed(good.rstrip(".").split(". "))) + "."
    assert checked(turned, "ml-coding", encoder)["hypotheses-in-order"].status == "broken"
