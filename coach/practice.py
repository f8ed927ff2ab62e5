"""The flow: a recording is heard piece by piece, measured, checked against a rubric, and told as one document.

:func:`assess` is the only place where the steps meet. A file, samples in memory, a recording that is still
running and a run taken up again all go through it; the app's worker and the command line call it too.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from coach import __version__
from coach.advice import advise
from coach.assessment import Assessment, Band, RecordingFacts, Versions
from coach.coverage import Encoder, PairVerifier, SentenceEncoder, Verifier, cover, prepare, scorer_version
from coach.disfluencies import DETECTORS_VERSION, Hearing, find_disfluencies
from coach.errors import AudioError, ModelError, NoSpeechError
from coach.metrics import measure
from coach.pauses import place_pauses
from coach.quality import assess_quality
from coach.recording import MAX_SECONDS, SAMPLE_RATE, Recording, probe, read_recording
from coach.rubric import Rubric, load_rubric
from coach.scores import SCORER_VERSION, score
from coach.settings import Settings, coach_home, load_settings, model_store, user_rubrics
from coach.silence import silent_stretches
from coach.structure import prepare as prepare_rules
from coach.structure import rules_of, structure, structure_version
from coach.talk import Talk
from coach.transcript import Span, Transcript, Word
from coach.transcription.ear import Hesitation
from coach.transcription.pieces import cut
from coach.transcription.verbatim import HeardPiece, Whisper, load_whisper

if TYPE_CHECKING:
    from coach.store import Attempt, Store

Progress = Callable[[str, float], None]
"""Called with a stage and the fraction of it that is done, 0..1. What it raises (Cancelled) stops the work."""

Judges = tuple[Encoder | None, Verifier | None]
"""The two models that coverage asks."""

READING: Final = "Reading the recording"
LOADING: Final = "Loading the model"
LISTENING: Final = "Listening"
MEASURING: Final = "Measuring"
CHECKING: Final = "Checking key points"
STAGES: Final = (READING, LOADING, LISTENING, MEASURING, CHECKING)

Chunks = Iterable[NDArray[np.int16]]
"""Mono 16 kHz sound as it arrives, in chunks of any size."""


class Pieces(Protocol):
    """Where results of heard pieces are kept, so that an interrupted run goes on where it stopped."""

    def get_piece(self, key: str) -> str | None:
        """The JSON kept under ``key``, or None."""

    def put_piece(self, key: str, result: str) -> None:
        """Keeps the JSON ``result`` under ``key``."""


def _silent(_stage: str, _fraction: float) -> None:
    """Nobody listens."""


@dataclass(frozen=True, slots=True)
class Heard:
    """All that the pieces of a recording gave: words, stretches with a voice, and with a held sound."""

    words: tuple[Word, ...]
    speech: tuple[Span, ...]
    hesitations: tuple[Hesitation, ...]


def assess(
    audio: Path | str | Recording | Chunks,
    question: str | Path | Rubric | None = None,
    *,
    model: str | None = None,
    settings: Settings | None = None,
    home: Path | None = None,
    progress: Progress | None = None,
    pieces: Pieces | None = None,
    browser_processed: bool = False,
    transcribed: Callable[[Recording], None] | None = None,
) -> Assessment:
    """Hears, measures and judges one answer.

    ``audio`` is a file, a Recording, or chunks (n,) int16 mono 16 kHz of one that may still be running.
    ``question`` is an id, a rubric file or a Rubric; without one it is a free talk and nothing is covered.
    ``model`` overrides ``settings``; both default to what the user set. Keeps nothing, unless ``pieces`` is given.
    ``transcribed`` is called once all words are known.

    Raises AudioError (NoSpeechError when nobody speaks), RubricError, ModelError, SettingsError, and whatever
    ``progress`` raises.
    """
    home = home or coach_home()
    settings = settings or load_settings(home)
    report: Progress = progress or _silent
    clock = _Clock()
    rubric = _rubric(question, home)

    with clock("reading"):
        report(READING, 0.0)
        source, total = _source(audio, report)
        report(READING, 1.0)
    with clock("loading"):
        report(LOADING, 0.0)
        whisper = load_whisper(
            model or settings.model, model_store(home), settings.device, settings.compute_type
        )
        judges = load_judges(home)
        if rubric is not None:
            _prepare(rubric, judges[0])
        report(LOADING, 1.0)
    with clock("listening"):
        glossary = _glossary(rubric) if settings.glossary else ""
        recording, heard = _listen(source, total, whisper, settings.language, glossary, pieces, report)
    if transcribed is not None:
        transcribed(recording)
    with clock("measuring"):
        report(MEASURING, 0.0)
        quality = assess_quality(recording, heard.speech, browser_processed)
        _refuse_silence(recording, heard)
        silences = silent_stretches(recording, heard.speech)
        hearing = Hearing(heard.words, silences, heard.speech, recording, heard.hesitations)
        disfluencies = tuple(find_disfluencies(hearing))
        pauses = place_pauses(silences, heard.words)
        report(MEASURING, 0.5)
    transcript = Transcript.of(heard.words)
    with clock("checking"):
        report(CHECKING, 0.0)
        coverage = cover(transcript, rubric, disfluencies, *judges)
        built = structure(
            transcript,
            rubric.domain if rubric else None,
            disfluencies,
            pauses,
            judges[0],
            recording.duration,
            rubric.stages if rubric else (),
        )
        report(CHECKING, 1.0)
    with clock("measuring"):
        talk = Talk(
            recording=recording,
            words=heard.words,
            text=transcript.text,
            speech=heard.speech,
            pauses=pauses,
            disfluencies=disfluencies,
            coverage=coverage,
            bands=_bands(rubric, settings),
            browser_processed=browser_processed,
        )
        measurements = measure(talk)
        scores = score(measurements, coverage)
        tips = advise(measurements, coverage, disfluencies, pauses, scores, built)
        report(MEASURING, 1.0)
    return Assessment(
        question=rubric.id if rubric else None,
        language=settings.language,
        created_at=datetime.now(UTC),
        versions=_versions(rubric, judges, whisper.version),
        recording=RecordingFacts(
            duration_s=round(recording.duration, 3),
            sample_rate_hz=SAMPLE_RATE,
            sha256=recording.sha256,
            quality=quality,
            source_sample_rate_hz=recording.source_sample_rate_hz,
            source_channels=recording.source_channels,
        ),
        transcript=transcript,
        disfluencies=disfluencies,
        pauses=pauses,
        measurements=measurements,
        coverage=coverage,
        structure=built,
        scores=scores,
        tips=tips,
        timings_s=clock.seconds,
    )


def score_text(text: str, question: str | Path | Rubric, *, home: Path | None = None) -> Assessment:
    """Judges a written answer: the same coverage, evidence by character offsets, and no times.

    Raises RubricError for an unknown question, AudioError for a text without words.
    """
    home = home or coach_home()
    settings = load_settings(home)
    rubric = _rubric(question, home)
    transcript = Transcript.written(text)
    if not transcript.words:
        raise AudioError("The answer holds no words: give some text.")
    judges = load_judges(home)
    coverage = cover(transcript, rubric, (), *judges)
    built = (
        structure(transcript, rubric.domain, encoder=judges[0], expected=rubric.stages) if rubric else None
    )
    talk = Talk(
        recording=None, words=(), text=transcript.text, coverage=coverage, bands=_bands(rubric, settings)
    )
    measurements = measure(talk)
    scores = score(measurements, coverage)
    return Assessment(
        question=rubric.id if rubric else None,
        language=settings.language,
        created_at=datetime.now(UTC),
        versions=_versions(rubric, judges, None),
        recording=None,
        transcript=transcript,
        measurements=measurements,
        coverage=coverage,
        structure=built,
        scores=scores,
        tips=advise(measurements, coverage, (), (), scores, built),
    )


def work(store: Store, attempt: Attempt, progress: Progress) -> None:
    """Assesses one kept attempt and keeps the result: what the queue's worker runs.

    The sound is kept as FLAC first. Of a recording over an hour the first 60 minutes are kept beside the
    original, and AudioError says so; working on it again then scores those.
    """
    recording = _kept_recording(store, attempt, progress)
    assessment = assess(
        recording,
        attempt.question_id,
        model=attempt.model,
        home=store.home,
        progress=progress,
        pieces=_AttemptPieces(store, attempt.id),
        browser_processed=attempt.browser_processed,
        transcribed=lambda _: store.transcribed(attempt.id),
    )
    store.save_assessment(attempt.id, assessment)


@dataclass(frozen=True, slots=True)
class _AttemptPieces:
    """The store's pieces, each known to belong to this attempt so that they are deleted with it."""

    store: Store
    attempt_id: str

    def get_piece(self, key: str) -> str | None:
        return self.store.get_piece(key)

    def put_piece(self, key: str, result: str) -> None:
        self.store.put_piece(key, result, self.attempt_id)


