"""Restarts: what was begun, abandoned and said differently.

Three forms, by falling certainty: a word cut off ("gra- gradient"), an editing term ("the bias, sorry, the
variance") and a phrase taken up again with its first words ("the model is, the model was"). The range covers
the reparandum only (Shriberg 1994; Levelt 1983 on editing terms and retracing).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from coach.disfluencies.detector import Detector, found
from coach.disfluencies.tokens import (
    CLAUSE_INITIAL,
    CLAUSE_OPEN,
    bare,
    carriers,
    ends_sentence,
    is_filled_pause,
    lexicon,
    trails_off,
)
from coach.recording import Recording
from coach.transcript import Disfluency, Span, Word

NAME: Final = "restart.words"
_CUT_OFF: Final = re.compile(r"[\"'(]?[A-Za-z][A-Za-z'-]*[-–],?")
_EDITS: Final = (
    ("let", "me", "rephrase"),
    ("let", "me", "start", "over"),
    ("scratch", "that"),
    ("or", "rather"),
    ("no", "wait"),
    ("wait", "no"),
    ("sorry", "no"),
    ("no", "sorry"),
    ("i", "mean"),
    ("sorry",),
)
#: Said of nothing but a word just taken back, so that the repair need not begin like the phrase.
_PLAIN_EDITS: Final = frozenset(_EDITS) - {("i", "mean"), ("let", "me", "start", "over")}
_SUBJECTS: Final = lexicon("i we you they he she it it's i'm we're they're there's that's this")
_EMBEDDING: Final = lexicon(
    """
    think thought know knew guess mean say said believe hope feel suppose wish see saw bet assume hear tell
    told find found remember guessed imagine swear understand if when because since what how where that as
    than like until before after while though unless whether and or but so
    """
)
_OPENERS: Final = lexicon("so and but because if when")
#: Prepositions and conjunctions that a phrase may end on before a parallel one ("the loss of, the loss on").
_STRANDED: Final = lexicon("of in on for to and or with by")
_NEAR: Final = 5
#: A subject followed at once by another subject, or an article by another determiner, was taken back.
_TAKEN_BACK: Final = (
    (lexicon("i we they it's that's we're i'm they're there's he's she's"), _SUBJECTS | {"there"}),
    (lexicon("a an the"), lexicon("a an the some my our your their these those")),
)


def detect(
    words: Sequence[Word],
    silences: Sequence[Span],  # noqa: ARG001
    speech: Sequence[Span],  # noqa: ARG001
    recording: Recording | None,  # noqa: ARG001
) -> list[Disfluency]:
    """Every restart that the words show."""
    lexical = carriers(words)
    ranges = [
        *_cut_offs(words, lexical),
        *_edited(
            words, [i for i, word in enumerate(words) if bare(word.text) and not is_filled_pause(word.text)]
        ),
        *_taken_back(words, lexical),
        *_reformulated(words, lexical),
    ]
    return [found(words, first, stop, "restart", NAME, confidence) for first, stop, confidence in ranges]


def _cut_offs(words: Sequence[Word], lexical: Sequence[int]) -> Iterator[tuple[int, int, float]]:
    for at, i in enumerate(lexical):
        if not _CUT_OFF.fullmatch(words[i].text):
            continue
        following = [bare(words[j].text) for j in lexical[at + 1 : at + 4]]
        if not following:
            continue
        fragment = bare(words[i].text)
        first, completed = i, following[0].startswith(fragment)
        for back in (1, 2, 3):
            phrase = [bare(words[j].text) for j in lexical[max(0, at - back) : at]]
            if len(phrase) == back and following[:back] == phrase:
                first, completed = lexical[at - back], True
        # "pre- and post-training" suspends the hyphen
        if completed or following[0] not in {"and", "or", "to"}:
            yield first, i + 1, 0.95 if completed else 0.8


def _edited(words: Sequence[Word], lexical: Sequence[int]) -> Iterator[tuple[int, int, float]]:
    """The phrase before an editing term, where the repair starts with the same word as the phrase did."""
    texts = [bare(words[i].text) for i in lexical]
    for at in range(1, len(lexical)):
        term = next((edit for edit in _EDITS if tuple(texts[at : at + len(edit)]) == edit), None)
        after = at + len(term) if term else len(lexical)
        if after >= len(lexical):
            continue
        plain = term in _PLAIN_EDITS
        if ends_sentence(words[lexical[at - 1]].text) and not plain:
            continue
        for back in range(at - 1, max(-1, at - _NEAR), -1):
            if texts[back] == texts[after] and not (term == ("i", "mean") and texts[back] in _SUBJECTS):
                yield lexical[back], lexical[at - 1] + 1, 0.85
                break
        else:
            if plain and texts[at - 1] not in {"i'm", "am", "so", "very"}:
                yield lexical[at - 1], lexical[at - 1] + 1, 0.7


def _taken_back(words: Sequence[Word], lexical: Sequence[int]) -> Iterator[tuple[int, int, float]]:
    """One subject or determiner replaced at once by another: "it's that's", "a the"."""
    for i, j in pairwise(lexical):
        left, right = bare(words[i].text), bare(words[j].text)
        following = bare(words[j + 1].text) if j + 1 < len(words) else ""
        if ends_sentence(words[i].text) or left == right or following in {"priori", "posteriori"}:
            continue
        letter = bare(words[j].text) == "a" and words[j].text.isupper()  # "an A/B test"
        if not letter and any(left in begun and right in instead for begun, instead in _TAKEN_BACK):
            yield i, i + 1, 0.7


def _reformulated(words: Sequence[Word], lexical: Sequence[int]) -> Iterator[tuple[int, int, float]]:
    """P X P Y: the opening P again after an X of one or two words that leaves its clause unfinished."""
    texts = [bare(words[i].text) for i in lexical]
    at = 0
    while at < len(texts):
        match = next(
            (
                (size, gap)
                for size in (3, 2, 1)
                for gap in (1, 2)
                if texts[at : at + size] == texts[at + size + gap : at + 2 * size + gap]
                and _is_abandoned(words, lexical, texts, at, size, gap)
            ),
            None,
        )
        if match is None:
            at += 1
            continue
        size, gap = match
        yield lexical[at], lexical[at + size + gap - 1] + 1, 0.7 if size > 1 else 0.55
        at += size + gap


def _is_abandoned(
    words: Sequence[Word], lexical: Sequence[int], texts: Sequence[str], at: int, size: int, gap: int
) -> bool:
    """Whether the opening at ``at`` with the ``gap`` words after it breaks off before it is begun again."""
    opening, rest = texts[at : at + size], texts[at + size : at + size + gap]
    following = texts[at + 2 * size + gap : at + 2 * size + gap + 1]
    if not following or following[0] == rest[0] or opening[0] == rest[0] or rest[-1] in CLAUSE_INITIAL:
        return False
    if any(ends_sentence(words[i].text) for i in lexical[at : at + size + gap]):
        return False
    end, again = lexical[at + size + gap - 1], lexical[at + size + gap]
    interrupted = again != end + 1 or trails_off(words[end].text)
    unfinished = rest[-1] in CLAUSE_OPEN - _STRANDED
    if size > 1:
        clause = opening[0] in CLAUSE_OPEN - CLAUSE_INITIAL and not {"more", "less"} & set(opening)
        return clause and (unfinished or interrupted)
    if opening[0] in _OPENERS:
        return interrupted and rest[-1] in CLAUSE_OPEN
    embedded = set(rest) & _EMBEDDING or (at and texts[at - 1] in _EMBEDDING)
    return opening[0] in _SUBJECTS and not embedded and (unfinished or interrupted)


DETECTOR: Final = Detector(NAME, "2", detect)
