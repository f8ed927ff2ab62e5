"""One answer against one rubric: the stretches that may say a statement, and what each witness tells of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from coach.coverage.decision import names
from coach.coverage.encoder import Encoder
from coach.coverage.matching import Array, Likeness, likeness, logistic, stem_weights
from coach.coverage.verifier import MAKES, OPPOSES, Verifier
from coach.coverage.view import Token, Window, accepted_forms, matching_view, windows
from coach.transcript import Disfluency, Transcript

if TYPE_CHECKING:
    from coach.rubric import Rubric

_CANDIDATES = 4  # stretches a statement that are looked at closely: each costs the verifier a few ms
_SAME = 0.6  # share of the shorter stretch that two may have in common and still count as two
_LONGEST_READ = 30  # words the verifier is shown
_WORTH_READING = 0.12  # first guess below which a second stretch is not looked at


@dataclass(frozen=True, slots=True)
class Statement:
    """A key point or a misconception: its wordings, text first, and those that say its opposite."""

    id: str
    right: tuple[str, ...]
    opposite: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidates:
    """Stretches for one statement: indices into the windows, and ``(n, features)`` what is told of each."""

    windows: NDArray[np.int64]
    features: Array


@dataclass(frozen=True, slots=True)
class Compared:
    """What was found; ``points`` and ``wrong`` by id of key point and misconception."""

    transcript: Transcript
    view: Sequence[Token]
    windows: Sequence[Window]
    points: Mapping[str, Candidates]
    wrong: Mapping[str, Candidates]
    meaning: bool
    verifier: bool


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a rubric holds to compare with; ``plain`` has each wording once, as an answer is read: terms in one form."""

    points: Sequence[Statement]
    wrong: Sequence[Statement]
    forms: Mapping[str, str]
    plain: Mapping[str, str]

    @classmethod
    def of(cls, rubric: Rubric) -> _Wanted:
        points, wrong = statements(rubric)
        forms = accepted_forms((term.say, term.accept) for point in rubric.key_points for term in point.terms)
        plain = {
            text: " ".join(token.text for token in matching_view(Transcript.written(text), (), forms))
            for statement in (*points, *wrong)
            for text in (*statement.right, *statement.opposite)
        }
        return cls(points, wrong, forms, plain)

    @property
    def statements(self) -> Sequence[Statement]:
        """Key points and misconceptions."""
        return [*self.points, *self.wrong]


@dataclass(slots=True)
class _Found:
    """The likeness of everything to everything, with the columns of each wording."""

    likeness: Likeness
    column: Mapping[str, int]
    any_right: list[int]
    texts: Sequence[str]  # of the windows
    rough: Array = field(init=False)  # (windows, wordings): a first guess of how near they are, 0..1

    def __post_init__(self) -> None:
        # Only an order to look in, so that it need not be as good as the decision: two witnesses, fitted once on
        # marked answers, cheap enough for every pair of window and wording.
        found = self.likeness
        if found.meaning is None:
            self.rough = logistic(-2.38 + 6.5 * found.telling)
        else:
            self.rough = logistic(-4.11 + 4.46 * found.meaning + 4.47 * found.telling)

    def columns(self, wordings: Iterable[str]) -> list[int]:
        return [self.column[text] for text in wordings]


def compare(
    transcript: Transcript,
    rubric: Rubric,
    disfluencies: Sequence[Disfluency],
    encoder: Encoder | None,
    verifier: Verifier | None,
) -> Compared:
    """Compare every window of the answer with every wording of the rubric, then read the likeliest closely."""
    wanted = _Wanted.of(rubric)
    view = matching_view(transcript, disfluencies, wanted.forms)
    stretches = windows(view)
    words = [text.split() for text in wanted.plain.values()]
    column = {text: index for index, text in enumerate(wanted.plain)}
    weights = stem_weights(
        [[w for text in point.right for w in words[column[text]]] for point in wanted.points]
    )
    found = _Found(
        likeness(view, stretches, words, weights, encoder),
        column,
        [column[text] for point in wanted.points for text in point.right],
        [window.text for window in stretches],
    )
    spoken = np.array([not window.listed for window in stretches], dtype=bool)
    work = [(each, _likeliest(each, found, stretches, spoken)) for each in wanted.statements]
    told = _Reading(found, stretches, wanted.plain, verifier, encoder is not None).all(work)
    return Compared(
        transcript,
        view,
        stretches,
        {point.id: told[point.id] for point in wanted.points},
        {item.id: told[item.id] for item in wanted.wrong},
        encoder is not None,
        verifier is not None,
    )


def prepare(rubric: Rubric, encoder: Encoder | None) -> None:
    """Has the encoder read the rubric's wordings, so that the answer need not wait for that."""
    if encoder is not None:
        encoder.encode(list(_Wanted.of(rubric).plain.values()))


def statements(rubric: Rubric) -> tuple[list[Statement], list[Statement]]:
    """The key points, and the misconceptions as statements whose opposite is the point they contradict.

    Ids of misconceptions begin with "!", so that the two never meet.
    """
    right = {point.id: (point.text, *point.phrasings) for point in rubric.key_points}
    opposite = {point.id: list(point.counter_phrasings) for point in rubric.key_points}
    wrong = []
    for item in rubric.misconceptions:
        says = (item.text, *item.phrasings)
        wrong.append(Statement(f"!{item.id}", says, right.get(item.contradicts or "", ())))
        if item.contradicts in opposite:
            opposite[item.contradicts] += item.phrasings
    return [Statement(key, texts, tuple(opposite[key])) for key, texts in right.items()], wrong


