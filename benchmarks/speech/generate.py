"""Speak composed talks: reads a list of jobs (JSON) from standard input, writes NAME.flac and NAME.json each.

    python benchmarks/speech/generate.py FOLDER < jobs.json

A job is {"name", "text", "voice", "stretch", "seed"}. Runs in the environment of the synthetic voices, which is
not Coach's (``make bench-speech`` makes it from voices.txt). Parsing, splicing and the truth are those of the
sample talks.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import soundfile

HERE: Final = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "samples")]

from espeak import Espeak  # noqa: E402
from make_samples import ROOM, VOICES, parse, speak, truth, write  # noqa: E402
from voices import RATE, Joe, Kokoro, Voice, pronounce  # noqa: E402

ESPEAK_FILLERS: Final = {
    "um": ("[[V:m]]", 1.2),
    "uh": ("[[V:]]", 1.3),
    "er": ("[[@:]]", 1.5),
    "hmm": ("[[hVm:]]", 1.3),
    "ummm": ("[[V:mmm]]", 2.0),
    "uhhh": ("[[V:V:]]", 2.0),
}
JOE_FILLERS: Final = {**VOICES["joe"]["fillers"], "er": ("ˈəː", 2.0), "hmm": ("hˈəmm", 1.8)}
KOKORO_FILLERS: Final = {**VOICES["jf_alpha"]["fillers"], "er": ("ˈɜɜ", 0.9), "hmm": ("hˈəmm", 1.0)}
"""Filler -> how it is given to the voice, and how much slower than speech it is said."""


def chosen_voice(name: str, seed: int, loaded: dict[str, Voice]) -> tuple[Voice, Mapping[str, Any], Any]:
    """The voice, its fillers with their punctuation, and how words are spelled for it."""
    if name == "joe":  # its random numbers start anew with every talk
        return Joe(seed), {"fillers": JOE_FILLERS, "filler_mark": ","}, pronounce
    if name.startswith(("jf_", "jm_")):
        loaded.setdefault(name, Kokoro(name))
        return loaded[name], {"fillers": KOKORO_FILLERS, "filler_mark": "…"}, pronounce
    loaded.setdefault(name, Espeak(name))
    return loaded[name], {"fillers": ESPEAK_FILLERS, "filler_mark": ","}, list


def make(job: Mapping[str, Any], folder: Path, loaded: dict[str, Voice]) -> float:
    """One talk; returns its length in seconds."""
    rng = np.random.default_rng(job["seed"])
    voice, chosen, spell = chosen_voice(job["voice"], job["seed"], loaded)
    script = parse(job["text"], rng)
    talk = speak(script, voice, job["stretch"], dict(chosen), rng, spell)
    sound = np.concatenate(talk.sound)
    room = rng.standard_normal(len(sound)).astype(np.float32) * ROOM
    pcm = np.round((sound + room) * 32767).astype(np.int16)
    part = folder / f"{job['name']}.part.flac"
    with soundfile.SoundFile(part, "w", RATE, 1, "PCM_16", format="FLAC") as file:
        file.write(pcm)
    document = {
        "duration_s": len(pcm) / RATE,
        "voice": job["voice"],
        **truth(script, talk),
        "holds": holds(sound, talk.phrases),
    }
    write(folder / f"{job['name']}.json", document)
    part.replace(folder / f"{job['name']}.flac")  # the sound comes last: where it is, the talk is complete
    return len(pcm) / RATE


def holds(sound: np.ndarray[Any, Any], phrases: Sequence[Mapping[str, Any]]) -> list[dict[str, float]]:
    """Silences that the voice itself makes inside a phrase: at least 50 ms, 36 dB below its loudest 5 ms."""
    frame = RATE // 200
    found = []
    for phrase in phrases:
        first = round(phrase["start"] * RATE)
        inside = sound[first : round(phrase["end"] * RATE)]
        energy = np.square(inside[: len(inside) // frame * frame].reshape(-1, frame)).mean(axis=1)
        quiet = np.concatenate(([False], energy < energy.max() * 10**-3.6, [False]))
        edges = np.flatnonzero(quiet[1:] != quiet[:-1]).reshape(-1, 2)
        found += [
            {"start": (first + a * frame) / RATE, "end": (first + b * frame) / RATE}
            for a, b in edges.tolist()
            if b - a >= 10
        ]
    return found


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    jobs = json.load(sys.stdin)
    loaded: dict[str, Voice] = {}
    begun, spoken = time.monotonic(), 0.0
    for number, job in enumerate(jobs, 1):
        spoken += make(job, folder, loaded)
        left = (time.monotonic() - begun) / number * (len(jobs) - number)
        print(
            f"spoken {number}/{len(jobs)}: {job['voice']}, {spoken / 60:.1f} minutes in all, "
            f"{left / 60:.1f} minutes left",
            file=sys.stderr,
        )


if __name__ == "__main__":
    main()
