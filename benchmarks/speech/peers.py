"""The contenders: Coach and what else there is, each as file -> Heard. All use the same Whisper weights.

How a plain transcript is turned into fillers is what projects built on one do: a list of filler words, a list
of marker words, equal neighbours, and gaps between words of at least 0.25 s.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, Protocol

from benchmarks.speech.matching import Event
from benchmarks.speech.scoring import is_filled_pause, tokens
from coach.errors import NoSpeechError
from coach.practice import assess
from coach.settings import Settings, coach_home, model_store
from coach.transcription.weights import locate

COUNTS: Final = {
    "filled_pause": "filled_pauses",
    "discourse_marker": "discourse_markers",
    "repetition": "repetitions",
    "restart": "restarts",
}
"""Kind -> the measurement that counts it."""
ROOT: Final = Path(__file__).resolve().parents[2]
PROMPT: Final = "Umm, let me think like, hmm... Okay, here's what I'm, like, thinking."
"""The prompt of OpenAI's own guide for keeping fillers, given as ``initial_prompt``: what most projects do."""
MARKERS: Final = ("you know", "i mean", "sort of", "like", "well", "basically", "actually", "right", "so")


@dataclass(frozen=True)
class Heard:
    """What a contender makes of a recording. ``events`` by kind; ``words`` None where it tells none.

    ``intervals``: kind -> (low, high) that its true count is said to lie in, where that is told.
    """

    events: Mapping[str, tuple[Event, ...]]
    words: tuple[Event, ...] | None = None
    pauses: tuple[Event, ...] | None = None
    note: str = ""
    intervals: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Heard:
        told = json.loads(text)

        def events(items: Any) -> Any:
            return None if items is None else tuple(Event(**item) for item in items)

        by_kind = {kind: events(items) for kind, items in told["events"].items()}
        intervals = {kind: (low, high) for kind, (low, high) in told.get("intervals", {}).items()}
        return cls(by_kind, events(told["words"]), events(told["pauses"]), told["note"], intervals)


class Contender(Protocol):
    """``version`` names everything its results depend on besides the sound."""

    name: str

    @property
    def version(self) -> str: ...

    def hear(self, path: Path) -> Heard: ...


class Coach:
    """``coach.practice.assess`` on the file, as a free talk.

    Whisper's pieces are kept apart from the result, so that after a change of a detector nothing is decoded again.
    """

    name = "Coach"

    def __init__(self, model: str, cache_folder: Path) -> None:
        self._model = model
        self._pieces = _Pieces(
            cache_folder / "pieces", source_hash("transcription", "voice.py", "recording.py")
        )

    @property
    def version(self) -> str:
        everything = source_hash(
            "transcription", "disfluencies", "voice.py", "recording.py", "silence.py", "pauses.py", "practice.py",
            "quality.py", "level.py", "transcript.py", "uncertainty.py",
        )  # fmt: skip
        return f"{self._model} {_versions()} {everything}"

    def hear(self, path: Path) -> Heard:
        try:
            told = assess(path, settings=Settings(model=self._model), pieces=self._pieces)
        except NoSpeechError as error:
            return Heard({}, (), (), str(error))
        by_kind: dict[str, list[Event]] = {}
        for one in told.disfluencies:
            by_kind.setdefault(one.kind, []).append(Event(one.start, one.end, one.text, one.confidence))
        intervals = {
            kind: interval
            for kind, name in COUNTS.items()
            if (interval := told.measurements[name].interval) is not None
        }
        return Heard(
            {kind: tuple(events) for kind, events in by_kind.items()},
            tuple(Event(word.start, word.end, word.text) for word in told.transcript.words),
            tuple(Event(pause.start, pause.end, pause.place) for pause in told.pauses),
            intervals=intervals,
        )


class Plain:
    """One call of faster-whisper, by default with its defaults; ``options`` go to ``transcribe``."""

    def __init__(self, model: str, name: str = "plain faster-whisper", **options: Any) -> None:
        self.name, self._model, self._options = name, model, options

    @property
    def version(self) -> str:
        return f"{self._model} {_versions()} {sorted(self._options.items())} 1"

    def hear(self, path: Path) -> Heard:
        import ctranslate2  # noqa: PLC0415

        ctranslate2.set_random_seed(0)
        segments, _ = _whisper(self._model).transcribe(str(path), word_timestamps=True, **self._options)
        words = [
            Event(float(word.start), float(word.end), word.word.strip())
            for segment in segments
            for word in segment.words or ()
        ]
        return Heard(by_word_lists(words), tuple(words), gaps_between(words))


