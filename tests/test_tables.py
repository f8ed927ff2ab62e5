"""Tables, words, progress and the transcript of the pages: pure functions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from app_documents import SAID, document

from coach.app import player, samples, stages, tables, words
from coach.app.frame import plain
from coach.app.own_questions import TEMPLATE, check_text, keep
from coach.assessment import Band, Measurement
from coach.errors import StoreError
from coach.practice import STAGES, work  # noqa: F401 - the worker's function exists under this name
from coach.rubric import list_rubrics, load_rubric


class TestWords:
    @pytest.mark.parametrize(
        ("seconds", "said"), [(0, "0:00"), (65.9, "1:05"), (3599, "59:59"), (3661, "1:01:01")]
    )
    def test_clock(self, seconds: float, said: str) -> None:
        assert words.clock(seconds) == said

    @pytest.mark.parametrize(
        ("seconds", "said"),
        [(None, "–"), (4.4, "4 s"), (60, "1 min"), (125, "2 min 5 s"), (3600, "1 h"), (3780, "1 h 3 min")],
    )
    def test_duration(self, seconds: float | None, said: str) -> None:
        assert words.duration(seconds) == said

    def test_when_is_told_in_the_readers_zone(self) -> None:
        zone = timezone(timedelta(hours=2))
        now = datetime(2026, 3, 2, 0, 30, tzinfo=zone)
        assert words.when(datetime(2026, 3, 1, 22, 5, tzinfo=UTC), now) == "today 00:05"
        assert words.when(datetime(2026, 3, 1, 21, 5, tzinfo=UTC), now) == "yesterday 23:05"
        assert words.when(datetime(2026, 2, 3, 12, 0, tzinfo=UTC), now) == "3 February 2026"

    @pytest.mark.parametrize(
        ("value", "said"),
        [(None, "–"), (0.0, "0"), (0.434, "0.43"), (4.31, "4.3"), (143.4, "143"), (5.0, "5")],
    )
    def test_number(self, value: float | None, said: str) -> None:
        assert words.number(value) == said

    def test_judge(self) -> None:
        band = Band(good=(120, 170), watch=(100, None), source="x")
        assert [words.judge(v, band) for v in (120, 170, 100, 500, 99.9)] == [
            "good",
            "good",
            "watch",
            "watch",
            "outside",
        ]
        assert words.judge(None, band) is None
        assert words.judge(1.0, None) is None

    def test_band_text(self) -> None:
        limits = [(120.0, 170.0), (None, 5.0), (100.0, None), (None, None)]
        assert [words.band_text(pair) for pair in limits] == ["120 to 170", "up to 5", "from 100", "any"]

    def test_level_share_spans_sixty_decibels(self) -> None:
        assert [words.level_share(x) for x in (None, -120.0, -60.0, -30.0, 0.0)] == [0, 0, 0, 0.5, 1]

    def test_retry_label_offers_the_first_hour_of_a_long_one(self) -> None:
        assert words.retry_label("failed", 3600.0) == "Score the first 60 minutes"
        assert words.retry_label("failed", 60.0) == "Try again"
        assert words.retry_label("recorded", None) == "Score it now"

    def test_plain_text_survives_markdown(self) -> None:
        assert plain("a*b_c") == "a\\*b\\_c"
        assert plain(":material/home: $x$ :red[y]") == "\\:material/home\\: \\$x\\$ \\:red\\[y\\]"


class TestStages:
    def test_the_bar_only_moves_forward_in_the_order_of_the_work(self) -> None:
        reading, loading, listening, measuring, checking = STAGES
        order = [(name, f) for name in (reading, loading, listening) for f in (0.0, 0.5, 1.0)]
        order += [(measuring, 0.0), (measuring, 0.5), (checking, 0.0), (checking, 0.9), (measuring, 1.0)]
        bar = [stages.overall(*step) for step in order]
        assert bar == sorted(bar)
        assert bar[-1] == 1.0

    def test_what_is_unknown_is_the_start(self) -> None:
        assert stages.overall(None, None) == 0.0
        assert stages.overall("Something new", 0.7) == 0.0
        assert 0.0 <= stages.overall(STAGES[2], 7.0) <= 1.0

    def test_time_left_follows_the_speed_so_far(self) -> None:
        assert stages.seconds_left(30.0, 0.5) == pytest.approx(30.0)
        assert stages.seconds_left(1.0, 0.5) is None
        assert stages.seconds_left(30.0, 0.1) is None
        said = stages.progress_words("Listening", 0.5, 31.0)
        assert said == "Listening · 50% · about 30 s left"

    @pytest.mark.parametrize(
        ("left", "said"),
        [(None, ""), (4, "a few seconds left"), (44, "about 40 s left"), (125, "about 2 min left")],
    )
    def test_time_left_is_told_roughly(self, left: float | None, said: str) -> None:
        assert stages.time_left(left) == said

    def test_place_in_the_queue(self) -> None:
        assert "one recording" in stages.queue_words(1)
        assert "3 recordings" in stages.queue_words(3)
        assert stages.queue_words(0) == stages.queue_words(None)


class TestTables:
    def test_measurements_say_why_one_is_absent(self) -> None:
        table = tables.measurement_table(document().measurements).set_index("Measurement")
        assert table.loc["Vocabulary range (MTLD)", "Value"] == "–"
        assert "100 words" in table.loc["Vocabulary range (MTLD)", "Note"]
        assert table.loc["Speaking rate", "Judgement"] == "out of range"
        assert table.loc["Filled pauses per minute", "Likely"] == "2.0 to 12.0 (95%)"
        assert "Pitch variation (experimental)" in table.index

    def test_the_likely_range_stands_beside_the_value(self) -> None:
        def shown(interval: tuple[float, float] | None) -> str:
            count = Measurement(
                value=12,
                unit="restarts",
                source="s",
                interval=interval,
                interval_level=0.8 if interval else None,
            )
            table = tables.measurement_table({"restarts": count})
            assert list(table.columns[:3]) == ["Measurement", "Value", "Likely"]
            return str(table.loc[0, "Likely"])

        assert shown((11, 14)) == "11 to 14"
        assert shown((12, 12)) == "12"
        assert shown(None) == "–"

    def test_quality_leaves_out_what_is_not_known(self) -> None:
        found = document().recording
        assert found is not None
        withheld = found.model_copy(update={"quality": found.quality.model_copy(update={"snr_db": None})})
        assert "Signal to noise" in set(tables.quality_table(found)["Figure"])
        assert "Signal to noise" not in set(tables.quality_table(withheld)["Figure"])

    def test_search_wants_every_word_and_sorts_by_level(self) -> None:
        rubrics = list_rubrics()
        found = tables.matching(rubrics, domain=None, level=None, text="L1 regularization")
        assert "l1-vs-l2-regularization" in [rubric.id for rubric in found]
        assert tables.matching(rubrics, domain=None, level=None, text="xylophone") == []
        for domain in {rubric.domain for rubric in rubrics}:
            levels = [r.level for r in tables.matching(rubrics, domain=domain, level=None, text="")]
            assert levels == sorted(levels)

    def test_every_shipped_domain_and_level_has_a_name(self) -> None:
        for rubric in list_rubrics():
            assert rubric.domain in words.DOMAINS
            assert rubric.level in words.LEVELS


class TestTranscript:
    def test_holds_every_word_and_every_pause_in_order(self) -> None:
        items = player.transcript_items(document())
        spoken = [
            item["text"]
            for item in items
            if not (item["mark"] or "").startswith("pause") and item["text"] != "uh"
        ]
        assert spoken == SAID
        starts = [item["start"] for item in items]
        assert starts == sorted(starts)

    def test_marks(self) -> None:
        marks = {}
        for item in player.transcript_items(document()):
            if item["mark"]:
                marks.setdefault(item["mark"], []).append(item["text"])
        assert marks == {
            "filled_pause": ["um", "uh"],
            "repetition": ["the"],
            "discourse_marker": ["you", "know"],
            "restart": ["we", "use"],
            "pause_within_clause": ["1.9 s"],
            "pause_boundary": ["0.4 s"],
        }

    def test_a_word_does_not_play_the_silence_before_it(self) -> None:
        found = document()
        early = list(found.transcript.words)
        early[7] = early[7].model_copy(update={"start": 3.6})  # begins inside the pause from 3.5 to 5.4 s
        items = player.transcript_items(
            found.model_copy(
                update={"transcript": found.transcript.model_copy(update={"words": tuple(early)})}
            )
        )
        after = next(i for i, item in enumerate(items) if item["mark"] == "pause_within_clause") + 1
        assert items[after]["text"] == SAID[7]
        assert items[after]["start"] == pytest.approx(5.4)

    def test_rejected_ones_are_plain_words(self) -> None:
        found = document()
        rejected = tuple(one.model_copy(update={"verdict": "rejected"}) for one in found.disfluencies)
        items = player.transcript_items(found.model_copy(update={"disfluencies": rejected}))
        assert {item["mark"] for item in items} == {None, "pause_within_clause", "pause_boundary"}
        assert "uh" not in [item["text"] for item in items]

    def test_legend_counts_occurrences_not_words(self) -> None:
        counts = {entry["mark"]: entry["text"] for entry in player.legend(document())}
        assert counts["restart"] == "1 restart"
        assert counts["filled_pause"] == "2 filled pauses"

    def test_every_mark_has_a_style_of_its_own(self) -> None:
        style = (Path(player.__file__).parent / "player.css").read_text(encoding="utf-8")
        assert all(f".{mark}" in style for mark in player.KINDS)

    def test_the_script_never_writes_html(self) -> None:
        script = (Path(player.__file__).parent / "player.js").read_text(encoding="utf-8")
        for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
            assert way not in script


class TestOwnQuestions:
    def test_the_template_is_well_formed(self) -> None:
        rubric, problems = check_text(TEMPLATE)
        assert problems == []
        assert rubric is not None

    def test_keeps_what_was_written(self, tmp_path: Path) -> None:
        rubric, _ = check_text(TEMPLATE)
        assert rubric is not None
        path = keep(tmp_path / "rubrics", rubric, TEMPLATE)
        assert path.read_text(encoding="utf-8") == TEMPLATE
        assert load_rubric("dropout", tmp_path / "rubrics") == rubric
        assert [left.name for left in path.parent.iterdir()] == ["dropout.yaml"]

    def test_says_when_it_can_not(self, tmp_path: Path) -> None:
        rubric, _ = check_text(TEMPLATE)
        assert rubric is not None
        (tmp_path / "file").write_text("")
        with pytest.raises(StoreError, match="can't be written"):
            keep(tmp_path / "file", rubric, TEMPLATE)

    def test_problems_are_listed_with_line_and_field(self) -> None:
        _, problems = check_text("schema: 1\nid: x\nlevel: 7\n")
        table = tables.problem_table(problems)
        row = table[table["Field"] == "level"].iloc[0]
        assert row["Line"] == "3"
        assert row["How to mend it"]


def test_every_sample_says_what_it_is() -> None:
    talks = samples.list_samples()
    assert talks
    for talk in talks:
        assert talk.title
        assert talk.description
        assert talk.kind
        assert talk.question is None or load_rubric(talk.question)


def test_the_formula_table_adds_up_to_the_scores() -> None:
    """From what it shows a reader can compute each score again."""
    from coach.assessment import Coverage, Measurement
    from coach.scores import score

    figures = {
        "speaking_rate": 180.0, "speaking_time": 60.0, "words": 180.0, "filled_pauses_per_minute": 5.0,
        "pauses_within_clause": 6.0, "repetitions": 2.0, "restarts": 0.0, "sentence_length": 15.0,
        "hedges": 2.7, "discourse_markers": 8.0,
    }  # fmt: skip
    measurements = {
        name: Measurement(value=value, unit="x", source="s", band=tables.DEFAULT_PACE if name == "speaking_rate" else None)
        for name, value in figures.items()
    }  # fmt: skip
    scores = score(measurements, Coverage(score=0.5))
    made = document().model_copy(
        update={"measurements": measurements, "scores": scores, "coverage": Coverage(score=0.5)}
    )
    table = tables.formula_table(made)
    assert set(table["Score"]) == {"Coverage", "Pace", "Fluency", "Clarity"}
    for name in ("fluency", "clarity"):
        rows = table[table["Score"] == name.capitalize()]
        mean = (rows["Worth"].astype(float) * rows["Weight"].astype(float)).sum()
        assert mean == pytest.approx(getattr(scores, name), abs=0.6)
    assert table.set_index("Score").loc["Pace", "Worth"] == "80"
