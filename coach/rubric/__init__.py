"""Rubrics: what a good answer to one question holds. One YAML file is one question.

Mistakes in a file are told with file, line, field and the fix, all of them at once (:func:`check_rubrics`).
"""

from __future__ import annotations

import difflib
from functools import lru_cache
from pathlib import Path

from coach.bundled import bundled
from coach.errors import RubricError
from coach.rubric.draft import TEMPLATE, draft
from coach.rubric.mistakes import RubricProblem, examine, examine_file
from coach.rubric.model import (
    DOMAINS,
    STAGES,
    Domain,
    Examples,
    FollowUp,
    KeyPoint,
    Misconception,
    QuestionBand,
    Rubric,
    Source,
    Term,
)

SUFFIXES = (".yaml", ".yml")


def load_rubric(id_or_path: str | Path, user_rubrics: Path | None = None) -> Rubric:
    """The question with this id, the user's before the one that ships, or the one in this file.

    Text that ends in .yaml or .yml or holds a slash is a path. Raises RubricError with the nearest ids for an
    unknown one, and with the first mistake of a broken file: a user's broken override is never passed over.
    """
    name = str(id_or_path)
    if isinstance(id_or_path, Path) or name.endswith(SUFFIXES) or "/" in name or "\\" in name:
        return _load(Path(id_or_path))
    by_id = {path.stem: path for path in _question_files(bundled("rubrics"))}
    if user_rubrics is not None:
        by_id |= {path.stem: path for path in reversed(_question_files(user_rubrics))}
    if name in by_id:
        return _load(by_id[name])
    near = difflib.get_close_matches(name.lower(), by_id, n=3, cutoff=0.5)
    advice = f"did you mean {' or '.join(near)}?" if near else "`coach questions list` shows them all."
    raise RubricError(f"There is no question {name[:80]!r}; {advice}")


def parse_rubric(text: str, name: str) -> Rubric:
    """The rubric in ``text``. ``name`` stands for the file in messages; a stem must equal the id.

    Raises RubricError at the first mistake, with the number of the others.
    """
    return _sound(*examine(text, name))


def list_rubrics(user_rubrics: Path | None = None) -> list[Rubric]:
    """All questions by domain, then title; the user's replace shipped ones of the same id.

    Broken files of the user are left out: :func:`check_rubrics` says what is wrong with them.
    """
    found = {rubric.id: rubric for rubric in map(_load, _question_files(bundled("rubrics")))}
    for path in reversed(_question_files(user_rubrics) if user_rubrics is not None else []):
        try:
            rubric = _load(path)
        except RubricError:
            continue
        found[rubric.id] = rubric
    return sorted(found.values(), key=lambda r: (DOMAINS.index(r.domain), r.title.casefold(), r.id))


def check_rubrics(path: Path) -> list[RubricProblem]:
    """Every problem in a question file, or in all question files of a folder; empty when all is well.

    Raises RubricError when there is nothing at ``path``.
    """
    if not path.exists():
        raise RubricError(f"There is nothing at {path}; give the path of a question file or of a folder.")
    if not path.is_dir():
        return examine_file(path)[1]
    files = _question_files(path)
    if not files:
        return [RubricProblem(str(path), None, None, "no question files are here", "name them ID.yaml")]
    problems = [problem for file in files for problem in examine_file(file)[1]]
    first: dict[str, Path] = {}
    for file in files:
        if (other := first.setdefault(file.stem, file)) != file:
            taken = f"{file.stem!r} is also the name of {other}"
            problems.append(RubricProblem(str(file), None, "id", taken, "rename one of them"))
    return problems


def new_rubric(question: str, domain: str, folder: Path, notes: str | None = None) -> Path:
    """Writes the draft of a question into ``folder`` and returns its path; ``notes`` is pasted text.

    Raises RubricError for an id or a domain that is none, notes without a key point, and a file that is there.
    """
    if domain not in DOMAINS:
        raise RubricError(f"{domain!r} is no domain; choose one of {', '.join(DOMAINS)}.")
    path = folder / domain / f"{question}.yaml"
    if path.exists():
        raise RubricError(f"{path} is there already; choose another id or edit that file.")
    text = draft(question, domain, TEMPLATE if notes is None else notes)
    parse_rubric(text, path.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _question_files(folder: Path) -> list[Path]:
    """All question files below ``folder``, none where it does not exist. Hidden ones belong to the system."""
    found = (path for path in folder.rglob("*") if path.suffix in SUFFIXES and path.is_file())
    return sorted(path for path in found if not path.name.startswith("."))


def _load(path: Path) -> Rubric:
    try:
        stat = path.stat()
    except OSError as error:
        raise RubricError(f"{path} can't be read ({error.strerror}); check the path.") from None
    return _load_version(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=1024)
def _load_version(path: Path, mtime_ns: int, size: int) -> Rubric:  # noqa: ARG001 - an edit makes a new entry
    return _sound(*examine_file(path))


def _sound(rubric: Rubric | None, problems: list[RubricProblem]) -> Rubric:
    if rubric is None:
        more = f" ({len(problems) - 1} more: `coach questions check` lists them)" if len(problems) > 1 else ""
        raise RubricError(f"{problems[0]}{more}")
    return rubric


__all__ = [
    "DOMAINS",
    "STAGES",
    "Domain",
    "Examples",
    "FollowUp",
    "KeyPoint",
    "Misconception",
    "QuestionBand",
    "Rubric",
    "RubricProblem",
    "Source",
    "Term",
    "check_rubrics",
    "list_rubrics",
    "load_rubric",
    "new_rubric",
    "parse_rubric",
]
