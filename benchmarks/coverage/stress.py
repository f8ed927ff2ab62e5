"""What is said to fool a scorer: made from the questions with a fixed seed, and nonsense written for it."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from coach.coverage.words import COMMON_WORDS, FUNCTION_WORDS, tokens
from coach.rubric import Rubric

HERE: Final = Path(__file__).resolve().parent
OPENERS: Final = (
    "so here you have to think about {}, and also {}.",
    "then of course there is {}, together with {}.",
    "we should talk about {} and about {}.",
    "an important part of this is {}, and the other one is {}.",
    "people always mention {}, and {} as well.",
    "and it has to do with {} and with {}.",
)


@dataclass(frozen=True, slots=True)
class Trick:
    """``kind`` of trick, the question it is told to, and the text."""

    kind: str
    question: str
    text: str


def tricks(asked: Sequence[Rubric], library: Sequence[Rubric], seed: int = 4) -> Iterator[Trick]:
    """Every trick for every one of ``asked``; neighbours are the questions of the same domain next in the alphabet."""
    nonsense = [json.loads(line) for line in (HERE / "nonsense.jsonl").read_text("utf-8").splitlines()]
    for rubric in asked:
        chance = random.Random(f"{seed} {rubric.id}")
        terms = list(dict.fromkeys(term.say for point in rubric.key_points for term in point.terms))
        yield Trick("list of terms", rubric.id, ", ".join(terms) + ".")
        words = telling_words(rubric)
        chance.shuffle(words)
        yield Trick("list of all telling words", rubric.id, " ".join(words))
        yield Trick("terms dropped in sentences", rubric.id, dropped(terms, chance))
        yield Trick("the question read back", rubric.id, " ".join(rubric.prompt.split()))
        same = [other for other in library if other.domain == rubric.domain and other.id != rubric.id]
        following = [other for other in same if other.id > rubric.id] or same
        if following and following[0].examples:
            yield Trick("answer to the neighbouring question", rubric.id, following[0].examples.good)
        yield Trick("fluent nonsense", rubric.id, chance.choice(nonsense)["text"])
        yield from (
            Trick("fluent nonsense on it", rubric.id, r["text"])
            for r in nonsense
            if r["question"] == rubric.id
        )


def telling_words(rubric: Rubric) -> list[str]:
    """All words of the key points that are neither function words nor common in explanations, once each."""
    texts = [text for point in rubric.key_points for text in (point.text, *point.phrasings)]
    words = dict.fromkeys(word for text in texts for word in tokens(text))
    return [word for word in words if word not in FUNCTION_WORDS and word not in COMMON_WORDS]


def dropped(terms: Sequence[str], chance: random.Random) -> str:
    """All terms, two a sentence, in sentences that say nothing about them."""
    pairs = [terms[first : first + 2] for first in range(0, len(terms) - 1, 2)]
    return " ".join(chance.choice(OPENERS).format(*pair) for pair in pairs)


def read_aloud(rubric: Rubric, seed: int = 4) -> str:
    """The key points themselves, in another order."""
    points = [point.text for point in rubric.key_points]
    random.Random(f"{seed} {rubric.id}").shuffle(points)
    return " ".join(points)
