import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spoken import quiet, talk_of, words_at

from coach.assessment import Band, Coverage, Evidence, KeyPointFinding
from coach.bundled import bundled
from coach.metrics import METRICS, measure
from coach.metrics.hedges import HEDGES
from coach.metrics.syllables import syllables
from coach.talk import Talk
from coach.transcript import Disfluency, Span, Word
from coach.uncertainty import likely_count

NAMES = [
    "speaking_rate",
    "articulation_rate",
    "phonation_ratio",
    "silent_pauses",
    "longest_pause",
    "pauses_within_clause",
    "filled_pauses",
    "filled_pauses_per_minute",
    "filled_pauses_per_100_words",
    "discourse_markers",
    "repetitions",
    "restarts",
    "hedges",
    "pitch_variation",
    "loudness",
    "mtld",
    "sentence_length",
    "time_to_first_key_point",
    "key_points_per_minute",
]


def _finding(ident: str, status: str, *moments: tuple[float, float]) -> KeyPointFinding:
    evidence = tuple(
        Evidence(quote="q", start=start, end=end, char_start=0, char_end=1) for start, end in moments
    )
    return KeyPointFinding(
        id=ident, text=ident, weight=1, required=True, status=status, confidence=1, evidence=evidence
    )


def _even_words(count: int, seconds: float, start: float = 1.0) -> list[Word]:
    """``count`` times "model", evenly over exactly ``seconds``."""
    step = seconds / count
    return words_at(" ".join(["model"] * count), start=start, step=step, length=step)


# ---------------------------------------------------------------- the whole set


def test_every_promised_name_is_measured_once():
    names = [metric.name for metric in METRICS]
    assert len(set(names)) == len(names)
    assert set(NAMES) <= set(names)
    assert list(measure(talk_of(words_at("the model learns")))) == names


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_every_metric_has_a_unit_a_source_an_example_and_a_section_in_the_docs(metric):
    assert metric.unit
    assert metric.source
    docs = (bundled("schema").parent / "measurements.md").read_text(encoding="utf-8")
    assert f"### {metric.name}\n" in docs
    section = docs.split(f"### {metric.name}\n")[1].split("\n#")[0]
    for line in (
        f"Unit: {metric.unit}",
        f"Source: {metric.source}",
        f"Example: {metric.example}",
        "Limits: ",
    ):
        assert line in section, f"docs/measurements.md, {metric.name}: no line {line!r}"
    if metric.band:
        assert metric.band.source in section


def test_a_written_answer_has_no_speech_measurements_and_says_why():
    results = measure(Talk(recording=None, words=(), text="I think it learns. Um, then it stops."))
    for metric in METRICS:
        if metric.needs_sound:
            assert results[metric.name].value is None
            assert results[metric.name].reason == "A written answer has no sound."
    assert results["hedges"].value == 1
    assert results["words"].value == 7
    assert results["sentence_length"].value == 3.5


def test_nothing_said_is_unknown_and_never_zero():
    results = measure(Talk(recording=quiet(5), words=(), text=""))
    assert all(r.reason for name, r in results.items() if name != "words")
    assert all(r.value is None for name, r in results.items() if name != "words")


@pytest.mark.parametrize(("count", "seconds"), [(30, 9.9), (19, 30.0)])
def test_a_talk_too_short_for_rates_says_so(count, seconds):
    results = measure(talk_of(_even_words(count, seconds)))
    for name in (
        "speaking_rate",
        "articulation_rate",
        "filled_pauses_per_minute",
        "filled_pauses_per_100_words",
    ):
        assert results[name].value is None
        assert str(count) in results[name].reason or str(seconds) in results[name].reason


def test_bands_of_the_talk_take_the_place_of_the_default_ones():
    band = Band(good=(100, 110), watch=(90, 120), source="the speaker")
    results = measure(talk_of(_even_words(60, 30), bands={"speaking_rate": band}))
    assert results["speaking_rate"].band == band
    assert results["filled_pauses_per_minute"].band.good == (None, 2)


# ---------------------------------------------------------------- pace


def test_speaking_rate_is_words_over_speaking_time_without_filled_pauses():
    words = _even_words(60, 30.0)
    assert measure(talk_of(words))["speaking_rate"].value == pytest.approx(120)
    words[7] = words[7].model_copy(update={"text": "um,"})
    assert measure(talk_of(words))["speaking_rate"].value == pytest.approx(118)


def test_silence_before_and_after_the_talk_is_no_speaking_time():
    words = _even_words(60, 30.0, start=20.0)
    results = measure(talk_of(words, recording=quiet(90)))
    assert results["speaking_time"].value == pytest.approx(30)
    assert results["speaking_rate"].value == pytest.approx(120)


