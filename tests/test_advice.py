import pytest
from hypothesis import given
from hypothesis import strategies as st
from spoken import talk_of, words_at

from coach.advice import MOST, advise
from coach.assessment import Coverage, Evidence, KeyPointFinding, MisconceptionFinding
from coach.metrics import measure
from coach.scores import score
from coach.talk import Talk
from coach.transcript import Span
from coach.uncertainty import likely_count

FREE = Coverage(score=None, reason="A free talk has no key points.")
FLUENT = "The model learns a function. It then predicts with that function on new data. " * 8


def _said(quote: str, start: float, at: int = 0) -> tuple[Evidence, ...]:
    return (Evidence(quote=quote, start=start, end=start + 1, char_start=at, char_end=at + len(quote)),)


def _point(ident: str, status: str, evidence=(), weight: float = 1, required: bool = True) -> KeyPointFinding:
    return KeyPointFinding(
        id=ident, text=f"Text of {ident}.", weight=weight, required=required, status=status, confidence=0.9,
        evidence=evidence,
    )  # fmt: skip


def _tips(text: str, coverage: Coverage = FREE, step: float = 0.4, **changes: object):
    talk = talk_of(words_at(text, step=step), coverage=coverage, **changes)
    measured = measure(talk)
    return advise(measured, coverage, talk.disfluencies, talk.pauses, score(measured, coverage))


def test_what_is_wrong_comes_first_then_what_is_missing_then_the_delivery():
    coverage = Coverage(
        score=0.2,
        key_points=(_point("missing", "missed"), _point("wrong", "contradicted", _said("it grows", 4))),
    )
    tips = _tips("Um, uh, so the model, um, learns. " * 12, coverage)
    assert [tip.id for tip in tips] == ["contradicted:wrong", "missed:missing", "filled_pauses_per_minute"]
    assert "“it grows”" in tips[0].text
    assert "Text of wrong." in tips[0].text
    assert tips[0].spans == (Span(start=4, end=5),)
    assert "Text of missing" in tips[1].text


def test_a_misconception_brings_its_correction_and_is_not_told_twice():
    wrong = _said("l1 shrinks all weights evenly", 7)
    coverage = Coverage(
        score=0,
        key_points=(_point("sparsity", "contradicted", wrong),),
        misconceptions=(
            MisconceptionFinding(
                id="even", text="t", confidence=0.8, correction="L1 sets weights to zero.", evidence=wrong
            ),
        ),
    )
    tips = _tips(FLUENT, coverage)
    assert [tip.id for tip in tips][:1] == ["misconception:even"]
    assert "L1 sets weights to zero." in tips[0].text
    assert not [tip for tip in tips if tip.id.startswith("contradicted")]


def test_missed_points_are_named_by_weight_and_only_when_required():
    coverage = Coverage(
        score=0.1,
        key_points=(
            _point("light", "missed", weight=1),
            _point("heavy", "missed", weight=3),
            _point("middle", "missed", weight=2),
            _point("optional", "missed", weight=9, required=False),
        ),
    )
    (tip, *_) = _tips(FLUENT, coverage)
    assert tip.id == "missed:heavy"
    assert tip.text.index("Text of heavy") < tip.text.index("Text of middle")
    assert "Text of light" not in tip.text
    assert "1 more" in tip.text


def test_a_point_only_touched_is_shown_with_its_moment():
    coverage = Coverage(score=0.5, key_points=(_point("half", "partial", _said("variance falls", 3)),))
    (tip, *_) = _tips(FLUENT, coverage)
    assert (tip.id, tip.spans) == ("partial:half", (Span(start=3, end=4),))


@pytest.mark.parametrize(
    ("text", "step", "ident", "words"),
    [
        (
            "The um model uh learns um. " * 10,
            0.4,
            "filled_pauses_per_minute",
            ["“um” 20 times", "“uh” 10 times"],
        ),
        (
            "It was, like, slow and, I mean, deep. " * 8,
            0.4,
            "discourse_markers",
            ["“like” 8 times", "“I mean” 8"],
        ),
        ("We we train the model on on the data. " * 8, 0.4, "repairs", ["16 times"]),
        ("I think it maybe learns the data fast. " * 8, 0.4, "hedges", ["16 times"]),
        (FLUENT, 0.25, "pace", ["words a minute", "Slow down towards 170"]),
        (FLUENT, 0.75, "pace", ["words a minute", "120 or more"]),
    ],
)
def test_the_delivery_tip_names_what_was_heard_with_its_moments(text, step, ident, words):
    (tip,) = [tip for tip in _tips(text, step=step) if tip.id == ident]
    for word in words:
        assert word in tip.text
    assert tip.spans


def test_a_tip_tells_how_sure_its_count_is():
    words = words_at("The um model uh learns um. " * 10)
    talk = talk_of(words)
    unsure = tuple(one.model_copy(update={"confidence": 0.9}) for one in talk.disfluencies)
    talk = talk_of(words, disfluencies=unsure)
    measured = measure(talk)
    (tip, *_) = advise(measured, FREE, unsure, talk.pauses, score(measured, FREE))
    low, high = measured["filled_pauses"].interval
    assert low < high
    assert f"“uh” 10 times (likely {low:.0f} to {high:.0f} in all): " in tip.text


