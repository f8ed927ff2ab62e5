"""Structure as a whole, with the real encoder: with and without punctuation, spoken and written, and in the document."""

from __future__ import annotations

from pathlib import Path

import pytest
from app_documents import document
from hypothesis import given
from hypothesis import strategies as st
from structures import CODED, TOLD, bare, spoken

from coach.advice import MOST, advise
from coach.assessment import SCHEMA_VERSION, Assessment, Coverage, Structure
from coach.coverage import SentenceEncoder
from coach.metrics import measure
from coach.practice import score_text
from coach.rubric import DOMAINS, load_rubric
from coach.scores import score
from coach.structure import structure, structure_version
from coach.talk import Talk
from coach.transcript import Disfluency, Transcript


@pytest.fixture(scope="module")
def encoder(models: Path) -> SentenceEncoder:
    return SentenceEncoder(models)


def present(found: Structure) -> set[str]:
    return {part.id for part in found.parts if part.status == "present"}


@pytest.mark.parametrize("form", [str, bare], ids=["punctuation", "no punctuation"])
@pytest.mark.parametrize(
    ("text", "domain", "parts"),
    [
        (CODED, "coding", {"restatement", "approach", "complexity", "code", "edge_cases", "tests"}),
        (TOLD, "behavioral", {"situation", "task", "action", "result", "learning", "number"}),
    ],
)
def test_all_parts_are_heard_with_and_without_punctuation(form, text, domain, parts, encoder):
    transcript, pauses, length = spoken(form(text))
    found = structure(transcript, domain, (), pauses, encoder, length)
    missed = parts - present(found)
    assert len(missed) <= (0 if form is str else 1), missed
    assert found.share_of == "speaking time"


def test_the_stages_come_in_the_order_they_were_said(encoder):
    found = structure(Transcript.written(CODED), "coding", encoder=encoder)
    order = [stretch.stage for stretch in found.stretches]
    assert order == ["restatement", "approach", "code", "complexity", "edge_cases", "tests"]


@pytest.mark.parametrize("domain", DOMAINS)
def test_good_examples_have_more_parts_than_weak_ones(domain, encoder):
    questions = {
        "coding": "binary-search",
        "low-level-design": "rate-limiter",
        "ml-system-design": "payment-fraud-detection",
        "ml-coding": "k-means-from-scratch",
        "behavioral": "time-you-failed",
        "fundamentals": "l1-vs-l2-regularization",
    }
    examples = load_rubric(questions[domain]).examples
    good, weak = (
        structure(Transcript.written(t), domain, encoder=encoder) for t in (examples.good, examples.weak)
    )
    assert len(present(good)) > len(present(weak))


def test_a_free_talk_and_a_talk_without_words_have_none(encoder):
    assert structure(Transcript.written(CODED), None, encoder=encoder) is None
    assert structure(Transcript.written("um, uh."), "coding", encoder=encoder) is None


def test_what_was_abandoned_is_not_counted(encoder):
    transcript, _, length = spoken(f"We we we we {TOLD}")
    repeated = Disfluency(
        id="r",
        kind="repetition",
        text="We we we",
        start=0,
        end=0.9,
        detector="t",
        confidence=1,
        word_range=(0, 3),
    )

    def ours(*found: Disfluency) -> float | None:
        told = structure(transcript, "behavioral", found, (), encoder, length)
        return next(one.value for one in told.checks[0].figures if one.id == "we_words")

    assert ours() == 5
    assert ours(repeated) == 2


def test_without_the_encoder_shares_are_not_told():
    found = structure(Transcript.written(CODED), "coding")
    assert (found.shares, found.stretches) == ((), ())
    assert "encoder" in found.shares_reason
    assert "absent" not in {part.status for part in found.parts}
    assert structure_version(None).endswith("words only")


@given(
    st.lists(
        st.sampled_from([*CODED.split(), "Um,", "-", "café", "“O(n)”", "x²", "...", "I'd"]),
        min_size=1,
        max_size=60,
    )
)
def test_every_quote_is_in_the_transcript_to_the_letter(words):
    transcript, pauses, length = spoken(" ".join(words))
    found = structure(transcript, "coding", (), pauses, None, length)
    if found is None:
        return
    by_start = {word.start for word in transcript.words}
    quotes = [e for one in (*found.parts, *found.checks) for e in one.evidence]
    quotes += [e for check in found.checks for figure in check.figures for e in figure.evidence]
    for quote in quotes:
        assert transcript.text[quote.char_start : quote.char_end] == quote.quote
        assert quote.start in by_start
        assert quote.start <= quote.end <= length + 1e-6


def test_a_written_answer_carries_its_structure_into_the_document(home):
    found = score_text(CODED, "two-sum", home=home)
    assert found.schema_version == SCHEMA_VERSION == 2
    assert found.structure.domain == "coding"
    assert found.structure.share_of == "words"
    assert found.versions.structure.startswith("structure ")
    assert Assessment.from_json(found.to_json()) == found


def test_a_document_of_the_first_version_still_loads():
    old = document().model_dump(mode="json", by_alias=True)
    old["schema_version"] = old["versions"]["schema"] = 1
    for name, gone in (("structure", old), ("structure", old["versions"]), ("lists", old["coverage"])):
        gone.pop(name, None)
    read = Assessment.model_validate(old)
    assert read.structure is None
    assert read.schema_version == 1


def test_a_tip_names_the_part_that_is_missing_and_there_are_never_more_than_three(encoder):
    without = ". ".join(s for s in CODED.split(". ") if "linear" not in s)
    found = structure(Transcript.written(without), "coding", encoder=encoder)
    coverage = Coverage(score=None, reason="none")
    talk = Talk(recording=None, words=(), text=without, coverage=coverage)
    measured = measure(talk)
    tips = advise(measured, coverage, (), (), score(measured, coverage), found)
    (tip,) = [tip for tip in tips if tip.id.startswith("structure")]
    assert tip.id == "structure:complexity"
    assert "“The complexity”" in tip.text
    assert len(tips) <= MOST
    asked = structure(Transcript.written(without), "coding", encoder=encoder, expected=("code", "tests"))
    assert not [
        tip
        for tip in advise(measured, coverage, (), (), score(measured, coverage), asked)
        if tip.id.startswith("structure")
    ]


def test_a_tip_on_what_was_done_out_of_order_has_its_moments(encoder):
    text = f"{CODED} [2 s]".replace("for each price", "for each price [33 s]")
    transcript, pauses, length = spoken(text)
    found = structure(transcript, "coding", (), pauses, encoder, length)
    coverage = Coverage(score=None, reason="none")
    talk = Talk(recording=None, words=(), text=transcript.text, coverage=coverage)
    measured = measure(talk)
    (tip, *_) = advise(measured, coverage, (), (), score(measured, coverage), found)
    assert tip.id == "structure:silence-budget"
    assert tip.spans[0].duration == pytest.approx(33.6, abs=0.1)
