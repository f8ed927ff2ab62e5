"""Coverage as a whole: hand-written answers to a small hand-written rubric, judged with the real encoder."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.assessment import Coverage, KeyPointFinding
from coach.coverage import PairVerifier, SentenceEncoder, cover, scorer_version
from coach.coverage.words import FUNCTION_WORDS, tokens
from coach.rubric import Rubric, list_rubrics
from coach.transcript import Disfluency, Transcript, Word

RUBRIC = Rubric.model_validate(
    {
        "schema": 1,
        "id": "heaps",
        "title": "Binary heaps",
        "domain": "coding",
        "level": 1,
        "prompt": "What is a binary heap, and what is it good for?",
        "key_points": [
            {
                "id": "order",
                "text": "In a min-heap every parent is no larger than its children.",
                "phrasings": ["each node is smaller than or equal to the nodes below it"],
                "counter_phrasings": [
                    "in a min heap every parent is larger than its children",
                    "each node is bigger than the nodes below it",
                ],
            },
            {
                "id": "root",
                "text": "The smallest element is at the root and can be read in constant time.",
                "phrasings": ["you find the minimum right at the top without searching"],
                "counter_phrasings": ["you have to search the whole heap to find the minimum"],
                "weight": 2,
            },
            {
                "id": "push",
                "text": "Inserting takes logarithmic time, because the new element sifts up level by level.",
                "phrasings": ["push is order log n since an item moves up along one path"],
                "terms": [{"say": "sift up", "accept": ["sifts up", "sieve dub", "bubble up", "swim up"]}],
            },
            {
                "id": "array",
                "text": "It is stored in an array, the children of index i at 2i+1 and 2i+2.",
                "phrasings": ["you keep the tree in a plain array and compute the positions of the children"],
                "terms": [{"say": "array", "accept": ["a ray", "arrays"]}],
            },
        ],
        "misconceptions": [
            {
                "id": "sorted",
                "text": "A heap keeps all its elements sorted.",
                "phrasings": [
                    "all the elements of the heap are in sorted order",
                    "the heap is always fully sorted",
                ],
                "correction": "Only parent and child are ordered; siblings are in no order.",
                "contradicts": "order",
            }
        ],
    }
)
GOOD = (
    "A min-heap is a binary tree where every parent is smaller than or equal to its children. That means the "
    "smallest element sits at the root, so you can read the minimum in constant time. When you insert "
    "something it sifts up level by level, which takes logarithmic time. And you store the whole thing in an "
    "array, with the children of index i at two i plus one and two i plus two."
)
WRONG = (
    "So a heap is a data structure for priorities. In a min heap every parent is bigger than its children. "
    "You have to search through the whole heap to find the minimum. And all the elements of the heap are "
    "always in sorted order."
)
OFF_SUBJECT = (
    "Gradient boosting fits trees one after another, and every new tree is fitted to the errors of those "
    "before it. We shrink each step with a learning rate and stop when the validation loss grows again."
)
KEYWORDS = (
    "min-heap parent children smaller root smallest element minimum constant time insert push sift up level "
    "logarithmic log n array index children 2i+1 2i+2 binary tree heap node top"
)


Judges = tuple[SentenceEncoder | None, PairVerifier | None]
WORDS_ONLY: Judges = (None, None)


def written(text: str, judges: Judges, rubric: Rubric = RUBRIC) -> Coverage:
    return cover(Transcript.written(text), rubric, (), *judges)


def spoken(text: str, first: float = 1.0, step: float = 0.5) -> Transcript:
    return Transcript.of(
        [
            Word(text=word, start=first + step * i, end=first + step * i + 0.4, confidence=0.9)
            for i, word in enumerate(text.split())
        ]
    )


def by_id(coverage: Coverage) -> dict[str, KeyPointFinding]:
    return {finding.id: finding for finding in coverage.key_points}


def statuses(coverage: Coverage) -> dict[str, str]:
    return {finding.id: finding.status for finding in coverage.key_points}


@pytest.mark.parametrize("lexical", [False, True])
def test_a_full_answer_is_covered_and_each_quote_is_about_its_point(judges, lexical):
    coverage = written(GOOD, WORDS_ONLY if lexical else judges)
    assert set(statuses(coverage).values()) == {"covered"}
    assert coverage.score == 1.0
    assert coverage.misconceptions == ()
    for point, word in {
        "order": "parent",
        "root": "smallest",
        "push": "sifts",
        "array": "two i plus one",
    }.items():
        assert word in by_id(coverage)[point].evidence[0].quote


def test_another_subject_covers_nothing_and_quotes_nothing(judges):
    coverage = written(OFF_SUBJECT, judges)
    assert set(statuses(coverage).values()) == {"missed"}
    assert coverage.score == 0.0
    assert all(finding.evidence == () for finding in coverage.key_points)


def test_what_is_left_out_is_not_covered_and_the_rest_is(judges):
    first_half = GOOD[: GOOD.index("When you insert")]
    found = statuses(written(first_half, judges))
    assert found["order"] == found["root"] == "covered"
    assert "covered" not in (found["push"], found["array"])


def test_a_hint_of_a_point_is_less_sure_than_the_point(judges):
    full = by_id(written(GOOD, judges))["push"]
    hint = by_id(written("When you insert an item into it the new one has to find its place.", judges))[
        "push"
    ]
    assert hint.status in ("partial", "missed")
    assert hint.status == "missed" or hint.confidence < full.confidence


def test_a_free_paraphrase_is_worth_something(judges):
    text = "Looking up the minimum costs nothing, since it always sits on top."
    assert statuses(written(text, judges))["root"] in ("covered", "partial")


def test_the_opposite_is_contradicted_with_its_quote_and_gives_no_credit(judges):
    coverage = written(WRONG, judges)
    found = by_id(coverage)
    assert found["order"].status == "contradicted"
    assert found["root"].status == "contradicted"
    assert "search" in found["root"].evidence[0].quote
    assert coverage.score == 0.0


def test_a_misconception_is_reported_with_what_is_right(judges):
    (found,) = written(WRONG, judges).misconceptions
    assert found.id == "sorted"
    assert found.correction == RUBRIC.misconceptions[0].correction
    assert "sorted order" in found.evidence[0].quote
    assert "minimum" not in found.evidence[0].quote


def test_who_says_it_right_elsewhere_is_not_accused_but_still_corrected(judges):
    coverage = written(f"{GOOD} All the elements of the heap are in sorted order.", judges)
    assert statuses(coverage)["order"] == "covered"
    assert [found.id for found in coverage.misconceptions] == ["sorted"]


def test_denying_a_misconception_is_not_holding_it(judges):
    text = (
        "Mind that the elements of the heap are not in sorted order, only parents and children are ordered."
    )
    coverage = written(text, judges)
    assert coverage.misconceptions == ()
    assert "contradicted" not in statuses(coverage).values()


def test_a_list_of_terms_gets_nothing(judges):
    coverage = written(KEYWORDS, judges)
    assert coverage.score == 0.0
    assert coverage.misconceptions == ()
    assert written(KEYWORDS.replace(" ", ", "), judges).score == 0.0


def test_a_list_of_terms_after_an_explanation_adds_nothing(judges):
    first_half = GOOD[: GOOD.index("When you insert")]
    assert statuses(written(f"{first_half} {KEYWORDS}.", judges)) == statuses(written(first_half, judges))


def test_damage_by_transcription_is_read_through_the_accepted_terms(judges):
    heard = (
        "you put the tree in a ray and when you push an element it will sieve dub the levels so it is log n"
    )
    point = by_id(written(heard, judges))
    assert point["push"].status == "covered"
    assert point["array"].status in ("covered", "partial")
    assert "sieve dub" in point["push"].evidence[0].quote


def test_fillers_and_restarts_change_nothing_but_the_quote(judges):
    clean = "in a min heap every parent is no larger than its children"
    said = "in a min um heap every every parent is bigger no is no larger uh than its children"
    transcript, words = spoken(said), said.split()

    def found(number: int, kind: str, first: int, last: int) -> Disfluency:
        return Disfluency(
            id=str(number),
            kind=kind,  # type: ignore[arg-type]
            text=" ".join(words[first:last]),
            start=transcript.words[first].start,
            end=transcript.words[last - 1].end,
            detector="test",
            confidence=1.0,
            word_range=(first, last),
        )

    marked = [found(0, "filled_pause", 3, 4), found(1, "repetition", 5, 6), found(2, "restart", 8, 11)]
    disfluent = by_id(cover(transcript, RUBRIC, marked, *judges))["order"]
    fluent = by_id(written(clean, judges))["order"]
    assert disfluent.status == fluent.status == "covered"
    assert disfluent.confidence == pytest.approx(fluent.confidence, abs=1e-6)
    assert disfluent.evidence[0].quote == said


def test_a_rejected_disfluency_is_a_word_like_any_other(judges):
    transcript = spoken("heaps are not sorted")
    marked = Disfluency(
        id="0", kind="restart", text="not", start=2, end=2.4, detector="test", confidence=1, word_range=(2, 3)
    )
    from coach.coverage.view import matching_view

    def words(verdict):
        return [
            t.text for t in matching_view(transcript, [marked.model_copy(update={"verdict": verdict})], {})
        ]

    assert words(None) == words("accepted") == ["heaps", "are", "sorted"]
    assert words("rejected") == ["heaps", "are", "not", "sorted"]


def test_spoken_and_written_are_judged_alike_and_only_speech_has_times(judges):
    said, wrote = cover(spoken(GOOD), RUBRIC, (), *judges), written(GOOD, judges)
    assert said.score == wrote.score
    for one, other in zip(said.key_points, wrote.key_points, strict=True):
        assert (one.status, one.confidence) == (other.status, other.confidence)
        for heard, read in zip(one.evidence, other.evidence, strict=True):
            assert (heard.quote, heard.char_start, heard.char_end) == (
                read.quote,
                read.char_start,
                read.char_end,
            )
            assert heard.start is not None
            assert read.start is None
            assert read.end is None


def test_times_are_those_of_the_first_and_last_quoted_word(judges):
    transcript = spoken(GOOD, first=3.0, step=0.5)
    for finding in cover(transcript, RUBRIC, (), *judges).key_points:
        (evidence,) = finding.evidence
        first = len(transcript.text[: evidence.char_start].split())
        last = first + len(evidence.quote.split()) - 1
        assert evidence.start == pytest.approx(3.0 + 0.5 * first)
        assert evidence.end == pytest.approx(3.0 + 0.5 * last + 0.4)


def test_a_quote_is_short(judges):
    for finding in written(f"{OFF_SUBJECT} {GOOD} {OFF_SUBJECT}", judges).key_points:
        assert len(finding.evidence[0].quote.split()) <= 30


VOCABULARY = (
    "um the a heap heaps, sorted parent is not larger than its children. root minimum array sift up — L1 "
    "isn't O(log n) naïve ... 2i+1 smallest element constant time! so and"
)
SPEECH = st.lists(st.sampled_from(VOCABULARY.split()), max_size=60)


@settings(max_examples=60, deadline=None)
@given(
    words=SPEECH, cuts=st.lists(st.tuples(st.integers(0, 59), st.integers(1, 3)), max_size=4), data=st.data()
)
def test_quotes_are_letter_for_letter_and_shares_hold(judges, words, cuts, data):
    timed = data.draw(st.booleans())
    text = " ".join(words)
    transcript = spoken(text) if timed else Transcript.written(text)
    marked = [
        Disfluency(
            id=str(i),
            kind="repetition",
            text="x",
            start=0,
            end=0,
            detector="t",
            confidence=1,
            word_range=(a, b),
        )
        for i, (a, n) in enumerate(cuts)
        if (b := min(a + n, len(words))) > a
    ]
    coverage = cover(transcript, RUBRIC, marked, *judges)
    if not words:
        assert coverage.score is None
        assert coverage.reason
    for finding in (*coverage.key_points, *coverage.misconceptions):
        assert 0 <= finding.confidence <= 1
        for evidence in finding.evidence:
            assert evidence.quote == transcript.text[evidence.char_start : evidence.char_end]
            assert evidence.quote == evidence.quote.strip() != ""
            assert (evidence.start is None) is not timed
    for finding in coverage.key_points:
        assert (finding.status == "missed") == (finding.evidence == ())


def test_a_free_talk_and_silence_have_no_score_but_a_reason(judges):
    free = cover(Transcript.written(GOOD), None, (), *judges)
    assert (free.score, free.key_points) == (None, ())
    assert "question" in (free.reason or "")
    silent = written("", judges)
    assert silent.score is None
    assert silent.reason
    assert set(statuses(silent).values()) == {"missed"}
    assert written("um uh hmm", judges).score is None


def test_the_version_says_what_judged(judges):
    assert all(judge.name in scorer_version(*judges) for judge in judges)
    assert "words only" in scorer_version(None)
    assert len({scorer_version(None), scorer_version(judges[0]), scorer_version(*judges)}) == 3


def test_a_verifier_without_the_encoder_is_not_asked(judges):
    assert cover(Transcript.written(GOOD), RUBRIC, (), None, judges[1]) == written(GOOD, WORDS_ONLY)


def test_what_is_listed_is_quoted(judges):
    (listed,) = written(KEYWORDS, judges).lists
    assert listed.quote == KEYWORDS
    assert written(GOOD, judges).lists == ()
    (behind,) = written(f"{GOOD} {KEYWORDS}.", judges).lists
    assert behind.quote in f"{GOOD} {KEYWORDS}."
    assert "sift up level" in behind.quote


def test_the_bare_words_of_a_rubric_score_nothing(judges):
    for rubric in list_rubrics()[::6]:
        terms = [
            word for point in rubric.key_points for word in tokens(point.text) if word not in FUNCTION_WORDS
        ]
        assert written(" ".join(terms), judges, rubric).score == 0.0, rubric.id


def test_the_encoder_folder_is_the_only_thing_written(tmp_path: Path):
    before = set(Path.cwd().iterdir())
    written(GOOD, (SentenceEncoder(tmp_path), PairVerifier(tmp_path)))
    assert set(Path.cwd().iterdir()) == before
