"""Every mistake in a question file, with its line, its field and the fix."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from coach.rubric import plainyaml
from coach.rubric.model import (
    DOMAINS,
    MEASUREMENTS,
    STAGES,
    Examples,
    FollowUp,
    KeyPoint,
    Misconception,
    Part,
    QuestionBand,
    Rubric,
    Source,
    Term,
)
from coach.rubric.plainyaml import Flaw, Place

MAX_PROBLEMS = 100
"""So many are told of a file; one with more is no question, and nobody reads on."""


@dataclass(frozen=True, slots=True)
class RubricProblem:
    """One mistake in a question file. ``line`` counts from 1, positions in ``field`` from 0."""

    file: str
    line: int | None
    field: str | None
    what: str
    fix: str

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}, line {self.line}"
        return f"{where}{f', {self.field}' if self.field else ''}: {self.what}; {self.fix}"


def examine_file(path: Path) -> tuple[Rubric | None, list[RubricProblem]]:
    """The rubric in a file, or None with its problems in the order of their lines. Raises nothing."""
    try:
        with path.open("rb") as file:
            raw = file.read(plainyaml.MAX_BYTES + 1)
        text = plainyaml.decode(raw)
    except OSError as error:
        unread = f"the file can't be read ({error.strerror})"
        return None, [RubricProblem(str(path), None, None, unread, "check that it is a file you may read")]
    except plainyaml.Refused as refused:
        return None, [_problem(refused.flaw, str(path))]
    return examine(text, str(path))


def examine(text: str, name: str) -> tuple[Rubric | None, list[RubricProblem]]:
    """The rubric in ``text``, or None with its problems; ``name`` is what they call the file."""
    try:
        plain = plainyaml.read(text)
    except plainyaml.Refused as refused:
        return None, [_problem(refused.flaw, name)]
    flaws = list(plain.flaws)
    rubric = None
    if not isinstance(plain.data, dict):
        flaws.append(Flaw(1, (), "a question is made of keys", "start with the line schema: 1"))
    else:
        try:
            rubric = Rubric.model_validate(plain.data)
        except ValidationError as error:
            for detail in islice(error.errors(include_url=False), MAX_PROBLEMS):
                if detail["type"] == "too_short" and detail["input"]:
                    continue  # its entries have mistakes of their own, told one by one
                place = tuple(detail["loc"])
                what, fix = _explain(detail["type"], place, detail)
                flaws.append(Flaw(plain.line(place), place, what, fix))
        for place, what, fix in islice(_cross_checks(plain.data, name), MAX_PROBLEMS):
            flaws.append(Flaw(plain.line(place), place, what, fix))
    flaws.sort(key=lambda flaw: flaw.line or 0)
    return (None if flaws else rubric), [_problem(flaw, name) for flaw in flaws[:MAX_PROBLEMS]]


def _problem(flaw: Flaw, name: str) -> RubricProblem:
    field = ""
    for part in flaw.place:
        field += f"[{part}]" if isinstance(part, int) else f"{'.' if field else ''}{_key(part)}"
    return RubricProblem(name, flaw.line, field or None, flaw.what, flaw.fix)


MODELS: Mapping[str, type[Part]] = {
    "key_points": KeyPoint,
    "terms": Term,
    "misconceptions": Misconception,
    "follow_ups": FollowUp,
    "sources": Source,
    "examples": Examples,
    "bands": QuestionBand,
}

_PATTERNS = {
    "id": "use small letters, digits and single hyphens, as in bias-variance-tradeoff",
    "contradicts": "give the id of a key point, or null",
    "url": "give an address that begins with https://, or remove the line",
}


def _explain(kind: str, place: Place, detail: Mapping[str, Any]) -> tuple[str, str]:  # noqa: PLR0911, PLR0912
    """What is wrong and what to do, for one of pydantic's error types."""
    key = next((str(part) for part in reversed(place) if isinstance(part, str)), "")
    value, context = detail.get("input"), detail.get("ctx", {})
    match kind:
        case "extra_forbidden":
            return "this key is not known", _nearest_key(place)
        case "missing" if place and isinstance(place[-1], int):
            return "this range has one end only", "write it as [lowest, highest], null for an open end"
        case "missing":
            return "this key is missing", f"add a line {key}: ..."
        case "string_type" if value is None:
            return "this is empty", "write the text after the colon, or remove the line"
        case "string_type" if isinstance(value, dict):
            return "this is read as keys because of a colon in it", "put the whole text in quotes"
        case "string_type":
            return f"{_shown(value)} is not text", "put it in quotes"
        case "string_too_short":
            return "this is empty", "write the text, or remove the line"
        case "string_too_long":
            return f"this is longer than {context.get('max_length')} characters", "shorten it"
        case "string_pattern_mismatch":
            return f"{_shown(value)} is not of the right form", _PATTERNS.get(key, "correct it")
        case "greater_than":
            return f"{_shown(value)} is not above {context.get('gt'):g}", "give a positive number"
        case "greater_than_equal" | "less_than_equal" if key == "schema":
            return f"{_shown(value)} is not a schema this version reads", "write schema: 1"
        case "greater_than_equal" | "less_than_equal":
            low, high = {"level": (1, 3), "time_limit_s": (10, 3600)}.get(key, (0, 100))
            return f"{_shown(value)} is out of range", f"give a number from {low} to {high}"
        case "finite_number":
            return f"{_shown(value)} is not a finite number", "give an ordinary number"
        case "float_type" | "int_type" | "int_from_float":
            whole = "whole number" if kind.startswith("int") else "number"
            return f"{_shown(value)} is not a {whole}", f"give a {whole} without quotes"
        case "bool_type":
            return f"{_shown(value)} is not true or false", "write true or false without quotes"
        case "literal_error":
            return f"{_shown(value)} is not known", _nearest(str(value), DOMAINS)
        case "tuple_type":
            return f"{_shown(value)} is not a list", "put each entry on its own line, after a dash"
        case "model_type" | "dict_type" | "model_attributes_type":
            return f"{_shown(value)} has no keys", f"it needs {_known_keys(_model_at((*place, 'x')))}"
        case "too_short":
            return "the list is empty", "give at least one entry"
        case "too_long":
            return "the list is too long", f"give at most {context.get('max_length')} entries"
    return str(detail["msg"]), "correct it (docs/rubrics.md describes every field)"


