"""Filled pauses: um, uh, er, erm, ah, eh, hm, mm, in any spelling, as they stand in the transcript.

Answers that sound alike (uh-huh, mm-hmm, uh-uh) are no filled pauses (Clark and Fox Tree 2002 treat um and uh
as words of their own that announce a delay).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from coach.disfluencies.detector import Detector, found
from coach.disfluencies.tokens import bare, is_filled_pause
from coach.recording import Recording
from coach.transcript import Disfluency, Span, Word

NAME: Final = "filled_pause.words"
_ANSWER_HEADS: Final = frozenset({"uh", "um", "mm", "mhm", "hm", "hmm", "mmm", "ah", "ahh"})
_ANSWER_TAILS: Final = frozenset({"huh", "hm", "hmm", "ha", "hah"})


def detect(
    words: Sequence[Word],
    silences: Sequence[Span],  # noqa: ARG001
    speech: Sequence[Span],  # noqa: ARG001
    recording: Recording | None,  # noqa: ARG001
) -> list[Disfluency]:
    """Every filled pause that was written down; confidence is the word's own."""
    return [
        found(words, i, i + 1, "filled_pause", NAME, word.confidence)
        for i, word in enumerate(words)
        if is_filled_pause(word.text) and not _is_answer_or_unit(words, i)
    ]


def _is_answer_or_unit(words: Sequence[Word], i: int) -> bool:
    """Whether the word belongs to "mm hmm", "uh -huh", "ah ha", or is the unit in "5 mm"."""
    word = bare(words[i].text)
    before = words[i - 1].text if i else ""
    after = words[i + 1].text if i + 1 < len(words) else ""
    joined = not before.endswith((",", ".", "?", "!"))
    if after.startswith("-") or words[i].text.startswith("-"):
        return True
    if word in _ANSWER_HEADS and bare(after) in _ANSWER_TAILS and not words[i].text.endswith((",", ".", "…")):
        return True
    if word in _ANSWER_TAILS and bare(before) in _ANSWER_HEADS and joined:
        return True
    return word == "mm" and before[:1].isdigit()


DETECTOR: Final = Detector(NAME, "1", detect)
