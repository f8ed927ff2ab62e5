"""The flow on real sound with real weights."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import jsonschema
import numpy as np
import pytest

import coach
from coach.assessment import Assessment
from coach.errors import AudioError, Cancelled, NoSpeechError, RubricError
from coach.practice import LISTENING, READING, STAGES, assess, score_text, work
from coach.recording import Recording, read_recording, write_flac
from coach.schema import assessment_schema
from coach.settings import Settings
from coach.store import open_store

pytestmark = pytest.mark.whisper
TINY = Settings(model="tiny.en")
GOOD, QUESTION = "good-l1-vs-l2", "l1-vs-l2-regularization"


class Kept(dict[str, str]):
    """Pieces in memory."""

    def get_piece(self, key: str) -> str | None:
        return self.get(key)

    def put_piece(self, key: str, result: str) -> None:
        self[key] = result


def facts(assessment: Assessment) -> dict:
    """All that must be the same when the same thing is scored twice."""
    return json.loads(assessment.model_copy(update={"timings_s": {}}).to_json()) | {"created_at": None}


@pytest.fixture(scope="module")
def good(models: Path, tmp_path_factory: pytest.TempPathFactory, samples: Path) -> Assessment:
    """The good talk heard by the default model."""
    home = tmp_path_factory.mktemp("good")
    (home / "models").symlink_to(models, target_is_directory=True)
    return assess(samples / f"{GOOD}.flac", QUESTION, settings=Settings(), home=home)


def test_a_good_talk_is_reviewed_from_end_to_end(good: Assessment, samples: Path) -> None:
    truth = json.loads((samples / f"{GOOD}.json").read_text(encoding="utf-8"))
    assert good.question == QUESTION
    assert good.recording is not None
    assert good.recording.duration_s == pytest.approx(truth["duration_s"], abs=0.01)
    assert good.coverage.score is not None
    assert good.coverage.score >= 0.7
    assert good.scores.fluency is not None
    longest = max(truth["pauses"], key=lambda pause: pause["end"] - pause["start"])
    # The voice fades out, so where the silence begins is a matter of tenths; where it ends is sharp.
    assert any(
        abs(pause.start - longest["start"]) < 0.3 and abs(pause.end - longest["end"]) < 0.05
        for pause in good.pauses
    )


def test_a_rambling_talk_is_heard_as_one(home: Path, samples: Path) -> None:
    truth = json.loads((samples / "rambling-l1-vs-l2.json").read_text(encoding="utf-8"))
    heard = assess(samples / "rambling-l1-vs-l2.flac", QUESTION, settings=Settings(), home=home)
    counts = Counter(one.kind for one in heard.disfluencies)
    assert counts["filled_pause"] == pytest.approx(len(truth["fillers"]), rel=0.2)
    assert counts["discourse_marker"] == pytest.approx(len(truth["discourse_markers"]), rel=0.3)
    assert counts["repetition"] >= 0.7 * len(truth["repetitions"])
    rate = heard.measurements["filled_pauses_per_minute"]
    assert rate.value is not None
    assert len(rate.spans) == counts["filled_pause"]
    assert heard.scores.fluency is not None
    assert heard.scores.fluency < 60


def test_every_quote_stands_in_the_transcript_at_its_time(good: Assessment) -> None:
    words = good.transcript.words
    for finding in (*good.coverage.key_points, *good.coverage.misconceptions):
        for quote in finding.evidence:
            assert good.transcript.text[quote.char_start : quote.char_end] == quote.quote
            assert quote.start is not None
            assert quote.end is not None
            assert any(abs(word.start - quote.start) < 0.01 for word in words)
    assert all(finding.evidence for finding in good.coverage.key_points if finding.status != "missed")


def test_the_document_follows_the_published_schema_and_comes_back_exactly(good: Assessment) -> None:
    jsonschema.validate(json.loads(good.to_json()), json.loads(assessment_schema()))
    assert Assessment.from_json(good.to_json()) == good


def test_every_measurement_has_unit_source_and_a_value_or_a_reason(good: Assessment) -> None:
    named = {
        "speaking_rate", "articulation_rate", "phonation_ratio", "silent_pauses", "longest_pause",
        "pauses_within_clause", "filled_pauses", "filled_pauses_per_minute", "filled_pauses_per_100_words",
        "discourse_markers",
        "repetitions", "restarts", "hedges", "pitch_variation", "loudness", "mtld", "sentence_length",
        "time_to_first_key_point", "key_points_per_minute",
    }  # fmt: skip
    assert named <= set(good.measurements)
    for measurement in good.measurements.values():
        assert measurement.unit
        assert measurement.source
        assert (measurement.value is None) == (measurement.reason is not None)


def test_a_file_samples_and_a_running_recording_give_the_same(home: Path, samples: Path) -> None:
    path = samples / "human-spacewalk.flac"
    recording = read_recording(path)

    def running():
        for first in range(0, len(recording.pcm), 7001):
            yield recording.pcm[first : first + 7001]

    file, samples_, stream = (
        facts(assess(audio, settings=TINY, home=home)) for audio in (path, recording, running())
    )
    assert file == samples_
    for told in (file, stream):  # a stream does not know what it was recorded as
        for field in ("source_sample_rate_hz", "source_channels"):
            told["recording"][field] = None
    assert stream == file


def test_a_run_taken_up_again_hears_no_piece_twice(
    home: Path, samples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = samples / f"{GOOD}.flac"
    kept, seen = Kept(), []

    def stop_half_way(stage: str, fraction: float) -> None:
        if stage == LISTENING and fraction >= 0.3:
            seen.append(fraction)
            if len(kept) >= 2:
                raise Cancelled("enough")

    with pytest.raises(Cancelled):
        assess(path, QUESTION, settings=TINY, home=home, pieces=kept, progress=stop_half_way)
    assert len(kept) == 2
    before = set(kept)
    resumed = assess(path, QUESTION, settings=TINY, home=home, pieces=kept)
    from coach.transcription.verbatim import Whisper

    monkeypatch.setattr(Whisper, "hear", lambda *_: pytest.fail("a kept piece was heard again"))
    again = assess(path, QUESTION, settings=TINY, home=home, pieces=kept)
    assert before < set(kept)
    assert facts(again) == facts(resumed)


def test_progress_goes_through_all_stages_and_up(home: Path, samples: Path) -> None:
    seen: list[tuple[str, float]] = []
    assess(samples / f"{GOOD}.flac", QUESTION, settings=TINY, home=home, progress=lambda *p: seen.append(p))
    assert {stage for stage, _ in seen} == set(STAGES)
    read = [fraction for stage, fraction in seen if stage == READING]
    assert read == sorted(read)
    assert len(read) >= 20
    heard = [fraction for stage, fraction in seen if stage == LISTENING]
    assert heard == sorted(heard)
    assert len(heard) >= 4
    assert (heard[0], heard[-1]) == (0.0, 1.0)


def test_a_free_talk_has_no_coverage_and_says_why(home: Path, samples: Path) -> None:
    free = assess(samples / "human-spacewalk.flac", settings=TINY, home=home)
    assert free.question is None
    assert free.coverage.score is None
    assert free.coverage.reason
    assert free.scores.coverage is None
    assert free.scores.reasons["coverage"]
    assert free.measurements["time_to_first_key_point"].value is None


def test_a_written_answer_is_covered_alike_without_times(good: Assessment, home: Path) -> None:
    written = score_text(good.transcript.text, QUESTION, home=home)
    assert written.coverage.score == pytest.approx(good.coverage.score, abs=0.15)
    assert written.recording is None
    assert written.measurements["speaking_rate"].value is None
    assert written.measurements["speaking_rate"].reason
    quotes = [quote for point in written.coverage.key_points for quote in point.evidence]
    assert quotes
    assert all(quote.start is None and quote.end is None for quote in quotes)
    jsonschema.validate(json.loads(written.to_json()), json.loads(assessment_schema()))


@pytest.mark.parametrize(
    "pcm",
    [
        np.zeros(5 * 16_000, np.int16),
        (8000 * np.sin(2 * np.pi * 440 * np.arange(5 * 16_000) / 16_000)).astype(np.int16),
        np.random.default_rng(3).integers(-9000, 9000, 5 * 16_000, dtype=np.int16),
    ],
    ids=["silence", "tone", "noise"],
)
def test_what_is_not_speech_is_refused_without_invented_words(pcm: np.ndarray, home: Path) -> None:
    with pytest.raises(NoSpeechError, match="No speech was found"):
        assess(Recording(pcm), settings=TINY, home=home)


def test_an_unknown_question_is_refused_before_anything_is_heard(home: Path, samples: Path) -> None:
    with pytest.raises(RubricError, match="l1-vs-l2-regularization"):
        assess(samples / f"{GOOD}.flac", "l1-vs-l2-regularisation", home=home)


def test_the_public_names_are_there() -> None:
    assert coach.assess is assess
    assert coach.score_text is score_text
    assert callable(coach.load_rubric)
    assert sorted(coach.__all__) == coach.__all__
    assert all(hasattr(coach, name) for name in coach.__all__)


def test_work_keeps_the_sound_and_the_result(home: Path, samples: Path) -> None:
    with open_store(home) as store:
        attempt = store.add_bytes(
            (samples / "human-spacewalk.flac").read_bytes(), "flac", None, "file", model="tiny.en"
        )
        work(store, attempt, lambda stage, fraction: None)
        kept = store.assessment(attempt.id)
        assert kept is not None
        assert kept.attempt_id == attempt.id
        assert store.attempt(attempt.id).stage == "assessed"
        sound = read_recording(store.audio_path(attempt.id))
        assert kept.recording is not None
        assert sound.sha256 == kept.recording.sha256
        direct = assess(sound, settings=TINY, home=home)
        assert facts(direct)["transcript"] == facts(kept)["transcript"]


def test_over_an_hour_is_kept_whole_and_its_first_hour_can_be_scored(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the limit moved to 20 s, so that the test need not hear an hour."""
    from coach import practice

    monkeypatch.setattr(practice, "MAX_SECONDS", 20.0)
    talk = read_recording(Path(coach.bundled.bundled("samples")) / "human-spacewalk.flac")
    long = tmp_path / "long.flac"
    write_flac(Recording(talk.pcm), long)
    with open_store(home) as store:
        attempt = store.add_bytes(long, "flac", None, "file", model="tiny.en")
        with pytest.raises(AudioError, match="first 60 minutes"):
            work(store, attempt, lambda stage, fraction: None)
        originals = [path for path in store.folder(attempt.id).iterdir() if path.stem == "original"]
        assert originals
        assert originals[0].read_bytes() == long.read_bytes()
        work(store, store.attempt(attempt.id), lambda stage, fraction: None)
        kept = store.assessment(attempt.id)
        assert kept is not None
        assert kept.recording is not None
        assert kept.recording.duration_s == pytest.approx(20.0)
