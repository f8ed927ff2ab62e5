"""The life of attempts and their sound."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from coach.errors import AudioError, StoreError
from coach.recording import Recording, read_recording
from coach.store import MOVES, Attempt, Stage, Store, open_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "home") as opened:
        yield opened


NOISE = Recording(np.random.default_rng(7).integers(-3000, 3000, 24_000, dtype=np.int16))


def test_an_attempt_exists_before_its_sound_does(store: Store) -> None:
    attempt = store.begin(
        "l1-vs-l2", "microphone", follow_up="twist", model="tiny.en", browser_processed=True
    )
    assert store.attempt(attempt.id) == attempt
    assert (attempt.stage, attempt.take, attempt.question_id, attempt.follow_up_id) == (
        "recording",
        1,
        "l1-vs-l2",
        "twist",
    )
    assert attempt.browser_processed
    assert attempt.made_at.tzinfo == UTC
    assert abs((datetime.now(UTC) - attempt.made_at).total_seconds()) < 60
    assert list(store.folder(attempt.id).iterdir()) == []


def test_bytes_are_kept_as_they_came(store: Store, tmp_path: Path) -> None:
    from_memory = store.add_bytes(b"RIFF\0\xff", "WAV", "q", "browser")
    assert store.audio_path(from_memory.id) == store.folder(from_memory.id) / "original.wav"
    (tmp_path / "talk.m4a").write_bytes(os.urandom(3_000_000))
    from_file = store.add_bytes(tmp_path / "talk.m4a", ".m4a", "q", "file", original_name="talk.m4a")
    assert store.audio_path(from_file.id).read_bytes() == (tmp_path / "talk.m4a").read_bytes()
    assert store.audio_path(from_memory.id).read_bytes() == b"RIFF\0\xff"
    assert {from_memory.stage, from_file.stage} == {"recorded"}
    assert (tmp_path / "talk.m4a").exists()


def test_bytes_are_synced_before_the_row_says_recorded(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, Stage]] = []
    fsync, begin = os.fsync, store.begin

    def spy(handle: int) -> None:
        (attempt,) = store.attempts()
        seen.append((os.fstat(handle).st_size, attempt.stage))
        fsync(handle)

    def begin_then_spy(*given: object, **named: object) -> Attempt:
        attempt = begin(*given, **named)  # type: ignore[arg-type]
        monkeypatch.setattr(os, "fsync", spy)
        return attempt

    monkeypatch.setattr(store, "begin", begin_then_spy)
    store.add_bytes(b"s" * 12_345, "wav", "q", "file")
    assert (12_345, "recording") in seen


@pytest.mark.parametrize(
    "suffix", ["", "../../x", "wav/../../evil", "w\0v", "part", "verylongsuffix", ".tar.gz"]
)
def test_a_suffix_can_not_lead_out_of_the_folder(store: Store, suffix: str) -> None:
    attempt = store.add_bytes(b"sound", suffix, "q", "file")
    assert [path.name for path in store.folder(attempt.id).iterdir()] == ["original.bin"]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\talk.wav", "talk.wav"),
        ("a\nb\0c\u202e.wav", "abc.wav"),
        ("n" * 300, "n" * 255),
    ],
)
def test_a_file_name_is_shown_and_nothing_else(store: Store, given: str, shown: str) -> None:
    attempt = store.add_bytes(b"sound", "wav", "q", "file", original_name=given)
    assert attempt.original_name == shown


@pytest.mark.parametrize("evil", ["..", "../x", "a" * 31, "A" * 32, "a" * 33, "a" * 32 + "\n", ""])
def test_no_path_is_built_from_what_is_not_an_id(store: Store, evil: str) -> None:
    with pytest.raises(StoreError, match="is not the id"):
        store.folder(evil)


def test_sound_that_can_not_be_read_leaves_no_attempt(store: Store, tmp_path: Path) -> None:
    (tmp_path / "empty.wav").touch()
    for data in (b"", tmp_path / "empty.wav", tmp_path / "missing.wav", tmp_path):
        with pytest.raises(AudioError):
            store.add_bytes(data, "wav", "q", "file")
    assert store.attempts() == []


def test_takes_count_within_session_question_and_follow_up(store: Store) -> None:
    session = store.new_session()

    def take(question: str | None, follow_up: str | None = None) -> int:
        return store.begin(question, "microphone", session=session, follow_up=follow_up).take

    assert [take("a"), take("a"), take("b"), take("a"), take("a", "f"), take(None), take(None)] == [
        1,
        2,
        1,
        3,
        1,
        1,
        2,
    ]
    assert store.begin("a", "microphone").take == 1  # a session of its own
    with pytest.raises(StoreError, match="no session"):
        store.begin("a", "microphone", session="f" * 32)


def test_an_attempt_is_found_by_the_beginning_of_its_id(store: Store) -> None:
    attempts = [store.begin("q", "microphone") for _ in range(17)]  # two of 17 share their first digit
    assert store.attempt(attempts[0].id[:20]) == attempts[0]
    assert store.attempt(attempts[0].id.upper()) == attempts[0]
    firsts = [attempt.id[0] for attempt in attempts]
    shared = next(letter for letter in firsts if firsts.count(letter) > 1)
    with pytest.raises(StoreError, match="Several attempts"):
        store.attempt(shared)
    for unknown in ("", "%", "_" * 32, "zz", "0" * 32, "' OR 1=1 --"):
        with pytest.raises(StoreError, match="There is no attempt"):
            store.attempt(unknown)


def test_lists_are_newest_first_and_narrowed(store: Store) -> None:
    a, b, c = (store.add_bytes(b"sound", "wav", question, "file") for question in ("x", "y", "x"))
    store.set_stage(b.id, "failed", "nobody speaks")
    assert [found.id for found in store.attempts()] == [c.id, b.id, a.id]
    assert [found.id for found in store.attempts("x")] == [c.id, a.id]
    assert [found.id for found in store.attempts(stage="failed")] == [b.id]
    assert [found.id for found in store.attempts(stage=["failed", "recorded"], limit=2, offset=1)] == [
        b.id,
        a.id,
    ]
    assert [found.id for found in store.attempts(session=a.session_id)] == [a.id]
    assert store.attempt(b.id).reason == "nobody speaks"


def test_a_capture_becomes_recorded_when_it_holds_sound(store: Store) -> None:
    attempt = store.begin("q", "microphone")
    with pytest.raises(StoreError, match="holds no sound"):
        store.finish_capture(attempt.id)
    store.capture_folder(attempt.id).mkdir()
    with pytest.raises(StoreError, match="holds no sound"):
        store.finish_capture(attempt.id)
    (store.capture_folder(attempt.id) / "000000.pcm").write_bytes(b"\0\0")
    assert store.finish_capture(attempt.id).stage == "recorded"
    assert store.audio_path(attempt.id) == store.capture_folder(attempt.id)


def test_bytes_whose_arrival_was_cut_off_are_rescued(store: Store) -> None:
    attempt = store.begin("q", "browser")
    (store.folder(attempt.id) / "original.wav.part").write_bytes(b"half a talk")
    with pytest.raises(StoreError, match="gone"):
        store.audio_path(attempt.id)
    assert store.finish_capture(attempt.id).stage == "recorded"
    assert store.audio_path(attempt.id).read_bytes() == b"half a talk"


def test_the_flac_replaces_what_it_was_made_from(store: Store) -> None:
    attempt = store.add_bytes(b"RIFF", "wav", "q", "browser")
    store.capture_folder(attempt.id).mkdir()
    path = store.keep_audio(attempt.id, NOISE)
    assert [found.name for found in store.folder(attempt.id).iterdir()] == ["audio.flac"]
    assert np.array_equal(read_recording(path).pcm, NOISE.pcm)
    known = store.attempt(attempt.id)
    assert (known.duration_s, known.sha256) == (1.5, NOISE.sha256)
    assert store.audio_path(attempt.id) == path


def test_a_part_of_the_original_does_not_replace_it(store: Store) -> None:
    attempt = store.add_bytes(b"RIFF", "wav", "q", "file")
    store.keep_audio(attempt.id, NOISE, whole=False)
    assert {path.name for path in store.folder(attempt.id).iterdir()} == {"audio.flac", "original.wav"}
    assert store.audio_path(attempt.id).name == "audio.flac"


def test_sound_for_an_attempt_that_was_deleted_is_refused(store: Store) -> None:
    attempt = store.add_bytes(b"RIFF", "wav", "q", "file")
    store.delete(attempt.id)
    with pytest.raises(StoreError):
        store.keep_audio(attempt.id, NOISE)
    assert not store.folder(attempt.id).exists()


def test_unfinished_leaves_out_what_a_live_process_records(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = store.begin("q", "microphone")
    recorded = store.add_bytes(b"sound", "wav", "q", "file")
    failed = store.add_bytes(b"sound", "wav", "q", "file")
    store.set_stage(failed.id, "failed", "no speech")
    assert [found.id for found in store.unfinished()] == [recorded.id]
    hold = store.hold(recording.id)
    assert [found.id for found in store.unfinished()] == [recorded.id]
    hold.release()
    assert [found.id for found in store.unfinished()] == [recording.id, recorded.id]


def test_an_abandoned_recording_is_offered_once_its_lease_is_over(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    recording = store.begin("q", "microphone")
    assert store.unfinished() == []
    later = time.time() + 11
    monkeypatch.setattr(time, "time", lambda: later)
    assert store.unfinished() == [recording]


@pytest.mark.parametrize("end", ["failed", "cancelled"])
def test_one_that_ended_while_it_waited_waits_no_more_and_can_be_asked_for_again(
    store: Store, end: Stage
) -> None:
    attempt = store.add_bytes(b"sound", "wav", "q", "file")
    store.enqueue(attempt.id)
    assert store.set_stage(attempt.id, end).queued_at is None
    assert store.next_queued() is None
    asked = store.enqueue(attempt.id)
    assert (asked.stage, asked.reason) == ("recorded", None)
    assert store.next_queued() == asked


def test_ratings(store: Store) -> None:
    attempt = store.begin("q", "microphone")
    store.rate(attempt.id, 4)
    assert store.attempt(attempt.id).self_rating == 4
    for wrong in (0, 6, 2.5):
        with pytest.raises(StoreError, match="from 1 to 5"):
            store.rate(attempt.id, wrong)  # type: ignore[arg-type]
    store.rate(attempt.id, None)
    assert store.attempt(attempt.id).self_rating is None


def everything(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())


def test_deleting_removes_rows_sound_and_every_trace_of_the_text(store: Store) -> None:
    kept = store.add_bytes(b"keep this sound", "wav", "q", "file")
    gone = store.add_bytes(b"secret sound", "wav", "q", "file", original_name="secret-name.wav")
    store.put_piece("k", '{"text": "secret words"}' * 500, gone.id)
    store.set_verdict(gone.id, "disfluency", "d1", "secret verdict")
    assert b"secret" in everything(store.home)
    store.delete(gone.id[:12])
    assert b"secret" not in everything(store.home)
    assert gone.id.encode() not in everything(store.home)
    assert store.attempts() == [kept]
    assert store.get_piece("k") is None
    assert store.audio_path(kept.id).read_bytes() == b"keep this sound"
    assert not store.folder(gone.id).exists()
    with pytest.raises(StoreError, match="There is no attempt"):
        store.delete(gone.id)
    with closing(sqlite3.connect(store.path)) as connection:
        assert connection.execute("SELECT id FROM session").fetchall() == [(kept.session_id,)]


def test_a_session_lives_as_long_as_one_of_its_attempts(store: Store) -> None:
    one = store.begin("q", "microphone")
    two = store.begin("q", "microphone", session=one.session_id)
    store.delete(one.id)
    assert store.begin("q", "microphone", session=two.session_id).take == 3


def test_delete_everything(store: Store) -> None:
    for _ in range(3):
        store.add_bytes(b"secret", "wav", "q", "file")
    stray = store.home / "attempts" / ("0" * 32)
    stray.mkdir()
    (stray / "original.wav").write_bytes(b"secret")
    (store.home / "attempts" / "notes").mkdir()  # not ours
    assert store.delete_all() == 3
    assert store.attempts() == []
    assert [path.name for path in (store.home / "attempts").iterdir()] == ["notes"]
    assert b"secret" not in everything(store.home)
    store.begin("q", "microphone")


def test_a_deletion_that_was_cut_off_is_finished_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from coach.store import audio

    with open_store(tmp_path) as store:
        attempt = store.add_bytes(b"secret", "wav", "q", "file")

        def die(home: Path, attempt_id: str) -> bool:
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(audio, "remove", die)
            with pytest.raises(KeyboardInterrupt):
                store.delete(attempt.id)
        assert store.attempts() == []
        assert store.folder(attempt.id).exists()
    with open_store(tmp_path) as store:
        assert list((tmp_path / "attempts").iterdir()) == []


def test_recordings_survive_a_lost_database(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        attempt = store.add_bytes(b"my only copy", "wav", "q", "file")
    (tmp_path / "coach.sqlite3").unlink()
    with open_store(tmp_path) as store:
        assert store.attempts() == []
        assert store.strays() == [store.folder(attempt.id)]
        assert store.audio_path(attempt.id).read_bytes() == b"my only copy"


def test_an_empty_folder_without_a_row_is_tidied_away(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    (tmp_path / "attempts" / ("1" * 32)).mkdir(parents=True)
    with open_store(tmp_path):
        assert list((tmp_path / "attempts").iterdir()) == []


class Life(RuleBasedStateMachine):
    """Any order of calls: only listed moves happen, takes never repeat, folders and rows agree."""

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.store = open_store(Path(self.folder.name))
        self.session = self.store.new_session()
        self.known: dict[str, Stage] = {}
        self.takes: set[int] = set()

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    def _new(self, attempt: Attempt) -> None:
        assert attempt.take > max(self.takes, default=0)
        self.takes.add(attempt.take)
        self.known[attempt.id] = attempt.stage

    def _one(self, number: int) -> str:
        return list(self.known)[number % len(self.known)]  # in the order they were made: ids are random

    @rule()
    def begin(self) -> None:
        self._new(self.store.begin("q", "microphone", session=self.session))

    @rule()
    def add(self) -> None:
        self._new(self.store.add_bytes(b"sound", "wav", "q", "file", session=self.session))

    @precondition(lambda self: self.known)
    @rule(number=st.integers(0, 9), stage=st.sampled_from(sorted(MOVES)))
    def move(self, number: int, stage: Stage) -> None:
        attempt = self._one(number)
        if stage in MOVES[self.known[attempt]]:
            assert self.store.set_stage(attempt, stage).stage == stage
            self.known[attempt] = stage
        else:
            with pytest.raises(StoreError, match="can't become"):
                self.store.set_stage(attempt, stage)

    @precondition(lambda self: self.known)
    @rule(number=st.integers(0, 9))
    def ask_for_work(self, number: int) -> None:
        attempt = self._one(number)
        if self.known[attempt] == "recording":
            with pytest.raises(StoreError, match="being recorded"):
                self.store.enqueue(attempt)
            return
        if self.known[attempt] in ("failed", "cancelled"):
            self.known[attempt] = "recorded"
        assert self.store.enqueue(attempt).stage == self.known[attempt]

    @precondition(lambda self: self.known)
    @rule(number=st.integers(0, 9))
    def stop(self, number: int) -> None:
        attempt = self._one(number)
        if self.known[attempt] not in ("assessed", "failed"):
            self.known[attempt] = "cancelled"
        assert self.store.cancel(attempt).stage == self.known[attempt]

    @precondition(lambda self: len(self.known) > 3)
    @rule(number=st.integers(0, 9))
    def delete(self, number: int) -> None:
        attempt = self._one(number)
        newest = self.store.attempt(attempt).take == max(self.takes)
        self.store.delete(attempt)
        del self.known[attempt]
        if newest:  # its number is free again
            self.takes = {self.store.attempt(other).take for other in self.known}

    @rule()
    def restart(self) -> None:
        self.store.close()
        self.store = open_store(Path(self.folder.name))

    @invariant()
    def the_store_agrees(self) -> None:
        assert {found.id: found.stage for found in self.store.attempts()} == self.known
        queued = [found for found in self.store.attempts() if found.queued_at]
        assert sorted(self.store.position(found.id) for found in queued) == list(range(len(queued)))
        assert {path.name for path in (self.store.home / "attempts").glob("*")} == set(self.known)


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=12, stateful_step_count=25, deadline=None)
