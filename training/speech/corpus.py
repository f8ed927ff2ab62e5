"""The training talks: what is said in each, by whom and where. Pure and seeded, except for ``main``.

python -m training.speech.corpus             speak all that are missing, into .bench/train
python -m training.speech.corpus --summary   what there is, and measurements of the labels
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any, Final

import numpy as np
import soundfile
from ruamel.yaml import YAML

from benchmarks.speech.composition import Bank, disfluent
from benchmarks.speech.corpus import bank as bank_of_split

HERE: Final = Path(__file__).resolve().parent
ROOT: Final = HERE.parents[1]
FOLDER: Final = ROOT / ".bench" / "train"
PYTHON: Final = ROOT / ".bench" / "voices" / "bin" / "python"
TALKS: Final = 150
_FIRST_SEED: Final = 700_000
_ENGINES: Final = (
    "flite", "espeak", "joe", "flite", "espeak", "kokoro", "flite", "espeak", "flite", "joe",
    "espeak", "flite", "kokoro", "espeak", "flite", "joe", "espeak", "flite", "espeak", "kokoro",
)  # fmt: skip
"""Whose turn it is; any stretch of the talks is a mix of all."""
_FLITE: Final = ("slt", "rms", "awb", "kal16", "kal")
_ACCENTS: Final = (
    "en-us", "en", "en-gb-scotland", "en-gb-x-rp", "en-029", "en-gb-x-gbclan", "en-gb-x-gbcwmd", "en-us-nyc",
)  # fmt: skip
_VARIANTS: Final = (
    "f1", "m3", "Alicia", "m1", "klatt", "f2", "Andy", "m7", "f3", "Gene", "croak", "m2", "Annie", "f5", "david",
    "m4", "belinda", "klatt2", "m6", "grandma", "Lee", "linda", "m8", "paul", "steph", "Michael", "whisper",
    "anika", "grandpa", "klatt4", "robert", "aunty", "caleb", "Jacky", "boris", "shelby", "quincy", "victor",
)  # fmt: skip
"""Without f4 and m5, which are for tests."""
_TEST_VOICES: Final = ("en-gb-x-rp+m1", "en-us+f4", "en-gb-scotland+m5")
_FILLERS: Final = {"um": 22, "uh": 22, "er": 10, "erm": 8, "ah": 8, "hmm": 8, "mm": 7, "eh": 5, "uhm": 10}
_STYLES: Final = {"disfluent": 0.5, "read": 0.25, "slow": 0.25}
"""How the talks without a filler are spoken."""
_WORDS: Final = 110


@dataclass(frozen=True)
class Job:
    """A talk to be spoken."""

    name: str
    text: str
    voice: Mapping[str, Any]
    manner: Mapping[str, float]
    condition: str
    style: str
    seed: int


def bank() -> tuple[Bank, Bank, Sequence[str]]:
    """The benchmark's dev sentences, those of this folder, and interjections."""
    told = YAML(typ="safe").load(HERE / "sentences.yaml")
    return bank_of_split("dev"), Bank.of(told), told["interjections"]


def jobs(count: int = TALKS) -> list[Job]:
    """The talks, in an order that never changes; more of them leave the first as they are."""
    dev, own, interjections = bank()
    of_engine: Counter[str] = Counter()
    made = []
    for number in range(count):
        engine = _ENGINES[number % len(_ENGINES)]
        turn = of_engine[engine]
        of_engine[engine] += 1
        rng = Random(_FIRST_SEED + number)
        style = "fillers" if turn * 11 % 20 < 11 else rng.choices(list(_STYLES), list(_STYLES.values()))[0]
        sentences = own if rng.random() < 0.6 else dev
        text = _text(sentences, interjections, style, rng)
        voice = _voice(engine, turn, rng)
        manner = _manner(style, rng)
        name = f"{number:03d}-{engine}-{style}"
        made.append(Job(name, text, voice, manner, _condition(rng), style, _FIRST_SEED + number))
    return made


def _text(sentences: Bank, interjections: Sequence[str], style: str, rng: Random) -> str:
    names = rng.sample(list(sentences.topics), len(sentences.topics))
    tempting = list(sentences.tempting)
    rate = rng.choice((0.02, 0.05, 0.09))
    said: list[str] = []
    for name in names:
        topic = sentences.topics[name]
        for sentence in rng.sample(list(topic["sentences"]), len(topic["sentences"])):
            if sum(len(each.split()) for each in said) >= _WORDS:
                return re.sub(r"^(\[[^]]*\]\s*)+", "", " ".join(said))
            told = rng.choice(tempting) if tempting and rng.random() < 0.08 else sentence
            if style in ("fillers", "disfluent"):
                told = disfluent(told, sentences.openings, topic["terms"], rng)
            told = _with_fillers(told, rate, rng) if style == "fillers" else _without_fillers(told)
            if rng.random() < 0.15:
                said.append(rng.choice(interjections))
            said.append(told)
    raise ValueError("the bank has too few sentences")


