"""What coverage knows about English words: which say little, how they are stemmed, which way they point."""

from __future__ import annotations

import re
from functools import lru_cache

_TOKEN = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_AS_DIGITS = {name: str(value) for value, name in enumerate(_NUMBERS)}

_FILLED_PAUSES = """
    um uh uhm umm er erm eh hm hmm mm mhm uhh ah
"""

# Words that hold a sentence together. A list of terms has hardly any; speech has about one in two.
_FUNCTION_WORDS = """
    a an the this that these those such some any each every all both either neither no not nor none i me
    my mine myself we us our ours you your yours he him his she her hers it its itself they them their
    theirs themselves one ones who whom whose which what where when why how whether is are was were be
    been being am do does did done doing have has had having can could may might must shall should will
    would ought cannot of in on at by for with about against between into through during before after
    above below to from up down out off over under again further within without across along among
    around behind beyond per toward towards upon via onto as than like until till since because so if
    then else though although while unless and or but yet also too very just only even still already
    ever never always often sometimes here there now well really actually basically kind sort mean means
    say said let lets get gets got go goes going gonna make makes made thing things something anything
    everything way lot bit okay ok yes yeah right know think see want other others another same own more
    most much many few less least quite rather almost perhaps maybe
"""

# Content words that any explanation may hold: they tell points apart only weakly.
_COMMON_WORDS = """
    use used uses using example instance case cases call called different important good better best bad
    need needs give gives given take takes come comes find work works part end first second last new
    point problem question answer idea concept important term terms usually typically generally
    basically simply help helps able possible try tries look looks different start set becomes become
    show tell talk explain people time data model models value values number method approach technique
    based
"""

_NEGATIONS = """
    not no never without cannot nor neither none nothing hardly rarely fails fail lacks
"""

# A new claim may begin here, in speech without punctuation.
_CONJUNCTIONS = "and but so because whereas while however although though"

# One way / the other way. A word in both lists would cancel itself, so none is.
_UP = """
    high higher highest more most increase increases increased increasing increasingly raise raises
    raised grow grows growing large larger largest big bigger great greater up rise rises rising
    maximize maximizes maximum maximal gain strong stronger fast faster quick quicker over overfit
    overfits overfitting many always add adds adding expensive complex long longer before above true
    positive better improve improves best easier wide wider deep deeper dense convex linear supervised
    online first include includes same random upper encourage encourages allow allows enable enables
    independent stable
"""
_DOWN = """
    low lower lowest less least fewer decrease decreases decreased decreasing decreasingly reduce
    reduces reduced reducing shrink shrinks shrinking small smaller smallest little drop drops down fall
    falls falling minimize minimizes minimum minimal loss weak weaker slow slower under underfit
    underfits underfitting few never remove removes removing cheap cheaper simple simpler short shorter
    after below false negative worse worsen worsens worst harder narrow narrower shallow shallower
    sparse nonconvex nonlinear unsupervised offline last exclude excludes different deterministic
    discourage discourages prevent prevents disable disables dependent unstable
"""

FILLED_PAUSES = frozenset(_FILLED_PAUSES.split())
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
COMMON_WORDS = frozenset(_COMMON_WORDS.split())
NEGATIONS = frozenset(_NEGATIONS.split())
CONJUNCTIONS = frozenset(_CONJUNCTIONS.split())
DIRECTIONS: dict[str, int] = {
    **dict.fromkeys(_UP.split(), 1),
    **dict.fromkeys(_DOWN.split(), -1),
}


def tokens(text: str) -> list[str]:
    """The lower-case words of ``text`` without punctuation; "isn't" is "is not", "two" is "2"."""
    found: list[str] = []
    for token in _TOKEN.findall(text.lower().replace("\u2019", "'")):
        stem, _, ending = token.partition("'")
        if token in ("can't", "cannot"):
            found += ["can", "not"]
        elif token == "won't":
            found += ["will", "not"]
        elif ending == "t" and stem.endswith("n"):
            found += [stem[:-1], "not"]
        else:
            found.append(_AS_DIGITS.get(stem, stem))
    return found


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Snowball's English stem: "regularizes", "regularization" -> "regular"."""
    import snowballstemmer

    return str(snowballstemmer.stemmer("english").stemWord(_british(word)))


def _british(word: str) -> str:
    """One spelling for both sides of the ocean, as far as a rule can tell."""
    for british, american in (("isation", "ization"), ("ising", "izing"), ("ised", "ized"), ("ises", "izes")):
        if word.endswith(british) and len(word) > len(british) + 4:
            return word[: -len(british)] + american
    return word.replace("our", "or") if word in ("behaviour", "neighbour", "neighbours", "colour") else word


@lru_cache(maxsize=50_000)
def generality(word: str) -> float:
    """How much a word can tell, before the rubric is looked at: 0.05 function word, 0.4 common, 1 else."""
    if word in FUNCTION_WORDS and word not in DIRECTIONS:
        return 0.05
    return 0.4 if word in COMMON_WORDS or word in FUNCTION_WORDS else 1.0
