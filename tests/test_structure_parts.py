"""Parts: present with their words, absent only when that can be told, marks within their stage."""

from __future__ import annotations

import pytest
from structures import CODED, TOLD, compared

from coach.coverage import SentenceEncoder
from coach.structure.parts import ABSENT, PRESENT, WORDS_ONLY, parts_of


@pytest.fixture(scope="module")
def encoder(models) -> SentenceEncoder:
    return SentenceEncoder(models)


def statuses(text, domain, encoder, expected=()):
    return {part.id: part for part in parts_of(compared(text, domain, encoder), expected)}


def test_every_part_is_present_with_its_own_words(encoder):
    parts = statuses(CODED, "coding", encoder)
    assert {part.status for part in parts.values()} == {"present"}
    assert "linear time" in parts["complexity"].evidence[0].quote
    for part in parts.values():
        assert part.confidence >= PRESENT
        assert part.reason is None
        assert all(CODED[e.char_start : e.char_end] == e.quote for e in part.evidence)


def test_what_is_left_out_is_absent(encoder):
    sentences = CODED.split(". ")
    parts = statuses(". ".join(s for s in sentences if "linear" not in s), "coding", encoder)
    assert parts["complexity"].status == "absent"
    assert parts["complexity"].confidence > 1 - ABSENT
    assert parts["complexity"].evidence == ()
    assert parts["tests"].status == "present"


def test_a_number_counts_only_in_the_result(encoder):
    assert statuses(TOLD, "behavioral", encoder)["number"].status == "present"
    plain = TOLD.replace("the run time fell from six hours to forty minutes", "it worked and they were happy")
    parts = statuses(plain.replace("Two years ago", "Two hundred days ago"), "behavioral", encoder)
    assert parts["result"].status == "present"
    assert parts["number"].status == "absent"


def test_absence_of_a_twist_can_not_be_told(encoder):
    twist = statuses("I train a model on the logs and deploy it.", "ml-system-design", encoder)["twist"]
    assert (twist.status, twist.confidence, twist.evidence) == ("unknown", None, ())
    assert "interviewer" in twist.reason


def test_without_the_encoder_nothing_is_absent_but_set_phrases_are_heard():
    parts = statuses("The time complexity is linear. I would test it with a few values.", "coding", None)
    assert parts["tests"].status == parts["complexity"].status == "present"
    assert parts["restatement"].status == "unknown"
    assert parts["restatement"].reason == WORDS_ONLY


def test_a_question_may_ask_for_some_stages_only(encoder):
    parts = statuses("I train a model.", "ml-system-design", encoder, expected=("goal", "serving"))
    asked = {name for name, part in parts.items() if part.expected}
    assert {"goal", "serving", "metric"} <= asked
    assert not {"model", "evaluation", "offline_evaluation", "online_evaluation"} & asked