class Erm:
    """The ``erm`` command (PyPI), a dry run with its JSON of cuts; each cut is a filled pause.

    It reads sound with FFmpeg's commands; without them every run fails at once, so it must not be run then.
    """

    name = "erm"
    needs = "ffprobe"

    def __init__(self, command: Path, model: str) -> None:
        self._command, self._model = command, model

    @property
    def version(self) -> str:
        python = self._command.with_name("python")
        asked = "from importlib.metadata import version; print(version('erm'), version('faster-whisper'))"
        told = subprocess.run([python, "-c", asked], capture_output=True, text=True, check=True)
        return f"{told.stdout.strip()} {self._model} with ffmpeg"

    def hear(self, path: Path) -> Heard:
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "cuts.json"
            ran = subprocess.run(
                [self._command, path, "--dry-run", "--json", out, "--model", _weights(self._model),
                 "--device", "cpu", "--compute-type", "int8"],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            if ran.returncode != 0 or not out.exists():
                return Heard({"filled_pause": ()}, None, None, f"failed: {ran.stderr.strip()[-200:]}")
            cuts = json.loads(out.read_text(encoding="utf-8"))
        listed = cuts["cuts"] if isinstance(cuts, dict) else cuts
        return Heard({"filled_pause": tuple(Event(cut["start"], cut["end"], cut["word"]) for cut in listed)})


def by_word_lists(words: Sequence[Event]) -> dict[str, tuple[Event, ...]]:
    """Fillers, markers and repetitions by nothing but the words."""
    plain = [" ".join(tokens(word.text)) for word in words]
    filled = tuple(word for word, text in zip(words, plain, strict=True) if is_filled_pause(text))
    markers = []
    for at in range(len(plain)):
        for marker in MARKERS:
            size = len(marker.split())
            if plain[at : at + size] == marker.split():
                markers.append(Event(words[at].start, words[at + size - 1].end, marker))
    repeated = tuple(
        words[at] for at, (a, b) in enumerate(pairwise(plain)) if a and a == b and not is_filled_pause(a)
    )
    return {"filled_pause": filled, "discourse_marker": tuple(markers), "repetition": repeated, "restart": ()}


def gaps_between(words: Sequence[Event], shortest: float = 0.25) -> tuple[Event, ...]:
    """Gaps of at least ``shortest`` seconds between one word's end and the next one's start."""
    return tuple(
        Event(before.end, after.start, "gap")
        for before, after in pairwise(words)
        if before.end is not None and after.start is not None and after.start - before.end >= shortest - 1e-6
    )


@dataclass(frozen=True)
class _Pieces:
    """Decoded pieces in a folder. ``salt`` changes whenever the code that decodes does."""

    folder: Path
    salt: str

    def _path(self, key: str) -> Path:
        return self.folder / f"{hashlib.sha256(f'{self.salt}{key}'.encode()).hexdigest()[:32]}.json"

    def get_piece(self, key: str) -> str | None:
        path = self._path(key)
        return path.read_text(encoding="utf-8") if path.exists() else None

    def put_piece(self, key: str, result: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        part = self._path(key).with_suffix(".part")
        part.write_text(result, encoding="utf-8")
        part.replace(self._path(key))


def source_hash(*names: str) -> str:
    """Of the source files under ``coach/`` that a result depends on; data files beside them count too."""
    digest = hashlib.sha256()
    for name in names:
        place = ROOT / "coach" / name
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:12]


@cache
def _versions() -> str:
    return f"faster-whisper {version('faster-whisper')} ctranslate2 {version('ctranslate2')}"


@cache
def _weights(model: str) -> Path:
    return locate(model, model_store(coach_home()))


@cache
def _whisper(model: str) -> Any:
    from faster_whisper import WhisperModel  # noqa: PLC0415

    return WhisperModel(str(_weights(model)), device="cpu", compute_type="int8", local_files_only=True)
