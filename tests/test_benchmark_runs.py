"""The pure parts of the benchmarks on glossaries, splitting, an hour and speed."""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import speed
from benchmarks.speech import glossary, hour, splitting
from benchmarks.speech.matching import Event
from benchmarks.speech.peers import Heard
from benchmarks.speech.truth import Item, SpokenWord, Truth
from coach.practice import _glossary
from coach.recording import SAMPLE_RATE
from coach.rubric import load_rubric
from coach.settings import Settings


def item(
    words: tuple[SpokenWord, ...] = (), fillers: tuple[Event, ...] = (), terms: tuple[str, ...] = ()
) -> Item:
    truth = Truth(events={"filled_pause": fillers}, words=words, terms=terms)
    return Item("talk", "synthetic", "dev", Path("talk.flac"), 60.0, truth, "somebody")


def said(text: str) -> tuple[SpokenWord, ...]:
    return tuple(SpokenWord(word, float(n), n + 0.5) for n, word in enumerate(text.split()))


@pytest.mark.parametrize(
    ("term", "text", "times"),
    [
        ("soft max", "the softmax and the soft max", 2),
        ("gradient", "gradients of a gradient", 2),
        ("parameters", "a parameter", 1),
        ("fold", "tenfold", 0),
        ("loss", "the loss los", 1),
        ("learning rate", "learning the rate", 0),
        ("learning rate", "a learning learning rate", 1),
    ],
)
def test_a_term_is_found_however_it_is_divided(term: str, text: str, times: int) -> None:
    assert glossary.occurrences(term, text.split()) == times


def test_a_term_is_added_when_neither_said_nor_written_without_the_glossary() -> None:
    terms = ("gradient", "ridge", "lasso", "bias")
    true, without = ["the", "gradient", "of", "it"], ["the", "ridge", "of", "it"]
    heard = ["the", "gradient", "ridge", "lasso", "lasso", "of", "it", "gradient"]
    assert glossary.added(terms, true, without, heard) == {"lasso": 2, "gradient": 1}


def test_a_wrong_glossary_shares_no_term_with_the_talk() -> None:
    pool = {"a": ("leaves", "Split"), "b": ("splits",), "c": ("tree",), "d": ("leaf",), "e": ("fold",)}
    chosen = glossary.wrong_ones(("split",), pool, Random(1), many=3)
    assert set(chosen) == {"c", "d", "e"}
    assert chosen == glossary.wrong_ones(("split",), pool, Random(1), many=3)


def test_every_development_talk_gets_five_wrong_glossaries() -> None:
    planned = list(glossary.plan("dev"))
    talks = {job.name for job, *_ in planned}
    assert len(planned) == 7 * len(talks)
    for job, kind, _, terms in planned:
        assert kind != "wrong" or not set(terms) & set(job.terms)


def test_the_hint_is_the_one_of_a_real_assessment() -> None:
    rubric = load_rubric("l1-vs-l2-regularization")
    assert glossary.hint(glossary.glossaries("dev")[rubric.id]) == _glossary(rubric)


def test_no_glossary_is_given_unless_somebody_asks_for_it() -> None:
    assert not Settings().glossary


def test_the_glossary_table_counts_what_was_added() -> None:
    talk = item(said("we split the data"), terms=("split",))
    decodes = [
        glossary.Decode(talk, "without", "", (), ("we", "split", "the", "data")),
        glossary.Decode(talk, "right", "its own", ("split",), ("we", "split", "the", "data")),
        glossary.Decode(talk, "wrong", "trees", ("leaf",), ("we", "split", "the", "leaf")),
    ]
    told = glossary.table(decodes)
    assert "| wrong | 1 | 1 | 1 | 1 | 1.000 | 25.0 |" in told
    assert "- wrong, talk, glossary of trees: leaf × 1" in told
    assert "Nothing was added." in glossary.table(decodes[:2])


def test_a_talk_is_cut_in_the_middle_of_long_silences_only() -> None:
    heard = Heard({}, (), (Event(2.0, 3.0), Event(5.0, 5.9), Event(8.0, 10.0)))
    rate = SAMPLE_RATE
    assert splitting.cuts(heard, 12 * rate) == [
        (0, round(2.5 * rate)),
        (round(2.5 * rate), 9 * rate),
        (9 * rate, 12 * rate),
    ]
    assert splitting.cuts(Heard({}, (), ()), 7) == [(0, 7)]