def _model_at(place: Place) -> type[Part]:
    """The model whose keys stand at ``place``."""
    for part in reversed(place[:-1]):
        if isinstance(part, str) and part in MODELS:
            return MODELS[part]
    return Rubric


def _keys(model: type[Part]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _known_keys(model: type[Part]) -> str:
    return ", ".join(_keys(model))


def _nearest_key(place: Place) -> str:
    known = _keys(_model_at(place))
    near = difflib.get_close_matches(str(place[-1]).lower(), known, n=1, cutoff=0.6)
    if near:
        return f"did you mean {near[0]}?"
    return f"remove it; known here are {', '.join(known)}"


def _nearest(value: str, known: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(value.lower().replace(" ", "-"), known, n=1, cutoff=0.6)
    if near:
        return f"did you mean {near[0]}?"
    return f"choose from {', '.join(map(_key, known))}" if known else "give null"


def _key(text: str) -> str:
    return text if text.replace("-", "_").isidentifier() and len(text) <= 40 else _shown(text)


def _shown(value: object) -> str:
    text = ascii(value) if not isinstance(value, str) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


_Finding = tuple[Place, str, str]


def _cross_checks(data: Mapping[str, Any], name: str) -> Iterator[_Finding]:
    """Checks across fields, on the plain data, so that they are made beside mistakes in single fields."""
    question = data.get("id")
    stem = Path(name).stem
    if Path(name).suffix in (".yaml", ".yml") and isinstance(question, str) and question != stem:
        fix = f"write id: {stem}, or name the file {question[:80]}.yaml"
        yield ("id",), f"{_shown(question)} is not the file's name {_shown(stem)}", fix
    points = list(_entries(data, "key_points"))
    misconceptions = list(_entries(data, "misconceptions"))
    follow_ups = list(_entries(data, "follow_ups"))
    asked = [inner for place, item in follow_ups for inner in _entries(item, "key_points", place)]
    for group in (points + asked, misconceptions, follow_ups):
        yield from _repeated_ids(group)
    yield from _unknown_contradicted(points, misconceptions)
    yield from _phrasings_twice(points + asked)
    yield from _unknown_stages(data)
    yield from _crossed_bands(data)


def _entries(data: Mapping[str, Any], key: str, place: Place = ()) -> Iterator[tuple[Place, dict[str, Any]]]:
    items = data.get(key)
    for number, item in enumerate(items if isinstance(items, list) else []):
        if isinstance(item, dict):
            yield (*place, key, number), item


def _repeated_ids(group: list[tuple[Place, dict[str, Any]]]) -> Iterator[_Finding]:
    seen: set[str] = set()
    for place, item in group:
        own = item.get("id")
        if isinstance(own, str) and own in seen:
            yield (*place, "id"), f"{_shown(own)} is already the id of another entry", "give each its own id"
        elif isinstance(own, str):
            seen.add(own)


def _unknown_contradicted(
    points: list[tuple[Place, dict[str, Any]]], misconceptions: list[tuple[Place, dict[str, Any]]]
) -> Iterator[_Finding]:
    known = dict.fromkeys(point["id"] for _, point in points if isinstance(point.get("id"), str))
    for place, item in misconceptions:
        target = item.get("contradicts")
        if isinstance(target, str) and target not in known:
            fix = _nearest(target, tuple(known)[:20])
            yield (*place, "contradicts"), f"no key point has the id {_shown(target)}", fix


def _phrasings_twice(points: list[tuple[Place, dict[str, Any]]]) -> Iterator[_Finding]:
    """A phrasing that stands twice, in one key point or two, can't tell anything apart."""
    seen: dict[str, Place] = {}
    for place, point in points:
        for key in ("phrasings", "counter_phrasings"):
            texts = point.get(key)
            for number, text in enumerate(texts if isinstance(texts, list) else []):
                here = (*place, key, number)
                said = " ".join(text.lower().split()) if isinstance(text, str) else ""
                if said and (first := seen.setdefault(said, here)) != here:
                    other = _problem(Flaw(None, first, "", ""), "").field
                    yield here, f"this stands in {other} too", "reword or remove one of them"


def _unknown_stages(data: Mapping[str, Any]) -> Iterator[_Finding]:
    domain, stages = data.get("domain"), data.get("stages")
    if not isinstance(stages, list) or domain not in DOMAINS:
        return
    known = STAGES[domain]
    seen: set[str] = set()
    for number, stage in enumerate(stages):
        if not isinstance(stage, str):
            continue
        if stage in seen:
            yield ("stages", number), f"{_shown(stage)} stands here twice", "remove one of them"
        seen.add(stage)
        if stage not in known:
            fix = _nearest(stage, known) if known else "remove it"
            yield ("stages", number), f"{_shown(stage)} is not a stage of {domain} questions", fix


def _crossed_bands(data: Mapping[str, Any]) -> Iterator[_Finding]:
    bands = data.get("bands")
    for name, band in bands.items() if isinstance(bands, dict) else ():
        if name not in MEASUREMENTS:
            yield ("bands", name), f"{_shown(name)} is not a measurement", _nearest(name, MEASUREMENTS)
        if not isinstance(band, dict):
            continue
        for key in ("good", "watch"):
            ends = band.get(key)
            numbers = [end for end in ends if isinstance(end, int | float)] if isinstance(ends, list) else []
            if len(numbers) == 2 and numbers[0] > numbers[1]:
                yield (
                    ("bands", name, key),
                    f"{_shown(ends)} is the wrong way round",
                    "write [lowest, highest]",
                )
