"""The benchmark of structure: labels belong to their split and to their domain, and its figures are what they say."""

from __future__ import annotations

import pytest
from structures import bare

from benchmarks.coverage import structure as benchmark
from coach.structure import OTHER, rules_of


@pytest.mark.parametrize("which", ["dev", "test"])
def test_every_label_is_one_of_its_domain(which):
    answers = benchmark.labelled(which)
    assert len({answer.question for answer in answers}) >= 20
    for answer in answers:
        rules = rules_of(answer.domain)
        stages = {rule.id for rule in rules.stages}
        assert len(answer.sentences) == len(answer.stages) > 0
        assert set(answer.stages) <= stages | {OTHER}
        assert stages <= set(answer.parts)
        assert set(answer.parts) <= {rule.id for rule in rules.rules}


def test_no_question_is_in_both_halves():
    dev, test = ({answer.question for answer in benchmark.labelled(which)} for which in ("dev", "test"))
    assert not dev & test


def test_macro_f1_by_hand():
    # a: precision 1/2, recall 1 -> 2/3; b: precision 1, recall 1/2 -> 2/3
    assert benchmark.macro_f1(["a", "b", "b"], ["a", "a", "b"]) == pytest.approx(2 / 3)
    assert benchmark.macro_f1(["a", "a"], ["b", "b"]) == 0


def test_words_are_stripped_like_speech():
    assert [benchmark.bare(word) for word in ("It's,", "“O(n)”", "-", "First:")] == [
        "it's",
        "on",
        "",
        "first",
    ]
    assert bare("It's, First:") == "it's first"


def test_a_sentence_gets_the_stage_of_most_of_its_words(models):
    from coach.coverage import SentenceEncoder

    answer = benchmark.Labelled(
        "q",
        "good",
        "coding",
        ["My idea is to use a hash map from value to index.", "I would test it with an empty list."],
    )
    for punctuation in (True, False):
        _, stages = benchmark.judged(answer, punctuation, SentenceEncoder(models))
        assert stages == ["approach", "tests"]
