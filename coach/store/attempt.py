"""An attempt as the rest of Coach sees it, and the stages it may go through."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from coach.errors import StoreError

Stage = Literal["recording", "recorded", "transcribed", "assessed", "failed", "cancelled"]
Source = Literal["browser", "file", "microphone", "sample"]

# An assessed attempt stays assessed whatever happens to a later run over it: a result is never taken away.
MOVES: Final[dict[Stage, frozenset[Stage]]] = {
    "recording": frozenset({"recorded", "failed", "cancelled"}),
    "recorded": frozenset({"transcribed", "assessed", "failed", "cancelled"}),
    "transcribed": frozenset({"recorded", "assessed", "failed", "cancelled"}),
    "assessed": frozenset({"assessed"}),
    "failed": frozenset({"recorded"}),
    "cancelled": frozenset({"recorded"}),
}
UNFINISHED: Final[tuple[Stage, ...]] = ("recording", "recorded", "transcribed")


@dataclass(frozen=True, slots=True)
class Attempt:
    """One answer to one question (None: a free talk), from the moment its sound exists.

    ``take`` counts from 1 within the session, question and follow-up. ``reason`` says why it failed, or why
    the latest run over an assessed one did. It waits in the queue while ``queued_at`` is set; ``started_at``,
    ``progress_stage`` and ``progress_fraction`` (0..1) tell how far the work is. ``duration_s`` and
    ``sha256`` are of the FLAC, None before it exists.
    """

    id: str
    session_id: str
    question_id: str | None
    follow_up_id: str | None
    take: int
    stage: Stage
    reason: str | None
    source: Source
    original_name: str | None
    made_at: datetime
    duration_s: float | None
    sha256: str | None
    self_rating: int | None
    browser_processed: bool
    model: str | None
    queued_at: datetime | None
    started_at: datetime | None
    tries: int
    cancel_requested: bool
    progress_stage: str | None
    progress_fraction: float | None
    progress_note: str | None


def check_move(attempt: Attempt, to: Stage) -> None:
    """Raises StoreError when an attempt in its stage can't go to ``to``."""
    if to not in MOVES[attempt.stage]:
        possible = ", ".join(sorted(MOVES[attempt.stage]))
        raise StoreError(
            f"Attempt {attempt.id[:8]} is {attempt.stage} and can't become {to}; it can become {possible}."
        )
