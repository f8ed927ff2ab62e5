"""How Coach talks to a terminal: results on stdout, progress and messages on stderr."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from coach.assessment import Assessment, Structure
from coach.report import interval_note, value_text
from coach.wording import CHECK_MARKS, LISTED_NOTE, PART_MARKS, clock, figure, share_text

if TYPE_CHECKING:
    from coach.coverage.trial import Trial
    from coach.doctor import Check
    from coach.practice import Progress as Report
    from coach.rubric import Rubric
    from coach.store import Attempt

out: Final = Console(highlight=False)
err: Final = Console(stderr=True, highlight=False)

_STATUS: Final = {
    "covered": "✓ covered",
    "partial": "◐ partial",
    "missed": "○ missed",
    "contradicted": "✗ wrong",
}
_HEALTH: Final = {"ok": "✓", "warning": "!", "broken": "✗"}


def say(sentence: str) -> None:
    """A sentence for the person, on stderr."""
    err.print(escape(sentence), soft_wrap=True)


@contextmanager
def progress_bar(title: str) -> Iterator[Report]:
    """A bar on stderr with the stage, the share of it that is done, and the time left."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(escape(title), total=1.0)
        current = ""

        def report(stage: str, fraction: float) -> None:
            nonlocal current
            if stage != current:
                current = stage
                bar.reset(task, total=1.0, description=f"{escape(title)}: {escape(stage)}")
            bar.update(task, completed=fraction)

        yield report


def print_assessment(assessment: Assessment, title: str) -> None:
    """The review in the terminal: scores, tips, key points with quotes, figures."""
    out.rule(escape(title))
    scores = assessment.scores
    for name in ("coverage", "fluency", "pace", "clarity"):
        value = getattr(scores, name)
        shown = f"{value:.0f} / 100" if value is not None else f"– ({scores.reasons.get(name, 'not known')})"
        out.print(f"{name:>9}  {escape(shown)}")
    for number, tip in enumerate(assessment.tips, 1):
        moments = ", ".join(clock(span.start) for span in tip.spans[:5])
        out.print(f"\n[bold]{number}.[/] {escape(tip.text)}" + (f" [dim]at {moments}[/]" if moments else ""))
    if assessment.coverage.key_points:
        _print_coverage(assessment)
    if assessment.structure is not None:
        _print_structure(assessment.structure)
    table = Table(title="Figures", box=None, title_justify="left", padding=(0, 2, 0, 0))
    table.add_column("measurement")
    table.add_column("value")
    for name, measurement in assessment.measurements.items():
        table.add_row(
            name.replace("_", " "),
            escape(value_text(measurement) + (f" ({measurement.reason})" if measurement.reason else "")),
        )
    out.print()
    out.print(table)
    if note := interval_note(assessment):
        out.print(f"\n[dim]{escape(note)}[/]")
    if assessment.recording is not None:
        for advice in assessment.recording.quality.advice:
            out.print(f"\n[yellow]Recording:[/] {escape(advice)}")


def _print_coverage(assessment: Assessment) -> None:
    table = Table(title="Key points", box=None, title_justify="left", padding=(0, 2, 0, 0))
    for column in ("status", "key point", "said", "at"):
        table.add_column(column)
    for point in assessment.coverage.key_points:
        quote = point.evidence[0] if point.evidence else None
        table.add_row(
            _STATUS[point.status],
            escape(point.text),
            escape(f"“{quote.quote}”") if quote else "",
            clock(quote.start) if quote else "",
        )
    out.print()
    out.print(table)
    for wrong in assessment.coverage.misconceptions:
        quote = wrong.evidence[0]
        out.print(
            f"\n[red]Wrong at {clock(quote.start)}:[/] “{escape(quote.quote)}” {escape(wrong.correction)}"
        )
    for listed in assessment.coverage.lists:
        out.print(f"\n{LISTED_NOTE} ({clock(listed.start)}): “{escape(listed.quote)}”")


