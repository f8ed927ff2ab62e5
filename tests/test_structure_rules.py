"""Every rule is whole: it says what it looks for and who says so, and its own examples pass and fail."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from structures import spoken

from coach.coverage import SentenceEncoder
from coach.errors import RubricError
from coach.rubric import DOMAINS, STAGES
from coach.structure import rules, structure
from coach.structure.rules import Rule, Rules, rules_of, said_as

RULES = [(domain, rule) for domain in DOMAINS for rule in rules_of(domain).rules]
NAMED = pytest.mark.parametrize(("domain", "rule"), RULES, ids=[f"{d}:{r.id}" for d, r in RULES])
LABELS = Path(__file__).parents[1] / "benchmarks" / "coverage" / "structure"


@pytest.fixture(scope="module")
def encoder(models: Path) -> SentenceEncoder:
    return SentenceEncoder(models)


def test_the_stages_are_those_that_questions_may_name():
    for domain in DOMAINS:
        if STAGES[domain]:
            assert tuple(rule.id for rule in rules_of(domain).stages) == STAGES[domain]
    assert [rule.id for rule in rules_of("fundamentals").stages] == [
        "definition", "intuition", "mathematics", "example", "trade_off", "failure",
    ]  # fmt: skip


@NAMED
def test_a_rule_says_what_it_looks_for_and_who_says_so(domain: str, rule: Rule):
    assert rule.looks_for.endswith(".")
    assert rule.advice.endswith(".")
    assert rule.source.startswith("reasoned") or re.search(r"\(.*\d{4}.*\)|Google|Stanford", rule.source), (
        rule.source
    )
    if rule.kind == "stage":
        assert 6 <= len(rule.prototypes) <= 12
    if rule.kind in ("stage", "mark"):
        assert rule.firm
    assert len(set(rule.prototypes)) == len(rule.prototypes)


@NAMED
@pytest.mark.parametrize("good", [True, False], ids=["passing", "failing"])
def test_a_rule_passes_and_fails_its_own_examples(domain, rule, good, encoder):
    for text in rule.passing if good else rule.failing:
        transcript, pauses, length = spoken(text)
        found = structure(transcript, domain, (), pauses, encoder, length)
        if rule.kind in ("stage", "mark"):
            status = next(part.status for part in found.parts if part.id == rule.id)
        else:
            status = next(check.status for check in found.checks if check.id == rule.id)
        if good:
            assert status in ("present", "kept"), text
        else:
            assert status in ("absent", "broken") or (rule.untold and status == "unknown"), text


@NAMED
def test_cues_read_words_as_they_are_compared(domain: str, rule: Rule):
    for cue in (*rule.firm, *rule.cues, *rules_of(domain).other_cues):
        assert cue == cue.lower() or "\\W" in cue, f"capitals never match: {cue}"
        assert not re.search(r"[a-z]'[a-z]", cue), f"apostrophes are gone: {cue}"


def test_every_stage_knows_more_of_its_own_prototypes_than_any_other_stage_does():
    """By firm cues alone: a cue that fires elsewhere is not firm."""
    for domain in DOMAINS:
        for rule in rules_of(domain).stages:
            own = sum(rule.cues_in(text)[0] > 0 for text in said_as(rule.prototypes)) / len(rule.prototypes)
            for other in rules_of(domain).stages:
                if other is not rule:
                    said = said_as(other.prototypes)
                    assert sum(rule.cues_in(text)[0] > 0 for text in said) / len(said) < own, (
                        domain,
                        rule.id,
                        other.id,
                    )


def test_no_rule_holds_a_labelled_sentence():
    labelled = {
        row["text"].casefold()
        for name in ("dev", "test")
        for row in map(json.loads, (LABELS / f"{name}.jsonl").read_text("utf-8").splitlines())
        if "text" in row
    }
    for domain, rule in RULES:
        for text in (*rule.prototypes, *rule.passing, *rule.failing, *rules_of(domain).other):
            assert text.casefold() not in labelled, text


def test_counts_of_cues_are_of_cues_not_of_words():
    rule = rules_of("coding").rule("complexity")
    assert rule.cues_in("n log n and n log n again") == (1, 0)
    assert rule.cues_in("the weather is nice") == (0, 0)


BROKEN = {
    "stage": {"prototypes": []},
    "order": {"kind": "order"},
    "silence": {"kind": "silence"},
    "pronouns": {"kind": "pronouns"},
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_rule_that_is_not_whole_is_refused(kind):
    whole = rules_of("coding").rule("tests").model_dump()
    with pytest.raises(ValueError, match=f"no whole {kind}"):
        Rule.model_validate({**whole, **BROKEN[kind]})


def test_ids_are_there_once_and_those_named_exist():
    whole = rules_of("coding").model_dump()
    with pytest.raises(ValueError, match="there twice"):
        Rules.model_validate({**whole, "rules": [*whole["rules"], whole["rules"][0]]})
    without = [rule for rule in whole["rules"] if rule["id"] != "approach"]
    with pytest.raises(ValueError, match="not there"):
        Rules.model_validate({**whole, "rules": without})


def test_a_damaged_file_says_so(tmp_path: Path, monkeypatch):
    (tmp_path / "coding.yaml").write_text("domain: coding\nrules: [\n")
    monkeypatch.setattr(rules, "_FOLDER", tmp_path)
    rules_of.cache_clear()
    try:
        with pytest.raises(RubricError, match="rules of coding can't be read"):
            rules_of("coding")
    finally:
        rules_of.cache_clear()
