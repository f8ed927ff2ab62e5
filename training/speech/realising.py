"""How a talk is laid out and spoken: where fillers touch their neighbours, how each of them sounds.

A filler and a hard word that stands alone go through the same changes (length, pitch, level, splice), so that
none of these alone tells one from the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

import numpy as np
from make_samples import LEVEL, PAUSE_S, RELEASE_S, Script, Talk
from shaping import bent, creaky, faded, heard, lengthened, timed
from surroundings import SOUNDS
from voices import RATE, Samples, Voice, pronounce

Generator = np.random.Generator
HARD: Final = frozenset(
    "a the of or are her umbrella under other another error summer some sum hum hums up us arm am "  # noqa: SIM905
    "I'm them an so that and but to as was one".split()
)
"""Words that sound most like a filler, or that people draw out."""
_BARELY: Final = frozenset("a or are her as us".split())  # noqa: SIM905
"""Drawn out far, these are fillers in some accents."""
_IPA_FILLERS: Final = {
    "um": ("ˈʌm", "ˈəm", "ˈʌːm", "ˈɐm", "ˈʌmm"),
    "uh": ("ˈʌː", "ˈəː", "ˈɐ", "ˈəə"),
    "er": ("ˈɜː", "ˈəː", "ˈɚ"),
    "erm": ("ˈɜːm", "ˈəːm", "ˈɚm"),
    "ah": ("ˈɑː", "ˈaː", "ˈɑ"),
    "hmm": ("hˈəmm", "hˈmm", "hˈʌmm"),
    "mm": ("mˈmm", "ˈəmmm"),
    "eh": ("ˈɛ", "ˈɛː", "ˈe"),
    "uhm": ("ˈʌːmm", "ˈɐːm", "ˈʌhəm"),
}
_ESPEAK_FILLERS: Final = {
    "um": ("[[V:m]]", "[[Vm]]", "[[@m]]", "[[V:mm]]"),
    "uh": ("[[V:]]", "[[@:]]", "[[V]]", "[[a#]]"),
    "er": ("[[3:]]", "[[@:]]", "[[@]]"),
    "erm": ("[[3:m]]", "[[@:m]]"),
    "ah": ("[[A:]]", "[[a:]]"),
    "hmm": ("[[hVm:]]", "[[hm:]]", "[[h@m:]]"),
    "mm": ("[[m-:]]", "[[m-m-]]", "[[@mmm]]"),
    "eh": ("[[E]]", "[[E:]]"),
    "uhm": ("[[V:mm]]", "[[Vh@m]]", "[[A:m]]"),
}
_FLITE_FILLERS: Final = {
    "um": ("[ah m]", "[ax m]", "um", "[ah m m]"),
    "uh": ("[ah]", "[ax]", "uh", "[ah ax]"),
    "er": ("[er]", "[ax]", "[ah er]"),
    "erm": ("[er m]", "[ax er m]"),
    "ah": ("[aa]", "ah"),
    "hmm": ("[hh m]", "[hh ax m]", "[hh m m]"),
    "mm": ("[m m]", "[m]"),
    "eh": ("[eh]", "[eh eh]"),
    "uhm": ("[ah ax m]", "[ax m m]", "[aa m]"),
}
_IPA_WORDS: Final = {"uh-huh": "ʌhˈʌ", "mm-hmm": "əmhˈəm", "yeah": "jˈɛə", "thee": "ðˈiː", "ay": "ˈeɪ"}
_ESPEAK_WORDS: Final = {
    "uh-huh": "[[Vh'V]]", "mm-hmm": "[[mh'm]]", "thee": "[[Di:]]", "ay": "[[eI]]"
}  # fmt: skip
_FLITE_WORDS: Final = {"uh-huh": "uh huh", "mm-hmm": "[ax m hh ah m]", "thee": "thee", "ay": "eigh"}
_STRONG: Final = {"a": "ay", "the": "thee"}
_FLITE_INLINE: Final = {"um": "um", "uh": "uh", "ah": "ah", "er": "ur"}


def _written(words: Sequence[str], table: Mapping[str, str]) -> list[str]:
    return [table.get(word.rstrip(".,;:?!").lower(), word) for word in words]


def _ipa(words: Sequence[str]) -> list[str]:
    said = pronounce(words)
    bare = [word.rstrip(".,;:?!").lower() for word in words]
    return [_IPA_WORDS.get(word, known) for word, known in zip(bare, said, strict=True)]


@dataclass(frozen=True)
class Tongue:
    """How one engine is told what to say."""

    fillers: Mapping[str, Sequence[str]]
    spell: Callable[[Sequence[str]], list[str]]
    inline: Mapping[str, str]
    """Fillers that can be said within a phrase."""


_FIRST_IPA: Final = {kind: forms[0] for kind, forms in _IPA_FILLERS.items()}
_IPA: Final = Tongue(_IPA_FILLERS, _ipa, _FIRST_IPA)
TONGUES: Final[Mapping[str, Tongue]] = {
    "joe": _IPA,
    "kokoro": _IPA,
    "espeak": Tongue(
        _ESPEAK_FILLERS,
        lambda words: _written(words, _ESPEAK_WORDS),
        {kind: forms[0] for kind, forms in _ESPEAK_FILLERS.items()},
    ),
    "flite": Tongue(_FLITE_FILLERS, lambda words: _written(words, _FLITE_WORDS), _FLITE_INLINE),
}


@dataclass
class Part:
    """What is spoken in one go. ``gap`` is the silence after it; below zero it runs into the next part."""

    words: list[str]
    kind: str = "speech"
    fillers: frozenset[int] = frozenset()
    gap: float = 0.0
    place: str = "within_clause"


@dataclass(frozen=True)
class Manner:
    """How a talk is spoken: shares of what may be done in it."""

    stretch: float = 1.0
    attached: float = 0.25
    inline: float = 0.2
    alone: float = 0.06
    drawn_out: float = 0.08
    sounds: float = 0.1
    limit_s: float = 32.0


def laid_out(script: Script, tongue: Tongue, manner: Manner, rng: Generator) -> list[Part]:
    """The script's pieces, some fillers taken into their phrase, some hard words alone, all silences drawn."""
    parts = [
        Part(list(piece.words), "filler" if piece.filler else "speech", frozenset(), piece.gap, piece.place)
        for piece in script.pieces
    ]
    parts = _inlined(parts, tongue, manner, rng)
    parts = [small for part in parts for small in _isolated(part, manner, rng)]
    for before, after in pairwise(parts):
        before.gap = _gap(before, after, manner, rng)
    return parts


