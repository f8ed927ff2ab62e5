"""Discourse markers in filler use: like, you know, well, I mean, basically, actually, sort of, right, so.

None is counted by its form alone. Each has a rule that weighs where it stands: the neighbouring words, the
punctuation and silence around it, and whether a clause begins or ends there (Schiffrin 1987 and Fraser 1999
on markers being syntactically detachable; D'Arcy 2017 on the uses of like). The rules return how likely
filler use is, and what reaches 0.5 is reported.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from coach.disfluencies.detector import Detector, found
from coach.disfluencies.tokens import bare, breaks, ends_clause, is_filled_pause, lexicon, trails_off
from coach.recording import Recording
from coach.transcript import Disfluency, Span, Word

NAME: Final = "discourse_marker.context"
THRESHOLD: Final = 0.5
#: A silence this long (s) sets a word off as a comma does.
SET_OFF: Final = 0.25
#: A transcript with fewer than one punctuated word in this many was written without punctuation.
UNPUNCTUATED: Final = 40


_BE = lexicon(
    "is are was were be been being isn't wasn't "
    "it's that's there's what's he's she's i'm we're you're they're"
)
_SUBJECTS = lexicon(
    "i we you they he she it it's i'm we're you're they're he's she's there there's that's let's i've"
)
_CONJUNCTIONS = lexicon("and but so because or cause then yeah yes no okay oh")
_NUMBERS = lexicon(
    "two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty sixty "
    "seventy eighty ninety hundred thousand half"
)
_DETERMINERS = lexicon("a an the my your our their its his her every some any no")
_PREPOSITIONS = lexicon("of in on at for from with by into about through than as")
_MARKERS = lexicon("like well basically actually mean know right so")


@dataclass(frozen=True, slots=True)
class Place:
    """Where ``words[first:stop]`` stands: its neighbours without filled pauses, and how it is set off."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    opens: bool  # a clause begins here
    closes: bool  # a clause ends here
    broken_before: bool  # punctuation, a silence or a filled pause
    broken_after: bool
    punctuated: bool  # the transcript as a whole

    @property
    def previous(self) -> str:
        """The nearest word before, empty at the start."""
        return self.before[-1] if self.before else ""

    @property
    def following(self) -> str:
        """The nearest word after, empty at the end."""
        return self.after[0] if self.after else ""

    @property
    def apart(self) -> bool:
        """Whether it is set off on both sides."""
        return (self.broken_before or self.opens) and (self.broken_after or self.closes)


_LIKE_VERBS = lexicon(
    "look looks looked looking sound sounds sounded sounding feel feels felt feeling seem seems seemed "
    "smell smells taste tastes act acts acted behave behaves behaved behaving "
    "would i'd we'd you'd they'd he'd she'd "
    "don't doesn't didn't to much more most something anything nothing everything someone things stuff "
    "exactly rather quite not be never similar"
)
_LIKE_SUBJECTS = lexicon("i we you they people who also really always both users")
_LIKE_ADVERBS = lexicon(
    "have has had got maybe sometimes normally usually somehow totally literally where which even"
)


def _like(at: Place) -> float:  # noqa: PLR0911, PLR0912
    if at.previous in _LIKE_VERBS and not at.broken_before:
        return 0.7 if at.previous in {"be", "not"} and at.broken_after else 0.05
    if at.following in lexicon("that this these those me him them us") and not at.broken_after:
        return 0.5 if at.previous in {"just", "was"} and at.following == "that" and at.broken_before else 0.1
    if at.previous in _LIKE_SUBJECTS and not at.broken_before and not at.broken_after:
        return 0.1
    if at.previous in {"just", "really", "also"} and at.before[-2:-1] and at.before[-2] in _LIKE_SUBJECTS:
        return 0.2
    if at.before[-2:] in (("sort", "of"), ("kind", "of")) and not at.apart:
        return 0.3
    if at.previous in _BE and not at.broken_before and {"what", "how"} & set(at.before[-6:-1]):
        return 0.1
    if at.following in {"you", "i", "we"} and at.after[1:2] in (("say",), ("said",), ("mentioned",)):
        return 0.1
    if at.apart:
        return 0.9
    if at.previous in _DETERMINERS | _PREPOSITIONS and not at.broken_before:
        return 0.85
    if at.following in _NUMBERS or at.following[:1].isdigit():
        return 0.75
    if at.broken_after:
        return 0.75
    # "it's like a regulariser" compares, "I was like, no" quotes (D'Arcy 2017)
    if at.previous in _BE:
        return 0.35
    if at.previous in _CONJUNCTIONS | _LIKE_ADVERBS or at.opens:
        return 0.65
    if at.following in _SUBJECTS:
        return 0.55
    return 0.25


