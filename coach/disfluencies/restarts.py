"""Restarts: what was begun, abandoned and said differently.

Five forms, by falling certainty: a word cut off ("gra- gradient"), an editing term ("the bias, sorry, the
variance"), a word replaced at once by its like ("it, it's"), a phrase taken up again with its first words ("the
model is, the model was") and an opening that leads nowhere ("if we take the, you compute"). The range covers the
reparandum only (Shriberg 1994; Levelt 1983 on editing terms and retracing).

A transcription guesses at sentences: it puts full stops and capitals where a phrase was broken off, and writes
what was broken off as some other word. So neither forbids a match, and words are compared by their sound.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from coach.disfluencies.detector import Detector, Hearing, found
from coach.disfluencies.echoes import fragments, heard
from coach.disfluencies.likeness import alike, begins, phrases_alike, sound_key
from coach.disfluencies.line import Line, line_of
from coach.disfluencies.tokens import (
    CLAUSE_INITIAL,
    CLAUSE_OPEN,
    bare,
    breaks,
    ends_sentence,
    is_filled_pause,
    lexicon,
)
from coach.transcript import Disfluency, Word

NAME: Final = "restart.words"
FRAGMENT: Final = "restart.sound"
UNSURE: Final = 0.5
"""Below this confidence a word is as likely as not a guess at something that was no word."""
SHORTEST_KEY: Final = 3
"""Sounds in the shortest key that words are compared by."""
LONGEST_OPENING: Final = 6
"""An opening that is abandoned has at most this many words."""

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
    ("no",),
)
#: Said of nothing but a word just taken back, so that the repair need not begin like the phrase.
_PLAIN_EDITS: Final = frozenset(_EDITS) - {("i", "mean"), ("let", "me", "start", "over")}

_ARTICLES: Final = lexicon("a an the my our your their every")
_DETERMINERS: Final = _ARTICLES | lexicon("its his these those some")
_NOMINATIVE: Final = lexicon("i we they he she")
_CONTRACTED: Final = lexicon(
    """
    it's i'm we're you're they're he's she's that's there's let's i've we've you've they've i'd we'd you'd they'd
    he'd she'd it'd i'll we'll you'll they'll he'll she'll it'll
    """
)
_PRONOUNS: Final = lexicon("i we you they he she it")
_SUBJECTS: Final = _PRONOUNS | _CONTRACTED | {"this"}
#: Between a subject and its verb.
_ADVERBS: Final = lexicon(
    "just never even really only always also still don't doesn't didn't can't couldn't won't"
)
_BEGIN_CLAUSE: Final = lexicon("when if because since and but")
_STARTERS: Final = _PRONOUNS | _CONTRACTED | {"there"}
_BE: Final = lexicon("is are was were am be been being")
_AUXILIARIES: Final = _BE | lexicon(
    """
    have has had do does did will would can could should may might must shall can't won't couldn't shouldn't
    wouldn't don't doesn't didn't isn't aren't
    """
)
_SOUND_OF_AUXILIARIES: Final = frozenset(
    key for key in map(sound_key, _AUXILIARIES) if len(key) >= SHORTEST_KEY
)
"""Of those long enough to be told apart: "will" is written "wheel", "has" as "haze"."""
_PREPOSITIONS: Final = lexicon(
    "of in on at to for with from by into onto over under between through during without within about as than per via"
)
#: Prepositions and conjunctions that a phrase may end on before a parallel one ("the loss of, the loss on").
_STRANDED: Final = lexicon("of in on for to and or with by")
#: A clause that ends on one of these was not finished, whatever stands before it.
_UNFINISHED: Final = (
    CLAUSE_OPEN
    - _PREPOSITIONS
    - CLAUSE_INITIAL
    - lexicon(
        "or not also just only very more most less this that these those her some any each no what why how i'm"
    )
)
_EMBEDDING: Final = lexicon(
    """
    think thought know knew guess mean say said believe hope feel suppose wish see saw bet assume hear tell
    told find found remember guessed imagine swear understand if when because since what how where that as
    than like until before after while though unless whether and or but so
    """
)
_OPENERS: Final = lexicon("so and but because if when that which")
#: Prepositions that are no adverbs, so that something must follow.
_BEFORE_OBJECT: Final = lexicon("of from with into for at")
#: After these "to" wants a verb.
_BEFORE_INFINITIVE: Final = lexicon(
    "have has had need needs want wants going try trying used able like ought got"
)
#: In a clause with one of these a preposition or an auxiliary may stand last ("what it depends on", "as you can").
_ELLIPTIC: Final = lexicon(
    "what which who whom whose where how that as than if when because so until whatever"
)
#: These connect with what came before whatever becomes of their clause.
_CONNECTIVES: Final = lexicon("and but so or well")
_FINITE: Final = _AUXILIARIES - lexicon("be been being do does did have had")
LONGEST_SUBJECT: Final = 7
"""A subject is looked for in this many words."""
_NEAR: Final = 5


def detect(hearing: Hearing) -> list[Disfluency]:
    """Every restart that the words show, and the cut-off words that only the sound tells of."""
    words, silences, speech, recording = hearing.words, hearing.silences, hearing.speech, hearing.recording
    line = line_of(words, silences)
    ranges = [
        *_cut_offs(line),
        *_written_out(line),
        *_edited(
            words, [i for i, word in enumerate(words) if bare(word.text) and not is_filled_pause(word.text)]
        ),
        *_replaced(line),
        *_reformulated(line),
        *_inflected(line),
        *_abandoned(line),
    ]
    written = [found(words, first, stop, "restart", NAME, confidence) for first, stop, confidence in ranges]
    return [
        *written,
        *(heard("restart", FRAGMENT, echo, words) for echo in fragments(words, speech, recording)),
    ]


Found = Iterator[tuple[int, int, float]]


def _cut_offs(line: Line) -> Found:
    """Words written with a hyphen at their end."""
    for at, i in enumerate(line.at):
        if not _CUT_OFF.fullmatch(line.words[i].text):
            continue
        following = line.texts[at + 1 : at + 2]
        if not following:
            continue
        completed = following[0].startswith(line.texts[at])
        first = at if completed else _retraced(line, at, following[0])
        # "pre- and post-training" suspends the hyphen
        if completed or first < at or following[0] not in {"and", "or", "to"}:
            yield *line.range(first, at + 1), 0.95 if completed or first < at else 0.8


def _retraced(line: Line, at: int, following: str) -> int:
    """Where the speaker went back to after the cut-off ``at``: the same word, or the start of the clause."""
    for first in range(at - 1, max(-1, at - _NEAR), -1):
        if line.stops[first]:
            break
        if line.texts[first] == following:
            return first
    begun = _clause_start(line, at) if following in _STARTERS else None
    return at if begun is None else begun


def _written_out(line: Line) -> Found:
    """A word cut off that was written as another one which sounds like it ("the wight, waits")."""
    for at in range(len(line) - 1):
        fragment, word = line.texts[at : at + 2]
        unsure = line.broken[at] or line.words[line.at[at]].confidence < UNSURE
        derived = word.startswith(f"{fragment}-") or word in {f"{fragment}er", f"{fragment}r"}
        whole = line.stops[at] or fragment in CLAUSE_OPEN or derived
        if unsure and not whole and begins(fragment, word):
            yield *line.range(at, at + 1), 0.7


def _edited(words: Sequence[Word], lexical: Sequence[int]) -> Found:
    """The phrase before an editing term, where the repair starts with the same word as the phrase did."""
    texts = [bare(words[i].text) for i in lexical]
    done = 1  # "sorry, no" is one term
    for at in range(1, len(lexical)):
        term = next((edit for edit in _EDITS if tuple(texts[at : at + len(edit)]) == edit), None)
        after = at + len(term) if term else len(lexical)
        if term is None or after >= len(lexical) or at < done:
            continue
        done = after
        last = words[lexical[at - 1]].text
        if term == ("no",) and not _takes_back(last, words[lexical[at]].text, texts[after]):
            continue
        plain = term in _PLAIN_EDITS
        if ends_sentence(last) and not plain:
            continue
        for back in range(at - 1, max(-1, at - _NEAR), -1):
            if alike(texts[back], texts[after]) and not (term == ("i", "mean") and texts[back] in _SUBJECTS):
                first = back if back < at - 1 else _term_start(words, lexical, texts, back)
                yield lexical[first], lexical[at - 1] + 1, 0.85
                break
        else:
            if plain and texts[at - 1] not in {"i'm", "am", "so", "very"}:
                yield lexical[_term_start(words, lexical, texts, at - 1)], lexical[at - 1] + 1, 0.7


def _takes_back(before: str, term: str, after: str) -> bool:
    """Whether "no" corrects a word: set off on both sides, after no question, and no clause follows."""
    asked = before.rstrip("\"')").endswith("?")
    return (
        breaks(before) and not asked and breaks(term) and after not in CLAUSE_OPEN | _SUBJECTS - _DETERMINERS
    )


def _term_start(words: Sequence[Word], lexical: Sequence[int], texts: Sequence[str], last: int) -> int:
    """Where the term that ends at ``last`` begins: what is corrected is a word, or two after a determiner."""
    for back in (1, 2):
        before = last - back
        if before < 0 or breaks(words[lexical[before]].text):
            break
        if texts[before] in _DETERMINERS | _PREPOSITIONS:
            return before + 1
    return last


def _replaced(line: Line) -> Found:
    """One subject or determiner replaced at once by another: "it, it's", "it's that's", "a the"."""
    for at in range(len(line) - 1):
        left, right, following = (line.text(at + k) for k in range(3))
        if line.stops[at] or left == right or following in {"priori", "posteriori"}:
            continue
        # "an A/B test"
        letter = right == "a" and (line.words[line.at[at + 1]].text.isupper() or len(following) == 1)
        article = left in {"a", "an", "the"} and right in _DETERMINERS and not letter
        # "that's it" and "it's you" are said on purpose
        instead = _SUBJECTS - {"it", "you", "this"} if left in _CONTRACTED else _SUBJECTS
        subject = left in _CONTRACTED - {"let's"} | {"i", "we", "they"} and right in instead
        contracted = left in _PRONOUNS | {"that", "there"} and right.startswith(f"{left}'")
        opening = line.broken[at] and _opens(line, at)
        if left in _NOMINATIVE:
            subject = subject or (opening and right in _STARTERS | _BEGIN_CLAUSE)
        else:  # "it" and "you" may be objects before a clause ("we tell you it's done")
            contracted = contracted and opening
        if article or subject or contracted:
            yield *line.range(at, at + 1), 0.7


def _opens(line: Line, at: int) -> bool:
    """Whether a clause may begin at ``at``: after a break, a conjunction or a verb of saying."""
    return at == 0 or line.broken[at - 1] or line.texts[at - 1] in _EMBEDDING | CLAUSE_INITIAL


def _reformulated(line: Line) -> Found:
    """P X P Y: the opening P again after an X of one or two words that leaves its clause unfinished."""
    at = 0
    while at < len(line):
        match = next(
            ((size, gap) for size in (3, 2, 1) for gap in (1, 2) if _taken_up_again(line, at, size, gap)),
            None,
        )
        if match is None:
            at += 1
            continue
        size, gap = match
        yield *line.range(at, at + size + gap), 0.75 if size > 1 else 0.6
        at += size + gap


def _taken_up_again(line: Line, at: int, size: int, gap: int) -> bool:
    """Whether the opening at ``at`` with the ``gap`` words after it breaks off before it is begun again."""
    texts = line.texts
    opening, rest = texts[at : at + size], texts[at + size : at + size + gap]
    again = texts[at + size + gap : at + 2 * size + gap]
    following = line.text(at + 2 * size + gap)
    if not following or not phrases_alike(opening, again):
        return False
    parallel = alike(following, rest[0]) or {"more", "less"} & {*opening, *rest}
    if (
        parallel
        or opening[0] == rest[0]
        or rest[-1] in CLAUSE_INITIAL
        or any(line.stops[at : at + size + gap - 1])
    ):
        return False
    return _breaks_off_long(line, at, size, gap) if size > 1 else _breaks_off_short(line, at, gap)


def _breaks_off_long(line: Line, at: int, size: int, gap: int) -> bool:
    """Whether an opening of two or three words and what follows it are left unfinished."""
    opening, end = line.texts[at : at + size], at + size + gap - 1
    last = line.texts[end]
    if line.broken[end] and _is_unfinished(last):
        return True
    if line.stops[end]:
        return False
    if gap == 1 and _clash(opening[-1], last):
        return True
    if line.broken[end] and line.words[line.at[end]].confidence < UNSURE:
        return opening[-1] in CLAUSE_OPEN
    parallel = opening[0] in CLAUSE_INITIAL | _PREPOSITIONS or opening[0] not in CLAUSE_OPEN
    return not parallel and line.hesitant[end]


def _clash(left: str, right: str) -> bool:
    """Whether one word can't follow the other, so that the second broke off what the first began."""
    if left in _ARTICLES:  # "make the for make the"
        return right in _PREPOSITIONS | _UNFINISHED
    if left in _PREPOSITIONS:  # "the mean of was the mean of"
        return right in _PREPOSITIONS | _AUXILIARIES
    if left in _PRONOUNS and right in _PREPOSITIONS:
        return True
    return right in _AUXILIARIES - _BE  # "the output is the output of" is a sentence


