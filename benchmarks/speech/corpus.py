"""What is measured on: the recordings of every part, each with its truth.

=========== ======================================================== =====================================
part        what                                                     split
=========== ======================================================== =====================================
synthetic   ML explanations with disfluencies, times by splicing     17 dev, 40 test (other texts, voices)
fluent      the same without any                                     3 dev, 16 test
degraded    synthetic talks with noise, a room, soft, by telephone   3 dev, 20 test talks, five conditions
long        one talk of about 20 minutes                             test
silver      people; labels by prompted Whisper and eye               half dev, half test, by recording
gold        people; labels by the corpora's authors                  test
meeting     people in meetings, gold text without times              test
read        people who read aloud: no fillers                        a third dev, the rest test
not speech  noise, tones, keyboard, breath, coughs, synthesised      9 dev, 30 test
=========== ======================================================== =====================================
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Any, Final

import numpy as np
import soundfile
from rapidfuzz.distance import Levenshtein
from ruamel.yaml import YAML

from benchmarks.speech import conditions
from benchmarks.speech.composition import Bank, disfluent_talk, fluent_talk, long_talk
from benchmarks.speech.matching import Event
from benchmarks.speech.scoring import content, tokens
from benchmarks.speech.truth import Item, SpokenWord, Truth, of_document

HERE: Final = Path(__file__).resolve().parent
VERSION: Final = "2"
"""Changes when the same script would be spoken differently; the cached sound is then made anew."""
REAL_ENV: Final = "COACH_BENCH_SPEECH"
PEOPLE: Final = HERE / "people"
"""The recordings of people that are part of the project."""
SAMPLES: Final = ("rambling-l1-vs-l2", "weak-bias-variance", "failed-project")
"""The sample talks of the short form."""
PLACEHOLDER: Final = "example of text"
"""What one repository has in place of a transcript."""
_VOICES: Final = {
    "dev": ("joe", "jf_alpha", "en-us+m3", "jf_gongitsune", "joe", "en+f2"),
    "test": (
        "joe", "jm_kumo", "en-us+f4", "jf_tebukuro", "en-gb-scotland+m5", "jf_nezumi", "joe", "en-gb-x-rp+m1",
    ),
}  # fmt: skip
"""The voices of each split in turn; only joe speaks in both."""
_FLUENT_VOICES: Final = {
    "dev": ("joe", "jf_alpha", "en+f2"),
    "test": ("joe", "en-us+f4", "jm_kumo", "joe", "en-gb-x-rp+m1", "joe", "en-gb-scotland+m5", "jf_nezumi"),
}
_DISFLUENT: Final = {"dev": 17, "test": 40}
_FLUENT: Final = {"dev": 3, "test": 16}
_DEGRADED: Final = {"dev": 3, "test": 20}
_PACES: Final = (0.9, 1.0, 1.1, 1.0, 1.25)
_WORDS: Final = 80
_LONG_WORDS: Final = 2900


@dataclass(frozen=True)
class Job:
    """A talk to be spoken."""

    part: str
    split: str
    text: str
    voice: str
    stretch: float
    seed: int
    terms: tuple[str, ...]

    @property
    def name(self) -> str:
        """What it is, and a hash of all that decides how it sounds."""
        voices = (HERE / "voices.txt").read_text(encoding="utf-8")
        facts = json.dumps([VERSION, voices, self.text, self.voice, self.stretch, self.seed])
        label = f"{self.split}-{self.part}-{self.voice}".replace("+", "-")
        return f"{label}-{hashlib.sha256(facts.encode()).hexdigest()[:10]}"


def bank(split: str) -> Bank:
    return Bank.of(YAML(typ="safe").load(HERE / "scripts" / f"{split}.yaml"))


def jobs(split: str) -> list[Job]:
    """Every talk of a split, in an order that never changes."""
    sentences = bank(split)
    names = list(sentences.topics)
    first_seed = {"dev": 1000, "test": 2000}[split]
    made = []
    for number, voice in zip(range(_DISFLUENT[split]), cycle(_VOICES[split])):
        seed = first_seed + number
        topic = names[number % len(names)]
        text = disfluent_talk(sentences, topic, _WORDS, Random(seed))
        pace = _PACES[number % len(_PACES)]
        made.append(Job("synthetic", split, text, voice, pace, seed, tuple(sentences.topics[topic]["terms"])))
    for number, voice in zip(range(_FLUENT[split]), cycle(_FLUENT_VOICES[split])):
        seed = first_seed + 500 + number
        topics = [names[(number * 2 + k) % len(names)] for k in range(1 if split == "dev" else 2)]
        terms = tuple(term for topic in topics for term in sentences.topics[topic]["terms"])
        text = fluent_talk(sentences, topics, Random(seed))
        made.append(Job("fluent", split, text, voice, _PACES[::-1][number % 5], seed, terms))
    if split == "test":
        terms = tuple(term for topic in sentences.topics.values() for term in topic["terms"])
        made.append(
            Job("long", split, long_talk(sentences, _LONG_WORDS, Random(2999)), "joe", 1.05, 2999, terms)
        )
    return made


def spoken(wanted: Sequence[Job], cache: Path, voices_python: Path) -> list[Item]:
    """The talks as sound; those that are not in the cache are spoken now. Raises FileNotFoundError."""
    folder = cache / "audio"
    missing = [job for job in wanted if not (folder / f"{job.name}.flac").exists()]
    if missing:
        if not voices_python.exists():
            raise FileNotFoundError(
                f"{len(missing)} talks must be spoken and {voices_python} is missing: run `make bench-voices`."
            )
        told = [
            {"name": j.name, "text": j.text, "voice": j.voice, "stretch": j.stretch, "seed": j.seed}
            for j in missing
        ]
        subprocess.run(
            [voices_python, HERE / "generate.py", folder], input=json.dumps(told), text=True, check=True
        )
    items = []
    for job in wanted:
        document = json.loads((folder / f"{job.name}.json").read_text(encoding="utf-8"))
        items.append(
            Item(
                job.name, job.part, job.split, folder / f"{job.name}.flac", document["duration_s"],
                of_document(document, job.terms), job.voice,
            )
        )  # fmt: skip
    return items


def degraded(talks: Sequence[Item], cache: Path) -> Iterator[Item]:
    """Each talk under every condition; the truth stays, except that reverberation blurs no edge we score."""
    for item in talks:
        for condition, change in conditions.CONDITIONS.items():
            name = f"{item.name}-{condition.replace(' ', '-')}"
            path = cache / "audio" / f"{name}.flac"
            if not path.exists():
                sound, _ = soundfile.read(item.path, dtype="float32")
                _write(path, change(sound, _generator(name)))
            yield replace(item, name=name, part="degraded", path=path, condition=condition)


def not_speech(split: str, cache: Path) -> Iterator[Item]:
    """Sounds in which nobody says anything, 12 s each in dev, 8 to 30 s in test."""
    lengths = {"dev": (12,), "test": (8, 15, 30)}[split]
    kinds = [(kind, seconds) for seconds in lengths for kind in conditions.NOT_SPEECH]
    if split == "test":
        kinds += [("silence", 60), ("keyboard", 60), ("breathing", 60)]
    for kind, seconds in kinds:
        name = f"{split}-not-speech-{kind.replace(' ', '-')}-{seconds}"
        path = cache / "audio" / f"{name}.flac"
        if not path.exists():
            _write(path, conditions.NOT_SPEECH[kind](seconds * conditions.RATE, _generator(name)))
        truth = Truth(events={"filled_pause": ()}, words=())
        yield Item(name, "not speech", split, path, seconds, truth, kind)


def _generator(name: str) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(name.encode()))


def _write(path: Path, sound: conditions.Samples) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part.flac")
    with soundfile.SoundFile(part, "w", conditions.RATE, 1, "PCM_16", format="FLAC") as file:
        file.write(np.round(np.clip(sound, -1, 1) * 32767).astype(np.int16))
    part.replace(path)


def real_folder() -> Path:
    """Where recordings of people lie: the environment's choice, or beside the project, or the few in it."""
    named = os.environ.get(REAL_ENV)
    folder = Path(named) if named else HERE.parents[2] / "shared" / "speech"
    return folder if (folder / "index.jsonl").exists() else PEOPLE


