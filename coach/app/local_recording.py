"""A recording by this computer's own microphone, from the page's Start to its Stop, kept as an attempt."""

from __future__ import annotations

from contextlib import suppress

from coach.errors import CoachError, StoreError
from coach.microphone import MicrophoneRecording, Outcome
from coach.store import Store


class LocalRecording:
    """Begins an attempt and records into its folder.

    Raises MicrophoneError or StoreError; then nothing remains.
    """

    def __init__(self, store: Store, question: str | None, device: str | None, session: str) -> None:
        self._store = store
        self.question = question
        self.attempt_id = store.begin(question, "microphone", session=session).id
        self._hold = store.hold(self.attempt_id)
        self.microphone = MicrophoneRecording(store.capture_folder(self.attempt_id), device)
        try:
            self.microphone.start()
        except CoachError:
            self._hold.release()
            with suppress(StoreError):
                store.delete(self.attempt_id)
            raise

    @property
    def ended(self) -> bool:
        """Whether it ended by itself: device lost, stalled, disk full."""
        return self.microphone.state == "ended"

    def finish(self) -> Outcome:
        """Stops, keeps what was captured as a recorded attempt, and says how it ended.

        Raises StoreError when nothing was captured; the empty attempt is gone then.
        """
        try:
            outcome = self.microphone.stop()
        finally:
            self._hold.release()
        try:
            self._store.finish_capture(self.attempt_id)
        except StoreError:
            with suppress(StoreError):
                self._store.delete(self.attempt_id)
            raise
        return outcome


class Seat:
    """Where a browser session keeps its one running recording. ``close`` is called when the session ends."""

    def __init__(self) -> None:
        self.recording: LocalRecording | None = None

    def close(self) -> None:
        """Frees the microphone and keeps what was captured: the closed tab is the user's way to stop."""
        recording, self.recording = self.recording, None
        if recording is not None:
            with suppress(CoachError):
                recording.finish()