def test_the_sliding_window_is_15_s_every_5_s():
    slow, fast = _even_words(30, 15.0, start=0.0), _even_words(60, 15.0, start=15.0)
    series = measure(talk_of([*slow, *fast]))["speaking_rate"].series
    assert [(p.start, p.end) for p in series] == [(0, 15), (5, 20), (10, 25), (15, 30)]
    assert [p.value for p in series] == pytest.approx([120, 160, 200, 240])


def test_articulation_rate_leaves_the_pauses_out():
    # "model" has 2 syllables: 80 of them in 20 s, 4 s of which are silent
    first, second = _even_words(20, 8.0, start=0.0), _even_words(20, 8.0, start=12.0)
    results = measure(talk_of([*first, *second], [Span(start=8, end=12)]))
    assert results["articulation_rate"].value == pytest.approx(80 / 16)
    assert results["phonation_ratio"].value == pytest.approx(0.8)


# ---------------------------------------------------------------- silence, fillers, hedges


def test_pauses_are_counted_summed_and_shown():
    words = [
        Word(text="the", start=0.0, end=0.5, confidence=1),
        Word(text="model", start=1.0, end=1.5, confidence=1),
        Word(text="learns.", start=1.5, end=2.0, confidence=1),
        Word(text="Then", start=3.0, end=3.5, confidence=1),
    ]
    results = measure(talk_of(words, [Span(start=0.5, end=1.0), Span(start=2.0, end=3.0)]))
    assert results["silent_pauses"].value == 2
    assert results["silent_pause_time"].value == pytest.approx(1.5)
    assert results["longest_pause"].value == pytest.approx(1.0)
    assert results["longest_pause"].spans == (Span(start=2.0, end=3.0),)
    assert results["pauses_within_clause"].value == 1
    assert results["pauses_within_clause"].spans == (Span(start=0.5, end=1.0),)


def test_a_talk_without_pauses_has_none_and_no_longest():
    results = measure(talk_of(_even_words(60, 30.0)))
    assert results["silent_pauses"].value == 0
    assert results["longest_pause"].value is None
    assert "0.25 s" in results["longest_pause"].reason


def test_filled_pauses_by_time_and_by_words():
    words = _even_words(66, 60.0)
    for i in (3, 13, 23, 33, 43, 53):
        words[i] = words[i].model_copy(update={"text": "uh"})
    results = measure(talk_of(words, disfluencies=_filled(words)))
    assert results["filled_pauses"].value == 6
    assert results["filled_pauses_per_minute"].value == pytest.approx(6)
    assert results["filled_pauses_per_100_words"].value == pytest.approx(10)
    assert [s.start for s in results["filled_pauses_per_minute"].spans] == [
        pytest.approx(words[i].start) for i in (3, 13, 23, 33, 43, 53)
    ]


def test_what_the_speaker_rejected_is_not_counted():
    words = _even_words(66, 60.0)
    words[3] = words[3].model_copy(update={"text": "uh"})
    rejected = tuple(d.model_copy(update={"verdict": "rejected"}) for d in _filled(words))
    results = measure(talk_of(words, disfluencies=rejected))
    assert results["filled_pauses_per_minute"].value == 0
    assert results["filled_pauses"].value == 0
    assert results["filled_pauses"].interval == likely_count((), 1.0, "filled_pause")


COUNTED = ("filled_pauses", "discourse_markers", "repetitions", "restarts")
RATES = ("filled_pauses_per_minute", "filled_pauses_per_100_words")


def test_counts_carry_the_interval_of_their_kind_and_rates_that_of_their_count():
    words = _even_words(130, 120.0)
    for i in range(0, 130, 5):
        words[i] = words[i].model_copy(update={"text": "uh"})
    unsure = tuple(d.model_copy(update={"confidence": 0.8}) for d in _filled(words))
    results = measure(talk_of(words, disfluencies=unsure))
    low, high = likely_count(unsure, 2.0, "filled_pause")
    assert 0 < low < high
    assert results["filled_pauses"].interval == (low, high)
    assert results["filled_pauses_per_minute"].interval == pytest.approx((low / 2, high / 2))
    assert results["filled_pauses_per_100_words"].interval == pytest.approx((low / 1.04, high / 1.04))
    for name, kind in zip(COUNTED[1:], ("discourse_marker", "repetition", "restart"), strict=True):
        assert results[name].interval == likely_count((), 2.0, kind)


def test_only_counts_and_their_rates_have_an_interval_and_it_says_its_level():
    results = measure(talk_of(words_at("So um the the model is, like, slow. " * 5)))
    having = {name for name, result in results.items() if result.interval is not None}
    assert having == {*COUNTED, *RATES}
    assert {results[name].interval_level for name in having} == {0.8}
    assert {result.interval_level for name, result in results.items() if name not in having} == {None}


