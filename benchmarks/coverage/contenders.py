"""Who is compared: Coach, and what projects of this kind usually do instead.

Every contender gets the same text and the same wordings (a point's text and phrasings, the best counts) and tells
for each key point a value that is higher the surer it is that the point was made. The peers look at sentences, pairs
of sentences and runs of 30 words. Their thresholds are fixed on the development split; Coach brings its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import Protocol

import numpy as np
from rapidfuzz import fuzz
from sklearn.feature_extraction.text import TfidfVectorizer

from coach.coverage import Encoder, PairVerifier, SentenceEncoder, Verifier, cover
from coach.coverage.words import FUNCTION_WORDS, stem, tokens
from coach.rubric import Rubric
from coach.settings import coach_home, model_store
from coach.transcript import Transcript

RUN = 30


@dataclass(frozen=True, slots=True)
class Told:
    """Per key point id the value; ``covered`` and ``contradicted`` ids and the misconceptions only from Coach."""

    values: dict[str, float]
    covered: frozenset[str] = frozenset()
    contradicted: frozenset[str] = frozenset()
    misconceptions: frozenset[str] = frozenset()
    score: float | None = None


class Contender(Protocol):
    name: str

    def judge(self, text: str, rubric: Rubric) -> Told: ...


class Coach:
    """The whole scorer as the product calls it."""

    def __init__(self, encoder: Encoder | None, verifier: Verifier | None, name: str = "Coach") -> None:
        self.encoder, self.verifier, self.name = encoder, verifier, name

    def judge(self, text: str, rubric: Rubric) -> Told:
        found = cover(Transcript.written(text), rubric, (), self.encoder, self.verifier)
        return Told(
            {point.id: chance_made(point.status, point.confidence) for point in found.key_points},
            frozenset(p.id for p in found.key_points if p.status in ("covered", "partial")),
            frozenset(p.id for p in found.key_points if p.status == "contradicted"),
            frozenset(item.id for item in found.misconceptions),
            found.score,
        )


def chance_made(status: str, confidence: float) -> float:
    """The probability that the point was made, out of the document's status and confidence."""
    if status in ("covered", "partial"):
        return confidence
    return 1 - confidence


class Peer:
    """One value for each pair of stretch and wording; a point's is the greatest over both."""

    name = ""

    def judge(self, text: str, rubric: Rubric) -> Told:
        said = stretches(text)
        values = {}
        for point in rubric.key_points:
            wordings = [point.text, *point.phrasings]
            values[point.id] = float(self.compare(said, wordings, rubric).max()) if said else 0.0
        return Told(values, score=float(np.mean(list(values.values()))))

    def compare(self, said: Sequence[str], wordings: Sequence[str], rubric: Rubric) -> np.ndarray:
        raise NotImplementedError


class KeywordOverlap(Peer):
    """Share of a wording's content stems that the stretch holds."""

    name = "keyword overlap"

    def compare(self, said: Sequence[str], wordings: Sequence[str], rubric: Rubric) -> np.ndarray:  # noqa: ARG002
        wanted = [content(text) for text in wordings]
        held = [content(text) for text in said]
        return np.array([[len(w & h) / len(w) if w else 0.0 for w in wanted] for h in held])


class TfIdf(Peer):
    """Cosine of TF-IDF vectors, the document frequencies from the question's wordings."""

    name = "TF-IDF"

    def compare(self, said: Sequence[str], wordings: Sequence[str], rubric: Rubric) -> np.ndarray:
        vectors = vectorizer(tuple(t for p in rubric.key_points for t in (p.text, *p.phrasings)))
        return (vectors.transform(said) @ vectors.transform(wordings).T).toarray()


@lru_cache(maxsize=256)
def vectorizer(texts: tuple[str, ...]) -> TfidfVectorizer:
    return TfidfVectorizer(tokenizer=stems, token_pattern=None, sublinear_tf=True).fit(texts)


class RapidFuzz(Peer):
    """rapidfuzz token_set_ratio."""

    name = "rapidfuzz"

    def compare(self, said: Sequence[str], wordings: Sequence[str], rubric: Rubric) -> np.ndarray:  # noqa: ARG002
        return np.array([[fuzz.token_set_ratio(s.lower(), w.lower()) / 100 for w in wordings] for s in said])


class MiniLM(Peer):
    """Cosine of all-MiniLM-L6-v2 vectors."""

    name = "MiniLM cosine"

    def __init__(self, encoder: SentenceEncoder) -> None:
        self.encoder = encoder

    def compare(self, said: Sequence[str], wordings: Sequence[str], rubric: Rubric) -> np.ndarray:  # noqa: ARG002
        return self.encoder.encode(said).astype(float) @ self.encoder.encode(wordings).T.astype(float)


class Hybrid(Peer):
    """Half MiniLM, half keyword overlap."""

    name = "hybrid"

    def __init__(self, encoder: SentenceEncoder) -> None:
        self.parts = (MiniLM(encoder), KeywordOverlap())

    def compare(self, said: Sequence[str], wordings: Sequence[str], rubric: Rubric) -> np.ndarray:
        return np.mean([part.compare(said, wordings, rubric) for part in self.parts], axis=0)


def stretches(text: str) -> list[str]:
    """Sentences, neighbouring pairs of them, and runs of 30 words with a step of 15."""
    sentences = [part for part in re.split(r"(?<=[.!?])\s+", " ".join(text.split())) if part]
    words = text.split()
    runs = [
        " ".join(words[first : first + RUN]) for first in range(0, max(len(words) - RUN // 2, 1), RUN // 2)
    ]
    return list(dict.fromkeys([*sentences, *(f"{a} {b}" for a, b in pairwise(sentences)), *runs]))


def stems(text: str) -> list[str]:
    return [stem(word) for word in tokens(text)]


@lru_cache(maxsize=20_000)
def content(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in tokens(text) if word not in FUNCTION_WORDS)


@cache
def encoder() -> SentenceEncoder:
    return SentenceEncoder(model_store(coach_home()))


@cache
def verifier() -> PairVerifier:
    return PairVerifier(model_store(coach_home()))


@cache
def coach_itself() -> Coach:
    return Coach(encoder(), verifier())


@cache
def contenders() -> tuple[Contender, ...]:
    """Coach first, then the peers."""
    return (coach_itself(), KeywordOverlap(), TfIdf(), RapidFuzz(), MiniLM(encoder()), Hybrid(encoder()))
