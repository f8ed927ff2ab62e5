"""Each step from an older database, with data in it: nothing is lost, and what is new is filled in."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from app_documents import document
from sqlalchemy import create_engine

from coach.assessment import Assessment
from coach.practice import score_text
from coach.store import database, open_store
from coach.store.migrations import HEAD

MOMENT = "2026-01-02T03:04:05.000000+00:00"


def made_at_revision(home: Path, revision: str) -> Path:
    """An empty database as an older Coach made it."""
    home.mkdir(parents=True)
    path = home / database.FILE_NAME
    config = Config()
    config.set_main_option("script_location", str(Path(database.__file__).parent / "migrations"))
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()
    return path


def add_attempt(path: Path, attempt_id: str, found: Assessment) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT OR IGNORE INTO session VALUES ('s', ?)", (MOMENT,))
        connection.execute(
            "INSERT INTO attempt (id, session_id, take, stage, source, made_at, browser_processed, tries, cancel_requested) "
            "VALUES (?, 's', 1, 'assessed', 'browser', ?, 0, 0, 0)",
            (attempt_id, MOMENT),
        )
        connection.execute(
            "INSERT INTO assessment (attempt_id, made_at, versions, filled_pauses_per_minute, document) VALUES (?, ?, '{}', 7.5, ?)",
            (attempt_id, MOMENT, found.to_json(indent=None)),
        )


@pytest.fixture
def verdicts() -> Assessment:
    """Filled pauses of confidence 0.9, one accepted, one rejected: 1 is certain, 1 is 0.9."""
    found = document()
    fillers = [one for one in found.disfluencies if one.kind == "filled_pause"]
    more = [
        fillers[0].model_copy(update={"id": "a", "verdict": "accepted"}),
        fillers[0].model_copy(update={"id": "r", "verdict": "rejected"}),
        fillers[0].model_copy(update={"id": "n"}),
    ]
    others = [one for one in found.disfluencies if one.kind != "filled_pause"]
    return found.model_copy(update={"disfluencies": tuple(more + others)})


def test_0002_fills_the_extent_of_every_document_and_loses_nothing(
    tmp_path: Path, home: Path, verdicts: Assessment
) -> None:
    path = made_at_revision(tmp_path / "old", "0001")
    written = score_text("L1 gives exact zeros.", "l1-vs-l2-regularization", home=home)
    add_attempt(path, "a" * 32, verdicts)
    add_attempt(path, "b" * 32, written)
    with open_store(tmp_path / "old") as store:
        rows = {row["id"][0]: row for row in store.history_rows()}
        assert store.assessment("a" * 32) == verdicts
        assert store.assessment("b" * 32) == written
        assert rows["a"]["speaking_time"] == 16.0
        assert rows["a"]["filled_pauses_right"] == pytest.approx(1.9)
        assert rows["a"]["filled_pauses_variance"] == pytest.approx(0.09)
        assert rows["a"]["filled_pauses_per_minute"] == 7.5
        assert (rows["b"]["filled_pauses_right"], rows["b"]["filled_pauses_variance"]) == (None, None)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone()[0] == HEAD


def test_a_saved_document_gets_the_same_figures_as_a_migrated_one(
    tmp_path: Path, verdicts: Assessment
) -> None:
    with open_store(tmp_path) as store:
        kept = store.add_bytes(b"sound", "wav", None, "file")
        store.save_assessment(kept.id, verdicts)
        (row,) = store.history_rows()
        assert row["filled_pauses_right"] == pytest.approx(1.9)
        assert row["filled_pauses_variance"] == pytest.approx(0.09)
        store.delete(kept.id)
    with closing(sqlite3.connect(tmp_path / database.FILE_NAME)) as connection:
        assert connection.execute("SELECT count(*) FROM extent").fetchone()[0] == 0