def _breaks_off_short(line: Line, at: int, gap: int) -> bool:
    """Whether an opening of one word and what follows it are left unfinished."""
    opening, rest, end = line.texts[at], line.texts[at + 1 : at + 1 + gap], at + gap
    if not line.broken[end] or [opening, *rest] == ["that", "is"]:
        return False
    unfinished = _is_unfinished(rest[-1])
    if opening in _OPENERS:
        return unfinished
    embedded = set(rest) & _EMBEDDING or line.text(at - 1) in _EMBEDDING
    hesitant = line.hesitant[end] and not line.stops[end]
    return opening in _SUBJECTS and not embedded and (unfinished or hesitant)


def _is_unfinished(last: str) -> bool:
    """Whether a clause interrupted after ``last`` was not finished."""
    return last in _UNFINISHED or sound_key(last) in _SOUND_OF_AUXILIARIES


def _inflected(line: Line) -> Found:
    """A word with what came after it fused into it, then said again alone: "the batches, the batch" for "is"."""
    for at in range(len(line) - 3):
        before, wrong, again, right = line.texts[at : at + 4]
        if (
            before == again
            and before in _DETERMINERS
            and wrong != right
            and line.broken[at + 1]
            and not line.stops[at + 1]
            and (begins(right, wrong) or begins(wrong, right))
        ):
            yield *line.range(at, at + 2), 0.65


