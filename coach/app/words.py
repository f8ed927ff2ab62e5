"""The words of the pages: times, figures, labels and short sentences for people. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, Literal

from coach.assessment import Band, KeyPointFinding, Quality
from coach.recording import MAX_SECONDS
from coach.wording import ABSENT as ABSENT
from coach.wording import INTERVAL_NOTE as INTERVAL_NOTE
from coach.wording import band_text as band_text
from coach.wording import clock as clock
from coach.wording import ends as ends
from coach.wording import figure as figure
from coach.wording import number as number
from coach.wording import share_text as share_text

WayIn = Literal["browser", "file", "microphone", "sample"]
Judgement = Literal["good", "watch", "outside"]

JUDGEMENTS: Final = {"good": "good", "watch": "worth a look", "outside": "out of range", None: ABSENT}

STATUS: Final = {
    "covered": (":material/check_circle:", "Covered", "green"),
    "partial": (":material/incomplete_circle:", "Partly covered", "orange"),
    "missed": (":material/radio_button_unchecked:", "Missed", "gray"),
    "contradicted": (":material/cancel:", "Contradicted", "red"),
}
"""Key point status -> (icon, word, Streamlit colour)."""

PARTS: Final = {
    "present": (":material/check_circle:", "Heard", "green"),
    "absent": (":material/radio_button_unchecked:", "Not heard", "gray"),
    "unknown": (":material/help:", "Can’t tell", "orange"),
}
CHECKS: Final = {
    "kept": (":material/check_circle:", "Kept", "green"),
    "broken": (":material/cancel:", "Not kept", "red"),
    "unknown": (":material/help:", "Can’t tell", "orange"),
}
"""Status of a part and of a rule on the whole answer -> (icon, word, Streamlit colour)."""

DOMAINS: Final = {
    "fundamentals": "ML fundamentals",
    "ml-coding": "ML coding",
    "ml-system-design": "ML system design",
    "coding": "Coding",
    "low-level-design": "Low-level design",
    "behavioral": "Behavioral",
}
LEVELS: Final = {1: "Level 1 · warm-up", 2: "Level 2 · solid", 3: "Level 3 · demanding"}

SCORES: Final = {
    "coverage": ("Coverage", "How much of what a good answer says was said, weighted by importance."),
    "fluency": (
        "Fluency",
        "Fillers, repetitions, restarts and pauses inside clauses, against your own amount of talk.",
    ),
    "pace": ("Pace", "How much of the talk stayed inside the band for words per minute."),
    "clarity": ("Clarity", "Sentence length, hedging and choice of words."),
}
COUNTS: Final = ("filled_pauses", "discourse_markers", "repetitions", "restarts")
"""The counts that Review shows above the transcript."""

STAGES: Final = {
    "recording": ("Recording", ":material/fiber_manual_record:"),
    "recorded": ("Not scored yet", ":material/hourglass_empty:"),
    "transcribed": ("Partly scored", ":material/hourglass_bottom:"),
    "assessed": ("Scored", ":material/check_circle:"),
    "failed": ("Failed", ":material/error:"),
    "cancelled": ("Cancelled", ":material/block:"),
}
"""Stage of an attempt -> (words, icon)."""

SOURCES: Final = {
    "browser": "browser microphone",
    "file": "file",
    "upload": "file",
    "microphone": "local microphone",
    "sample": "sample",
    "text": "written",
}

BROWSER_HELP: Final = """\
- A browser gives its microphone only to pages at **localhost** or over **https**. Open Coach on
  this computer by the localhost address that it printed when it started, not by the computer's name.
- **Not allowed?** Click the sign left of the address, set *Microphone* to *Allow*, and reload the page.
- **No microphone found?** See that one is plugged in, that the system's privacy settings let the browser use
  it, and that no other program holds it.
