"""The matching view: the words of an answer as they are compared, each knowing where it was said.

The transcript itself is never rewritten. In the view, fillers and abandoned words are left out, and an
accepted form of a term ("soft max") reads as the term ("softmax"). A window is a run of the view's tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from jellyfish import metaphone
from rapidfuzz import fuzz

from coach.assessment import Evidence
from coach.coverage.words import CONJUNCTIONS, FILLED_PAUSES, FUNCTION_WORDS, tokens
from coach.transcript import Disfluency, Transcript, Word, WrittenWord

LEFT_OUT = frozenset({"filled_pause", "discourse_marker", "repetition", "restart"})
SLIDING = ((12, 6), (20, 10), (30, 15))  # length and step in words; speech has no reliable punctuation
_LONGEST_SENTENCE = 40
_SHORTEST_CLAIM, _LONGEST_CLAIM = 4, 24  # words; a longer stretch may hold right and wrong
_TERM_RATIO = 88.0  # rapidfuzz ratio of letters; "tokenisation"/"tokenization" 92, "precision"/"decision" 82
_SOUND_LENGTH = (
    4  # Metaphone codes from here on are telling: "eigenvictor" is EJNFKTR, but "recall" and "recoil" RKL
)
_SENTENCE_END = re.compile(r"[.!?]['\")\]]*$")
_CLAUSE_END = re.compile(r"[.!?,;:]['\")\]]*$|^[-\u2013\u2014]$")
FUNCTION_SHARE = 0.20  # below it a stretch is a list: every bare list tried, none of 1,227 spoken chunks
_JUDGED_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Token:
    """One compared word and the half-open range of the transcript's words that it stands for."""

    text: str
    first: int
    last: int
    ends_clause: bool = False
    ends_sentence: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """A run of tokens, ``start <= index < end``.

    ``listed`` says that it names things without saying anything about them, ``claim`` that it is one to three
    clauses of one sentence, so that what it says is said of one thing.
    """

    start: int
    end: int
    text: str
    listed: bool
    claim: bool


def matching_view(
    transcript: Transcript, disfluencies: Sequence[Disfluency], terms: Mapping[str, str]
) -> tuple[Token, ...]:
    """The tokens of ``transcript``; ``terms`` as :func:`accepted_forms` gives them."""
    dropped = {
        index
        for found in disfluencies
        if found.kind in LEFT_OUT and found.verdict != "rejected" and found.word_range is not None
        for index in range(*found.word_range)
    }
    view: list[Token] = []
    words: Sequence[Word | WrittenWord] = transcript.words
    for index, word in enumerate(words):
        ends_clause = _CLAUSE_END.search(word.text) is not None
        ends_sentence = _SENTENCE_END.search(word.text) is not None
        said = () if index in dropped else tokens(word.text)
        kept = [text for text in said if text not in FILLED_PAUSES]
        if not kept and view and ends_clause:
            view[-1] = _ending(view[-1], ends_clause, ends_sentence)  # "zero, um." still ends there
        for position, text in enumerate(kept):
            last = position == len(kept) - 1
            view.append(Token(text, index, index + 1, ends_clause and last, ends_sentence and last))
    return tuple(_with_terms(view, terms))


def accepted_forms(pairs: Iterable[tuple[str, Sequence[str]]]) -> dict[str, str]:
    """From (say, accept) pairs: joined letters of every accepted form -> the term's own tokens, spaced."""
    forms: dict[str, str] = {}
    for say, accept in pairs:
        term = " ".join(tokens(say))
        for form in (say, *accept):
            if letters := "".join(tokens(form)):
                forms.setdefault(letters, term)
    return forms


def windows(view: Sequence[Token]) -> list[Window]:
    """Claims, sentences, neighbouring sentences and sliding runs of 12, 20 and 30 words, each once."""
    claims = claim_spans(view)
    sentences = _runs(len(view), [index + 1 for index, token in enumerate(view) if token.ends_sentence])
    spans = set(claims) | {(a, b) for a, b in sentences if b - a <= _LONGEST_SENTENCE}
    spans |= {(a, d) for (a, _), (_, d) in pairwise(sentences) if d - a <= _LONGEST_SENTENCE}
    for length, step in SLIDING:
        starts = range(0, max(len(view) - length, 0) + step, step)
        spans |= {(max(min(a, len(view) - length), 0), min(a + length, len(view))) for a in starts}
    texts = [token.text for token in view]
    return [
        Window(a, b, " ".join(texts[a:b]), is_list(view, a, b), (a, b) in claims)
        for a, b in sorted(spans)
        if b > a
    ]


