"""Speak the talks in ``talks/*.yaml`` and write down exactly what was said and when.

    python samples/make_samples.py [NAME ...]

Each talk becomes ``samples/NAME.flac`` (16 kHz, mono, 16 bit) and ``samples/NAME.json`` (shape: README.md).
A talk is spoken in phrases that are trimmed and laid one after the other with silences of known length, so
the edges of phrases, fillers and pauses are exact; word edges inside a phrase are the voice's own durations.

The text of a talk is plain, with five marks::

    [0.6]        a silent pause of 0.6 s
    {um}         a filler (um, uh, ummm, uhhh)
    (you know)   a discourse marker in filler use; unmarked, the same words are meant
    /we want/    words taken back: a repetition when the same words follow, else a restart
    regu-        a word broken off
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import soundfile
from ruamel.yaml import YAML
from voices import RATE, Joe, Kokoro, Samples, Voice, pronounce

HERE: Final = Path(__file__).resolve().parent
PAUSE_S: Final = 0.25
"""Shortest silence that counts as a pause (De Jong and Bosker 2013)."""
LEVEL: Final = 10 ** (-23 / 20)
RELEASE_S: Final = 0.05
"""How long a phrase may sound on after its last word's own time; Kokoro likes to add a vowel ("um-uh")."""
ROOM: Final = 10 ** (-80 / 20)
"""RMS of the room's noise, full scale 1: a silence is quiet, not digital zero."""
MARKERS: Final = ("you know", "i mean", "sort of", "like", "well", "basically", "actually", "right", "so")
VOICES: Final[dict[str, Any]] = {
    "joe": {
        "made_with": "Piper en_US-joe-medium",
        "licence": "CC0 (voice data)",
        "filler_mark": ",",
        "fillers": {"um": ("ˈʌm", 2.0), "uh": ("ˈʌː", 2.0), "ummm": ("ˈʌmm", 3.6), "uhhh": ("ˈʌː", 3.8)},
    },
    "jf_alpha": {
        "made_with": "Kokoro-82M int8, style jf_alpha",
        "licence": "Apache-2.0 (weights)",
        "filler_mark": "…",
        "fillers": {"um": ("ˈʌm", 1.0), "uh": ("ˈəə", 0.8), "ummm": ("ˈʌmm", 1.4), "uhhh": ("ˈəə", 1.5)},
    },
}
"""Voice -> what it is, its licence, each filler's phonemes and how much slower than speech it is said.

The spellings are those that sounded right: level in pitch, and written down as "um" and "uh" by Whisper base.
"""

_TOKEN = re.compile(
    r"\[(?P<pause>[\d.]+)\]|\{(?P<filler>[^}]+)\}|(?P<open>[(/])|(?P<word>[^\s()/\[\]{}]+)|(?P<close>[)/])"
)


@dataclass
class Piece:
    """What is spoken in one go (a phrase or a filler), the silence after it, and where that silence lies."""

    words: list[str] = field(default_factory=list)
    filler: bool = False
    gap: float = 0.0
    place: str = "within_clause"


@dataclass
class Script:
    """A talk cut into pieces. Ranges are half-open word numbers over the whole talk."""

    pieces: list[Piece]
    markers: list[tuple[int, int]]
    taken_back: list[tuple[int, int]]


def parse(text: str, rng: np.random.Generator) -> Script:
    """Cut a talk's text at its marks and punctuation; silences without a mark get a natural random length."""
    script = Script([Piece()], [], [])
    count, opened, place = 0, {}, "boundary"

    def cut(gap: float) -> None:
        if script.pieces[-1].words:
            script.pieces[-1].gap, script.pieces[-1].place = gap, place
            script.pieces.append(Piece())

    for sign, value in _tokens(text):
        if sign == "pause":
            cut(0.0)
            script.pieces[-2].gap, script.pieces[-2].place = float(value), place
        elif sign == "filler":
            cut(rng.uniform(0.04, 0.10))
            script.pieces[-1] = Piece([value], filler=True)
            count += 1
            cut(rng.uniform(0.06, 0.14))
        elif sign == "word":
            script.pieces[-1].words.append(value)
            count += 1
            if "/" in opened:
                place = "within_clause"
            elif "(" not in opened:
                place = "boundary" if value[-1] in ".?!,;:" else "within_clause"
            if value[-1] in ".?!":
                cut(rng.uniform(0.40, 0.65))
            elif value[-1] in ",;:":
                cut(rng.uniform(0.08, 0.16))
        elif sign in opened:
            start = opened.pop(sign)
            (script.markers if sign == "(" else script.taken_back).append((start, count))
            if sign == "/":
                cut(rng.uniform(0.03, 0.09))
        else:
            opened[sign] = count
    if opened:
        raise ValueError(f"a mark {list(opened)} is not closed")
    script.pieces = [piece for piece in script.pieces if piece.words]
    script.pieces[-1].gap = 0.0
    return script


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    """(sign, value); both ends of a bracket come as its opening character; ``),`` moves the comma inside."""
    text = re.sub(r"([)/])([.,;:?!])", r"\2\1", " ".join(text.split()))
    for match in _TOKEN.finditer(text):
        kind = str(match.lastgroup)
        value = match.group()
        if kind in ("open", "close"):
            yield ("(" if value in "()" else "/"), value
        else:
            yield kind, match.group(kind)


