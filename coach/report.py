"""A review as a page or a text to keep: one HTML file without anything from elsewhere, or Markdown."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from coach.assessment import Assessment, Measurement, StageShare, Structure
from coach.errors import AudioError
from coach.transcript import Disfluency, Word, WrittenWord
from coach.wording import (
    CHECK_MARKS,
    INTERVAL_NOTE,
    LISTED_NOTE,
    PART_MARKS,
    band_text,
    clock,
    figure,
    share_text,
)

MAX_EMBEDDED_BYTES: Final = 64_000_000
"""A page that holds more sound than this opens slowly; the sound is then left out and the page says so."""

STATUS_MARKS: Final = {"covered": "✓", "partial": "◐", "missed": "○", "contradicted": "✗"}
_MIME: Final = {
    ".flac": "audio/flac", ".wav": "audio/wav", ".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".aac": "audio/aac",
    ".ogg": "audio/ogg", ".opus": "audio/ogg", ".webm": "audio/webm", ".mp4": "audio/mp4", ".mov": "audio/mp4",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class MarkedWord:
    """A word of the transcript with the disfluency it belongs to, None for an ordinary one."""

    word: Word | WrittenWord
    mark: Disfluency | None


def marked_words(assessment: Assessment) -> Iterator[MarkedWord]:
    """The words in order; where disfluencies overlap, the shortest marks the word."""
    by_word: dict[int, Disfluency] = {}
    longest_first = sorted(assessment.disfluencies, key=lambda one: -(one.end - one.start))
    for one in longest_first:
        for index in range(*(one.word_range or (0, 0))):
            by_word[index] = one
    words: tuple[Word | WrittenWord, ...] = assessment.transcript.words
    for index, word in enumerate(words):
        yield MarkedWord(word, by_word.get(index))


def value_text(measurement: Measurement) -> str:
    """The figure with its interval and unit, or a dash; the reason stands in ``measurement.reason``."""
    return figure(measurement.value, measurement.unit, measurement.interval)


def interval_note(assessment: Assessment) -> str:
    """What "likely" means, empty where no figure has an interval."""
    return INTERVAL_NOTE if any(one.interval for one in assessment.measurements.values()) else ""


def good_text(measurement: Measurement) -> str:
    """Where the figure is good: "120 to 170", "up to 5", or nothing where no source says so."""
    return "" if measurement.band is None else band_text(measurement.band.good)


def to_markdown(assessment: Assessment, title: str = "Review") -> str:
    """The review as Markdown. Everything that was said or named is escaped, so that it is shown as it is."""
    lines = [f"# {_plain(title)}", "", f"{assessment.created_at:%Y-%m-%d %H:%M} UTC", "", "## Scores", ""]
    lines += ["| score | of 100 |", "|---|---|"]
    for name in ("coverage", "fluency", "pace", "clarity"):
        value = getattr(assessment.scores, name)
        reason = assessment.scores.reasons.get(name, "")
        lines.append(f"| {name} | {f'{value:.0f}' if value is not None else f'– ({_plain(reason)})'} |")
    if assessment.tips:
        lines += ["", "## What to change", ""]
        for number, tip in enumerate(assessment.tips, 1):
            moments = ", ".join(clock(span.start) for span in tip.spans[:5])
            lines.append(f"{number}. {_plain(tip.text)}" + (f" (at {moments})" if moments else ""))
    if assessment.coverage.key_points:
        lines += ["", "## Key points", ""]
        for point in assessment.coverage.key_points:
            lines.append(f"- {STATUS_MARKS[point.status]} **{point.status}**: {_plain(point.text)}")
            lines += [f"  - {clock(each.start)} “{_plain(each.quote)}”" for each in point.evidence]
        for wrong in assessment.coverage.misconceptions:
            quotes = "; ".join(f"{clock(each.start)} “{_plain(each.quote)}”" for each in wrong.evidence)
            lines.append(f"- ✗ **wrong**: {quotes}. {_plain(wrong.correction)}")
    if assessment.coverage.lists:
        quotes = "; ".join(
            f"{clock(each.start)} “{_plain(each.quote)}”" for each in assessment.coverage.lists
        )
        lines += ["", f"{LISTED_NOTE}: {quotes}"]
    if assessment.structure is not None:
        lines += _structure_lines(assessment.structure)
    lines += ["", "## Figures", "", "| measurement | value | good | why not |", "|---|---|---|---|"]
    for name, measurement in assessment.measurements.items():
        lines.append(
            f"| {name.replace('_', ' ')} | {value_text(measurement)} | {good_text(measurement)} "
            f"| {_plain(measurement.reason or '')} |"
        )
    if note := interval_note(assessment):
        lines += ["", note]
    lines += ["", "## What was said", "", "Fillers and restarts are in **bold**.", ""]
    lines.append(
        " ".join(
            f"**{_plain(each.word.text)}**" if each.mark else _plain(each.word.text)
            for each in marked_words(assessment)
        )
    )
    versions = assessment.versions
    lines += [
        "",
        f"Made by Coach {versions.app}, model {versions.model or 'none'}, scorer {versions.scorer}.",
        "",
    ]
    return "\n".join(lines)


def _structure_lines(structure: Structure) -> Iterator[str]:
    """The structure as Markdown: a table of its stages and parts, then the rules on the whole."""
    yield from [
        "",
        "## Structure",
        "",
        f"| part | | share of {structure.share_of} | said, or why not |",
        "|---|---|---|---|",
    ]
    shares = {one.id: share_text(one.share) for one in structure.shares}
    for part in structure.parts:
        quotes = "; ".join(f"{clock(each.start)} “{_plain(each.quote)}”" for each in part.evidence)
        asked = "" if part.expected else " (not asked for here)"
        yield (
            f"| {_plain(part.name)} | {PART_MARKS[part.status]} {part.status}{asked} | {shares.get(part.id, '')} "
            f"| {' '.join(filter(None, [_plain(part.reason or ''), quotes])) or _plain(part.advice)} |"
        )
    known = {part.id for part in structure.parts}
    yield from (
        f"| {_plain(one.name)} | | {shares[one.id]} | |" for one in structure.shares if one.id not in known
    )
    if structure.shares_reason:
        yield from ["", _plain(structure.shares_reason)]
    yield ""
    for check in structure.checks:
        told = [f"{one.name} {figure(one.value, one.unit)}" for one in check.figures if one.value is not None]
        told += [check.reason or (check.advice if check.status == "broken" else "")]
        said = "; ".join(_plain(text) for text in told if text)
        yield f"- {CHECK_MARKS[check.status]} **{_plain(check.name)}**" + (f": {said}" if said else "")


def to_html(assessment: Assessment, audio: Path | None = None, title: str = "Review") -> str:
    """The review as one HTML page that needs no network. With ``audio`` (a file) the sound is inside it.

    Raises AudioError when ``audio`` can't be read. A file over 64 MB is left out, which the page says.
    """
    return str(
        _template().render(
            title=title,
            assessment=assessment,
            words=list(marked_words(assessment)),
            sound=_embedded(audio),
            left_out=audio is not None and _embedded(audio) is None,
            clock=clock,
            value_text=value_text,
            good_text=good_text,
            interval_note=interval_note(assessment),
            marks=STATUS_MARKS,
            listed_note=LISTED_NOTE,
            stage_order=[one.id for one in _stages(assessment)],
            stage_names={one.id: one.name for one in assessment.structure.shares}
            if assessment.structure
            else {},
            stage_shares={one.id: share_text(one.share) for one in _stages(assessment)},
            part_marks=PART_MARKS,
            check_marks=CHECK_MARKS,
            share_text=share_text,
            figure=figure,
            kinds=sorted({one.kind for one in assessment.disfluencies}),
        )
    )


def _stages(assessment: Assessment) -> list[StageShare]:
    """The shares of the stages, without what belongs to none."""
    if assessment.structure is None:
        return []
    known = {part.id for part in assessment.structure.parts}
    return [one for one in assessment.structure.shares if one.id in known]


@lru_cache(maxsize=4)
def _embedded(audio: Path | None) -> str | None:
    if audio is None or audio.suffix.lower() not in _MIME:
        return None
    try:
        if audio.stat().st_size > MAX_EMBEDDED_BYTES:
            return None
        encoded = base64.b64encode(audio.read_bytes()).decode("ascii")
    except OSError as error:
        raise AudioError(f"{audio} can't be read: {error.strerror}. Export without the sound.") from error
    return f"data:{_MIME[audio.suffix.lower()]};base64,{encoded}"


def _plain(text: str) -> str:
    """``text`` with everything that Markdown would take for markup escaped, on one line."""
    signs = " ".join(text.split())
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]<>()#+!|~" else sign for sign in signs)


@lru_cache(maxsize=1)
def _template() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(loader=PackageLoader("coach", "."), autoescape=True, undefined=StrictUndefined)
    return environment.get_template("report.html")
