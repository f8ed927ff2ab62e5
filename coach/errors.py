"""What can go wrong, in one small tree.

Every message says what happened (with the value) and what to do about it, in one or two sentences for the
person who uses Coach. ``exit_code`` is what the command line returns::

    CoachError              2
    ├── AudioError             a file or recording that can't be read or used
    │   └── NoSpeechError      it was read, and nobody speaks in it
    ├── MicrophoneError        no microphone, no PortAudio, device lost or stalled
    ├── ModelError             weights missing, damaged, or not to be downloaded
    ├── RubricError            a question file with a mistake, or a question that does not exist
    ├── SettingsError          a setting with an impossible value
    ├── StoreError             the database or the folder of recordings can't be used
    └── Cancelled        130   the user stopped it
"""

from __future__ import annotations


class CoachError(Exception):
    """Anything that Coach can explain to its user. ``exit_code`` is 2: the user can mend it."""

    exit_code = 2


class AudioError(CoachError):
    """A file or recording that can't be read or used."""


class NoSpeechError(AudioError):
    """The recording was read, and nobody speaks in it."""


class MicrophoneError(CoachError):
    """No microphone, no PortAudio, or the device was lost or stalled."""


class ModelError(CoachError):
    """Model weights that are missing, damaged, or can't be downloaded."""


class RubricError(CoachError):
    """A question file with a mistake, or a question that does not exist."""


class SettingsError(CoachError):
    """A setting with an impossible value."""


class StoreError(CoachError):
    """The database or the folder of recordings can't be used."""


class Cancelled(CoachError):
    """The user stopped the work. ``exit_code`` is 130, as a shell expects."""

    exit_code = 130