def _inlined(parts: Sequence[Part], tongue: Tongue, manner: Manner, rng: Generator) -> list[Part]:
    out: list[Part] = []
    rest = list(parts)
    while rest:
        part = rest.pop(0)
        fits = (
            part.kind == "filler" and out and rest and out[-1].kind == "speech" and rest[0].kind == "speech"
        )
        if (
            fits
            and part.words[0] in tongue.inline
            and max(part.gap, out[-1].gap) < PAUSE_S
            and out[-1].words[-1][-1].isalpha()
            and rng.random() < manner.inline
        ):
            before, after = out.pop(), rest.pop(0)
            number = len(before.words)
            out.append(
                Part(
                    [*before.words, *part.words, *after.words],
                    "speech",
                    before.fillers | {number},
                    after.gap,
                    after.place,
                )
            )
        else:
            out.append(part)
    return out


def _isolated(part: Part, manner: Manner, rng: Generator) -> list[Part]:
    """A part with at most one hard word spoken by itself, hence up to three parts."""
    if part.kind == "filler" or part.fillers:
        return [part]
    places = [n for n, word in enumerate(part.words) if word in HARD and rng.random() < manner.alone * 3]
    if not places or len(part.words) == 1:
        return [part]
    at = int(rng.choice(places))
    cut = [part.words[:at], part.words[at : at + 1], part.words[at + 1 :]]
    small = [Part(words, "alone" if n == 1 else "speech") for n, words in enumerate(cut) if words]
    small[-1].gap, small[-1].place = part.gap, part.place
    return small


def _gap(before: Part, after: Part, manner: Manner, rng: Generator) -> float:
    """Seconds of silence between two parts; about -0.015 where they touch."""
    touch = -rng.uniform(0.010, 0.020)
    if before.kind == after.kind == "speech":
        if before.gap < 0.2:
            return touch if rng.random() < 0.25 else before.gap
        return rng.uniform(0.5, 1.2) if rng.random() < manner.sounds else before.gap * rng.uniform(0.8, 1.3)
    if rng.random() < manner.attached + 0.25 * ("alone" in (before.kind, after.kind)):
        return touch
    return before.gap if before.gap >= PAUSE_S else 0.05 + min(0.85, rng.exponential(0.18))