def _you_know(at: Place) -> float:
    if at.previous in lexicon(
        "do did if as how what when once does don't can could would should let that's"
    ) and (not at.broken_before):
        return 0.45 if at.previous in {"if", "what", "that's", "how"} and at.broken_after else 0.15
    complement = at.following in lexicon(
        "the a an what how why where who whether which if about all exactly this it that enough your anything"
    )
    if complement and not at.broken_after and at.punctuated:
        return 0.75 if at.broken_before and not at.opens else 0.3
    if at.following in {"what", "how", "why", "whether", "about", "anything"} and not at.broken_after:
        return 0.45
    return 0.95 if at.apart else 0.85


def _i_mean(at: Place) -> float:
    if at.previous in lexicon("what do did how which if that know does") and not at.broken_before:
        return 0.1
    if "by" in at.before[-4:] and not at.opens:
        return 0.15
    if at.following in {"by", "is", "it", "to"} and not at.broken_after:
        return 0.3 if at.following != "it" else 0.45
    if at.following == "that" and not at.broken_after and at.punctuated:
        return 0.4
    if at.following == "the" and not at.broken_after and not at.broken_before and at.punctuated:
        return 0.45
    return 0.95 if at.apart else 0.85


_WELL_DEGREES = lexicon(
    "as very pretty so really real quite too how fairly equally perfectly reasonably rather extremely "
    "relatively sufficiently might may could just"
)
_WELL_PARTNERS = lexicon(
    "known defined established understood behaved behaving posed suited separated studied calibrated "
    "conditioned designed formed structured trained tuned documented tested written above below beyond under "
    "over into within enough done as on with to"
)


def _well(at: Place) -> float:  # noqa: PLR0911
    if at.previous in _WELL_DEGREES and not at.broken_before:
        return 0.05
    if at.following in _WELL_PARTNERS and not at.broken_after:
        return 0.1
    if at.opens:
        return 0.95
    if at.previous in _CONJUNCTIONS | _MARKERS | {"that", "say", "said", "um", "is"}:
        return 0.85
    if at.apart:
        return 0.9
    if at.following in _SUBJECTS and (at.broken_before or not at.punctuated):
        return 0.75
    return 0.2


def _so(at: Place) -> float:
    """A "so" that opens and stops, or trails away; result (so it vanishes) and degree (so much) are none."""
    if at.previous in {"or", "think", "do", "and"} and at.closes:
        return 0.2
    if at.closes and not at.opens and at.broken_before:
        return 0.7
    if at.apart and at.previous in {"okay", "ok", "alright", "yeah"}:
        return 0.7
    if at.following in {"yeah", "basically", "anyway", "like", "well", "okay"} and at.opens:
        return 0.8
    if at.opens and at.broken_after:
        return 0.6
    return 0.1


def _right(at: Place) -> float:
    if at.previous in _BE | {"all", "the", "get", "gets", "got"} and not at.broken_before:
        return 0.05
    if at.closes and at.broken_before:
        return 0.9
    if at.opens and (at.broken_after or at.following in {"so", "and", "okay"}):
        return 0.8
    return 0.7 if at.apart else 0.1


def _basically(at: Place) -> float:
    if at.apart or (at.opens and at.broken_after):
        return 0.85
    if at.broken_before and not at.opens:
        return 0.6
    if at.previous in _MARKERS | _CONJUNCTIONS or at.following in _MARKERS | {"just", "um"}:
        return 0.75
    if at.following in lexicon("equivalent identical same linear zero equal free unchanged correct no"):
        return 0.3
    return 0.45


