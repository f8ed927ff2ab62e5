"""What was practised so far, out of the store, as Progress and the plan need it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coach import plan
from coach.app.resources import enqueue, questions, settings, store
from coach.app.words import label
from coach.metrics import pace
from coach.progress import Outcome, outcome
from coach.rubric import Rubric
from coach.settings import Settings

Row = dict[str, Any]
FREE = "Free talk"


def rows() -> list[Row]:
    """Every attempt, oldest first, with its figures (``Store.history_rows``)."""
    return store().history_rows()


def rubrics() -> dict[str, Rubric]:
    """Every question by its id."""
    return {rubric.id: rubric for rubric in questions()}


def outcomes(found: Sequence[Row], known: Mapping[str, Rubric]) -> list[Outcome]:
    """The scored attempts, samples among them, oldest first."""
    chosen = settings()
    made = (
        outcome(row, title(row, known), domain(row, known), good_pace(row["question_id"], known, chosen))
        for row in found
    )
    return [one for one in made if one is not None]


def title(row: Row, known: Mapping[str, Rubric]) -> str:
    """The title of an attempt's question; its id in words when the question is gone."""
    question = row["question_id"]
    if question is None:
        return FREE
    named = known[question].title if question in known else label(question)
    return f"{named} (twist)" if row["follow_up_id"] else named


def domain(row: Row, known: Mapping[str, Rubric]) -> str | None:
    """The domain of an attempt's question, None without one."""
    found = known.get(row["question_id"] or "")
    return found.domain if found else None


def good_pace(
    question: str | None, known: Mapping[str, Rubric], chosen: Settings
) -> tuple[float | None, float | None]:
    """The good range of the speaking rate: the question's, else the user's, else the usual one."""
    rubric = known.get(question or "")
    band = rubric.measurement_bands.get("speaking_rate") if rubric else None
    return (band or chosen.bands.get("speaking_rate") or pace.BAND).good


def answers(found: Sequence[Row], known: Mapping[str, Rubric]) -> list[plan.Answer]:
    """The user's own recordings as the plan sees them; a twist is not graded as the question itself."""
    return [
        plan.Answer(
            question=row["question_id"] or "" if not row["follow_up_id"] else f"{row['id']}/twist",
            domain=domain(row, known) or "",
            made_at=row["made_at"],
            seconds=row["duration_s"] or 0.0,
            coverage=row["coverage"],
            fluency=row["fluency"],
            rating=row["self_rating"],
        )
        for row in found
        if row["source"] != "sample" and row["duration_s"]
    ]


def asks(known: Mapping[str, Rubric]) -> list[plan.Ask]:
    """Every question as the plan sees it."""
    return [
        plan.Ask(rubric.id, rubric.title, rubric.domain, rubric.level, float(rubric.time_limit_s))
        for rubric in known.values()
    ]


def measure_again(ids: Sequence[str]) -> None:
    """Puts scored attempts into the queue, to be measured by the model that is set now; older results stay."""
    model = settings().model
    for attempt_id in ids:
        store().enqueue(attempt_id, model)
    if ids:
        enqueue(ids[0])  # starts the worker
