"""YAML as plain data, with the line of every value: nothing is constructed, nothing can be smuggled in.

Files come from strangers too, so the reader walks the parser's events itself. It knows mappings, lists, text,
numbers, true/false and null (the core schema of YAML 1.2); tags, anchors, aliases, several documents and deep
nesting are refused before they can cost memory or time.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

MAX_BYTES = 256 * 1024
MAX_DEPTH = 12

Place = tuple[str | int, ...]
"""Where a value is: keys and zero-based positions from the top, ``("key_points", 2, "weight")``."""

_NULL = re.compile(r"~|null|Null|NULL|")
_TRUE = re.compile(r"true|True|TRUE")
_FALSE = re.compile(r"false|False|FALSE")
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_NUMBER = re.compile(r"[-+]?(\.[0-9]{1,30}|[0-9]{1,30}(\.[0-9]{0,30})?)([eE][-+]?[0-9]{1,4})?")
_INFINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
# Control characters, lone surrogates, and the marks that turn the reading direction of what follows.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong: where it is, what was found, and what to do about it."""

    line: int | None
    place: Place
    what: str
    fix: str


class Refused(Exception):
    """The text can't be read any further; ``flaw`` says why."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw.what)
        self.flaw = flaw


@dataclass(slots=True)
class Plain:
    """What a text holds. ``data``: dict, list, str, int, float, bool and None; lines count from 1."""

    data: Any = None
    lines: dict[Place, int] = field(default_factory=dict)
    flaws: list[Flaw] = field(default_factory=list)

    def line(self, place: Place) -> int | None:
        """The line of a value, or of the nearest thing around it that has one."""
        for size in range(len(place), -1, -1):
            if place[:size] in self.lines:
                return self.lines[place[:size]]
        return None


def decode(raw: bytes) -> str:
    """The text of a file of at most ``MAX_BYTES``, UTF-8 with or without a mark. Raises Refused."""
    if len(raw) > MAX_BYTES:
        size = f"the file is larger than the {MAX_BYTES // 1024} KB a question may have"
        raise Refused(Flaw(None, (), size, "shorten it, or split it into several questions"))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        found = f"byte 0x{raw[error.start]:02x} is not UTF-8 text"
        raise Refused(Flaw(line, (), found, "save the file as UTF-8")) from None


def read(text: str) -> Plain:
    """The plain data of one YAML document. Raises Refused where it can't go on; lesser flaws are listed."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        decode(text.encode("utf-8", "surrogatepass"))
    plain = Plain()
    try:
        events = (event for event in YAML(typ="safe", pure=True).parse(text))
        _document(events, plain)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = " ".join(str(part) for part in (error.context, error.problem) if part)
        line = None if mark is None else mark.line + 1
        advice = "check the indentation (spaces, no tabs) and that quotes and brackets are closed"
        if "mapping values" in said:
            advice = "put text that holds a colon in quotes, and check the indentation"
        raise Refused(Flaw(line, (), f"this is not YAML ({said})", advice)) from None
    except YAMLError as error:
        at = getattr(error, "position", None)
        line = text.count("\n", 0, at) + 1 if isinstance(at, int) else None
        unseen = "a character that YAML does not allow"
        raise Refused(Flaw(line, (), unseen, "remove the control character")) from None
    return plain


def _document(events: Iterator[Any], plain: Plain) -> None:
    from ruamel.yaml.events import DocumentStartEvent, StreamEndEvent

    documents = 0
    for event in events:
        if isinstance(event, DocumentStartEvent):
            documents += 1
            if documents > 1:
                line = event.start_mark.line + 1
                raise Refused(
                    Flaw(line, (), "a second document begins", "keep one question per file: remove the ---")
                )
            plain.data = _value(next(events), events, (), plain)
        elif isinstance(event, StreamEndEvent) and documents == 0:
            raise Refused(Flaw(1, (), "the file is empty", "start with the line schema: 1"))


def _value(event: Any, events: Iterator[Any], place: Place, plain: Plain) -> Any:
    """The value that begins with ``event``; nesting is bounded, so recursion is too."""
    from ruamel.yaml.events import MappingStartEvent, ScalarEvent, SequenceStartEvent

    line = event.start_mark.line + 1
    plain.lines.setdefault(place, line)
    _refuse_tricks(event, line, place)
    if isinstance(event, ScalarEvent):
        return _scalar(event, line, place, plain)
    if len(place) >= MAX_DEPTH:
        deep = f"lists and keys are nested more than {MAX_DEPTH} deep"
        raise Refused(Flaw(line, (), deep, "a question needs no more than six levels: remove the extra ones"))
    if isinstance(event, SequenceStartEvent):
        return _list(events, place, plain)
    assert isinstance(event, MappingStartEvent)
    return _mapping(events, place, plain)


def _refuse_tricks(event: Any, line: int, place: Place) -> None:
    from ruamel.yaml.events import AliasEvent

    if isinstance(event, AliasEvent) or event.anchor:
        sign = "*" if isinstance(event, AliasEvent) else "&"
        found = f"{sign}{event.anchor} is an anchor or alias, which questions may not use"
        raise Refused(
            Flaw(line, place, found, "write the text out, or put it in quotes if the sign is meant")
        )
    if event.tag is not None:
        found = f"the tag {str(event.tag)[:60]!r} is not allowed"
        raise Refused(
            Flaw(line, place, found, "remove the word that begins with !, or put the text in quotes")
        )


def _list(events: Iterator[Any], place: Place, plain: Plain) -> list[Any]:
    from ruamel.yaml.events import SequenceEndEvent

    items: list[Any] = []
    while not isinstance(event := next(events), SequenceEndEvent):
        items.append(_value(event, events, (*place, len(items)), plain))
    return items


def _mapping(events: Iterator[Any], place: Place, plain: Plain) -> dict[str, Any]:
    from ruamel.yaml.events import MappingEndEvent, ScalarEvent

    mapping: dict[str, Any] = {}
    while not isinstance(event := next(events), MappingEndEvent):
        line = event.start_mark.line + 1
        _refuse_tricks(event, line, place)
        if not isinstance(event, ScalarEvent):
            raise Refused(Flaw(line, place, "a list or mapping stands as a key", "keys are single words"))
        key = event.value
        if key in mapping:
            first = plain.lines[(*place, key)]
            here = (*place, key)
            plain.flaws.append(Flaw(line, here, f"this key is already on line {first}", "keep one of them"))
            _value(next(events), events, here, Plain())
            continue
        plain.lines[(*place, key)] = line
        mapping[key] = _value(next(events), events, (*place, key), plain)
    return mapping


def _scalar(event: Any, line: int, place: Place, plain: Plain) -> str | int | float | bool | None:
    text: str = event.value
    if found := _UNSEEN.search(text):
        sign = f"it holds the invisible character U+{ord(found.group()):04X}"
        plain.flaws.append(Flaw(line, place, sign, "delete it and type the text again"))
        return _UNSEEN.sub("\ufffd", text)
    return text if event.style else plain_scalar(text)


def plain_scalar(text: str) -> str | int | float | bool | None:
    """What an unquoted word means in the core schema of YAML 1.2, without its octal and hexadecimal forms."""
    if _NULL.fullmatch(text):
        return None
    if _TRUE.fullmatch(text) or _FALSE.fullmatch(text):
        return _TRUE.fullmatch(text) is not None
    if _INTEGER.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text):
        return float(text)
    if _INFINITE.fullmatch(text):
        return math.nan if "n" in text.lower()[-1:] else math.copysign(math.inf, -1 if text[0] == "-" else 1)
    return text