def _with_fillers(text: str, rate: float, rng: Random) -> str:
    """More fillers, before any word outside of other marks, and all of them of a kind drawn anew."""
    out: list[str] = []
    inside = False
    for token in text.split():
        free = not inside and token[0].isalpha() and not (out and out[-1].startswith(("{", "[")))
        if free and rng.random() < rate:
            out.append("{um}")
        out.append(token)
        inside ^= token.count("/") == 1
        if "(" in token or ")" in token:
            inside = "(" in token and ")" not in token
    kinds, weights = list(_FILLERS), list(_FILLERS.values())
    return re.sub(r"\{[^}]*\}", lambda _: f"{{{rng.choices(kinds, weights)[0]}}}", " ".join(out))


def _without_fillers(text: str) -> str:
    return re.sub(r"\s*\{[^}]*\}", "", text).strip()


def _voice(engine: str, turn: int, rng: Random) -> dict[str, Any]:
    shift = 1.0 if rng.random() < 0.3 else round(rng.uniform(0.87, 1.15), 3)
    voice: dict[str, Any] = {"engine": engine, "shift": shift}
    if engine == "flite":
        voice |= {"name": _FLITE[turn % len(_FLITE)], "f0": round(rng.uniform(0.8, 1.3), 2)}
        voice["label"] = f"{voice['name']} f0 {voice['f0']}"
    elif engine == "espeak":
        accents = [a for a in _ACCENTS if f"{a}+{_VARIANTS[turn % len(_VARIANTS)]}" not in _TEST_VOICES]
        name = f"{rng.choice(accents)}+{_VARIANTS[turn % len(_VARIANTS)]}"
        voice |= {"name": name, "pitch": rng.randint(25, 75), "range": rng.randint(20, 80)}
        voice["label"] = f"{name} pitch {voice['pitch']}"
    elif engine == "joe":
        voice["shift"] = round(rng.uniform(0.85, 1.2), 3)
        voice["label"] = "joe"
    else:
        voice["shift"] = round(rng.uniform(0.8, 1.1), 3)
        voice |= {"timbre": round(rng.uniform(-0.4, 1.4), 2), "rhythm": round(rng.uniform(-0.3, 1.3), 2)}
        voice["noise"] = rng.choice((0.0, 0.3, 0.5))
        voice["label"] = f"kokoro {voice['timbre']}/{voice['rhythm']} noise {voice['noise']}"
    voice["label"] += f" shift {voice['shift']}"
    return voice


def _manner(style: str, rng: Random) -> dict[str, float]:
    slow = style == "slow"
    return {
        "stretch": round(rng.uniform(1.3, 1.65) if slow else rng.uniform(0.82, 1.2), 2),
        "attached": round(rng.uniform(0.1, 0.4), 2),
        "inline": round(rng.uniform(0.0, 0.4), 2),
        "alone": round(rng.uniform(0.0, 0.12), 3),
        "drawn_out": round(rng.uniform(0.08, 0.2) if slow else rng.uniform(0.0, 0.15), 3),
        "sounds": round(rng.choice((0.0, 0.1, 0.2)), 2),
        "limit_s": round(rng.uniform(22, 36), 1),
    }


def _condition(rng: Random) -> str:
    if rng.random() < 0.5:
        return "clean"
    named = ("noise", "room", "telephone", "gain", "clipping", "tilt", "lossy")
    count = 1 if rng.random() < 0.6 else 2
    weights = (30, 22, 10, 12, 6, 12, 12)
    chosen: list[str] = []
    while len(chosen) < count:
        one = rng.choices(named, weights)[0]
        if one not in chosen:
            chosen.append(one)
    return "+".join(chosen)


def spoken(wanted: Iterable[Job], folder: Path = FOLDER) -> None:
    """Speak what is missing. Raises FileNotFoundError where the voices are not set up."""
    if not PYTHON.exists():
        raise FileNotFoundError(f"{PYTHON} is missing: run `make bench-voices`.")
    told = json.dumps([asdict(job) for job in wanted])
    subprocess.run(
        ["nice", "-n", "5", PYTHON, HERE / "generate.py", folder], input=told, text=True, check=True
    )


