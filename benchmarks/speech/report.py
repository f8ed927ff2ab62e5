"""The tables of the benchmark, in Markdown, and the worst mistakes as text."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Final

from benchmarks.sections import RESULTS, markdown, write
from benchmarks.speech.judging import COLLARS, STUMBLE, Judgement, by_name
from benchmarks.speech.scoring import (
    Counts,
    bootstrap,
    lost_runs,
    percentile,
    poisson_upper,
    total,
    wilson,
)

Told = Mapping[str, Sequence[Judgement]]
_LONG_BINS: Final = ((0, 2), (2, 10), (10, 20))


def tables(split: str, told: Told) -> str:
    """All tables of one split; a table without rows is left out."""
    made = (
        ("Filled pauses", _filled_pauses(told)),
        ("Filled pauses where there are none", _false_alarms(told)),
        ("Sounds that are no speech", _no_speech(told)),
        ("Markers, repetitions, restarts (synthetic, clean)", _kinds(told)),
        (
            "Discourse markers by word (synthetic, clean): filler use found, ordinary use left alone",
            _markers(told),
        ),
        ("Counts with their 80 % interval", _intervals(told)),
        ("Reliability of the confidence", _reliability(told)),
        ("Words", _words(told)),
        ("Pauses of 0.25 s and more", _pauses(told)),
        ("Gold, clip by clip (true / found / right)", _gold(told)),
        ("The long talk, filled pauses by time", _long(told)),
    )
    parts = [f"### {split}"]
    for title, rows in made:
        if len(rows) > 1:
            parts.append(f"**{title}**\n\n{markdown(rows)}")
    return "\n\n".join(parts) + "\n"


Rows = list[tuple[str, ...]]


def _groups(told: Told, *, by: Callable[[Judgement], str]) -> Iterable[tuple[str, str, list[Judgement]]]:
    """(group, contender, judgements), groups in order of appearance and contenders together within one."""
    order = dict.fromkeys(by(each) for judgements in told.values() for each in judgements)
    for group in order:
        for contender, judgements in told.items():
            same = [each for each in judgements if by(each) == group]
            if same:
                yield group, contender, same


def _part(each: Judgement) -> str:
    item = each.item
    return item.part if item.condition == "clean" else f"{item.part}: {item.condition}"


def _filled_pauses(told: Told) -> Rows:
    rows: Rows = [
        ("part", "contender", "talks", "minutes", "true", "precision", "recall", "F1 at 0.25 s [95 %]",
         "F1 at 0.1 s", "F1 where they touch", "onset error median / p90, s", "count error a minute"),
    ]  # fmt: skip
    for group, contender, judgements in _groups(told, by=_part):
        counts = [each.counts["filled_pause", COLLARS[0]] for each in judgements]
        all_of = total(counts)
        if not all_of.hits + all_of.missed:
            continue
        narrow = total([each.counts["filled_pause", COLLARS[1]] for each in judgements])
        touched = total([each.touched["filled_pause"] for each in judgements])
        minutes = _minutes(judgements)
        onsets = [abs(error) for each in judgements for error in each.onsets.get("filled_pause", ())]
        off = sum(abs(each.found["filled_pause"] - _true(each)) for each in judgements)
        exact = group.startswith("gold")
        rows.append(
            (
                group, contender, str(len(judgements)), f"{minutes:.1f}", str(all_of.hits + all_of.missed),
                _share(all_of.precision, wilson(all_of.hits, all_of.hits + all_of.false) if exact else None),
                _share(all_of.recall, wilson(all_of.hits, all_of.hits + all_of.missed) if exact else None),
                _share(all_of.f1, bootstrap(counts, lambda c: c.f1)), _share(narrow.f1), _share(touched.f1),
                _errors(onsets), f"{off / minutes:.2f}",
            )
        )  # fmt: skip
    return rows


def _true(each: Judgement) -> int:
    return len(each.item.truth.events["filled_pause"])


def _false_alarms(told: Told) -> Rows:
    rows: Rows = [("part", "contender", "minutes", "false", "a minute", "95 % upper bound")]
    for group, contender, judgements in _groups(told, by=_part):
        if judgements[0].item.part in ("fluent", "read"):
            false = sum(each.counts["filled_pause", COLLARS[0]].false for each in judgements)
            minutes = _minutes(judgements)
            rows.append(
                (group, contender, f"{minutes:.1f}", str(false), f"{false / minutes:.2f}",
                 f"{poisson_upper(false) / minutes:.2f}")
            )  # fmt: skip
    return rows


def _no_speech(told: Told) -> Rows:
    rows: Rows = [("contender", "clips", "minutes", "clips with words", "words", "filled pauses", "worst")]
    for _, contender, judgements in _groups(told, by=_part):
        if judgements[0].item.part == "not speech":
            invented = [len(each.heard.words or ()) for each in judgements]
            worst = max(judgements, key=lambda each: len(each.heard.words or ()))
            rows.append(
                (contender, str(len(judgements)), f"{_minutes(judgements):.1f}",
                 str(sum(count > 0 for count in invented)), str(sum(invented)),
                 str(sum(each.found["filled_pause"] for each in judgements)),
                 worst.item.speaker if worst.heard.words else "")
            )  # fmt: skip
    return rows


def _kinds(told: Told) -> Rows:
    rows: Rows = [
        ("kind", "contender", "true", "precision", "recall", "F1 at 0.25 s [95 %]", "F1 at 0.1 s",
         "onset error median / p90, s"),
    ]  # fmt: skip
    for kind in ("discourse_marker", "repetition", "restart", STUMBLE):
        for contender, judgements in told.items():
            talks = [each for each in judgements if each.item.part == "synthetic"]
            if not any((kind, COLLARS[0]) in each.counts for each in talks):
                continue
            counts = [each.counts[kind, COLLARS[0]] for each in talks]
            narrow = total([each.counts[kind, COLLARS[1]] for each in talks])
            all_of = total(counts)
            onsets = [abs(error) for each in talks for error in each.onsets.get(kind, ())]
            rows.append(
                (kind, contender, str(all_of.hits + all_of.missed), _share(all_of.precision),
                 _share(all_of.recall), _share(all_of.f1, bootstrap(counts, lambda c: c.f1)),
                 _share(narrow.f1), _errors(onsets))
            )  # fmt: skip
    return rows


def _markers(told: Told) -> Rows:
    rows: Rows = [("marker", "contender", "filler uses", "found", "ordinary uses taken for fillers", "F1")]
    for contender, judgements in told.items():
        talks = [each for each in judgements if each.item.part == "synthetic"]
        if not any(each.markers for each in talks):
            continue
        pooled = Counts()
        for marker in sorted({marker for each in talks for marker in each.markers}):
            counts = total([each.markers[marker] for each in talks if marker in each.markers])
            pooled += counts
            rows.append(_marker_row(marker, contender, counts))
        rows.append(_marker_row("all", contender, pooled))
    return rows


def _marker_row(marker: str, contender: str, counts: Counts) -> tuple[str, ...]:
    uses = counts.hits + counts.missed
    return (marker, contender, str(uses), str(counts.hits), str(counts.false), _share(counts.f1))


def _intervals(told: Told) -> Rows:
    """How many talks have their true count inside the interval; what has no interval is left out."""
    rows: Rows = [
        ("part", "contender", "kind", "talks", "true", "found", "mean interval", "inside [95 %]",
         "talks with fewer / more"),
    ]  # fmt: skip
    for group, contender, judgements in _groups(told, by=_part):
        for kind in dict.fromkeys(kind for each in judgements for kind in each.heard.intervals):
            talks = [
                (len(each.item.truth.events[kind]), each.found[kind], *each.heard.intervals[kind])
                for each in judgements
                if kind in each.found and kind in each.heard.intervals
            ]
            if not talks:
                continue
            count = len(talks)
            fewer = sum(true < low for true, _, low, _ in talks)
            more = sum(true > high for true, _, _, high in talks)
            inside = count - fewer - more
            lows, highs = (sum(talk[n] for talk in talks) / count for n in (2, 3))
            rows.append(
                (group, contender, kind, str(count), str(sum(talk[0] for talk in talks)),
                 str(sum(talk[1] for talk in talks)), f"{lows:.1f} to {highs:.1f}",
                 _share(inside / count, wilson(inside, count)), f"{fewer} / {more}")
            )  # fmt: skip
    return rows


def _reliability(told: Told) -> Rows:
    """Of what was found with a confidence of 0 to 0.1, 0.1 to 0.2 ..., how much is right; all parts together."""
    rows: Rows = [
        ("kind", "contender", "confidence", "found", "mean confidence", f"right at {COLLARS[0]} s [95 %]")
    ]
    for kind in dict.fromkeys(kind for talks in told.values() for each in talks for kind in each.sure):
        for contender, judgements in told.items():
            every = [pair for each in judgements for pair in each.sure.get(kind, ())]
            for tenth in range(10):
                same = [(sure, right) for sure, right in every if min(9, int(10 * sure + 1e-9)) == tenth]
                if same:
                    count, hits = len(same), sum(right for _, right in same)
                    rows.append(
                        (kind, contender, f"{tenth / 10} to {(tenth + 1) / 10}", str(count),
                         f"{sum(sure for sure, _ in same) / count:.2f}", _share(hits / count, wilson(hits, count)))
                    )  # fmt: skip
    return rows


def _words(told: Told) -> Rows:
    rows: Rows = [
        ("part", "contender", "words", "content WER %", "substituted / deleted / inserted", "terms heard",
         "sentences lost", "word onset error median / p90, s"),
    ]  # fmt: skip
    plain = by_name(told.get("plain faster-whisper", ()))
    for group, contender, judgements in _groups(told, by=_part):
        scored = [(each, each.words) for each in judgements if each.words is not None]
        count = sum(words.words for _, words in scored)
        if not count:
            continue
        errors = sum(words.errors for _, words in scored)
        kinds = [
            sum(getattr(words, kind) for _, words in scored)
            for kind in ("substituted", "deleted", "inserted")
        ]
        heard, said = (sum(each.terms[n] for each, _ in scored) for n in (0, 1))
        onsets = [abs(error) for each, _ in scored for error in each.word_onsets]
        rows.append(
            (group, contender, str(count), f"{100 * errors / count:.1f}", " / ".join(map(str, kinds)),
             f"{heard} of {said}" if said else "", _lost(judgements, plain), _errors(onsets))
        )  # fmt: skip
    return rows


def _lost(judgements: Sequence[Judgement], plain: Mapping[str, Judgement]) -> str:
    pairs = [
        (each, other)
        for each in judgements
        if each.words and (other := plain.get(each.item.name)) and other.words and other is not each
    ]
    if not pairs:
        return ""
    return str(
        sum(lost_runs(a.words.heard, b.words.heard, a.optional) for a, b in pairs if a.words and b.words)
    )


def _pauses(told: Told) -> Rows:
    rows: Rows = [
        ("part", "contender", "true", "recall", "false a minute", "start error median / p90, s",
         "end error median / p90, s", "start bias, s", "end bias, s"),
    ]  # fmt: skip
    for group, contender, judgements in _groups(told, by=_part):
        scored = [each for each in judgements if ("pause", COLLARS[0]) in each.counts]
        if not scored:
            continue
        counts = total([each.counts["pause", COLLARS[0]] for each in scored])
        starts = [error for each in scored for error in each.onsets["pause"]]
        ends = [error for each in scored for error in each.ends["pause"]]
        rows.append(
            (group, contender, str(counts.hits + counts.missed), _share(counts.recall),
             f"{counts.false / _minutes(scored):.2f}", _errors([abs(e) for e in starts]),
             _errors([abs(e) for e in ends]), _signed(percentile(starts, 0.5)), _signed(percentile(ends, 0.5)))
        )  # fmt: skip
    return rows


def _gold(told: Told) -> Rows:
    names = list(told)
    rows: Rows = [("clip", "speaker", "label", *names)]
    clips = [each.item for each in next(iter(told.values()), ()) if each.item.part == "gold"]
    lookup = {name: by_name(judgements) for name, judgements in told.items()}
    for item in clips:
        true = len(item.truth.events["filled_pause"])
        figures = [
            f"{true} / {each.found['filled_pause']} / {each.counts['filled_pause', COLLARS[0]].hits}"
            for name in names
            if (each := lookup[name].get(item.name))
        ]
        rows.append((item.name, item.speaker, item.condition, *figures))
    return rows


def _long(told: Told) -> Rows:
    rows: Rows = [("contender", "minutes", "true", "recall", "false")]
    for contender, judgements in told.items():
        for each in judgements:
            if each.item.part != "long":
                continue
            missed = [m.start for m in each.mistakes if m.kind == "filled_pause" and m.what == "missed"]
            false = [m.start for m in each.mistakes if m.kind == "filled_pause" and m.what == "false"]
            true = [event.start or 0.0 for event in each.item.truth.events["filled_pause"]]
            for a, b in _LONG_BINS:
                there = sum(60 * a <= at < 60 * b for at in true)
                gone = sum(60 * a <= at < 60 * b for at in missed)
                wrong = sum(60 * a <= at < 60 * b for at in false)
                recall = (there - gone) / there if there else None
                rows.append((contender, f"{a} to {b}", str(there), _share(recall), str(wrong)))
    return rows


def mistakes(told: Told, most: int) -> str:
    """Examples of each kind of mistake, Coach first, with the words around it; and how many there are."""
    lines = ["### Mistakes"]
    for contender, judgements in told.items():
        every = [mistake for each in judgements for mistake in each.mistakes]
        every.sort(key=lambda m: (m.kind, m.what))
        for (kind, what), group in groupby(every, key=lambda m: (m.kind, m.what)):
            same = list(group)
            lines.append(f"\n{contender}: {kind} {what}, {len(same)} in all")
            step = max(1, len(same) // most)
            lines += [
                f"  {m.item} at {m.start:.2f} s {m.text!r}\n    said:  {m.said}\n    heard: {m.heard}"
                for m in same[::step][:most]
            ]
        lines += _pause_offsets(contender, judgements, most)
    return "\n".join(lines)


def _pause_offsets(contender: str, judgements: Sequence[Judgement], most: int) -> list[str]:
    """How far pauses begin and end from where they do, and by voice; the fillers heard in the clear."""
    lines = []
    for speaker in dict.fromkeys(each.item.speaker for each in judgements if each.onsets.get("pause")):
        same = [each for each in judgements if each.item.speaker == speaker and each.onsets.get("pause")]
        starts = [error for each in same for error in each.onsets["pause"]]
        ends = [error for each in same for error in each.ends["pause"]]
        lines.append(
            f"{contender}: pauses of {speaker}: start {_signed(percentile(starts, 0.5))} s, "
            f"end {_signed(percentile(ends, 0.5))} s (median), {len(starts)} pauses"
        )
    missed: dict[str, list[int]] = {}
    for each in judgements:
        gone = [m.start for m in each.mistakes if m.kind == "filled_pause" and m.what == "missed"]
        for event in each.item.truth.events.get("filled_pause", ()):
            for group in (event.text.lower(), each.item.speaker):
                tally = missed.setdefault(group, [0, 0])
                tally[0] += event.start in gone
                tally[1] += 1
    told = ", ".join(f"{group} {gone} of {of}" for group, (gone, of) in sorted(missed.items()))
    return [*lines, f"{contender}: filled pauses missed, by spelling and by voice: {told}"][: most + 20]


def write_section(
    sections: Sequence[str], command: str, versions: Sequence[str], notes: Sequence[str]
) -> None:
    """Puts the tables under "## Speech" in RESULTS.md and leaves every other section as it is."""
    told = [
        f"`{command.strip()}` on {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}."
    ]
    told += [f"- {version}" for version in versions] + [f"- {sentence}" for sentence in notes]
    write("Speech", "\n".join(told) + "\n\n" + "\n".join(sections), RESULTS)


def _minutes(judgements: Sequence[Judgement]) -> float:
    return sum(each.item.duration for each in judgements) / 60


def _share(value: float | None, interval: tuple[float, float] | None = None) -> str:
    if value is None:
        return "–"
    return f"{value:.2f}" + (f" [{interval[0]:.2f}, {interval[1]:.2f}]" if interval else "")


def _errors(values: Sequence[float]) -> str:
    middle, high = percentile(values, 0.5), percentile(values, 0.9)
    return "–" if middle is None or high is None else f"{middle:.3f} / {high:.3f}"


def _signed(value: float | None) -> str:
    return "–" if value is None else f"{value:+.3f}"