def test_what_the_speaker_accepted_is_certain():
    words = _even_words(66, 60.0)
    words[3] = words[3].model_copy(update={"text": "uh"})
    doubted = tuple(d.model_copy(update={"confidence": 0.3}) for d in _filled(words))
    accepted = tuple(d.model_copy(update={"verdict": "accepted"}) for d in doubted)
    assert measure(talk_of(words, disfluencies=doubted))["filled_pauses"].interval[0] == 0
    assert measure(talk_of(words, disfluencies=accepted))["filled_pauses"].interval[0] == 1


def test_where_nothing_can_be_counted_there_is_no_interval():
    for talk in (
        Talk(recording=None, words=(), text="Um, it learns."),
        Talk(recording=quiet(5), words=(), text=""),
    ):
        results = measure(talk)
        for name in (*COUNTED, *RATES):
            assert results[name].value is results[name].interval is results[name].interval_level is None
            assert results[name].reason


def _filled(words):
    return tuple(
        Disfluency(
            id=str(i), kind="filled_pause", text=w.text, start=w.start, end=w.end, detector="t", confidence=1
        )
        for i, w in enumerate(words)
        if w.text == "uh"
    )


def test_markers_repetitions_and_restarts_are_counted_with_their_moments():
    results = measure(talk_of(words_at("It was, like, the the model is, the model was slow.")))
    assert [results[n].value for n in ("discourse_markers", "repetitions", "restarts")] == [1, 1, 1]
    assert [len(results[n].spans) for n in ("discourse_markers", "repetitions", "restarts")] == [1, 1, 1]
    assert results["repetitions"].spans[0].start == pytest.approx(1.0 + 3 * 0.4)


@pytest.mark.parametrize("hedge", HEDGES, ids=" ".join)
def test_every_hedge_is_found_once_in_words_and_in_writing(hedge):
    text = f"So {' '.join(hedge)}, the variance falls."
    spoken = measure(talk_of(words_at(text)))["hedges"]
    assert spoken.value == 1
    assert spoken.spans[0].start == pytest.approx(1.4)
    assert measure(Talk(recording=None, words=(), text=text))["hedges"].value == 1


@pytest.mark.parametrize(
    "text",
    [
        "I think about the loss",
        "the way I think of it",
        "when I assume that",
        "I believe in tests",
        "the probability may be approximately one and it could fall",
        "kind of slow",
    ],
)
def test_what_is_no_hedge_is_left_alone(text):
    assert measure(talk_of(words_at(text)))["hedges"].value == 0


# ---------------------------------------------------------------- vocabulary


def test_mtld_of_a_text_that_completes_a_factor_every_so_many_words():
    # the ratio of a b a b ... is 2/3 at the third word, the first time it is at most 0.72: factors of 3 words
    text = " ".join(["alpha", "beta"] * 51)
    assert measure(Talk(recording=None, words=(), text=text))["mtld"].value == pytest.approx(3.0)


def test_mtld_counts_the_unfinished_factor_by_how_far_it_fell():
    # 100 words, of which 99 differ: one pass never reaches 0.72, its partial factor is (1 - 0.99) / 0.28
    text = " ".join([*(f"w{i}x" for i in range(99)), "w0x"])
    assert measure(Talk(recording=None, words=(), text=text))["mtld"].value == pytest.approx(
        100 / (0.01 / 0.28)
    )


def test_mtld_needs_100_words_and_some_repetition():
    ninety_nine = measure(Talk(recording=None, words=(), text="word " * 99))["mtld"]
    assert ninety_nine.value is None
    assert "99" in ninety_nine.reason
    all_new = " ".join(f"w{i}x" for i in range(120))
    assert measure(Talk(recording=None, words=(), text=all_new))["mtld"].value is None


def test_mtld_does_not_count_what_was_repeated_or_filled():
    # without "um" and the first of "hk hk" 100 words are left, of which 99 differ
    fresh = [first + second for first in "bcdfghjklm" for second in "kpqrstvwxz"][:99]
    words = words_at(" ".join([*fresh[:40], "um", fresh[40], *fresh[40:], fresh[0]]))
    assert measure(talk_of(words))["mtld"].value == pytest.approx(100 / (0.01 / 0.28))


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("It learns. Then it stops.", 2.5),
        ("It learns, um, fast! Does it stop? Yes", 7 / 3),
        ("We use e.g. trees.", 4),
        ("Wait... it learns.", 3),
    ],
)
def test_sentence_length(text, length):
    assert measure(Talk(recording=None, words=(), text=text))["sentence_length"].value == pytest.approx(
        length
    )