def _actually(at: Place) -> float:
    if at.apart:
        return 0.75
    if at.previous in _MARKERS - {"so"} or at.following in _MARKERS - {"right", "so", "know"}:
        return 0.7
    if at.opens and at.broken_after:
        return 0.7
    return 0.3


_NOUN_BEFORE_KIND = lexicon(
    "a an the this what some any which every each all these those no another other different same one two "
    "new special specific particular certain simplest best worst only first second third main right similar "
    "whatever common basic typical"
)


def _kind_of(at: Place) -> float:
    if (
        at.following in lexicon("thing things stuff way problem problems data model models")
        and not at.broken_after
    ):
        return 0.15
    if at.previous in {"that", "this"} and not at.broken_before:
        return 0.55 if at.following.endswith("s") and at.following not in {"this", "its"} else 0.3
    if at.previous in _NOUN_BEFORE_KIND and not at.broken_before:
        return 0.2
    return 0.9 if at.previous in _MARKERS | _CONJUNCTIONS | _SUBJECTS | _BE or at.apart else 0.75


_RULES: Final[dict[tuple[str, ...], Callable[[Place], float]]] = {
    ("you", "know"): _you_know,
    ("i", "mean"): _i_mean,
    ("sort", "of"): _kind_of,
    ("kind", "of"): _kind_of,
    ("like",): _like,
    ("well",): _well,
    ("so",): _so,
    ("right",): _right,
    ("basically",): _basically,
    ("actually",): _actually,
}

MARKERS: Final = tuple(" ".join(marker) for marker in _RULES)


def detect(
    words: Sequence[Word],
    silences: Sequence[Span],
    speech: Sequence[Span],  # noqa: ARG001
    recording: Recording | None,  # noqa: ARG001
) -> list[Disfluency]:
    """Every discourse marker in filler use; confidence is the rule's, 0.5 to 1."""
    texts = [bare(word.text) for word in words]
    punctuated = sum(breaks(word.text) for word in words) * UNPUNCTUATED >= len(words)
    events = []
    for first in range(len(words)):
        for marker, rule in _RULES.items():
            stop = first + len(marker)
            if tuple(texts[first:stop]) != marker or any(breaks(w.text) for w in words[first : stop - 1]):
                continue
            confidence = rule(_place(words, texts, first, stop, silences, punctuated))
            if confidence >= THRESHOLD:
                events.append(found(words, first, stop, "discourse_marker", NAME, confidence))
    return events


def _place(
    words: Sequence[Word],
    texts: Sequence[str],
    first: int,
    stop: int,
    silences: Sequence[Span],
    punctuated: bool,
) -> Place:
    before = [i for i in range(max(0, first - 8), first) if not is_filled_pause(words[i].text)]
    after = [i for i in range(stop, min(len(words), stop + 6)) if not is_filled_pause(words[i].text)]
    opens = not before or ends_clause(words[before[-1]].text)
    closes = not after or ends_clause(words[stop - 1].text) or trails_off(words[stop - 1].text)
    return Place(
        before=tuple(texts[i] for i in before),
        after=tuple(texts[i] for i in after),
        opens=opens,
        closes=closes,
        broken_before=opens or _broken(words, first, silences),
        broken_after=closes or _broken(words, stop, silences),
        punctuated=punctuated,
    )


def _broken(words: Sequence[Word], i: int, silences: Sequence[Span]) -> bool:
    """Whether punctuation, a filled pause or a silence stands between ``words[i - 1]`` and ``words[i]``."""
    left, right = words[i - 1], words[i]
    if breaks(left.text) or is_filled_pause(left.text) or is_filled_pause(right.text):
        return True
    low, high = (left.start + left.end) / 2, (right.start + right.end) / 2
    return any(low <= (s.start + s.end) / 2 <= high and s.duration >= SET_OFF for s in silences)


DETECTOR: Final = Detector(NAME, "1", detect)
