"""How varied are the words, and how long the sentences?"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from coach.disfluencies.tokens import bare, ends_sentence, is_filled_pause
from coach.metrics.extent import pruned
from coach.metrics.metric import Finding, Metric, unknown
from coach.talk import Talk

#: The type-token ratio at which a factor is complete, and the shortest text (McCarthy and Jarvis 2010).
FACTOR: Final = 0.72
FEWEST_TOKENS: Final = 100
#: A text with fewer sentence ends than one in this many words was written without punctuation.
LONGEST_SENTENCE: Final = 100
_ABBREVIATIONS: Final = frozenset({"e.g", "i.e", "vs", "etc", "dr", "cf", "approx", "fig", "eq", "al"})


def mtld(talk: Talk) -> Finding:
    """Measure of textual lexical diversity: mean of a forward and a backward pass over the pruned words."""
    tokens = pruned(talk)
    if len(tokens) < FEWEST_TOKENS:
        return unknown(f"MTLD needs at least {FEWEST_TOKENS} words; there are {len(tokens)}.")
    forward, backward = _factors(tokens), _factors(tokens[::-1])
    if forward == 0 or backward == 0:
        return unknown("No word was said twice, so that the diversity has no upper end.")
    return Finding(statistics.fmean((len(tokens) / forward, len(tokens) / backward)))


def _factors(tokens: Sequence[str]) -> float:
    """How many factors one pass holds; the unfinished one counts by how far its ratio fell towards 0.72."""
    factors, types, count = 0.0, set[str](), 0
    for token in tokens:
        types.add(token)
        count += 1
        if len(types) / count <= FACTOR:
            factors, types, count = factors + 1, set(), 0
    if count:
        factors += (1 - len(types) / count) / (1 - FACTOR)
    return factors


def sentence_length(talk: Talk) -> Finding:
    """Mean words per sentence, filled pauses left out; a last sentence without its full stop counts."""
    words = talk.text.split()
    ends = [i for i, word in enumerate(words) if ends_sentence(word) and bare(word) not in _ABBREVIATIONS]
    if not ends:
        return unknown("The text has no sentence punctuation.")
    bounds = [0, *(i + 1 for i in ends), len(words)]
    counts = [
        sum(1 for word in words[a:b] if bare(word) and not is_filled_pause(word)) for a, b in pairwise(bounds)
    ]
    lengths = [count for count in counts if count]
    if not lengths or statistics.fmean(lengths) > LONGEST_SENTENCE:
        return unknown("The text has too little sentence punctuation.")
    return Finding(statistics.fmean(lengths))


METRICS: Final = (
    Metric(
        "mtld", "words", "McCarthy and Jarvis 2010, factor 0.72",
        "the ratio of different words falls to 0.72 every 80 words: 80", False, mtld,
    ),
    Metric(
        "sentence_length", "words/sentence", "Sentences by . ! ? in the text",
        "“It learns. Then it stops.”: 2.5 words/sentence", False, sentence_length,
    ),
)  # fmt: skip