def test_a_tip_on_repairs_adds_both_kinds_up():
    words = words_at("We we train the model is, the model was on on the data. " * 8)
    talk = talk_of(words)
    measured = measure(talk)
    tips = advise(measured, FREE, talk.disfluencies, talk.pauses, score(measured, FREE))
    (tip,) = [tip for tip in tips if tip.id == "repairs"]
    count = int(measured["repetitions"].value + measured["restarts"].value)
    low, high = likely_count(talk.disfluencies, measured["speaking_time"].value / 60, "repetition", "restart")
    assert low < high
    assert f"{count} times, likely {low} to {high}" in tip.text


def test_praise_tells_how_sure_the_rate_is():
    words = words_at(FLUENT)
    talk = talk_of(words)
    measured = measure(talk)
    unsure = measured["filled_pauses_per_minute"].model_copy(update={"interval": (0.0, 1.75)})
    measured["filled_pauses_per_minute"] = unsure
    tips = advise(measured, FREE, (), talk.pauses, score(measured, FREE))
    assert "with 0.0 filled pauses a minute, likely 0 to 1.8. Keep it." in tips[-1].text


def test_pauses_within_clauses_get_a_tip_with_their_moments():
    words = words_at("The model learns a function of data. " * 8, step=0.6)
    silences = [
        Span(start=word.end, end=word.end + 0.28) for word in words if word.text in {"The", "a", "of"}
    ]
    talk = talk_of(words, silences)
    measured = measure(talk)
    tips = advise(measured, FREE, talk.disfluencies, talk.pauses, score(measured, FREE))
    (tip,) = [tip for tip in tips if tip.id == "pauses_within_clause"]
    assert "24 times" in tip.text
    assert tip.spans[0] == silences[0]


def test_a_crowd_of_fillers_is_named_by_its_time():
    text = " ".join(["um"] * 8) + " the model learns from the data." * 25
    (tip,) = [tip for tip in _tips(text + " Uh, uh.") if tip.id == "filled_pauses_per_minute"]
    assert "8 of them between 0:01 and 0:04" in tip.text


def test_what_the_speaker_rejected_is_in_no_tip():
    talk = talk_of(words_at("The um model uh learns um. " * 10))
    rejected = tuple(one.model_copy(update={"verdict": "rejected"}) for one in talk.disfluencies)
    talk = talk_of(talk.words, disfluencies=rejected)
    measured = measure(talk)
    tips = advise(measured, FREE, rejected, talk.pauses, score(measured, FREE))
    assert not [tip for tip in tips if "um" in tip.text.split()]


def test_when_all_is_well_the_tips_say_so_and_what_could_come_next():
    coverage = Coverage(
        score=0.9,
        key_points=(
            _point("made", "covered", _said("the model learns", 1)),
            _point("extra", "missed", weight=0.5, required=False),
        ),
    )
    tips = _tips(FLUENT, coverage)
    assert [tip.id for tip in tips] == ["went_well:coverage", "next:extra", "went_well:delivery"]
    assert tips[0].spans == (Span(start=1, end=2),)
    assert "1 of 2" in tips[0].text


def test_a_written_answer_gets_no_tip_on_speaking():
    coverage = Coverage(score=0, key_points=(_point("missing", "missed"),))
    measured = measure(Talk(recording=None, words=(), text="I think maybe so. " * 8, coverage=coverage))
    tips = advise(measured, coverage, (), (), score(measured, coverage))
    assert [tip.id for tip in tips] == ["missed:missing", "hedges", "sentence_length"]
    assert all(tip.spans == () for tip in tips)


def test_nothing_is_invented_for_an_empty_talk():
    assert _tips("") == ()


@given(
    st.lists(
        st.sampled_from(
            ["um,", "the", "the", "model", "like,", "learns.", "I", "think", "you", "know", "gra-", "maybe"]
        ),
        max_size=150,
    ),
    st.lists(st.sampled_from(["covered", "partial", "missed", "contradicted"]), max_size=6),
)
def test_at_most_three_tips_of_different_ids_inside_the_talk(texts, statuses):
    points = tuple(
        _point(f"p{i}", status, () if status == "missed" else _said("the model", 2, i * 100))
        for i, status in enumerate(statuses)
    )
    coverage = Coverage(score=0.5, key_points=points) if points else FREE
    tips = _tips(" ".join(texts), coverage)
    assert len(tips) <= MOST
    assert len({tip.id for tip in tips}) == len(tips)
    for tip in tips:
        assert tip.text.endswith((".", "?", ")", "”.", "”"))
        assert all(span.end <= 1 + 0.4 * 150 + 3 for span in tip.spans)


@pytest.mark.parametrize(
    ("missing", "said"), [(2, ""), (3, "(1 more required point is"), (5, "(3 more required points are")]
)
def test_the_rest_of_what_is_missing_is_counted(missing, said):
    points = tuple(_point(f"k{i}", "missed") for i in range(missing))
    (tip, *_) = _tips(FLUENT, Coverage(score=0, key_points=points))
    assert said in tip.text
    assert ("more required" in tip.text) is bool(said)