def _abandoned(line: Line) -> Found:
    """The opening of a clause that ends where no clause can, and another clause begins."""
    for at in range(1, len(line) - 1):
        anew = line.texts[at + 1] in _DETERMINERS and begins_anew(line, at)
        if not (anew or _leads_nowhere(line, at)):
            continue
        first = _clause_start(line, at)
        if first is not None and first < at:
            yield *line.range(first, at + 1), 0.75 if anew else 0.65


def _leads_nowhere(line: Line, at: int) -> bool:
    """Whether the word at ``at`` cannot be followed by the next one, so that something else begins there."""
    last, right = line.texts[at], line.text(at + 1)
    if not line.broken[at] or last == right:
        return False
    if last in _ARTICLES and line.stops[at]:
        return True
    begun = right in _STARTERS or right in CLAUSE_INITIAL | _PREPOSITIONS - {"of", "than", "per", "as"}
    if last in _ARTICLES:
        return begun
    if last in _BEFORE_OBJECT and right in _NOMINATIVE | _CONTRACTED:
        first = _clause_start(line, at)
        return first is not None and not _ELLIPTIC & set(line.texts[first:at])
    if last == "to" and line.text(at - 1) in _BEFORE_INFINITIVE:
        return right in _DETERMINERS or begun
    return _verb_left_out(line, at)