def _kept_recording(store: Store, attempt: Attempt, progress: Progress) -> Recording:
    progress(READING, 0.0)
    path = store.audio_path(attempt.id)
    if path.suffix == ".flac" and attempt.sha256 is not None:
        return read_recording(path, progress=partial(progress, READING))
    if path.is_dir():
        from coach.capture import read_capture

        recording = _first_hour(read_capture(path))
        too_long = recording.duration > MAX_SECONDS
        recording = Recording(recording.pcm[: int(MAX_SECONDS * SAMPLE_RATE)])
    else:
        recording = read_recording(path, MAX_SECONDS, truncate=True, progress=partial(progress, READING))
        length = probe(path).duration
        too_long = length is not None and length > MAX_SECONDS + 1.0
    store.keep_audio(attempt.id, recording, whole=not too_long)
    if too_long:
        raise AudioError(
            "This recording is longer than the 60 minutes that Coach scores. It is kept whole; "
            "score its first 60 minutes, or cut it into talks."
        )
    return recording


def _first_hour(chunks: Chunks) -> Recording:
    """An hour and a little of it, so that a longer one shows."""
    kept: list[NDArray[np.int16]] = []
    for chunk in chunks:
        kept.append(chunk)
        if sum(map(len, kept)) > (MAX_SECONDS + 1) * SAMPLE_RATE:
            break
    return Recording(np.concatenate(kept) if kept else np.zeros(0, np.int16))