@dataclass
class Talk:
    """The sound so far and the times of its words, phrases and silences, in samples."""

    sound: list[Samples] = field(default_factory=list)
    at: int = 0
    words: list[dict[str, Any]] = field(default_factory=list)
    phrases: list[dict[str, Any]] = field(default_factory=list)
    pauses: list[dict[str, Any]] = field(default_factory=list)

    def silence(self, seconds: float) -> None:
        self.sound.append(np.zeros(round(seconds * RATE), np.float32))
        self.at += len(self.sound[-1])


def speak(
    script: Script,
    voice: Voice,
    stretch: float,
    chosen: dict[str, Any],
    rng: np.random.Generator,
    spell: Callable[[Sequence[str]], list[str]] = pronounce,
) -> Talk:
    """Say every piece and lay them out in time. ``spell`` writes words the way the voice reads them."""
    talk = Talk()
    talk.silence(0.3)
    for piece in script.pieces:
        last = piece.words[-1]
        mark = last[-1] if last[-1] in ".?!,;:" else ""
        if piece.filler:
            phonemes, slower = chosen["fillers"][last]
            said = voice.say([phonemes], chosen["filler_mark"], stretch * slower * rng.uniform(0.9, 1.15))
        else:
            said = voice.say(spell(piece.words), mark, stretch)
        until = said.words[-1][1] + (0.0 if piece.filler else RELEASE_S)
        start, end = audible(said.samples[: round(until * RATE)])
        sound = leveled(said.samples[start:end], LEVEL * (0.75 if piece.filler else 1.0))
        edges = [
            (talk.at + round(a * RATE) - start, talk.at + round(b * RATE) - start) for a, b in said.words
        ]
        edges[0] = (talk.at, edges[0][1])
        edges[-1] = (edges[-1][0], talk.at + len(sound))
        for text, (a, b) in zip(piece.words, edges, strict=True):
            talk.words.append(_span(text, a, b, exact=len(edges) == 1, filler=piece.filler))
        talk.phrases.append(_span(" ".join(piece.words), talk.at, talk.at + len(sound)))
        talk.sound.append(sound)
        talk.at += len(sound)
        gap_from = talk.at
        talk.silence(piece.gap)
        if piece.gap >= PAUSE_S:
            talk.pauses.append({"start": gap_from / RATE, "end": talk.at / RATE, "place": piece.place})
    talk.silence(0.4)
    return talk


def _span(text: str, start: int, end: int, **more: Any) -> dict[str, Any]:
    return {"text": text, "start": start / RATE, "end": end / RATE, **more}