def test_the_splitting_table_pools_and_leaves_whole_talks_alone() -> None:
    def heard(fillers: int, words: int) -> Heard:
        event = Event(0.0, 0.1, "um")
        return Heard({"filled_pause": (event,) * fillers}, (event,) * words)

    told = splitting.table([(item(), heard(4, 50), [heard(3, 20), heard(0, 31)]), (item(), heard(6, 50), [])])
    assert "| all 2 | filled_pause | 0 | 10 | 9 | -10.0% |" in told
    assert "| all 2 | words | 0 | 100 | 101 | +1.0% |" in told
    assert "| the 1 that were cut | filled_pause | 0 | 4 | 3 | -25.0% |" in told
    assert "is 10.0% over all talks (aim: 2%), 25.0% over those that were cut" in told


@pytest.mark.parametrize(
    ("text", "times", "phrase"),
    [
        ("a b c", 1, ""),
        ("so the the the end", 3, "the"),
        ("x a b a b a b a y", 3, "b a"),
        ("a a b b b", 3, "b"),
    ],
)
def test_the_longest_run_of_a_phrase(text: str, times: int, phrase: str) -> None:
    found = hour.longest_run(text.split())
    assert found[0] == times
    assert not phrase or sorted(found[1].split()) == sorted(phrase.split())


def test_an_hour_is_filled_and_its_truth_moves_along() -> None:
    talk = item(said("one two"), (Event(30.0, 30.5, "um"),))
    talks = list(hour.order([talk], 150.0))
    assert [start for _, start in talks] == [0.0, 60.0, 120.0]
    fillers, words = hour.said(talks, 150.0)
    assert [event.start for event in fillers] == [30.0, 90.0]
    assert words == ("one", "two", "um", "one", "two", "um", "one", "two")


def test_filled_pauses_by_ten_minutes() -> None:
    true = [Event(10.0, 10.3), Event(599.0, 599.4), Event(700.0, 700.3)]
    found = [Event(10.1, 10.3), Event(650.0, 650.2), Event(700.0, 700.3)]
    assert hour.by_ten_minutes(true, found, 1200.0)[1:] == [
        ("0 to 10", "2", "1", "1", "0.50"),
        ("10 to 20", "1", "2", "1", "1.00"),
    ]


def test_pieces_are_kept_and_every_decoded_one_is_noted(tmp_path: Path) -> None:
    store = hour.Folder(tmp_path, tmp_path / "log.txt")
    assert store.get_piece("key") is None
    store.put_piece("key", "{}")
    assert store.get_piece("key") == "{}"
    assert store.log.read_text("utf-8") == "key\n"


def test_memory_is_counted_in_bytes() -> None:
    assert 10e6 < hour.peak_memory() < 100e9


def test_a_ratio_is_the_median_over_rounds() -> None:
    assert speed.ratio([1.0, 2.0, 9.0], [2.0, 2.0, 2.0]) == 1.0
    assert speed.rotated(["a", "b", "c"], 4) == ["b", "c", "a"]


def test_the_speed_table_says_whether_the_aims_are_met() -> None:
    told = {speed.COACH: [9.0], speed.BARE: [10.0], speed.ALONE: [8.0]}
    text = speed.table("base", told, 1.0)
    assert "| erm | 8.0 | 0.133 | 1.12 |" in text
    assert "at most 1.0 times the bare call's time: met (0.90)" in text
    assert "less than erm's time: missed (1.12)" in text
    del told[speed.ALONE]
    assert "erm is left out" in speed.table("base", told, 1.0)


def test_the_hour_is_told_in_words_and_a_table(tmp_path: Path) -> None:
    true = hour.Hour(tmp_path, (Event(1.0, 1.4, "um"),), ("um", "the", "end"))
    text = hour.report(
        true,
        {
            "fillers": [[1.1, 1.4, "um"]], "words": ["Um,", "the", "the", "end."], "peak_bytes": 1_200_000_000,
            "processor_s": 300.0, "until_kill_s": 60.0, "seconds": 300.0, "kept": 5, "again": 0, "pieces": 130,
        },
    )  # fmt: skip
    assert "2 times 'the'; in the truth 1 times ''. 4 words heard, 3 said." in text
    assert "1.20 GB" in text
    assert "Real-time factor 0.100" in text
    assert "Killed after 5 of 130 pieces" in text
    assert "| 0 to 10 | 1 | 1 | 1 | 1.00 |" in text