def claim_spans(view: Sequence[Token]) -> set[tuple[int, int]]:
    """One to three neighbouring clauses of one sentence, 4 to 24 words.

    A clause ends at punctuation, or before a conjunction: speech often comes without punctuation.
    """
    spans: set[tuple[int, int]] = set()
    for a, b in _runs(len(view), [index + 1 for index, token in enumerate(view) if token.ends_sentence]):
        ends = [i + 1 for i in range(a, b) if view[i].ends_clause]
        ends += [i for i in range(a + 1, b) if view[i].text in CONJUNCTIONS]
        clauses = _runs(b, ends, a)
        for first in range(len(clauses)):
            for last in clauses[first : first + 3]:
                if _SHORTEST_CLAIM <= last[1] - clauses[first][0] <= _LONGEST_CLAIM:
                    spans.add((clauses[first][0], last[1]))
    return spans


def is_list(view: Sequence[Token], start: int, end: int) -> bool:
    """Whether the words there, or the twelve around them, hold under 20 % function words: terms in a row.

    A whole answer under eight words is too short to tell and counts as speech.
    """
    if len(view) < 8:
        return False
    missing = max(_JUDGED_LENGTH - (end - start), 0)
    start = max(min(start - missing // 2, len(view) - _JUDGED_LENGTH), 0)
    around = view[start : max(end, start + _JUDGED_LENGTH)]
    return sum(token.text in FUNCTION_WORDS for token in around) < FUNCTION_SHARE * len(around)


def evidence(transcript: Transcript, view: Sequence[Token], start: int, end: int) -> Evidence:
    """The transcript's own words under ``view[start:end]``, letter for letter, with their times."""
    return quoted(transcript, view[start].first, view[end - 1].last - 1)


def quoted(transcript: Transcript, first: int, last: int) -> Evidence:
    """The transcript's words from ``first`` to ``last``, both included, letter for letter, with their times."""
    char_start = sum(len(word.text) + 1 for word in transcript.words[:first])
    char_end = char_start + len(" ".join(word.text for word in transcript.words[first : last + 1]))
    return Evidence(
        quote=transcript.text[char_start:char_end],
        start=transcript.words[first].start,
        end=transcript.words[last].end,
        char_start=char_start,
        char_end=char_end,
    )


def _ending(token: Token, clause: bool, sentence: bool) -> Token:
    return Token(
        token.text, token.first, token.last, token.ends_clause or clause, token.ends_sentence or sentence
    )


def _runs(length: int, ends: Sequence[int], start: int = 0) -> list[tuple[int, int]]:
    return [(a, b) for a, b in pairwise(sorted({start, *ends, length})) if b > a]


def _with_terms(view: Sequence[Token], terms: Mapping[str, str]) -> Iterable[Token]:
    """Replace runs that read or look like an accepted form by the term, the longest run first."""
    longest = max((len(form) for form in terms), default=0) + 2
    index = 0
    while index < len(view):
        for length in (4, 3, 2, 1):
            run = view[index : index + length]
            letters = "".join(token.text for token in run)
            if len(run) < length or len(letters) > longest or any(t.ends_clause for t in run[:-1]):
                continue
            loose = not {run[0].text, run[-1].text} & FUNCTION_WORDS
            if (term := terms.get(letters) or (_nearest(letters, terms) if loose else None)) is not None:
                for text in term.split():
                    last = run[-1]
                    yield Token(text, run[0].first, last.last, last.ends_clause, last.ends_sentence)
                index += length
                break
        else:
            yield view[index]
            index += 1


def _nearest(letters: str, terms: Mapping[str, str]) -> str | None:
    """The term that ``letters`` nearly spell, or sound like (Metaphone, Philips 1990).

    First letter and digits agree (un-, de-, L1 and L2 differ).
    """
    if len(letters) < 6:
        return None
    best, best_ratio = None, _TERM_RATIO
    sound = _sound(letters)
    for form, term in terms.items():
        if len(form) >= 6 and form[0] == letters[0] and _digits(form) == _digits(letters):
            ratio = fuzz.ratio(letters, form, score_cutoff=best_ratio)
            if len(sound) >= _SOUND_LENGTH and sound == _sound(form):
                ratio = max(ratio, _TERM_RATIO)
            if ratio >= best_ratio:
                best, best_ratio = term, ratio
    return best


@lru_cache(maxsize=20_000)
def _sound(letters: str) -> str:
    return metaphone(letters)


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())