def real(split: str, folder: Path) -> Iterator[Item]:
    """People. Gold belongs to test alone; silver and read speech are split by recording, or as the row says."""
    lines = (folder / "index.jsonl").read_text(encoding="utf-8").splitlines()
    rows = sorted((json.loads(line) for line in lines), key=lambda row: _hash(row["audio"]))
    place = {"silver": 0, "read": 0}
    for row in rows:
        part = _part(row)
        if part is None:
            continue
        belongs = "test"
        if part in place:
            place[part] += 1
            belongs = "dev" if place[part] % {"silver": 2, "read": 3}[part] == 1 else "test"
        belongs = row.get("split", belongs)
        if belongs == split:
            natural = row["label"].startswith("gold-words")
            condition = ("natural" if natural else "acted") if part == "gold" else "clean"
            yield Item(
                Path(row["audio"]).stem, part, split, folder / row["audio"], row["duration"],
                _real_truth(row, natural), row["source"], condition,
            )  # fmt: skip


def _part(row: Mapping[str, Any]) -> str | None:
    source, label = row["source"], row["label"]
    if label.startswith("SILVER"):
        return "silver"
    if source.startswith("read_"):
        return "read"
    if source in ("mfa_tests", "talkbank_batchalign"):
        return "gold"
    return "meeting" if label.startswith("gold-text") else None  # the other meetings have no text


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _real_truth(row: Mapping[str, Any], word_times: bool) -> Truth:
    fillers = tuple(
        Event(each["start"], each["end"], each["text"])
        for each in row["fillers"]
        if each.get("kind") != "discourse"
    )
    words = None
    if row["transcript_verbatim"] and row["transcript_verbatim"].lower().strip(".") != PLACEHOLDER:
        known = row.get("words") or [] if word_times else []
        words = _with_times(row["transcript_verbatim"], known)
    return Truth(
        events={"filled_pause": fillers},
        words=words,
        doubtful=tuple(each["t"] for each in row.get("uncertain") or ()),
        collar=1.0 if row["source"] == "rosehill_voicenotes" else None,
        word_times=word_times,
    )


