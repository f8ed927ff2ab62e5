"""Talk: everything that was heard in one recording, the input of every measurement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from coach.assessment import Band, Coverage
from coach.recording import Recording
from coach.transcript import Disfluency, Pause, Span, Word


@dataclass(frozen=True, slots=True)
class Talk:
    """One recording with all that was heard in it.

    ``recording`` is None for a written answer: whatever needs sound then has no value, with that reason.
    ``speech`` are the stretches with a voice (Silero VAD), ``pauses`` the silences from the signal.
    ``browser_processed``: a browser's gain control and noise suppression have changed its levels.
    ``bands`` override the default bands by measurement name (the question's first, then the user's).
    """

    recording: Recording | None
    words: tuple[Word, ...]
    text: str
    speech: tuple[Span, ...] = ()
    pauses: tuple[Pause, ...] = ()
    disfluencies: tuple[Disfluency, ...] = ()
    coverage: Coverage | None = None
    bands: Mapping[str, Band] = field(default_factory=dict)
    browser_processed: bool = False
