"""The benchmark's matching and scoring, against values worked out by hand."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.speech import report
from benchmarks.speech.composition import Bank, disfluent_talk, fluent_talk
from benchmarks.speech.judging import STUMBLE, judge
from benchmarks.speech.matching import Event, match, touching
from benchmarks.speech.peers import Heard, by_word_lists, gaps_between
from benchmarks.speech.scoring import (
    Counts,
    bootstrap,
    content,
    lost_runs,
    percentile,
    poisson_upper,
    term_recall,
    tokens,
    total,
    wilson,
    word_errors,
)
from benchmarks.speech.truth import Item, SpokenWord, Truth, of_document


def at(*onsets: float) -> list[Event]:
    return [Event(onset, onset + 0.3) for onset in onsets]


def test_each_event_is_in_one_pair_at_most() -> None:
    matching = match(at(1.0), at(0.9, 1.1), 0.25)
    assert len(matching.pairs) == 1
    assert len(matching.false) == 1


def test_a_crowded_pair_is_shared_out() -> None:
    # 1.2 could take either; only if it takes 1.4 can 1.0 have 1.1
    assert match(at(1.0, 1.2), at(1.1, 1.4), 0.25).pairs == ((0, 0), (1, 1))


def test_the_nearest_is_taken_where_nobody_else_needs_it() -> None:
    assert match(at(1.0, 9.0), at(0.8, 1.01), 0.25).pairs == ((0, 1),)


def test_the_collar_itself_is_inside() -> None:
    assert match(at(0.75), at(1.0), 0.25).pairs == ((0, 0),)
    assert match(at(0.74), at(1.0), 0.25).pairs == ()


def test_order_does_not_matter() -> None:
    matching = match(at(5.0, 1.0), at(1.05, 5.05, 3.0), 0.1)
    assert set(matching.pairs) == {(0, 1), (1, 0)}
    assert matching.false == (2,)


def test_an_event_without_time_cannot_be_matched() -> None:
    with pytest.raises(ValueError, match="counted"):
        match([Event(None, None, "um")], at(1.0), 0.25)


@given(
    st.lists(st.integers(0, 40), max_size=7),
    st.lists(st.integers(0, 40), max_size=7),
)
def test_no_matching_has_more_pairs(true: list[int], found: list[int]) -> None:
    got = match(at(*(t / 10 for t in true)), at(*(f / 10 for f in found)), 0.25)
    assert len(got.pairs) == most_pairs(true, found, 2)
    assert len({t for t, _ in got.pairs}) == len({f for _, f in got.pairs}) == len(got.pairs)
    assert len(got.pairs) + len(got.missed) == len(true)
    assert len(got.pairs) + len(got.false) == len(found)


def most_pairs(true: list[int], found: list[int], collar: int) -> int:
    """By augmenting paths (Kuhn's algorithm)."""
    owner: dict[int, int] = {}

    def place(t: int, seen: set[int]) -> bool:
        for f in range(len(found)):
            if abs(true[t] - found[f]) <= collar and f not in seen:
                seen.add(f)
                if f not in owner or place(owner[f], seen):
                    owner[f] = t
                    return True
        return False

    return sum(place(t, set()) for t in range(len(true)))


def test_precision_recall_f1() -> None:
    counts = Counts(hits=6, missed=2, false=4)
    assert counts.precision == pytest.approx(0.6)
    assert counts.recall == pytest.approx(0.75)
    assert counts.f1 == pytest.approx(2 / 3)
    assert total([counts, Counts(0, 1, 1)]) == Counts(6, 3, 5)


def test_what_cannot_be_told_is_none() -> None:
    assert Counts(0, 3, 0).precision is None
    assert Counts(0, 0, 3).recall is None
    assert Counts().f1 is None
    assert wilson(0, 0) is None
    assert percentile([], 0.5) is None
    assert bootstrap([Counts(1, 1, 1)], lambda c: c.f1) is None


def test_wilson_interval() -> None:
    # 15 of 16: middle (0.9375 + 0.12005) / 1.24009, half-width 0.12935 (worked out with z = 1.96)
    low, high = wilson(15, 16) or (0, 0)
    assert low == pytest.approx(0.7167, abs=5e-4)
    assert high == pytest.approx(0.9889, abs=5e-4)
    assert wilson(16, 16) == pytest.approx((16 / (16 + 1.959964**2), 1.0))


def test_poisson_bound() -> None:
    assert poisson_upper(0) == pytest.approx(-math.log(0.05))  # the "rule of three"
    assert poisson_upper(1) == pytest.approx(4.744, abs=1e-3)  # from the tables
    assert poisson_upper(10) == pytest.approx(16.962, abs=1e-3)


def test_bootstrap_of_equal_talks_has_no_width() -> None:
    assert bootstrap([Counts(3, 1, 0)] * 5, lambda c: c.recall) == pytest.approx((0.75, 0.75))


def test_bootstrap_draws_talks_and_is_repeatable() -> None:
    counts = [Counts(4, 0, 0), Counts(0, 4, 0)] * 10
    interval = bootstrap(counts, lambda c: c.recall)
    assert interval == bootstrap(counts, lambda c: c.recall)
    assert interval is not None
    # the share of 20 fair draws: its 95 % range is 0.3 to 0.7 (binomial quantiles 6 and 14)
    assert interval == pytest.approx((0.3, 0.7), abs=0.051)


def test_tokens_keep_fillers_and_spell_numbers() -> None:
    assert tokens("Um, the L2-norm: 42 % of 305!") == [
        "um", "the", "l2", "norm", "forty", "two", "percent", "of", "three", "hundred", "five",
    ]  # fmt: skip
    assert tokens("1455 or 1900") == ["fourteen", "fifty", "five", "or", "nineteen", "hundred"]
    assert tokens("It can’t") == ["it", "can", "not"]
    assert content(["um", "uhh", "hmm", "er", "the", "umbrella", "error", "a"]) == [
        "the",
        "umbrella",
        "error",
        "a",
    ]


def test_word_errors() -> None:
    found = word_errors(["the", "loss", "goes", "down", "fast"], ["the", "boss", "goes", "very", "down"])
    assert (found.substituted, found.deleted, found.inserted, found.words) == (1, 1, 1, 5)
    assert found.heard == (0, None, 2, 4, None)


def test_an_optional_word_is_free_either_way() -> None:
    reference, optional = ["the", "the", "loss", "falls"], (True, False, False, False)
    assert word_errors(reference, ["the", "loss", "falls"], optional).errors == 0
    assert word_errors(reference, reference, optional).errors == 0
    assert word_errors(reference, ["the", "the", "falls"], optional).errors == 1
    assert word_errors(reference, reference, optional).words == 3


def test_sentences_lost_against_another_transcript() -> None:
    there = [0, 1, 2, 3, 4, 5]
    here = [0, None, None, None, None, 1]
    assert lost_runs(here, there, [False] * 6) == 1
    assert lost_runs(here, [0, 1, 2, None, 3, 4], [False] * 6) == 0
    assert lost_runs(here, there, [False, False, True, False, False, False]) == 0


def test_terms() -> None:
    said = tokens("the softmax and the learning rate, another learning rate")
    assert term_recall(["softmax", "learning rate"], said, tokens("the soft max and a learning rate")) == (
        2,
        3,
    )


def test_word_lists_and_gaps_of_a_plain_transcript() -> None:
    words = [
        Event(0.0, 0.2, "Um,"), Event(0.2, 0.4, "you"), Event(0.4, 0.6, "know,"), Event(0.85, 1.0, "the"),
        Event(1.0, 1.2, "the"), Event(1.3, 1.6, "loss"), Event(1.7, 1.9, "uh-huh."),
    ]  # fmt: skip
    found = by_word_lists(words)
    assert [event.text for event in found["filled_pause"]] == ["Um,"]
    assert [(event.start, event.end) for event in found["discourse_marker"]] == [(0.2, 0.6)]
    assert [event.start for event in found["repetition"]] == [0.85]
    assert [(gap.start, gap.end) for gap in gaps_between(words)] == [(0.6, 0.85)]


def item(truth: Truth, part: str = "synthetic") -> Item:
    return Item("talk", part, "dev", Path("talk.flac"), 60.0, truth, "somebody")


def test_a_recording_is_judged() -> None:
    truth = Truth(
        events={
            "filled_pause": (Event(1.0, 1.3, "um"), Event(5.0, 5.4, "uh")),
            "discourse_marker": (Event(2.0, 2.2, "like"),),
            "repetition": (),
            "restart": (Event(7.0, 7.5, "we want"),),
        },
        words=(SpokenWord("A", 0.2, 0.3), SpokenWord("like,", 2.0, 2.2, optional=True), SpokenWord("loss", 3.0, 3.4)),
        pauses=(Event(4.0, 4.5, ""),),
        gaps=(Event(4.0, 4.5), Event(6.0, 6.2)),
        meant=(Event(3.5, 3.7, "like"),),
        word_times=True,
    )  # fmt: skip
    heard = Heard(
        {
            "filled_pause": (Event(1.15, 1.3, "Um"), Event(9.0, 9.2, "um")),
            "discourse_marker": (Event(3.5, 3.7, "like"),),
            "repetition": (Event(7.05, 7.5, "we want"),),
        },
        (Event(0.25, 0.3, "A"), Event(3.1, 3.4, "loss.")),
        (Event(4.05, 4.4, ""), Event(5.95, 6.25, ""), Event(8.0, 8.5, "")),
    )
    told = judge(item(truth), heard)
    assert told.counts["filled_pause", 0.25] == Counts(1, 1, 1)
    assert told.counts["filled_pause", 0.1] == Counts(0, 2, 2)
    assert told.onsets["filled_pause"] == pytest.approx([0.15])
    assert told.counts["discourse_marker", 0.25] == Counts(0, 1, 1)
    assert told.markers == {"like": Counts(0, 1, 1)}
    assert told.counts["restart", 0.25] == Counts(0, 1, 0)
    assert told.counts["repetition", 0.25] == Counts(0, 0, 1)
    assert told.counts[STUMBLE, 0.25] == Counts(1, 0, 0)
    # the pause over a silence of 0.2 s is no error, the one in the middle of speech is
    assert told.counts["pause", 0.25] == Counts(1, 0, 1)
    assert told.onsets["pause"] == pytest.approx([0.05])
    assert told.ends["pause"] == pytest.approx([-0.1])
    assert told.words is not None
    assert (told.words.errors, told.words.words) == (0, 2)
    assert told.word_onsets == pytest.approx([0.05, 0.1])


def test_three_copies_are_one_repetition() -> None:
    def span(start: float, end: float) -> dict[str, object]:
        return {"text": "of", "start": start, "end": end}

    document: dict[str, Any] = {
        name: []
        for name in (
            "fillers",
            "discourse_markers",
            "meant_markers",
            "restarts",
            "pauses",
            "words",
            "phrases",
        )
    }
    truth = of_document({**document, "repetitions": [span(1.0, 1.2), span(1.26, 1.4), span(7.0, 7.2)]})
    assert [(one.start, one.end) for one in truth.events["repetition"]] == [(1.0, 1.4), (7.0, 7.2)]


def test_doubtful_moments_are_no_false_alarms() -> None:
    truth = Truth(events={"filled_pause": (Event(1.0, 1.2, "um"),)}, doubtful=(4.0,))
    heard = Heard({"filled_pause": (Event(1.0, 1.2), Event(4.3, 4.5), Event(8.0, 8.1))})
    assert judge(item(truth), heard).counts["filled_pause", 0.25] == Counts(1, 0, 1)


def test_events_without_times_are_counted() -> None:
    truth = Truth(events={"filled_pause": (Event(None, None, "um"),) * 3})
    heard = Heard({"filled_pause": (Event(1.0, 1.2),) * 4})
    assert judge(item(truth), heard).counts["filled_pause", 0.1] == Counts(3, 0, 1)


def test_a_wide_collar_belongs_to_the_recording() -> None:
    truth = Truth(events={"filled_pause": (Event(1.0, 1.2, "um"),)}, collar=1.0)
    heard = Heard({"filled_pause": (Event(1.9, 2.1),)})
    assert judge(item(truth), heard).counts["filled_pause", 0.25] == Counts(1, 0, 0)


def test_truth_of_a_generated_talk() -> None:
    def span(text: str, start: float, end: float) -> dict[str, object]:
        return {"text": text, "start": start, "end": end}

    truth = of_document(
        {
            "fillers": [span("um", 1.0, 1.4)],
            "discourse_markers": [],
            "meant_markers": [],
            "repetitions": [span("the", 2.0, 2.1)],
            "restarts": [],
            "pauses": [],
            "words": [span("um", 1.0, 1.4), span("the", 2.0, 2.1), span("the", 2.2, 2.3)],
            "phrases": [span("um", 1.0, 1.4), span("the the", 2.0, 2.3)],
            "holds": [{"start": 2.1, "end": 2.2}],
        }
    )
    assert truth.words is not None
    assert [(word.text, word.optional) for word in truth.words] == [("the", True), ("the", False)]
    assert [(gap.start, gap.end) for gap in truth.gaps] == [(1.4, 2.0), (2.1, 2.2)]


SENTENCE = "The gradient of the loss points uphill in every single dimension."
BANK = Bank({"loss": {"terms": ["gradient", "loss", "momentum"], "sentences": [SENTENCE] * 9}}, ["So we"])


def test_composed_talks_are_repeatable_and_marked() -> None:
    text = disfluent_talk(BANK, "loss", 60, Random(1))
    assert text == disfluent_talk(BANK, "loss", 60, Random(1))
    assert text != disfluent_talk(BANK, "loss", 60, Random(2))
    assert "{" in text
    assert text.count("(") == text.count(")")
    assert text.count("/") % 2 == 0


def test_a_fluent_talk_holds_nothing_but_its_sentences() -> None:
    assert set("({/").isdisjoint(fluent_talk(BANK, ["loss"], Random(1)))


def test_the_section_leaves_others_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "RESULTS.md"
    path.write_text(
        "# Results\n\n## Coverage\nkept\n\n## Speech\nold\n\n### dev\nold\n\n## Speed\nfast\n", "utf-8"
    )
    monkeypatch.setattr(report, "RESULTS", path)
    report.write_section(["### dev\nnew\n"], "the command", [], [])
    text = path.read_text("utf-8")
    assert "old" not in text
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        "## Coverage",
        "## Speech",
        "## Speed",
    ]
    assert "kept" in text
    assert "fast" in text
    assert "new" in text


def test_events_that_share_time_touch_each_only_once() -> None:
    truth = [Event(1.0, 1.5), Event(2.0, 2.4)]
    early = touching(truth, [Event(0.2, 1.1), Event(1.2, 1.4), Event(5.0, 5.1)])
    assert (early.pairs, early.missed, early.false) == (((0, 0),), (1,), (1, 2))
    assert touching(truth, [Event(0.2, 3.0)]).missed == (1,)