- **Still not?** Record with any other program and choose *File*, or try *Local microphone*.
"""

_LABELS: Final = {
    "mtld": "Vocabulary range (MTLD)",
    "hedges": "Hedging phrases",
    "filled_pauses_per_minute": "Filled pauses per minute",
    "filled_pauses_per_100_words": "Filled pauses per 100 words",
    "time_to_first_key_point": "Time to the first key point",
    "pauses_within_clause": "Pauses inside a clause",
}
_URGENT: Final = ("contradicted", "missed", "partial", "covered")
_ALSO: Final = {"partial": "partly", "missed": "missed", "contradicted": "contradicted"}
_MIME: Final = {
    ".flac": "audio/flac",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".mp4": "audio/mp4",
    ".mov": "audio/mp4",
    ".aac": "audio/aac",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".webm": "audio/webm",
}
_QUALITY: Final = {
    "too_quiet": "too quiet",
    "clipped": "clipped",
    "noisy": "noisy",
    "mostly_silence": "mostly silence",
    "not_speech": "not speech",
}


def duration(seconds: float | None) -> str:
    """A length of time in words: "45 s", "2 min", "2 min 5 s", "1 h 3 min"."""
    if seconds is None:
        return ABSENT
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        minutes, rest = divmod(whole, 60)
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def mime(suffix: str) -> str:
    """The media type of a kind of sound file, for the player."""
    return _MIME.get(suffix.lower(), "audio/wav")


def level_share(level_dbfs: float | None) -> float:
    """A level as the length of a meter, 0..1: -60 dB below full scale and less is 0."""
    return 0.0 if level_dbfs is None else min(1.0, max(0.0, 1 + level_dbfs / 60))


def state(stage: str, queued: bool) -> tuple[str, str]:
    """How far an attempt is, in words and as an icon."""
    return ("Being scored", ":material/hourglass_top:") if queued else STAGES[stage]


def urgency(finding: KeyPointFinding) -> tuple[int, bool]:
    """Sorts key points: what was said wrong and what is missing first, required ones before others."""
    return _URGENT.index(finding.status), not finding.required


def key_point_sentence(statuses: Iterable[str]) -> str:
    """How many key points were made: "2 of 5 covered, 1 partly, 1 contradicted"."""
    counts = Counter(statuses)
    parts = [f"{counts['covered']} of {counts.total()} covered"]
    parts += [f"{counts[name]} {said}" for name, said in _ALSO.items() if counts[name]]
    return ", ".join(parts) + "."


def shortened(quote: str, most: int = 12) -> str:
    """The first ``most`` words of a quote."""
    words = quote.split()
    return quote if len(words) <= most else " ".join(words[:most]) + " …"


def part_sentence(statuses: Iterable[str]) -> str:
    """How many parts were heard: "4 of 6 parts heard, 1 can't be told"."""
    counts = Counter(statuses)
    untold = f", {counts['unknown']} can’t be told" if counts["unknown"] else ""
    return f"{counts['present']} of {counts.total()} parts heard{untold}."


def retry_label(stage: str, duration_s: float | None) -> str:
    """What the button says that puts an attempt into the queue again."""
    if stage == "failed" and duration_s is not None and duration_s >= MAX_SECONDS - 1:
        return "Score the first 60 minutes"
    return "Try again" if stage == "failed" else "Score it now"


def when(moment: datetime, now: datetime) -> str:
    """A moment as a person says it: "today 14:05", "yesterday 09:10", "3 March 2026".

    Both are aware; it is told in the zone of ``now``.
    """
    local = moment.astimezone(now.tzinfo)
    days = (now.date() - local.date()) // timedelta(days=1)
    if days == 0:
        return f"today {local:%H:%M}"
    if days == 1:
        return f"yesterday {local:%H:%M}"
    return f"{local.day} {local:%B %Y}"


def label(name: str) -> str:
    """The name of a measurement, score or domain in words."""
    return _LABELS.get(name) or name.replace("_", " ").replace("-", " ").capitalize()


def domain_label(domain: str) -> str:
    """The name of an interview domain in words."""
    return DOMAINS.get(domain) or label(domain)


def judge(value: float | None, band: Band | None) -> Judgement | None:
    """Where ``value`` lies against its band; None without a value or a band."""
    if value is None or band is None:
        return None
    if _inside(value, band.good):
        return "good"
    return "watch" if _inside(value, band.watch) else "outside"


def quality_sentence(quality: Quality) -> str:
    """One sentence on how good the recording is."""
    if not quality.problems:
        return "The recording is good enough for every figure below."
    return "The recording is " + " and ".join(_QUALITY[problem] for problem in quality.problems) + "."


def _inside(value: float, limits: tuple[float | None, float | None]) -> bool:
    low, high = limits
    return (low is None or value >= low) and (high is None or value <= high)
