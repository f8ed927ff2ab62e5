"""Assessments, verdicts, stored pieces and the rows of tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event, insert, update

from coach.assessment import Assessment, Coverage, Measurement, Scores, Versions
from coach.errors import StoreError
from coach.store import LeaseLost, Store, open_store, tables
from coach.store.lease import Lease
from coach.transcript import Transcript, Word


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "home") as opened:
        yield opened


def document(coverage: float | None = 62.5, rate: float | None = 131.25, model: str = "base") -> Assessment:
    reason = None if rate is not None else "too short to tell"
    return Assessment(
        question="q",
        language="en",
        created_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        versions=Versions(app="0.1.0", model=model, detectors="d1", scorer="s1", rubric_sha256="ab"),
        recording=None,
        transcript=Transcript.of([Word(start=0.25, end=0.75, text="Überfitting", confidence=0.5)]),
        measurements={
            "speaking_rate": Measurement(value=rate, unit="words/min", source="test", reason=reason),
            "filled_pauses_per_minute": Measurement(value=4.5, unit="1/min", source="test"),
        },
        coverage=Coverage(score=None if coverage is None else coverage / 100),
        scores=Scores(
            coverage=coverage, fluency=71.5, pace=80.0, clarity=None, reasons={"clarity": "no words"}
        ),
    )


def recorded(store: Store) -> str:
    return store.add_bytes(b"sound", "wav", "q", "file").id


def test_a_saved_document_comes_back_exactly_and_knows_its_attempt(store: Store) -> None:
    attempt = recorded(store)
    assert store.assessment(attempt) is None
    saved = store.save_assessment(attempt, document())
    assert saved == document().model_copy(update={"attempt_id": attempt})
    assert store.assessment(attempt) == saved
    assert store.assessment(attempt[:10]) == saved
    assert store.attempt(attempt).stage == "assessed"


def test_the_newest_assessment_counts_and_older_ones_stay(store: Store) -> None:
    attempt = recorded(store)
    for model in ("tiny.en", "base", "small"):
        store.save_assessment(attempt, document(model=model))
    assert [found.versions.model for found in store.assessments(attempt)] == ["small", "base", "tiny.en"]
    current = store.assessment(attempt)
    assert current is not None
    assert current.versions.model == "small"
    assert [row["model"] for row in store.history_rows()] == ["small"]


def test_saving_is_all_or_nothing(store: Store) -> None:
    attempt = recorded(store)

    @event.listens_for(store._engine, "before_cursor_execute")
    def _pull_the_plug(connection: object, cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("UPDATE attempt"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.save_assessment(attempt, document())
    event.remove(store._engine, "before_cursor_execute", _pull_the_plug)
    assert store.assessment(attempt) is None
    assert store.attempt(attempt).stage == "recorded"


@pytest.mark.parametrize("stage", ["failed", "cancelled"])
def test_what_has_ended_is_not_assessed_behind_the_users_back(store: Store, stage: str) -> None:
    attempt = recorded(store)
    store.set_stage(attempt, stage)  # type: ignore[arg-type]
    with pytest.raises(StoreError, match="can't become assessed"):
        store.save_assessment(attempt, document())
    assert store.assessment(attempt) is None


def test_saving_takes_the_attempt_out_of_the_queue(store: Store) -> None:
    attempt = recorded(store)
    store.enqueue(attempt)
    store.start(attempt)
    store.progress(attempt, "Listening", 0.5)
    store.save_assessment(attempt, document())
    now = store.attempt(attempt)
    assert (now.queued_at, now.started_at, now.tries, now.progress_stage, now.progress_fraction) == (
        None,
        None,
        0,
        None,
        None,
    )


def test_whoever_lost_the_lease_saves_nothing(store: Store) -> None:
    attempt = recorded(store)
    lease = Lease(store, "queue")
    assert lease.acquire()
    fenced = store.fenced("queue", lease.owner)
    fenced.put_piece("k", "1", attempt)
    with store.write() as connection:
        connection.execute(update(tables.lease).values(owner="another"))
    for step in (
        lambda: fenced.save_assessment(attempt, document()),
        lambda: fenced.put_piece("k", "2"),
        lambda: fenced.fail(attempt, "no"),
        lambda: fenced.progress(attempt, "Listening", 1.0),
    ):
        with pytest.raises(LeaseLost):
            step()
    assert store.assessment(attempt) is None
    assert store.get_piece("k") == "1"
    assert store.attempt(attempt).stage == "recorded"


def test_verdicts_are_kept_apart_and_outlive_new_assessments(store: Store) -> None:
    attempt = recorded(store)
    store.save_assessment(attempt, document())
    store.set_verdict(attempt, "disfluency", "d1", "rejected")
    store.set_verdict(attempt, "disfluency", "d1", "accepted")
    store.set_verdict(attempt, "key_point", "d1", {"status": "covered", "note": "I said „Größe“"})
    store.save_assessment(attempt, document(model="small"))
    assert store.verdicts(attempt) == {
        ("disfluency", "d1"): "accepted",
        ("key_point", "d1"): {"status": "covered", "note": "I said „Größe“"},
    }
    store.set_verdict(attempt, "disfluency", "d1", None)
    assert list(store.verdicts(attempt)) == [("key_point", "d1")]
    assert store.assessment(attempt) == document(model="small").model_copy(update={"attempt_id": attempt})


def test_pieces_are_found_by_key_replaced_and_deleted_with_their_attempt(store: Store) -> None:
    one, two = recorded(store), recorded(store)
    assert store.get_piece("a") is None
    store.put_piece("a", '{"n": 1}', one)
    store.put_piece("a", '{"n": 2}', one)
    store.put_piece("b", "[]", two)
    store.put_piece("c", "[]")
    store.delete(one)
    assert [store.get_piece(key) for key in "abc"] == [None, "[]", "[]"]


def test_rows_for_tables_hold_figures_or_none(store: Store) -> None:
    first, second, third = recorded(store), recorded(store), recorded(store)
    store.save_assessment(first, document())
    store.save_assessment(second, document(coverage=None, rate=None))
    store.rate(first, 5)
    store.fail(third, "Nobody speaks.")
    rows = store.history_rows()
    assert [row["id"] for row in rows] == [first, second, third]
    figures = ("coverage", "fluency", "pace", "clarity", "speaking_rate", "filled_pauses_per_minute")
    assert [[row[name] for name in figures] for row in rows] == [
        [62.5, 71.5, 80.0, None, 131.25, 4.5],
        [None, 71.5, 80.0, None, None, 4.5],
        [None] * 6,
    ]
    assert [(row["stage"], row["self_rating"], row["model"], row["scorer"]) for row in rows] == [
        ("assessed", 5, "base", "s1"),
        ("assessed", None, "base", "s1"),
        ("failed", None, None, None),
    ]
    assert rows[2]["reason"] == "Nobody speaks."
    assert rows[0]["made_at"].tzinfo == UTC
    assert rows[0]["assessed_at"] >= rows[0]["made_at"]
    assert store.history_rows("other") == []


def test_a_document_of_another_form_is_told_in_a_sentence(store: Store) -> None:
    attempt = recorded(store)
    with store.write() as connection:
        row = {"attempt_id": attempt, "made_at": datetime.now(UTC), "document": '{"schema_version": 99}'}
        connection.execute(insert(tables.assessment).values(versions={}, **row))
    with pytest.raises(StoreError, match="Score the recording again"):
        store.assessment(attempt)


def test_times_need_a_zone(store: Store) -> None:
    from sqlalchemy.exc import StatementError

    with pytest.raises(StatementError, match="no time zone"), store.write() as connection:
        connection.execute(insert(tables.session).values(id="x", made_at=datetime(2026, 1, 1)))


def test_thousands_of_attempts_are_listed_by_one_query(store: Store) -> None:
    queries: list[str] = []
    for _ in range(3):
        store.save_assessment(recorded(store), document())
    event.listen(
        store._engine, "before_cursor_execute", lambda c, k, statement, *_: queries.append(statement)
    )
    assert len(store.history_rows()) == 3
    assert len([query for query in queries if query.startswith("SELECT")]) == 1
