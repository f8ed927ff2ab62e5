"""Does a wrong glossary put terms into a transcript that nobody said?

    python -m benchmarks.speech.glossary --split dev|test [--model base] [--write]

Every synthetic talk is decoded without a glossary, with its own (the control), and with five of other topics: terms of
the split's other talks and of questions that share no term with the talk. An occurrence of a term is added when
it was neither said nor written without the glossary. A run can be stopped and goes on where it was.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Final

from benchmarks import sections
from benchmarks.sections import markdown
from benchmarks.speech.corpus import Job, bank, jobs, spoken
from benchmarks.speech.kept import CACHE, Ahead, kept, place
from benchmarks.speech.peers import source_hash
from benchmarks.speech.scoring import content, is_filled_pause, term_recall, tokens, word_errors
from benchmarks.speech.truth import Item
from coach.bundled import bundled
from coach.recording import read_recording
from coach.rubric import load_rubric
from coach.settings import coach_home, model_store
from coach.transcription.pieces import cut
from coach.transcription.verbatim import Whisper, load_whisper

WRONG: Final = 5
Terms = tuple[str, ...]


@dataclass(frozen=True)
class Decode:
    """One talk as heard with one glossary. ``kind``: without, right or wrong; ``name`` says whose terms."""

    item: Item
    kind: str
    name: str
    terms: Terms
    heard: tuple[str, ...]


def hint(terms: Sequence[str]) -> str:
    """Terms as they are given to Whisper: the form that ``coach.practice`` uses."""
    return ", ".join(terms) + "." if terms else ""


def glossaries(split: str) -> dict[str, Terms]:
    """All there are: of the split's topics and of the questions, by name."""
    topics = {name: tuple(map(str, topic["terms"])) for name, topic in bank(split).topics.items()}
    questions = {}
    for path in sorted(bundled("rubrics").rglob("*.yaml")):
        rubric = load_rubric(path)
        questions[rubric.id] = tuple(
            dict.fromkeys(term.say for point in rubric.key_points for term in point.terms)
        )
    return {**topics, **questions}


def wrong_ones(own: Terms, pool: Mapping[str, Terms], rng: Random, many: int = WRONG) -> dict[str, Terms]:
    """``many`` of ``pool`` that share no term with ``own``."""
    bare = {_singular(_bare(term)) for term in own}
    strange = [name for name, terms in pool.items() if not bare & {_singular(_bare(term)) for term in terms}]
    return {name: pool[name] for name in rng.sample(strange, min(many, len(strange)))}


def occurrences(term: str, words: Sequence[str]) -> int:
    """How often ``term`` stands in ``words`` (tokens), however it is divided, in the singular or the plural."""
    wanted = _singular(_bare(term))
    count = at = 0
    while at < len(words):
        written, end = "", at
        while end < len(words) and len(written) < len(wanted):
            written += words[end]
            end += 1
        found = _singular(written) == wanted
        count += found
        at = end if found else at + 1
    return count


def added(
    terms: Sequence[str], said: Sequence[str], without: Sequence[str], heard: Sequence[str]
) -> Counter[str]:
    """The terms written more often than they were said and than they are written without a glossary."""
    more = {
        term: occurrences(term, heard) - max(occurrences(term, said), occurrences(term, without))
        for term in dict.fromkeys(terms)
    }
    return Counter({term: times for term, times in more.items() if times > 0})


def _bare(term: str) -> str:
    return "".join(tokens(term))


def _singular(word: str) -> str:
    return word if word.endswith("ss") else word.removesuffix("s")


def plan(split: str) -> Iterator[tuple[Job, str, str, Terms]]:
    """(talk, kind, whose, terms) of every decode."""
    pool = glossaries(split)
    for job in jobs(split):
        if job.part == "synthetic":
            yield job, "without", "", ()
            yield job, "right", "its own", tuple(map(str, job.terms))
            for name, terms in wrong_ones(tuple(map(str, job.terms)), pool, Random(job.seed)).items():
                yield job, "wrong", name, terms


def decode(whisper: Whisper, item: Item, terms: Sequence[str]) -> list[str]:
    """The words of a talk heard with ``terms`` as its glossary."""
    pieces = cut([read_recording(item.path).pcm])
    return [word.text for piece in pieces for word in whisper.hear(piece, glossary=hint(terms)).words]