@pytest.mark.parametrize("text", ["it learns and then it stops", "word " * 205 + "end. One."])
def test_sentence_length_needs_punctuation(text):
    result = measure(Talk(recording=None, words=(), text=text))["sentence_length"]
    assert result.value is None
    assert "punctuation" in result.reason


# ---------------------------------------------------------------- key points


def test_key_points_by_time():
    coverage = Coverage(
        score=0.5,
        key_points=(
            _finding("a", "covered", (40.0, 42.0), (9.5, 10.0)),
            _finding("b", "partial", (12.0, 13.0)),
            _finding("c", "missed"),
            _finding("d", "contradicted", (2.0, 3.0)),
        ),
    )
    results = measure(talk_of(_even_words(120, 60.0), coverage=coverage))
    assert results["time_to_first_key_point"].value == pytest.approx(8.5)
    assert results["time_to_first_key_point"].spans == (Span(start=9.5, end=10.0),)
    assert results["key_points_per_minute"].value == pytest.approx(2)


def test_without_a_rubric_or_without_a_point_there_is_no_first_one():
    free = measure(
        talk_of(_even_words(120, 60.0), coverage=Coverage(score=None, reason="This is a free talk."))
    )
    assert free["time_to_first_key_point"].reason == "This is a free talk."
    assert free["key_points_per_minute"].value is None
    missed = Coverage(score=0, key_points=(_finding("a", "missed"),))
    none_made = measure(talk_of(_even_words(120, 60.0), coverage=missed))
    assert none_made["time_to_first_key_point"].value is None
    assert none_made["key_points_per_minute"].value == 0


# ---------------------------------------------------------------- properties

TEXTS = st.lists(
    st.sampled_from(
        [
            "um,",
            "the",
            "the",
            "model",
            "like,",
            "learns.",
            "I",
            "think",
            "you",
            "know",
            "gra-",
            "well",
            "right?",
            "it's",
            "5",
            "uh-huh",
        ]
    ),
    max_size=120,
)
SILENCES = st.lists(st.tuples(st.floats(0, 60), st.floats(0, 3)), max_size=6)


@given(TEXTS, SILENCES, st.floats(0, 500))
def test_figures_are_finite_and_not_negative_and_a_later_start_only_moves_the_spans(texts, stretches, later):
    def results_from(start):
        words, silences = words_at(" ".join(texts), start=start), _disjoint(stretches, start)
        return measure(talk_of(words, silences, recording=quiet(0)))

    here, there = results_from(1.0), results_from(1.0 + later)
    end = max((span.end for span in [*words_at(" ".join(texts)), *_disjoint(stretches, 1.0)]), default=0.0)
    for name, result in here.items():
        assert (result.value is None) == bool(result.reason)
        assert result.value is None or (math.isfinite(result.value) and result.value >= 0)
        assert all(1.0 <= span.start <= span.end <= end + 1e-6 for span in result.spans)
        assert len(result.spans) == len(there[name].spans)
        if result.value is None:
            assert there[name].value is None
        else:
            assert there[name].value == pytest.approx(result.value, abs=1e-3)


def _disjoint(stretches, start):
    """The stretches as silences that do not touch, cut from a grid so that rounding can't reorder them."""
    silences, free_from = [], 0.0
    for at, length in sorted(stretches):
        begin = max(round(at, 1), free_from) + 0.013
        finish = begin + round(length, 1)
        silences.append(Span(start=start + begin, end=start + finish))
        free_from = round(finish, 1) + 0.1
    return silences


# ---------------------------------------------------------------- syllables


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("a", 1), ("the", 1), ("model", 2), ("gradient", 3), ("descent,", 2), ("variance", 3), ("bias.", 2),
        ("regularization", 6), ("learned", 1), ("trained", 1), ("weighted", 2), ("features", 2),
        ("losses", 2),
        ("table", 2), ("algorithm", 4), ("Going", 2), ("idea", 3), ("various", 3), ("layer", 2), ("um", 1),
        ("don't", 1), ("doesn't", 2), ("movement", 2), ("algorithms", 4), ("network's", 2),
        ("L2", 2), ("k-NN", 3), ("100", 3), ("21", 3), ("0.5", 4), ("1,000", 3), ("70", 3), ("17", 3),
        ("GPU", 3), ("GPUs", 3), ("LSTM", 4), ("www", 1), ("BERT", 1), ("2016", 5), ("AUC", 3),
    ],
)  # fmt: skip
def test_syllables(word, count):
    assert syllables(word) == count


@given(st.text(max_size=30))
def test_any_text_has_a_syllable(text):
    assert syllables(text) >= 1
