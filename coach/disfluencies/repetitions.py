"""Immediate repetitions: one to four words said again at once ("the the", "we want, um, we want").

The reparandum (Shriberg 1994: what would be deleted to read the sentence fluently) is every copy but the
last. Doubles that are meant ("very very", "had had", "no no", digits, letters, "dot dot dot") are left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from coach.disfluencies.detector import Detector, Hearing, found
from coach.disfluencies.echoes import copies, heard
from coach.disfluencies.line import line_of
from coach.disfluencies.restarts import begins_anew
from coach.disfluencies.tokens import CLAUSE_OPEN, bare, breaks, carriers, ends_sentence, lexicon
from coach.recording import Recording
from coach.transcript import Disfluency, Span, Word

NAME: Final = "repetition.words"
ECHO: Final = "repetition.sound"
LONGEST: Final = 4

_MEANT: Final = lexicon(
    """
    very really so much more many far long way too again no yes yeah yep nope okay ok right well bye hey
    dot dash blah ha la knock sure exactly good great uh-huh mm-hmm mhm please thanks thank
    zero one two three four five six seven eight nine ten eleven twelve hundred thousand million oh double
    """
)
_GRAMMATICAL: Final = frozenset({"that", "had", "is", "her", "you"})
_BEFORE_MEANT_THAT: Final = lexicon(
    """
    fact say says said saying think thinks thought know knows mean means meant show shows shown believe given
    see assume assumes suppose so such ensure sure guarantee imply implies idea notice noticed
    """
)
#: Of the words that seldom end a sentence those that may.
_MAY_END: Final = lexicon("this that these those her some any each you not so no why how on in over through")
_LINKS: Final = lexicon("and by after to on or for upon")
_SUBJECTS: Final = lexicon("i we you they he she it it's i'm we're there that")


def detect(hearing: Hearing) -> list[Disfluency]:
    """Every repetition; three copies in a row are one event that covers the first two."""
    words, silences, speech, recording = hearing.words, hearing.silences, hearing.speech, hearing.recording
    written = _written(words, silences)
    return [*written, *_heard(words, speech, recording, written)]


def _heard(
    words: Sequence[Word], speech: Sequence[Span], recording: Recording | None, written: Sequence[Disfluency]
) -> list[Disfluency]:
    """Copies that the sound alone tells of. Their ``word_range`` is None."""
    return [
        heard("repetition", ECHO, copy, words)
        for copy in copies(words, speech, recording)
        if not any(one.start - 0.1 < copy.end and copy.start < one.end + 0.1 for one in written)
    ]


def _written(words: Sequence[Word], silences: Sequence[Span]) -> list[Disfluency]:
    """The repetitions that were written down."""
    line = line_of(words, silences)
    lexical = carriers(words)
    texts = [bare(words[i].text) for i in lexical]
    events = []
    at = 0
    while at < len(lexical):
        size, times = _repeat_at(texts, at)
        taken_back = size == 1 and times == 2 and begins_anew(line, at)  # a restart of all that came before
        if times > 1 and not taken_back and not _is_meant(words, lexical, texts, at, size):
            last = lexical[at + size * (times - 1) - 1]
            confidence = _confidence(texts, at, size)
            events.append(found(words, lexical[at], last + 1, "repetition", NAME, confidence))
        at += size * (times - 1) if times > 1 else 1
    return events


def _repeat_at(texts: Sequence[str], at: int) -> tuple[int, int]:
    """(size, copies) of the longest phrase at ``at`` that follows itself at once; copies 1 if none does."""
    for size in range(LONGEST, 0, -1):
        phrase = texts[at : at + size]
        copies = 1
        while len(phrase) == size and texts[at + size * copies : at + size * (copies + 1)] == phrase:
            copies += 1
        # "we we" is one word twice, not two words once
        if copies > 1 and not (size > 1 and len(set(phrase)) == 1):
            return size, copies
    return 1, 1


def _is_meant(
    words: Sequence[Word], lexical: Sequence[int], texts: Sequence[str], at: int, size: int
) -> bool:
    phrase = texts[at : at + size]
    end, again = lexical[at + size - 1], lexical[at + size]
    interrupted = again != end + 1 or breaks(words[end].text)
    following = texts[at + 2 * size : at + 2 * size + 1]
    if phrase == ["i"] and any(_is_symbol(word) for word in (*texts[max(0, at - 1) : at], *following)):
        return True  # spelled out: "the data is i i d"
    if size > 1 and phrase[0] in {"by", "times"} and not interrupted:
        return True  # "batch by sequence by sequence"
    if all(_is_symbol(word) or word in _MEANT for word in phrase):
        # "so so important" is meant, "so, so we take" is not
        return not (phrase == ["so"] and following and following[0] in _SUBJECTS)
    if ends_sentence(words[end].text) and phrase[-1] not in CLAUSE_OPEN - _MAY_END:
        # a subject is no sentence: "so, it. It has" is the transcription's guess
        opens = at == 0 or lexical[at - 1] != lexical[at] - 1 or breaks(words[lexical[at - 1]].text)
        return not (opens and phrase[0] in _SUBJECTS and size == 1)
    if size == 1:
        return not interrupted and phrase[0] in _GRAMMATICAL and _reads_well(texts, at)
    # "years and years", "bigger and bigger and bigger", "layer by layer by layer"
    linked = size == 2 and phrase[1] in _LINKS and phrase[0] not in CLAUSE_OPEN
    return linked and (phrase[1] == "and" or following == [phrase[0]])


def _reads_well(texts: Sequence[str], at: int) -> bool:
    before = texts[at - 1] if at else ""
    if texts[at] == "that":
        return before in _BEFORE_MEANT_THAT
    if texts[at] == "is":
        return before in {"it", "that", "this", "what", "there"}
    if texts[at] == "you":
        return before in {"tell", "give", "show", "gives", "tells", "shows", "gave", "thank"}
    return texts[at] == "had" or before in {"give", "gives", "gave", "tell", "told", "show", "showed"}


def _is_symbol(word: str) -> bool:
    return any(c.isdigit() for c in word) or (len(word) == 1 and word not in {"a", "i"})


def _confidence(texts: Sequence[str], at: int, size: int) -> float:
    """Function words and phrases are rarely doubled on purpose; a single content word sometimes is."""
    return 0.95 if size > 1 or texts[at] in CLAUSE_OPEN else 0.75


DETECTOR: Final = Detector(NAME, "4", detect)
