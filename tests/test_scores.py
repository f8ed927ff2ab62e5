import pytest
from hypothesis import given
from hypothesis import strategies as st
from spoken import talk_of, words_at

from coach.assessment import Band, Coverage, Measurement
from coach.bundled import bundled
from coach.metrics import METRICS, measure
from coach.scores import (
    FILLED_PAUSES,
    HEDGING,
    MARKERS,
    PAUSES_WITHIN,
    REPAIRS,
    SENTENCES,
    along,
    band_curve,
    clarity_score,
    coverage_score,
    fluency_score,
    pace_score,
    score,
)
from coach.talk import Talk

FREE = Coverage(score=None, reason="A free talk has no key points.")


def _measurements(**values: float | None) -> dict[str, Measurement]:
    """All measurements of a minute of 150 words with nothing wrong, ``values`` in place of some."""
    given_values = {
        "speaking_time": 60.0, "words": 150.0, "speaking_rate": 150.0, "filled_pauses_per_minute": 0.0,
        "pauses_within_clause": 0.0, "repetitions": 0.0, "restarts": 0.0, "hedges": 0.0,
        "discourse_markers": 0.0, "sentence_length": 15.0,
    } | values  # fmt: skip
    return {
        metric.name: Measurement(
            value=given_values.get(metric.name),
            unit=metric.unit,
            source=metric.source,
            band=metric.band,
            reason=None if given_values.get(metric.name) is not None else f"No {metric.name}.",
        )
        for metric in METRICS
    }


def test_coverage_is_a_hundred_times_the_rubrics_share():
    assert coverage_score(Coverage(score=0.625)).value == 62.5
    assert coverage_score(FREE) == (None, "A free talk has no key points.")


@pytest.mark.parametrize(
    ("rate", "points"),
    [
        (120, 100),
        (145, 100),
        (170, 100),
        (100, 60),
        (190, 60),
        (110, 80),
        (70, 0),
        (40, 0),
        (205, 30),
        (220, 0),
        (300, 0),
    ],
)
def test_pace_falls_from_the_good_band_through_60_at_the_watch_edge(rate, points):
    assert pace_score(_measurements(speaking_rate=rate)).value == pytest.approx(points)


def test_pace_follows_the_band_it_is_given():
    band = Band(good=(None, 100), watch=(None, 110), source="the speaker")
    measured = _measurements()
    measured["speaking_rate"] = measured["speaking_rate"].model_copy(update={"band": band, "value": 105.0})
    assert pace_score(measured).value == pytest.approx(80)
    assert along(band_curve(band), 20) == 100


def test_pace_without_a_rate_gives_the_reason():
    assert pace_score(_measurements(speaking_rate=None)) == (None, "No speaking_rate.")


@pytest.mark.parametrize("filled", [0, 1, 2])
def test_no_filled_pause_at_all_is_worth_no_more_than_two_a_minute(filled):
    assert fluency_score(_measurements(filled_pauses_per_minute=filled)).value == 100


def test_fluency_is_the_weighted_mean_of_its_parts():
    # filled pauses 5 a minute: 60; pauses inside clauses 18 a minute: 30; repairs 2 + 3 a minute: 60
    measured = _measurements(filled_pauses_per_minute=5, pauses_within_clause=18, repetitions=2, restarts=3)
    assert fluency_score(measured).value == pytest.approx(0.35 * 60 + 0.35 * 30 + 0.3 * 60)


def test_counts_are_taken_per_minute():
    twice_as_long = _measurements(speaking_time=120, pauses_within_clause=24)
    assert fluency_score(twice_as_long).value == pytest.approx(0.35 * 60 + 0.65 * 100)


def test_fluency_of_a_talk_too_short_for_rates_gives_the_reason():
    assert fluency_score(_measurements(filled_pauses_per_minute=None)).value is None
    assert (
        fluency_score(_measurements(filled_pauses_per_minute=None)).reason == "No filled_pauses_per_minute."
    )


def test_clarity_is_the_weighted_mean_of_its_parts():
    # hedges 6 in 150 words = 4 per 100: 60; markers 8 a minute: 60; 47.5 words a sentence: 30
    measured = _measurements(hedges=6, discourse_markers=8, sentence_length=47.5)
    assert clarity_score(measured).value == pytest.approx(0.35 * 60 + 0.35 * 60 + 0.3 * 30)


def test_clarity_scales_the_weights_of_what_is_known():
    measured = _measurements(hedges=6, discourse_markers=None)
    assert clarity_score(measured).value == pytest.approx((0.35 * 60 + 0.3 * 100) / 0.65)


def test_clarity_of_almost_nothing_is_unknown():
    assert clarity_score(_measurements(discourse_markers=None, sentence_length=None)).value is None
    assert "20 words" in (clarity_score(_measurements(words=19)).reason or "")


@pytest.mark.parametrize("part", [FILLED_PAUSES, PAUSES_WITHIN, REPAIRS, HEDGING, MARKERS, SENTENCES])
def test_every_curve_and_weight_stands_in_the_docs(part):
    docs = (bundled("schema").parent / "measurements.md").read_text(encoding="utf-8")
    points = ", ".join(f"{x:g}: {y:g}" for x, y in part.curve)
    assert f"| {part.weight:g} | {points} |" in docs


def test_all_four_and_their_reasons():
    scores = score(measure(Talk(recording=None, words=(), text="It learns. " * 15)), FREE)
    assert scores.clarity is not None
    assert set(scores.reasons) == {"coverage", "fluency", "pace"}
    assert (scores.coverage, scores.fluency, scores.pace) == (None, None, None)


@given(
    st.lists(
        st.sampled_from(
            ["um,", "the", "the", "model", "like,", "learns.", "I", "think", "you", "know", "gra-", "maybe"]
        ),
        max_size=150,
    )
)
def test_whatever_is_said_scores_lie_in_0_to_100_or_have_a_reason(texts):
    scores = score(measure(talk_of(words_at(" ".join(texts)))), FREE)
    for name in ("coverage", "fluency", "pace", "clarity"):
        value = getattr(scores, name)
        assert (value is None) == (name in scores.reasons)
        assert value is None or 0 <= value <= 100


@pytest.mark.parametrize("part", [FILLED_PAUSES, PAUSES_WITHIN, REPAIRS, HEDGING, MARKERS])
@given(st.floats(0, 50), st.floats(0, 50))
def test_more_of_a_fault_is_never_worth_more(part, one, other):
    low, high = sorted((one, other))
    assert along(part.curve, low) >= along(part.curve, high)
