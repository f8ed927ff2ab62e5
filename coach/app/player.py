"""Word-exact playback: a transcript and moments whose buttons play the page's one ``st.audio``.

The words go to the browser as data and are shown as text, never as HTML. The audio itself comes from
Streamlit's media address, which answers ranges, so that a jump into a long talk is quick.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from coach.app.words import clock
from coach.assessment import Assessment
from coach.transcript import Pause, Span, Word

CONTAINER: Final = "player"
"""Key of the container that holds the audio of the page."""

KINDS: Final = {
    "filled_pause": ("um", "filled pause", "filled pauses"),
    "discourse_marker": ("like", "discourse marker", "discourse markers"),
    "repetition": ("the", "repetition", "repetitions"),
    "restart": ("we use", "restart", "restarts"),
    "prolongation": ("sooo", "prolonged word", "prolonged words"),
    "pause_within_clause": ("0.6 s", "pause inside a clause", "pauses inside a clause"),
    "pause_boundary": ("0.6 s", "pause between clauses", "pauses between clauses"),
}
"""Mark -> (sample for the legend, its name, its plural). Where marks overlap the earlier one is shown."""

Item = dict[str, Any]


def transcript_items(assessment: Assessment) -> list[Item]:
    """Words, fillers heard only in the signal, and pauses in the order of the talk.

    Each has ``text``, ``start`` and ``end`` in seconds, ``mark`` (a key of KINDS or None) and ``label`` for a
    screen reader. Empty for a written answer.
    """
    words = [word for word in assessment.transcript.words if isinstance(word, Word)]
    marks: dict[int, str] = {}
    heard_only: list[Item] = []
    order = list(KINDS)
    for found in assessment.disfluencies:
        if found.verdict == "rejected":
            continue
        if found.word_range is None:
            heard_only.append(_item(found.text, found, found.kind))
            continue
        for index in range(*found.word_range):
            known = marks.get(index)
            if known is None or order.index(found.kind) < order.index(known):
                marks[index] = found.kind
    items = [_item(word.text, word, marks.get(index)) for index, word in enumerate(words)]
    between = [*heard_only, *(_pause_item(pause) for pause in assessment.pauses)]
    return _merged(items, sorted(between, key=_middle))


def legend(assessment: Assessment) -> list[dict[str, str]]:
    """The marks that occur, each with a sample of its looks and how often it occurs."""
    counts: Counter[str] = Counter(
        found.kind for found in assessment.disfluencies if found.verdict != "rejected"
    )
    counts.update(f"pause_{pause.place}" for pause in assessment.pauses)
    return [
        {"mark": mark, "sample": sample, "text": f"{counts[mark]} {one if counts[mark] == 1 else many}"}
        for mark, (sample, one, many) in KINDS.items()
        if counts[mark]
    ]


def moment_items(spans: Sequence[Span], quotes: Sequence[str] = ()) -> list[Item]:
    """Buttons for ``spans``: the time they start, or the quote with the time."""
    items = []
    for index, span in enumerate(spans):
        quote = quotes[index] if index < len(quotes) else ""
        text = f"“{quote}” {clock(span.start)}" if quote else clock(span.start)
        label = f"{text}, play"
        items.append({"text": text, "start": span.start, "end": span.end + 0.3, "mark": None, "label": label})
    return items


def show_transcript(assessment: Assessment, key: str) -> None:
    """Draws the transcript; the audio stands in ``st.container(key=CONTAINER)`` on the same page."""
    items = transcript_items(assessment)
    _component()(
        key=key,
        data={
            "view": "transcript",
            "player": _SELECTOR,
            "name": "Transcript. Enter plays from a word, arrow keys move, up and down jump between marks.",
            "items": items,
            "legend": legend(assessment),
        },
    )


def show_moments(spans: Sequence[Span], key: str, quotes: Sequence[str] = ()) -> None:
    """Draws a button per span; it plays that stretch and stops."""
    items = moment_items(spans, quotes)
    _component()(key=key, data={"view": "moments", "player": _SELECTOR, "name": "Moments", "items": items})


def show_course(items: Sequence[Item], stages: Sequence[dict[str, str]], name: str, key: str) -> None:
    """Draws ``items`` as one bar; ``stages`` is its legend, ``name`` what a screen reader calls it."""
    data = {"view": "course", "player": _SELECTOR, "name": name, "items": items, "legend": stages}
    _component()(key=key, data=data)


_SELECTOR: Final = f".st-key-{CONTAINER} audio"


def _item(text: str, span: Span, mark: str | None) -> Item:
    label = f"{text}, {KINDS[mark][1]}, {clock(span.start)}" if mark else text
    return {"text": text, "start": span.start, "end": span.end, "mark": mark, "label": label}


def _pause_item(pause: Pause) -> Item:
    mark = f"pause_{pause.place}"
    item = _item(f"{pause.duration:.1f} s", pause, mark)
    item["label"] = f"{pause.duration:.1f} s {KINDS[mark][1]}, {clock(pause.start)}"
    return item


def _middle(item: Item) -> float:
    return float(item["start"] + item["end"]) / 2


def _merged(words: list[Item], between: list[Item]) -> list[Item]:
    # By the middle, not the start: a recogniser often lets a word begin inside the silence before it.
    merged: list[Item] = []
    waiting = list(between)
    for word in words:
        while waiting and _middle(waiting[0]) < _middle(word):
            merged.append(waiting.pop(0))
        merged.append(word)
    return _in_order(merged + waiting)


def _in_order(items: list[Item]) -> list[Item]:
    # The browser finds the current item by bisection, and a word must not play the silence in front of it.
    earliest = 0.0
    for item in items:
        item["start"] = min(max(item["start"], earliest), max(item["end"], earliest))
        earliest = item["end"] if (item["mark"] or "").startswith("pause_") else item["start"]
    return items


@cache
def _component() -> Any:
    import streamlit as st

    here = Path(__file__).parent
    return st.components.v2.component(
        "coach_player",
        html='<div class="root"></div>',
        css=(here / "player.css").read_text(encoding="utf-8"),
        js=(here / "player.js").read_text(encoding="utf-8"),
    )