def _with_times(transcript: str, known: Sequence[Mapping[str, Any]]) -> tuple[SpokenWord, ...]:
    """The transcript's words without fillers, cut-off ones optional, with the times that are known."""
    said = [
        SpokenWord(token, optional=raw.endswith("-"))
        for raw in transcript.split()
        for token in content(tokens(raw))
    ]
    timed = [(each["w"].lower().rstrip("-"), each["s"], each["e"]) for each in known]
    blocks = Levenshtein.opcodes([word.text for word in said], [text for text, _, _ in timed])
    for tag, a, b, c, _ in blocks:
        if tag == "equal":
            for n in range(a, b):
                _, start, end = timed[c + n - a]
                said[n] = replace(said[n], start=start, end=end)
    return tuple(said)


def corpus(split: str, cache: Path, voices_python: Path) -> tuple[list[Item], list[str]]:
    """Every recording of ``split`` (dev or test), and sentences about where they come from."""
    talks = spoken(jobs(split), cache, voices_python)
    disfluent = [item for item in talks if item.part == "synthetic"]
    folder = real_folder()
    items = [
        *talks,
        *degraded(disfluent[: _DEGRADED[split]], cache),
        *not_speech(split, cache),
        *real(split, folder),
    ]
    return items, [_which_people(folder)]


def in_project() -> list[Item]:
    """Five minutes that need no voices and no other folder: three sample talks, people of the dev split."""
    return [*(_sample(name) for name in SAMPLES), *real("dev", PEOPLE)]


def short(cache: Path) -> tuple[list[Item], list[str]]:
    """The short form: what lies in the project, one talk of it in noise, five sounds that are no speech."""
    items = in_project()
    noisy = [item for item in degraded(items[1:2], cache) if item.condition == "noise 10 dB"]
    sounds = list(not_speech("dev", cache))[::2]
    return [*items, *noisy, *sounds], ["The short form: sample talks and people that lie in the project."]


def _sample(name: str) -> Item:
    folder = HERE.parents[1] / "samples"
    document = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    return Item(
        name, "synthetic", "dev", folder / f"{name}.flac", document["duration_s"], of_document(document),
        document["voice"]["name"],
    )  # fmt: skip


def _which_people(folder: Path) -> str:
    """Where the recordings of people come from, for the report."""
    if folder == PEOPLE:
        return (
            f"People: only the few recordings in benchmarks/speech/people; {REAL_ENV} names no folder with an "
            "index.jsonl, and there is none beside the project."
        )
    where = (
        f"the folder that {REAL_ENV} names" if os.environ.get(REAL_ENV) else "the folder beside the project"
    )
    return f"People: the recordings in {where}."