def audible(samples: Samples) -> tuple[int, int]:
    """Samples (from, to) without the voice's own silence at both ends: within 36 dB of its loudest 5 ms."""
    frame = RATE // 200
    energy = np.square(samples[: len(samples) // frame * frame].reshape(-1, frame)).mean(axis=1)
    loud = np.flatnonzero(energy > energy.max() * 10**-3.6)
    return int(loud[0]) * frame, int(loud[-1] + 1) * frame


def leveled(samples: Samples, rms: float) -> Samples:
    """The samples at a given RMS, rising in 4 ms and falling in 20 ms so that nothing clicks."""
    rise, fall = RATE // 250, RATE // 50
    out = samples * (rms / float(np.sqrt(np.square(samples).mean())))
    out[:rise] *= np.linspace(0, 1, rise, dtype=np.float32)
    out[-fall:] *= np.linspace(1, 0, fall, dtype=np.float32)
    return np.clip(out, -0.98, 0.98)


def truth(script: Script, talk: Talk) -> dict[str, Any]:
    """What was said and when: words, phrases, fillers, markers, repetitions, restarts and pauses."""
    plain = [_bare(word["text"]) for word in talk.words]

    def covered(span: tuple[int, int], kind: str) -> dict[str, Any]:
        words = talk.words[span[0] : span[1]]
        text = " ".join(word["text"] for word in words).rstrip(",.;:?!")
        return {"text": text, "start": words[0]["start"], "end": words[-1]["end"], "kind": kind}

    fillers = [covered((n, n + 1), "filled_pause") for n, word in enumerate(talk.words) if word["filler"]]
    marked = {n for a, b in script.markers for n in range(a, b)}
    taken = []
    for a, b in script.taken_back:
        after = [n for n in range(b, len(plain)) if not talk.words[n]["filler"] and n not in marked][: b - a]
        same = [plain[n] for n in after] == plain[a:b]
        taken.append(covered((a, b), "repetition" if same else "restart"))
    claimed = marked | {n for a, b in script.taken_back for n in range(a, b)}
    return {
        "text": " ".join(word["text"] for word in talk.words),
        "words": [{key: word[key] for key in ("text", "start", "end", "exact")} for word in talk.words],
        "phrases": talk.phrases,
        "fillers": fillers,
        "discourse_markers": [covered(span, "discourse_marker") for span in script.markers],
        "meant_markers": [covered(span, "meant") for span in _marker_words(plain) if span[0] not in claimed],
        "repetitions": [item for item in taken if item["kind"] == "repetition"],
        "restarts": [item for item in taken if item["kind"] == "restart"],
        "pauses": talk.pauses,
    }


def _bare(text: str) -> str:
    return re.sub(r"[^\w']", "", text.lower())


def _marker_words(plain: Sequence[str]) -> Iterator[tuple[int, int]]:
    for n in range(len(plain)):
        for marker in MARKERS:
            size = len(marker.split())
            if plain[n : n + size] == marker.split():
                yield n, n + size


def make(path: Path) -> None:
    """One talk: script in, sound and truth out."""
    told = YAML(typ="safe").load(path.read_text("utf-8"))
    chosen = VOICES[told["voice"]]
    rng = np.random.default_rng(told["seed"])
    voice: Voice = Joe(told["seed"]) if told["voice"] == "joe" else Kokoro(told["voice"])
    script = parse(told["text"], rng)
    talk = speak(script, voice, told["stretch"], chosen, rng)
    sound = np.concatenate(talk.sound)
    room = rng.standard_normal(len(sound)).astype(np.float32) * ROOM
    pcm = np.round((sound + room) * 32767).astype(np.int16)
    document = {
        **{key: told[key] for key in ("title", "question", "kind", "description")},
        "audio": f"{path.stem}.flac",
        "duration_s": len(pcm) / RATE,
        "sample_rate_hz": RATE,
        "language": "en",
        "origin": "synthetic",
        "label": "exact",
        "voice": {"name": told["voice"], "made_with": chosen["made_with"], "licence": chosen["licence"]},
        "intended": told["intended"],
        "times": "Edges of phrases, fillers and pauses are spliced, so exact; a word's edges are exact where "
        "it says so, else they are the durations that the voice itself used.",
        **truth(script, talk),
    }
    soundfile.write(
        HERE / f"{path.stem}.flac", pcm, RATE, subtype="PCM_16", format="FLAC", compression_level=1.0
    )
    write(HERE / f"{path.stem}.json", document)
    said = len(document["words"]) - len(document["fillers"])
    print(f"{path.stem}: {document['duration_s']:.1f} s, {said} words, {len(document['fillers'])} fillers")


def write(path: Path, document: dict[str, Any]) -> None:
    """JSON with times to a tenth of a millisecond and one item of a list a line."""

    def rounded(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: rounded(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [rounded(inner) for inner in value]
        return round(value, 4) if isinstance(value, float) else value

    lines = []
    for key, value in rounded(document).items():
        if isinstance(value, list) and value:
            items = ",\n    ".join(json.dumps(item, ensure_ascii=False) for item in value)
            lines.append(f'  "{key}": [\n    {items}\n  ]')
        else:
            lines.append(f'  "{key}": {json.dumps(value, ensure_ascii=False)}')
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


if __name__ == "__main__":
    wanted = sys.argv[1:]
    for script_path in sorted((HERE / "talks").glob("*.yaml")):
        if not wanted or script_path.stem in wanted:
            make(script_path)
