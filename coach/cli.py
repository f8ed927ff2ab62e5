"""The command line: parse, call, print. Exit codes: 0 fine, 2 the user can mend it, 1 our fault, 130 interrupted."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer

from coach.assessment import Assessment
from coach.errors import AudioError, Cancelled, CoachError, RubricError, StoreError
from coach.settings import coach_home, load_settings, model_store, user_rubrics

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
questions = typer.Typer(no_args_is_help=True, help="The questions one can practise.")
models = typer.Typer(no_args_is_help=True, help="The models that listen.")
app.add_typer(questions, name="questions")
app.add_typer(models, name="models")

INTERRUPTED: Final = 130
OUR_FAULT: Final = 1
_WORSE: Final = (0, 2, OUR_FAULT, INTERRUPTED)

Question = Annotated[
    str | None, typer.Option("--question", "-q", help="Id of the question that was answered.")
]
RubricFile = Annotated[Path | None, typer.Option("--rubric", help="A question file of your own (YAML).")]
Model = Annotated[str | None, typer.Option("--model", "-m", help="base, tiny.en, another size, or a folder.")]


def main(arguments: Sequence[str] | None = None) -> None:
    """The program ``coach``. Always ends with SystemExit."""
    from typer.main import get_command

    command = get_command(app)
    try:
        result = command.main(args=arguments, prog_name="coach", standalone_mode=False)
        code = result if isinstance(result, int) else 0
    except typer.Exit as request:
        code = request.exit_code
    except (typer.Abort, KeyboardInterrupt):
        print("Interrupted.", file=sys.stderr)
        code = INTERRUPTED
    except typer.TyperException as mistake:  # a wrong option or argument
        print(f"{mistake} (coach --help lists what there is.)", file=sys.stderr)
        code = 2
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except Exception as error:
        code = _told(error)
    raise SystemExit(code)


def _told(error: Exception) -> int:
    """Says what happened in a sentence on stderr and returns the exit code."""
    from coach.terminal import say

    if isinstance(error, CoachError):
        say(str(error))
        return error.exit_code
    logging.getLogger("coach").debug("unexpected", exc_info=error)
    say(
        f"Coach failed on its own account ({type(error).__name__}: {error}). Run it with --debug for the details."
    )
    return OUR_FAULT


@app.callback()
def _options(
    debug: Annotated[bool, typer.Option("--debug", help="Show what goes on inside.")] = False,
) -> None:
    if debug:
        logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)


@app.command("app")
def open_app(
    port: Annotated[int, typer.Option(help="Port on localhost.")] = 8501,
    browser: Annotated[bool, typer.Option(help="Open a browser window.")] = True,
) -> None:
    """Open the app in the browser, at localhost only."""
    from coach.bundled import bundled

    os.environ["COACH_HOME"] = str(coach_home())
    entry = bundled("streamlit_app.py")
    os.chdir(entry.parent)  # Streamlit reads .streamlit/config.toml of the folder it is started in
    sys.stdout.flush()
    options = [f"--server.port={port}", f"--server.headless={'false' if browser else 'true'}"]
    os.execv(sys.executable, [sys.executable, "-m", "streamlit", "run", str(entry), *options])


@app.command()
def score(
    files: Annotated[list[Path] | None, typer.Argument(help="Recordings: audio or video files.")] = None,
    question: Question = None,
    rubric: RubricFile = None,
    text: Annotated[
        Path | None, typer.Option(help="A written answer instead: a file, or - for stdin.")
    ] = None,
    model: Model = None,
    save: Annotated[
        bool, typer.Option("--save", help="Keep the recording and the result in your history.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The document as JSON on stdout.")] = False,
    html: Annotated[Path | None, typer.Option(help="Write the review as an HTML file.")] = None,
    markdown: Annotated[Path | None, typer.Option(help="Write the review as a Markdown file.")] = None,
) -> None:
    """Score recordings, or a written answer."""
    asked = _asked(question, rubric)
    if text is not None:
        if files or save:
            raise typer.BadParameter("--text takes no recordings and is not saved.")
        _show(_score_text(text, asked), "Written answer", None, as_json, html, markdown)
        return
    if not files:
        raise typer.BadParameter("Name a recording, or a written answer with --text.")
    if len(files) > 1 and (html or markdown):
        raise typer.BadParameter("--html and --markdown take one recording at a time.")
    if save and rubric is not None:
        raise typer.BadParameter(
            f"--save needs a question of yours: put {rubric} into {user_rubrics(coach_home())}."
        )
    worst = 0
    for file in files:
        try:
            assessment = (_save if save else _score)(file, asked, model)
            _show(assessment, file.name, file, as_json, html, markdown, compact=len(files) > 1)
        except Exception as error:
            if isinstance(error, Cancelled):
                raise
            if len(files) > 1:
                print(f"{file}: ", end="", file=sys.stderr)
            worst = max(worst, _told(error), key=_WORSE.index)
    raise typer.Exit(worst)


def _asked(question: str | None, rubric: Path | None) -> str | Path | None:
    if question and rubric:
        raise typer.BadParameter("Give --question or --rubric, not both.")
    if rubric is not None and not rubric.is_file():
        raise RubricError(f"There is no question file {rubric}. Check the path.")
    if question is not None:
        from coach.rubric import load_rubric

        load_rubric(question, user_rubrics(coach_home()))  # a wrong id should not cost a transcription
    return question or rubric


def _score(file: Path, asked: str | Path | None, model: str | None) -> Assessment:
    from coach.practice import assess
    from coach.terminal import progress_bar

    with progress_bar(file.name) as progress:
        return assess(file, asked, model=model, progress=progress)


def _save(file: Path, asked: str | Path | None, model: str | None) -> Assessment:
    from coach.recording import probe
    from coach.store import open_store

    probe(file)  # what is no sound is refused before anything is kept
    store = open_store(coach_home())
    attempt = store.add_bytes(
        file, file.suffix, None if asked is None else str(asked), "file", original_name=file.name, model=model
    )
    return _finish(attempt.id, file.name)


def _finish(attempt_id: str, title: str, model: str | None = None) -> Assessment:
    """Works on the queue, or watches whoever does, until the attempt has a result."""
    from coach.practice import work
    from coach.store import open_store
    from coach.terminal import progress_bar
    from coach.worker import enqueue, run_until

    store = open_store(coach_home())
    enqueue(store, attempt_id, model)
    with progress_bar(title) as progress:
        attempt = run_until(store, attempt_id, work, progress)
    assessment = store.assessment(attempt_id)
    if attempt.stage == "cancelled":
        raise Cancelled(f"Cancelled. The recording is kept: coach resume {attempt_id[:8]}")
    if assessment is None or attempt.reason:
        raise AudioError(f"{attempt.reason or 'It could not be scored.'} (Kept as attempt {attempt_id[:8]}.)")
    return assessment


def _score_text(path: Path, asked: str | Path | None) -> Assessment:
    from coach.practice import score_text

    if asked is None:
        raise typer.BadParameter("A written answer needs --question or --rubric.")
    return score_text(_read_text(path), asked)


def _read_text(path: Path) -> str:
    """The text of a file, or of standard input for "-". Raises AudioError where there is none to read."""
    try:
        return sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8")
    except OSError as error:
        raise AudioError(f"{path} can't be read: {error.strerror}. Check the path.") from error
    except UnicodeDecodeError as error:
        raise AudioError(f"{path} is no text in UTF-8. Save it as plain text.") from error


def _show(
    assessment: Assessment,
    title: str,
    audio: Path | None,
    as_json: bool,
    html: Path | None,
    markdown: Path | None,
    compact: bool = False,
) -> None:
    from coach.report import to_html, to_markdown
    from coach.terminal import print_assessment, say

    if html is not None:
        _write(html, to_html(assessment, audio=audio, title=title))
    if markdown is not None:
        _write(markdown, to_markdown(assessment, title=title))
    for path in filter(None, (html, markdown)):
        say(f"Written: {path}")
    if as_json:
        print(assessment.to_json(indent=None if compact else 2))
    elif html is None and markdown is None:
        print_assessment(assessment, title)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StoreError(f"{path} can't be written: {error.strerror}. Choose another place.") from error


@app.command()
def record(
    question: Question = None,
    seconds: Annotated[float | None, typer.Option(min=1, help="Stop by itself after so long.")] = None,
    microphone: Annotated[str | None, typer.Option(help="Part of the name of a microphone.")] = None,
    model: Model = None,
    as_json: Annotated[bool, typer.Option("--json", help="The document as JSON on stdout.")] = False,
) -> None:
    """Record from the local microphone and score it. Enter stops; Ctrl-C stops and keeps what there is."""
    from coach.microphone import record as listen
    from coach.store import open_store
    from coach.terminal import err, level_meter, say

    asked = _asked(question, None)
    home = coach_home()
    store = open_store(home)
    if asked is not None:
        from coach.rubric import load_rubric

        say(load_rubric(asked, user_rubrics(home)).prompt)
    attempt = store.begin(None if asked is None else str(asked), "microphone", model=model)
    lease = store.hold(attempt.id)
    try:
        with err.status("Recording. Enter stops.") as status, _enter_pressed() as stop:
            outcome = listen(
                store.capture_folder(attempt.id),
                microphone or load_settings(home).microphone,
                seconds=seconds,
                on_level=lambda elapsed, level, peak: status.update(
                    f"{level_meter(elapsed, level, peak)}   Enter stops", spinner="dots"
                ),
                stop=stop,
            )
    except CoachError:
        store.delete(attempt.id)  # nothing was heard
        raise
    finally:
        lease.release()
    store.finish_capture(attempt.id)
    say(outcome.message)
    if outcome.interrupted:
        say(f"Kept as attempt {attempt.id[:8]}; score it with: coach resume {attempt.id[:8]}")
        raise typer.Exit(INTERRUPTED)
    _show(_finish(attempt.id, "Your answer"), "Your answer", None, as_json, None, None)


@contextmanager
def _enter_pressed() -> Iterator[threading.Event]:
    """An event that Enter sets. Without a terminal on stdin it is never set."""
    pressed = threading.Event()
    if sys.stdin.isatty():

        def wait() -> None:
            sys.stdin.readline()
            pressed.set()

        threading.Thread(target=wait, daemon=True).start()
    yield pressed


@app.command()
def resume(
    attempt: Annotated[
        str | None, typer.Argument(help="Id of an unfinished attempt; without it, all of them.")
    ] = None,
) -> None:
    """Finish what was interrupted, cancelled or failed."""
    from coach.store import open_store
    from coach.terminal import print_assessment, say

    store = open_store(coach_home())
    waiting = [store.attempt(attempt)] if attempt else store.unfinished()
    if not waiting:
        say("Nothing is unfinished.")
    for each in waiting:
        if each.stage == "recording":
            store.finish_capture(each.id)
        print_assessment(_finish(each.id, each.id[:8]), each.question_id or "Free talk")


@app.command()
def rescore(
    attempt: Annotated[
        str | None, typer.Argument(help="Id of an attempt; without it, all that have a result.")
    ] = None,
    model: Model = None,
) -> None:
    """Score kept attempts again, after a question, a detector or the model has changed.

    What was heard is kept with the attempt, so that only another model listens anew. Earlier results stay.
    """
    from coach.store import open_store
    from coach.terminal import out

    store = open_store(coach_home())
    for each in [store.attempt(attempt)] if attempt else store.attempts(stage="assessed"):
        before = store.assessment(each.id)
        after = _finish(each.id, each.question_id or "Free talk", model)
        old, new = (None if result is None else result.scores.coverage for result in (before, after))
        changed = (
            f"coverage {old:.0f} to {new:.0f}" if old is not None and new is not None else "scored again"
        )
        out.print(f"{each.id[:8]}  {each.question_id or 'free talk'}: {changed}")


@app.command()
def history(
    question: Question = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines: a document an attempt.")] = False,
) -> None:
    """What you have practised, newest first."""
    from coach.store import open_store
    from coach.terminal import print_history, say

    store = open_store(coach_home())
    rows = [(each, store.assessment(each.id)) for each in store.attempts(question, limit=limit)]
    if as_json:
        for _, assessment in rows:
            if assessment is not None:
                print(assessment.to_json(indent=None))
        return
    if not rows:
        say(
            "Nothing yet. Begin with: coach record --question l1-vs-l2-regularization, or open the app: coach app"
        )
        return
    print_history(rows)


@app.command()
def export(
    attempt: Annotated[str, typer.Argument(help="Id of an attempt, or its beginning.")],
    to: Annotated[Path, typer.Option("--to", help="Folder to write into.")] = Path(),
) -> None:
    """Write an attempt's sound, document and review into a folder. It holds your voice and your words."""
    import shutil

    from coach.report import to_html, to_markdown
    from coach.store import open_store
    from coach.terminal import say

    store = open_store(coach_home())
    found = store.attempt(attempt)
    sound = store.audio_path(found.id)
    folder = to / f"coach-{found.made_at:%Y-%m-%d}-{found.question_id or 'free-talk'}-{found.id[:8]}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if sound.is_file():
            shutil.copyfile(sound, folder / f"recording{sound.suffix}")
    except OSError as error:
        raise StoreError(f"{folder} can't be written: {error.strerror}. Choose another place.") from error
    assessment = store.assessment(found.id)
    if assessment is not None:
        title = found.question_id or "Free talk"
        _write(folder / "assessment.json", assessment.to_json())
        _write(folder / "review.html", to_html(assessment, audio=sound, title=title))
        _write(folder / "review.md", to_markdown(assessment, title=title))
    say(f"Written: {folder}")