def _source(
    audio: Path | str | Recording | Chunks, report: Progress
) -> tuple[Recording | Chunks, int | None]:
    """The sound, and how many samples it has where that is known."""
    if isinstance(audio, str | Path):
        audio = read_recording(Path(audio), progress=partial(report, READING))
    if isinstance(audio, Recording):
        if audio.duration > MAX_SECONDS + 1:
            raise AudioError(f"{audio.duration / 60:.0f} minutes are too long: Coach scores up to 60.")
        return audio, len(audio.pcm)
    return audio, None


def _listen(
    source: Recording | Chunks,
    total: int | None,
    whisper: Whisper,
    language: str,
    glossary: str,
    pieces: Pieces | None,
    report: Progress,
) -> tuple[Recording, Heard]:
    """Hears the pieces in order, each looked up among the kept results first."""
    report(LISTENING, 0.0)
    heard: list[HeardPiece] = []
    sound: list[NDArray[np.int16]] = []
    for piece in cut([source.pcm] if isinstance(source, Recording) else source):
        key = whisper.key(piece, language, glossary)
        kept = pieces.get_piece(key) if pieces is not None else None
        if kept is not None:
            result = HeardPiece.model_validate_json(kept)
        else:
            result = whisper.hear(piece, language, glossary)
            if pieces is not None:
                pieces.put_piece(key, result.model_dump_json())
        heard.append(result)
        sound.append(piece.pcm)
        if total:
            report(LISTENING, (piece.first + len(piece.pcm)) / total)
    recording = (
        source
        if isinstance(source, Recording)
        else Recording(np.concatenate(sound or [np.zeros(0, np.int16)]))
    )
    words = tuple(word for piece in heard for word in piece.words)
    return recording, Heard(
        words,
        tuple(span for piece in heard for span in piece.speech),
        tuple(one for piece in heard for one in piece.hesitations),
    )


def _refuse_silence(recording: Recording, heard: Heard) -> None:
    if not heard.words:
        what = "Nobody speaks in it" if not heard.speech else "No words could be made out in it"
        raise NoSpeechError(
            f"No speech was found in this recording of {recording.duration:.1f} s. {what}: "
            "check that the right microphone is on and not muted, then record again."
        )


def _rubric(question: str | Path | Rubric | None, home: Path) -> Rubric | None:
    if question is None or isinstance(question, Rubric):
        return question
    return load_rubric(question, user_rubrics(home))


def _bands(rubric: Rubric | None, settings: Settings) -> dict[str, Band]:
    """The user's own bands, and over them the question's."""
    asked = rubric.measurement_bands if rubric else {}
    return {**settings.bands, **asked}


def _glossary(rubric: Rubric | None) -> str:
    """The question's terms as a hint for Whisper."""
    if rubric is None:
        return ""
    terms = dict.fromkeys(term.say for point in rubric.key_points for term in point.terms)
    return ", ".join(terms) + "." if terms else ""


@lru_cache(maxsize=1)
def _loaded_judges(models: Path) -> Judges:
    return SentenceEncoder(models), PairVerifier(models)


def _prepare(rubric: Rubric, encoder: Encoder | None) -> None:
    """What can be read before the answer is there, so that nothing waits for it afterwards."""
    prepare(rubric, encoder)
    if encoder is not None:
        prepare_rules(rules_of(rubric.domain), encoder)


def load_judges(home: Path) -> Judges:
    """The two models of coverage, or None where weights are not installed: matching is then lexical and says so."""
    try:
        return _loaded_judges(model_store(home))
    except ModelError:
        return None, None


def _versions(rubric: Rubric | None, judges: Judges, model: str | None) -> Versions:
    return Versions(
        app=__version__,
        model=model,
        detectors=DETECTORS_VERSION if model else None,
        scorer=f"{SCORER_VERSION} {scorer_version(*judges)}",
        rubric_sha256=rubric.sha256 if rubric else None,
        structure=structure_version(judges[0]) if rubric else None,
    )


class _Clock:
    """Seconds spent in each part of the work."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        before = time.perf_counter()
        try:
            yield
        finally:
            spent = time.perf_counter() - before
            self.seconds[name] = round(self.seconds.get(name, 0.0) + spent, 3)