def documents(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every finished talk with its truth, in order."""
    for path in sorted(folder.glob("*.flac")):
        if not path.name.endswith(".part.flac"):
            yield path, json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))


def _level(sound: np.ndarray[Any, Any], start: float, end: float, rate: int) -> float:
    inside = sound[round(start * rate) : round(end * rate)]
    return float(10 * np.log10(np.square(inside).mean() + 1e-12)) if len(inside) else -120.0


def _table(title: str, rows: Mapping[str, tuple[int, float, int]]) -> Iterator[str]:
    yield f"\n{title:28}{'talks':>7}{'minutes':>9}{'fillers':>9}"
    for name, (talks, seconds, fillers) in sorted(rows.items(), key=lambda row: -row[1][1]):
        yield f"{name:28}{talks:>7}{seconds / 60:>9.1f}{fillers:>9}"


def summary(folder: Path) -> str:
    """Amounts by engine, condition and style; fillers by kind, length and neighbours; levels at the labels."""
    rows: dict[str, dict[str, list[tuple[float, int]]]] = defaultdict(lambda: defaultdict(list))
    fillers: list[dict[str, Any]] = []
    contrast: dict[str, list[float]] = defaultdict(list)
    sounds: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    for path, told in documents(folder):
        fact = (told["duration_s"], len(told["fillers"]))
        conditions = told["condition"].split("+")
        rows["all"]["all"].append(fact)
        rows["engine"][told["engine"]].append(fact)
        rows["style"][told["style"]].append(fact)
        for one in conditions:
            rows["condition (two may meet)"][one].append(fact)
        fillers += told["fillers"]
        sounds.update(each["kind"] for each in told["sounds"])
        alone.update(each["text"].lower().rstrip(".,") for each in told["alone"])
        if told["condition"] == "clean":
            _measure(path, told, contrast)
    lines = []
    for title, groups in rows.items():
        totals = {n: (len(f), sum(s for s, _ in f), sum(c for _, c in f)) for n, f in groups.items()}
        lines += _table(title, totals)
    lines += _filler_lines(fillers)
    lines.append(f"\nsounds in silences: {dict(sounds)}")
    lines.append(f"hard words alone: {dict(alone.most_common())}")
    lines.append("\nlevels in clean talks, dB against the talk's phrases: 5th, 50th, 95th percentile")
    for name, values in contrast.items():
        low, middle, high = np.percentile(values, (5, 50, 95))
        lines.append(f"{name:44}{low:7.1f}{middle:7.1f}{high:7.1f}   of {len(values)}")
    return "\n".join(lines)


def _filler_lines(fillers: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    kinds = Counter(filler["text"] for filler in fillers)
    yield f"\nfillers by kind: {dict(kinds.most_common())}"
    lengths = np.array([filler["end"] - filler["start"] for filler in fillers])
    counts, edges = np.histogram(lengths, (0, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 0.9, 1.2, 9))
    spans = (f"{a:.2f}-{b:.2f} s: {n}" for a, b, n in zip(edges, edges[1:], counts, strict=False))
    yield f"lengths: {', '.join(spans)}"
    touching = sum(f["touches_before"] or f["touches_after"] for f in fillers)
    yield f"touching a word: {touching} of {len(fillers)}; within a phrase: {sum(f['inline'] for f in fillers)}"


def _measure(path: Path, told: Mapping[str, Any], contrast: dict[str, list[float]]) -> None:
    """Levels at the labels against the talk's phrases: in fillers, in silences beside phrases, past the edges."""
    sound, rate = soundfile.read(path)
    spoken_level = float(np.median([_level(sound, p["start"], p["end"], rate) for p in told["phrases"]]))
    for filler in told["fillers"]:
        contrast["fillers"].append(_level(sound, filler["start"], filler["end"], rate) - spoken_level)
    noises = told["sounds"]
    for pause in told["pauses"]:
        if not any(each["start"] < pause["end"] and each["end"] > pause["start"] for each in noises):
            start, end = pause["start"], pause["end"]
            contrast["silent pauses"].append(_level(sound, start, end, rate) - spoken_level)
            contrast["30 ms before a pause"].append(
                _level(sound, start - 0.06, start - 0.03, rate) - spoken_level
            )
            contrast["first 20 ms of a pause"].append(_level(sound, start, start + 0.02, rate) - spoken_level)
            contrast["last 20 ms of a pause"].append(_level(sound, end - 0.02, end, rate) - spoken_level)
            contrast["20 to 50 ms after a pause"].append(
                _level(sound, end + 0.02, end + 0.05, rate) - spoken_level
            )


def main() -> None:
    """Speak the talks, or say what there is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--summary", action="store_true", help="print amounts and measurements")
    parser.add_argument("--talks", type=int, default=TALKS, help="how many talks, from the first on")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    told = parser.parse_args()
    if told.summary:
        print(summary(told.folder))
    else:
        spoken(jobs(told.talks), told.folder)


if __name__ == "__main__":
    main()