@dataclass
class Sounding:
    """One part as sound: its words' edges in samples from its first sample, and how it was made."""

    samples: Samples
    edges: list[tuple[int, int]]
    how: dict[str, Any] = field(default_factory=dict)


def spoken_phrase(part: Part, voice: Voice, tongue: Tongue, manner: Manner, rng: Generator) -> Sounding:
    """A phrase in the voice's own rhythm, except for words that are drawn out."""
    words = [_strengthened(word, manner, rng) for word in part.words]
    drawn = {n: factor for n, (_, factor) in enumerate(words) if factor != 1.0 and n not in part.fillers}
    spelled = tongue.spell([word for word, _ in words])
    for n in part.fillers:
        spelled[n] = tongue.inline[part.words[n]]
    last = part.words[-1]
    mark = last[-1] if last[-1] in ".?!,;:" else ""
    said = voice.say(spelled, mark, manner.stretch)
    for n in part.fillers:
        start, end = said.words[n]
        drawn[n] = float(np.clip(_seconds(rng) / max(end - start, 0.03), 0.8, 4.0))
    said = lengthened(said, drawn)
    until = min(len(said.samples), round((said.words[-1][1] + RELEASE_S) * RATE))
    start, end = heard(said.samples[:until], -36, -30 if part.gap < 0 else -36)
    level = LEVEL * 10 ** (rng.uniform(-3, 1) / 20)
    sound = faded(said.samples[start:end], level, 0.006, 0.02)
    edges = [
        (min(max(round(a * RATE) - start, 0), len(sound)), min(max(round(b * RATE) - start, 0), len(sound)))
        for a, b in said.words
    ]
    edges[0] = (0, edges[0][1])
    edges[-1] = (edges[-1][0], len(sound))
    return Sounding(sound, edges, {"level_db": 0.0, "inline": True})


def _strengthened(word: str, manner: Manner, rng: Generator) -> tuple[str, float]:
    """The word, at times in its strong form, and how much longer it becomes."""
    share = manner.drawn_out * (2.0 if word in HARD else 0.4)
    if rng.random() >= share or not word[0].isalpha():
        return word, 1.0
    strong = _STRONG.get(word) if word == "a" or rng.random() < 0.6 else None
    most = 1.6 if word in _BARELY and not strong else 3.5
    return strong or word, rng.uniform(1.3, most)


def _seconds(rng: Generator) -> float:
    """How long a filler lasts: 0.15 to 1.2 s, half of them under 0.38 s."""
    return float(np.clip(rng.lognormal(np.log(0.38), 0.5), 0.15, 1.2))


def spoken_alone(part: Part, voice: Voice, tongue: Tongue, manner: Manner, rng: Generator) -> Sounding:
    """A filler, or a hard word by itself: any length, tune, level and edge."""
    word = part.words[0]
    filler = part.kind == "filler"
    if filler:
        spelled = str(rng.choice(tongue.fillers[word]))
        wanted = _seconds(rng)
    else:
        strong = _STRONG.get(word, word) if word == "a" or rng.random() < 0.6 else word
        spelled = tongue.spell([strong])[0]
        wanted = 0.0
    pace = manner.stretch * (1.4 if filler else 1.0)
    sound = _cropped(voice, spelled, pace)
    if not filler:
        wanted = len(sound) / RATE * rng.uniform(0.8, 1.3 if word in _BARELY else 2.4)
        wanted = float(np.clip(wanted, 0.09, 1.1))
    for _ in range(2):
        ratio = wanted * RATE / len(sound)
        if filler and not 0.6 < ratio < 1.7:
            pace *= float(np.clip(ratio, 0.35, 3.5))
            sound = _cropped(voice, spelled, pace)
    sound = timed(sound, wanted)
    tune = rng.choice(["own", "own", "flat", "falling", "rising"], p=[0.3, 0.15, 0.15, 0.3, 0.1])
    base = rng.uniform(0.88, 1.06)
    if tune != "own":
        slope = {"flat": 1.0, "falling": rng.uniform(0.72, 0.93), "rising": rng.uniform(1.05, 1.2)}[tune]
        sound = bent(sound, base, base * slope)
    if rng.random() < 0.12:
        sound = creaky(sound, rng.uniform(35, 70))
    decibels = rng.uniform(-14, 0) if filler else rng.uniform(-10, 0)
    fall = 0.02 if part.gap < 0 else rng.uniform(0.015, 0.1)
    sound = faded(sound, LEVEL * 10 ** (decibels / 20), rng.uniform(0.005, 0.04), fall)
    how = {"level_db": round(decibels, 1), "inline": False, "spelled": spelled, "tune": str(tune)}
    return Sounding(sound, [(0, len(sound))], how)