def _verb_left_out(line: Line, at: int) -> bool:
    """Whether a subject and what goes before its verb stand before another subject: "we just, it's", "we were, we're"."""
    subject, last, right = (line.text(at + k) for k in (-1, 0, 1))
    if last in _ADVERBS:
        return subject in _PRONOUNS | _CONTRACTED and right in _STARTERS
    return last in _AUXILIARIES and subject in _PRONOUNS and right.startswith(f"{subject}'")


def begins_anew(line: Line, at: int) -> bool:
    """Whether the article at ``at``, said again at once, opens another clause: "if we take the, the noise is".

    What depends on a verb or a preposition can't be the subject of "is"; then all of the opening was abandoned.
    """
    before = line.text(at - 1)
    if line.texts[at] not in _ARTICLES or not line.broken[at] or not before:
        return False
    if before in CLAUSE_INITIAL | _EMBEDDING | _BE | _CONTRACTED | {"there"} or line.stops[at - 1]:
        return False
    first = _clause_start(line, at)
    if first is None or first >= at:
        return False
    for word in range(at + 2, min(at + 2 + LONGEST_SUBJECT, len(line) - 1)):
        if line.texts[word] in _FINITE:
            return word > at + 2
        if line.broken[word] or line.texts[word] in _SUBJECTS | CLAUSE_INITIAL | {"that", "to"}:
            return False
    return False


def _clause_start(line: Line, at: int) -> int | None:
    """The first word of the clause that ``at`` stands in, or None where it began too long ago."""
    for first in range(at, max(-1, at - LONGEST_OPENING), -1):
        opens = line.texts[first] in _STARTERS | CLAUSE_INITIAL | {"what", "this"}
        if first == 0 or line.stops[first - 1] or (line.broken[first - 1] and opens):
            return first + (line.texts[first] in _CONNECTIVES)
    if line.texts[at] not in _BEFORE_OBJECT:
        return None
    # "the other part of, I'm": a phrase set off before it
    return next(
        (first for first in range(at - 1, max(0, at - LONGEST_OPENING), -1) if line.broken[first - 1]), None
    )


DETECTOR: Final = Detector(NAME, "6", detect)