def hear_all(split: str, model: str, cache: Path) -> list[Decode]:
    """All decodes, from the cache where they were made before."""
    planned = list(plan(split))
    talks = list({job.name: job for job, *_ in planned}.values())
    items = {item.name: item for item in spoken(talks, cache, cache / "voices" / "bin" / "python")}
    version = f"{model} {source_hash('transcription', 'voice.py', 'recording.py')}"
    sounds = {name: hashlib.sha256(item.path.read_bytes()).hexdigest() for name, item in items.items()}
    paths = [
        place(cache, f"glossary {version} {sounds[job.name]} {hint(terms)}") for job, _, _, terms in planned
    ]
    left = sum(
        items[job.name].duration for (job, *_), path in zip(planned, paths, strict=True) if not path.exists()
    )
    ahead = Ahead({"decode": left})
    whisper = load_whisper(model, model_store(coach_home()))
    decodes = []
    for number, ((job, kind, name, terms), path) in enumerate(zip(planned, paths, strict=True), 1):
        item = items[job.name]
        new, before = not path.exists(), time.monotonic()
        heard = json.loads(kept(path, partial(_decoded, whisper, item, terms)))
        if new:
            ahead.done("decode", item.duration, time.monotonic() - before)
            ahead.tell(f"{number}/{len(planned)} {item.name}, glossary: {name or 'none'}")
        decodes.append(Decode(item, kind, name, terms, tuple(t for text in heard for t in tokens(text))))
    return decodes


def _decoded(whisper: Whisper, item: Item, terms: Sequence[str]) -> str:
    return json.dumps(decode(whisper, item, terms))


def table(decodes: Sequence[Decode]) -> str:
    """What each kind of glossary does: terms added, terms heard, errors, fillers written."""
    without = {each.item.name: each.heard for each in decodes if each.kind == "without"}
    rows = [
        ("glossary", "decodes", "terms given", "terms added", "decodes with one", "the talk's own terms heard",
         "content WER %", "fillers written")
    ]  # fmt: skip
    told = []
    for kind in ("without", "right", "wrong"):
        same = [each for each in decodes if each.kind == kind]
        extra = [added(each.terms, said(each.item), without[each.item.name], each.heard) for each in same]
        recall = [term_recall(e.item.truth.terms, content(said(e.item)), content(e.heard)) for e in same]
        errors = [_errors(each) for each in same]
        words = sum(of for _, of in errors)
        rows.append(
            (
                kind, str(len(same)), str(sum(len(each.terms) for each in same)),
                str(sum(each.total() for each in extra)), str(sum(bool(each) for each in extra)),
                f"{sum(a for a, _ in recall) / max(1, sum(b for _, b in recall)):.3f}",
                f"{100 * sum(wrong for wrong, _ in errors) / max(1, words):.1f}",
                f"{sum(is_filled_pause(token) for each in same for token in each.heard) / max(1, len(same)):.1f} a talk",
            )
        )  # fmt: skip
        told += [
            f"- {kind}, {each.item.name}, glossary of {each.name}: "
            + ", ".join(f"{term} × {times}" for term, times in more.items())
            for each, more in zip(same, extra, strict=True)
            if more
        ]
    return "\n".join([markdown(rows), "", *(["Added:", *told] if told else ["Nothing was added."])]) + "\n"


def said(item: Item) -> list[str]:
    """The tokens of the truth."""
    return [token for word in item.truth.words or () for token in tokens(word.text)]


def _errors(each: Decode) -> tuple[int, int]:
    words = [
        (token, word.optional) for word in each.item.truth.words or () for token in content(tokens(word.text))
    ]
    counted = word_errors([token for token, _ in words], content(each.heard), [free for _, free in words])
    return counted.errors, counted.words


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--split", choices=("dev", "test"), required=True)
    parser.add_argument("--model", default="base")
    parser.add_argument(
        "--write", action="store_true", help='into benchmarks/RESULTS.md, under "## Wrong glossaries"'
    )
    given = parser.parse_args()
    told = table(hear_all(given.split, given.model, CACHE))
    print(told)
    if given.write:
        command = (
            f"`python -m benchmarks.speech.glossary --split {given.split} --model {given.model} --write`"
        )
        sections.write("Wrong glossaries", f"{command}\n\n{told}")


if __name__ == "__main__":
    main()