def _cropped(voice: Voice, spelled: str, stretch: float) -> Samples:
    said = voice.say([spelled], ",", stretch)
    until = max(RATE // 50, min(len(said.samples), round((said.words[-1][1] + 0.02) * RATE)))
    start, end = heard(said.samples[:until], -32, -30)
    return said.samples[start:end]


def speak(
    parts: Sequence[Part], voice: Voice, tongue: Tongue, manner: Manner, rng: Generator
) -> tuple[Talk, list[dict[str, Any]]]:
    """The talk, ended at a part that brings it over its limit, and the sounds in its silences."""
    talk, heard_sounds = Talk(), []
    talk.silence(rng.uniform(0.1, 0.8))
    gap = 0.1
    for part in parts:
        saying = spoken_phrase if part.kind == "speech" else spoken_alone
        sounding = saying(part, voice, tongue, manner, rng)
        start = _appended(talk, sounding.samples, gap)
        _noted(talk, part, sounding, start, gap < 0)
        gap = part.gap
        if talk.at > manner.limit_s * RATE:
            break
        if gap > 0:
            heard_sounds += _silence(talk, part, manner, rng)
    talk.silence(rng.uniform(0.1, 0.8))
    return talk, heard_sounds


def _appended(talk: Talk, sound: Samples, gap: float) -> int:
    """Add the sound, over the end of the last one where the gap is below zero; the sample where it begins."""
    shared = min(round(-gap * RATE), len(sound) // 3, len(talk.sound[-1]) // 3) if gap < 0 else 0
    if shared:
        talk.sound[-1][-shared:] += sound[:shared]
    talk.sound.append(sound[shared:].copy())
    start = talk.at - shared
    talk.at += len(sound) - shared
    return start


def _noted(talk: Talk, part: Part, sounding: Sounding, start: int, touching: bool) -> None:
    begin = start
    if touching:
        before = round(talk.phrases[-1]["end"] * RATE)
        begin = (start + before) // 2
        talk.phrases[-1]["end"] = talk.words[-1]["end"] = begin / RATE
        if talk.words[-1]["filler"]:
            talk.words[-1]["how"]["touches_after"] = True
    for n, (text, (a, b)) in enumerate(zip(part.words, sounding.edges, strict=True)):
        filler = part.kind == "filler" or n in part.fillers
        how = {**sounding.how, "touches_before": touching or n > 0, "touches_after": n < len(part.words) - 1}
        talk.words.append(
            {
                "text": text,
                "start": max(begin, start + a) / RATE,
                "end": (start + b) / RATE,
                "exact": len(part.words) == 1,
                "filler": filler,
                "alone": part.kind == "alone",
                "how": how,
            }
        )
    end = start + len(sounding.samples)
    talk.phrases.append({"text": " ".join(part.words), "start": begin / RATE, "end": end / RATE})


def _silence(talk: Talk, part: Part, manner: Manner, rng: Generator) -> list[dict[str, Any]]:
    """The part's silence, perhaps with a sound in it."""
    begin = talk.at
    talk.silence(part.gap)
    if part.gap >= PAUSE_S:
        talk.pauses.append({"start": begin / RATE, "end": talk.at / RATE, "place": part.place})
    fitting = [kind for kind, (_, least, _) in SOUNDS.items() if least <= part.gap - 0.08]
    if not fitting or rng.random() >= 3 * manner.sounds:
        return []
    kind = str(rng.choice(fitting))
    make, least, most = SOUNDS[kind]
    count = int(rng.uniform(least, min(most, part.gap - 0.06)) * RATE)
    at = int(rng.integers(RATE // 50, len(talk.sound[-1]) - count - RATE // 50))
    talk.sound[-1][at : at + count] += make(count, rng)
    return [{"kind": kind, "start": (begin + at) / RATE, "end": (begin + at + count) / RATE}]


__all__ = ["TONGUES", "Manner", "Part", "Tongue", "laid_out", "speak"]