def _print_structure(structure: Structure) -> None:
    table = Table(title="Structure", box=None, title_justify="left", padding=(0, 2, 0, 0))
    for column in ("", "part", f"share of {structure.share_of}", "said or why not", "at"):
        table.add_column(column)
    shares = {one.id: one.share for one in structure.shares}
    for part in structure.parts:
        quote = part.evidence[0] if part.evidence and part.status == "present" else None
        note = "" if part.expected or part.status == "present" else "not asked for here"
        table.add_row(
            PART_MARKS[part.status],
            escape(part.name),
            share_text(shares[part.id]) if part.id in shares else "",
            escape(f"“{quote.quote}”" if quote else part.reason or note or part.advice),
            clock(quote.start) if quote else "",
        )
    out.print()
    out.print(table)
    if structure.shares_reason:
        out.print(f"[dim]{escape(structure.shares_reason)}[/]")
    for check in structure.checks:
        figures = ", ".join(
            f"{one.name} {figure(one.value, one.unit)}" for one in check.figures if one.value is not None
        )
        said = check.reason or (check.advice if check.status == "broken" else "")
        out.print(
            f"{CHECK_MARKS[check.status]} {escape(check.name)}"
            + "".join(f": {escape(text)}" for text in (figures, said) if text)
        )


def print_questions(rubrics: Sequence[Rubric]) -> None:
    """A table of questions."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("id", "domain", "level", "title"):
        table.add_column(column, no_wrap=column != "title")
    for rubric in rubrics:
        table.add_row(rubric.id, rubric.domain, str(rubric.level), escape(rubric.title))
    out.print(table)


def print_question(rubric: Rubric) -> None:
    """One question with its key points, misconceptions and twists."""
    out.rule(escape(rubric.title))
    out.print(f"{rubric.domain}, level {rubric.level}, {clock(rubric.time_limit_s)} minutes\n")
    out.print(escape(rubric.prompt))
    for heading, lines in (
        ("Key points", [point.text for point in rubric.key_points]),
        ("Often got wrong", [f"{wrong.text} {wrong.correction}" for wrong in rubric.misconceptions]),
        ("Then they ask", [follow.prompt for follow in rubric.follow_ups]),
    ):
        out.print(f"\n[bold]{heading}[/]")
        for line in lines:
            out.print(f"  • {escape(line)}")


def print_trial(tried: Trial) -> None:
    """How a question did against the scorer."""
    from coach.coverage.trial import GOOD, WEAK

    if tried.good is None or tried.weak is None:
        out.print("It holds no example answers, so only its wordings were tried.")
    else:
        out.print(
            f"Its good answer scores {tried.good:.2f} (at least {GOOD}), its weak one {tried.weak:.2f} (at most {WEAK})."
        )
    for heading, ids in (
        ("The good answer does not make", tried.missed_by_good),
        ("The good answer is said to contradict", tried.accused),
        ("The weak answer makes", tried.covered_by_weak),
    ):
        if ids:
            out.print(f"{heading}: {', '.join(ids)}")
    for point, other, share in tried.confused:
        out.print(f"{point} can't be told from {other}: {share:.0%} of its wordings are credited to both.")
    if tried.passed:
        out.print("All points can be told apart.")


def print_history(rows: Sequence[tuple[Attempt, Assessment | None]]) -> None:
    """A table of attempts, newest first."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("id", "when", "question", "length", "stage", "coverage", "fluency", "pace", "clarity"):
        table.add_column(column, no_wrap=column in {"id", "when"})
    for attempt, assessment in rows:
        scores = assessment.scores if assessment else None
        figures = [getattr(scores, name, None) for name in ("coverage", "fluency", "pace", "clarity")]
        table.add_row(
            attempt.id[:8],
            f"{attempt.made_at.astimezone():%Y-%m-%d %H:%M}",
            attempt.question_id or "free talk",
            clock(attempt.duration_s),
            attempt.stage + (f": {attempt.reason}" if attempt.reason else ""),
            *("–" if value is None else f"{value:.0f}" for value in figures),
        )
    out.print(table)


def print_checks(checks: Sequence[Check]) -> None:
    """What the doctor found, a line each."""
    for check in checks:
        out.print(f"{_HEALTH[check.health]} {check.name}: {escape(check.finding)}", soft_wrap=True)


def level_meter(elapsed: float, level_dbfs: float | None, peak: float) -> str:
    """One line: elapsed time, level from -60 to 0 dBFS as a bar, and a warning when it clips."""
    level = -60.0 if level_dbfs is None else max(-60.0, min(0.0, level_dbfs))
    filled = round((level + 60) / 2)
    return f"{clock(elapsed)}  [{'█' * filled}{'·' * (30 - filled)}] {level:5.0f} dBFS" + (
        "  too loud" if peak >= 0.999 else ""
    )
