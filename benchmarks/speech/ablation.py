"""What each part of the hearing of filled pauses is good for: the development split with parts left out.

    python -m benchmarks.speech.ablation [--quick] [--write]

The first rows use the same decoded pieces and leave out one witness; the others decode again with another prompt, with
the timestamp tokens that faster-whisper asks for by default, or without digital silence between stretches of speech.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from benchmarks.sections import markdown, write
from benchmarks.speech.corpus import corpus
from benchmarks.speech.judging import COLLARS, Judgement, judge
from benchmarks.speech.matching import Event
from benchmarks.speech.peers import PROMPT as GUIDE_PROMPT
from benchmarks.speech.peers import ROOT, Heard
from benchmarks.speech.scoring import total
from benchmarks.speech.truth import Item
from coach.disfluencies import Hearing, find_disfluencies
from coach.disfluencies.tokens import is_filled_pause
from coach.recording import read_recording
from coach.settings import coach_home, model_store
from coach.silence import silent_stretches
from coach.transcript import Disfluency
from coach.transcription import verbatim
from coach.transcription.pieces import cut
from coach.transcription.verbatim import Whisper, load_whisper

SURE: Final = 0.5
"""Without the regression a hesitation counts from this likelihood."""
Find = Callable[[Hearing], list[Disfluency]]


def hearing(path: Path, whisper: Whisper) -> Hearing:
    """All that is heard in a file."""
    recording = read_recording(path)
    pieces = [whisper.hear(piece) for piece in cut([recording.pcm])]
    speech = [span for piece in pieces for span in piece.speech]
    return Hearing(
        words=[word for piece in pieces for word in piece.words],
        silences=silent_stretches(recording, speech),
        speech=speech,
        recording=recording,
        hesitations=[one for piece in pieces for one in piece.hesitations],
    )


def written_only(heard: Hearing) -> list[Disfluency]:
    return find_disfluencies(replace(heard, hesitations=None))


def heard_only(heard: Hearing) -> list[Disfluency]:
    words = [word for word in heard.words if not is_filled_pause(word.text)]
    sure = [one for one in heard.hesitations or () if one.likelihood >= SURE]
    return find_disfluencies(replace(heard, words=words, hesitations=sure))


@contextmanager
def changed(**values: Any) -> Iterator[None]:
    """Other values of names in :mod:`coach.transcription.verbatim` for a while."""
    before = {name: getattr(verbatim, name) for name in values}
    for name, value in values.items():
        setattr(verbatim, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(verbatim, name, value)


DECODINGS: Final[dict[str, dict[str, Any]]] = {
    "no prompt": {"PROMPT": ""},
    "the prompt of OpenAI's guide": {"PROMPT": GUIDE_PROMPT},
    "a prompt of nothing but fillers": {"PROMPT": "Um, uh, um, uh, um."},
    "no digital silence between speech": {"hushed": lambda samples, _speech: samples},
    "greedy decoding only": {"_BEAMS": (1,)},
    "a beam of 5 at once": {"_BEAMS": (5,)},
}


def row(name: str, talks: Sequence[tuple[Item, Hearing]], find: Find = find_disfluencies) -> tuple[str, ...]:
    told = [(item, judge(item, _told(heard, find(heard)))) for item, heard in talks]

    def of(*parts: str) -> list[Judgement]:
        return [each for item, each in told if item.part in parts]

    spoken, people, fluent = of("synthetic"), of("silver"), of("fluent", "read")
    cells = [name]
    for judgements in (spoken, people):
        counts = total([each.counts["filled_pause", COLLARS[0]] for each in judgements])
        cells += [_share(counts.precision), _share(counts.recall), _share(counts.f1)]
    cells.append(str(sum(each.counts["filled_pause", COLLARS[0]].false for each in fluent)))
    words = [each.words for each in (*spoken, *fluent) if each.words is not None]
    cells.append(f"{100 * sum(each.errors for each in words) / sum(each.words for each in words):.1f}")
    return tuple(cells)


def _told(heard: Hearing, several: Sequence[Disfluency]) -> Heard:
    events = {
        "filled_pause": tuple(Event(o.start, o.end, o.text) for o in several if o.kind == "filled_pause")
    }
    return Heard(events, tuple(Event(word.start, word.end, word.text) for word in heard.words))


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="only the rows that decode nothing again")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    cache = ROOT / ".bench"
    items, _ = corpus("dev", cache, cache / "voices" / "bin" / "python")
    items = [item for item in items if item.part in ("synthetic", "fluent", "silver", "read")]
    whisper = load_whisper("base", model_store(coach_home()))
    talks = [(item, hearing(item.path, whisper)) for item in items]
    rows = [
        (
            "what is left out",
            "synthetic P",
            "R",
            "F1",
            "silver P",
            "R",
            "F1",
            "false, fluent and read",
            "WER %",
        ),
        row("nothing", talks),
        row("the ear: what is written alone", talks, written_only),
        row("the words: the ear alone", talks, heard_only),
    ]
    for name, values in () if given.quick else DECODINGS.items():
        with changed(**values):
            again = [(item, hearing(item.path, whisper)) for item in items]
        rows.append(row(f"decoded otherwise: {name}", again))
        print(rows[-1], flush=True)
    command = "python -m benchmarks.speech.ablation" + (" --quick" if given.quick else "")
    table = f"`{command}`, filled pauses, development split, base.\n\n{markdown(rows)}"
    print(table)
    if given.write:
        write("Ablation", table)


if __name__ == "__main__":
    main()