def _likeliest(
    statement: Statement, found: _Found, stretches: Sequence[Window], spoken: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """The few windows, not too much alike, that are nearest to the statement or to its opposite."""
    if not len(stretches):
        return np.zeros(0, dtype=np.int64)
    near = found.rough[:, found.columns((*statement.right, *statement.opposite))].max(axis=1)
    short = np.array([window.end - window.start <= _LONGEST_READ for window in stretches])
    near = np.where(spoken & short, near, -1.0)
    taken: list[int] = []
    for index in np.argsort(-near, kind="stable").tolist():
        if near[index] < 0 or len(taken) == _CANDIDATES or (taken and near[index] < _WORTH_READING):
            break
        if all(_common(stretches[index], stretches[other]) < _SAME for other in taken):
            taken.append(index)
    return np.array(taken, dtype=np.int64)


def _common(one: Window, other: Window) -> float:
    """Share of the shorter window that lies in the other."""
    shared = min(one.end, other.end) - max(one.start, other.start)
    return max(shared, 0) / min(one.end - one.start, other.end - other.start)


class _Reading:
    """Fills in the features of chosen windows; the verifier reads all pairs of an answer in one go."""

    def __init__(
        self,
        found: _Found,
        stretches: Sequence[Window],
        plain: Mapping[str, str],
        verifier: Verifier | None,
        meaning: bool,
    ) -> None:
        self.found, self.verifier, self.meaning = found, verifier, meaning
        self.plain = plain
        self.starts = np.array([window.start for window in stretches])
        self.ends = np.array([window.end for window in stretches])

    def all(self, work: Sequence[tuple[Statement, NDArray[np.int64]]]) -> dict[str, Candidates]:
        """Candidates of every statement by its id."""
        asked = [(statement, index) for statement, chosen in work for index in chosen.tolist()]
        texts = [self._texts(statement, index) for statement, index in asked]
        pairs = [
            (self.found.texts[index], text)
            for (_, index), three in zip(asked, texts, strict=True)
            for text in three
            if text
        ]
        verdict: dict[tuple[str, str], Array] = {}
        if self.verifier is not None:
            unique = list(dict.fromkeys(pairs))
            verdict = dict(zip(unique, self.verifier.verify(unique), strict=True))
        columns = names(self.meaning, self.verifier is not None)
        rows: dict[str, list[list[float]]] = {statement.id: [] for statement, _ in work}
        for (statement, index), three in zip(asked, texts, strict=True):
            told = self._by_likeness(statement, index)
            if self.verifier is not None:
                told |= self._by_reading(index, three, verdict)
            rows[statement.id].append([told[name] for name in columns])
        return {
            statement.id: Candidates(chosen, np.array(rows[statement.id]).reshape(-1, len(columns)))
            for statement, chosen in work
        }

    def _texts(self, statement: Statement, index: int) -> tuple[str, str, str]:
        """The statement's text, its nearest other wording, the nearest opposite one ("" where there is none)."""

        def nearest(group: Sequence[str]) -> str:
            near = max(group, key=lambda text: self.found.rough[index, self.found.column[text]], default="")
            return self.plain.get(near, "")

        right = statement.right[1:] or statement.right
        return self.plain[statement.right[0]], nearest(right), nearest(statement.opposite)

    def _by_likeness(self, statement: Statement, index: int) -> dict[str, float]:
        found = self.found.likeness
        right, opposite = self.found.columns(statement.right), self.found.columns(statement.opposite)
        mine = right if statement.id.startswith("!") else self.found.any_right
        nearest = right[int(np.argmax(self.found.rough[index, right]))]
        around = np.flatnonzero((self.starts <= self.starts[index]) & (self.ends >= self.ends[index]))
        told = {
            "telling": float(found.telling[index, right].max()),
            "telling_around": float(found.telling[np.ix_(around, np.array(right))].max()),
            "words": float(found.words[index, right].max()),
            "pairs": float(found.pairs[index, right].max()),
            "denies": float(found.denies[index, nearest]),
            "meaning": 0.0 if found.meaning is None else float(found.meaning[index, right].max()),
            **dict.fromkeys(
                ("against", "words_against", "pairs_against", "denies_against", "meaning_against"), 0.0
            ),
        }
        if opposite:
            near = opposite[int(np.argmax(self.found.rough[index, opposite]))]
            told["against"] = 1.0
            told["denies_against"] = float(found.denies[index, near])
            for name, values in (("words", found.words), ("pairs", found.pairs), ("meaning", found.meaning)):
                if values is not None:
                    told[f"{name}_against"] = float(values[index, opposite].max() - values[index, mine].max())
        return told

    def _by_reading(
        self, index: int, three: tuple[str, str, str], verdict: Mapping[tuple[str, str], Array]
    ) -> dict[str, float]:
        text, near, against = (
            verdict.get((self.found.texts[index], wording), np.array([1.0, 0.0, 0.0])) for wording in three
        )
        told = {
            "makes_text": _log_odds(text[MAKES]),
            "makes_near": _log_odds(near[MAKES]),
            "opposes_text": _log_odds(text[OPPOSES]),
            "opposes_near": _log_odds(near[OPPOSES]),
            "makes_against": 0.0,
            "opposes_against": 0.0,
        }
        if three[2]:
            told["makes_against"], told["opposes_against"] = (
                _log_odds(against[MAKES]),
                _log_odds(against[OPPOSES]),
            )
        return told


def _log_odds(probability: float) -> float:
    """From -3.9 to 3.9: what lies beyond is no surer."""
    return float(np.log((probability + 0.02) / (1.02 - probability)))


__all__ = ["Candidates", "Compared", "Statement", "compare", "prepare", "statements"]