@app.command()
def delete(
    attempt: Annotated[str, typer.Argument(help="Id of an attempt, or its beginning.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete an attempt for good: its sound, its text and its figures."""
    from coach.store import open_store
    from coach.terminal import say

    store = open_store(coach_home())
    found = store.attempt(attempt)
    if not yes:
        what = found.question_id or "a free talk"
        typer.confirm(
            f"Delete {found.id[:8]} ({what}, {found.made_at:%Y-%m-%d %H:%M}) for good?", abort=True, err=True
        )
    store.delete(found.id)
    say(f"Deleted {found.id[:8]}.")


@app.command()
def doctor() -> None:
    """Look whether all is well here. Exit code 0: a file can be scored; 2: something must be mended."""
    from coach.doctor import examine, healthy
    from coach.terminal import print_checks

    checks = examine(coach_home())
    print_checks(checks)
    raise typer.Exit(0 if healthy(checks) else 2)


@questions.command("list")
def list_questions(
    domain: Annotated[str | None, typer.Option(help="Only this domain.")] = None,
) -> None:
    """All questions, or those of one domain."""
    from coach.rubric import DOMAINS, list_rubrics
    from coach.terminal import print_questions

    if domain is not None and domain not in DOMAINS:
        raise typer.BadParameter(f"{domain!r} is none of {', '.join(DOMAINS)}.")
    print_questions(
        [each for each in list_rubrics(user_rubrics(coach_home())) if domain in (None, each.domain)]
    )


@questions.command("show")
def show_question(question: Annotated[str, typer.Argument(help="Id of a question, or a file.")]) -> None:
    """One question with its key points."""
    from coach.rubric import load_rubric
    from coach.terminal import print_question

    print_question(load_rubric(question, user_rubrics(coach_home())))


@questions.command("new")
def new_question(
    question: Annotated[str, typer.Argument(help="Its id: small letters, digits and hyphens.")],
    domain: Annotated[str, typer.Option(help="The domain it belongs to.")] = "fundamentals",
    notes: Annotated[
        Path | None, typer.Option(help="A text file of notes, or - to paste them; a template without it.")
    ] = None,
) -> None:
    """Start a question of your own, from a template or from notes: a bullet is a key point."""
    from coach.rubric import new_rubric
    from coach.terminal import say

    text = None if notes is None else _read_text(notes)
    path = new_rubric(question, domain, user_rubrics(coach_home()), text)
    say(f"Written to {path}. Fill it in, then run: coach questions check {path}")


@questions.command("check")
def check_questions(
    path: Annotated[Path, typer.Argument(help="A question file, or a folder of them.")],
) -> None:
    """Every mistake in a question file, and whether the scorer can tell its points apart.

    A file is also tried: the good and the weak answer are scored, and each wording of a key point is held against
    the other points. Ends with 2 when there are mistakes, with 1 when the trial shows a weakness.
    """
    from coach.rubric import check_rubrics, load_rubric
    from coach.terminal import print_trial, say

    if not path.exists():
        raise RubricError(f"There is no file or folder {path}. Check the path.")
    problems = check_rubrics(path)
    for problem in problems:
        say(str(problem))
    if problems:
        raise typer.Exit(2)
    say(f"{path}: no mistakes.")
    if path.is_file():
        from coach.coverage.trial import trial
        from coach.practice import load_judges

        tried = trial(load_rubric(path), *load_judges(coach_home()))
        print_trial(tried)
        raise typer.Exit(0 if tried.passed else 1)


@models.command("list")
def list_models() -> None:
    """The models that are here."""
    from coach.transcription import weights

    kept = model_store(coach_home())
    for name in weights.SHIPPED:
        print(f"{name}\t{'here' if weights.is_here(name, kept) else 'not installed'}")
    for folder in sorted((kept / "downloaded").glob("*")):
        print(f"{folder.name}\t{'downloaded' if (folder / weights.MARKER).is_file() else 'not complete'}")


@models.command("download")
def download_model(name: Annotated[str, typer.Argument(help="A size such as small, or a hub name.")]) -> None:
    """Fetch a model from the hub. This uses the network; an interrupted download goes on where it stopped."""
    from coach.terminal import progress_bar, say
    from coach.transcription import weights

    with progress_bar(name) as progress:
        folder = weights.download(name, model_store(coach_home()), progress)
    say(f"Downloaded to {folder}. Use it with --model {name}, COACH_MODEL={name}, or on the settings page.")


if __name__ == "__main__":
    main()
