"""What transcription does to an answer: a model of confused words, and real speech through real Whisper.

The model replaces words the way Whisper base was seen to replace them in the development talks of the speech
benchmark (``confusions.json``: what was said -> what was written, how often), takes an accepted form of a term
for the term now and then, and drops words and punctuation.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from coach.practice import assess
from coach.rubric import Rubric
from coach.transcript import Disfluency, Transcript

HERE: Final = Path(__file__).resolve().parent
ROOT: Final = HERE.parents[1]
VOICES: Final = ("joe", "jf_alpha", "jm_kumo", "en-us+m3")
RATE: Final = 0.10
"""Share of words that are damaged; Whisper base's content word error rate on synthetic talks is about that."""


@cache
def confusions() -> Mapping[str, Sequence[tuple[str, int]]]:
    """Word -> (what was written for it, how often)."""
    told: dict[str, list[tuple[str, int]]] = json.loads((HERE / "confusions.json").read_text("utf-8"))
    return told


def confused(text: str, rubric: Rubric, seed: int = 9) -> str:
    """``text`` as a poor transcript of it."""
    chance = random.Random(f"{seed} {text[:80]}")
    for point in rubric.key_points:
        for term in point.terms:
            if term.accept and chance.random() < 0.5:
                pattern = re.compile(rf"\b{re.escape(term.say)}\b", re.IGNORECASE)
                text = pattern.sub(chance.choice(term.accept).replace("\\", ""), text)
    words: list[str] = []
    for word in text.split():
        bare = re.sub(r"[^a-z']", "", word.lower())
        drawn = chance.random()
        if drawn < RATE and bare in confusions():
            written, weights = zip(*confusions()[bare], strict=True)
            words += chance.choices(written, weights)[0].split()
        elif drawn < RATE * 0.7:
            words += [bare[:-1]] if len(bare) > 6 else []
        else:
            words.append(bare if chance.random() < 0.5 else word)
    return " ".join(words)


def heard(texts: Mapping[str, str], cache_folder: Path) -> dict[str, Any]:
    """Name -> (transcript, disfluencies) of each text, spoken by a synthetic voice and heard by Coach.

    Kept in ``cache_folder``; needs the voices' environment (``make bench-voices``) for what is not there yet.
    """
    sound, documents = cache_folder / "spoken", cache_folder / "documents"
    for folder in (sound, documents):
        folder.mkdir(parents=True, exist_ok=True)
    names = {
        name: hashlib.sha256(f"{VOICES[number % len(VOICES)]} {text}".encode()).hexdigest()[:16]
        for number, (name, text) in enumerate(texts.items())
    }
    jobs = [
        {
            "name": names[name],
            "text": spoken_form(text),
            "voice": VOICES[number % len(VOICES)],
            "stretch": 1.0,
            "seed": number,
        }
        for number, (name, text) in enumerate(texts.items())
        if not (sound / f"{names[name]}.flac").exists()
    ]
    if jobs:
        python = ROOT / ".bench" / "voices" / "bin" / "python"
        generate = ROOT / "benchmarks" / "speech" / "generate.py"
        subprocess.run([python, generate, sound], input=json.dumps(jobs), text=True, check=True)
    result: dict[str, Any] = {}
    for name, key in names.items():
        kept = documents / f"{key}.json"
        if not kept.exists():
            document = assess(sound / f"{key}.flac")
            told = {
                "transcript": document.transcript.model_dump(mode="json"),
                "disfluencies": [found.model_dump(mode="json") for found in document.disfluencies],
            }
            kept.write_text(json.dumps(told), encoding="utf-8")
        told = json.loads(kept.read_text("utf-8"))
        result[name] = (
            Transcript.model_validate(told["transcript"]),
            [Disfluency.model_validate(found) for found in told["disfluencies"]],
        )
    return result


def spoken_form(text: str) -> str:
    """Without what a voice can't read: marks of the talk format, formulas, markup."""
    text = re.sub(r"[\[\]{}()/*_`#|\\^=<>$]", " ", text)
    return " ".join(re.sub(r"(?<=\w)-(?=\s|$)", "", text).split())
