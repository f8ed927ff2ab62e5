"""At most three tips, the most valuable first, each about this talk and with its moments.

Feedback after the fact helps when it is personal and short (Chollet and others 2022; ROC Speak 2017). First
what was said wrong, then what was left out, then how the answer is built, then the one thing in the delivery
that lies furthest from where it is good. When nothing is wrong the tip says what went well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from coach.assessment import Coverage, Evidence, KeyPointFinding, Measurement, Scores, Structure, Tip
from coach.disfluencies.tokens import bare
from coach.scores import (
    FILLED_PAUSES,
    HEDGING,
    MARKERS,
    PAUSES_WITHIN,
    REPAIRS,
    SENTENCES,
    Part,
    along,
    clarity_parts,
    fluency_parts,
    pace_score,
)
from coach.transcript import Disfluency, Pause, Span
from coach.uncertainty import likely_count
from coach.wording import clock, ends, figure

MOST: Final = 3
#: A delivery item that scores below this deserves a tip.
GOOD_ENOUGH: Final = 85.0
#: Moments shown with one tip, and the length (s) of the stretch where they are densest.
MOMENTS: Final = 12
STRETCH: Final = 20.0


def advise(
    measurements: Mapping[str, Measurement],
    coverage: Coverage,
    disfluencies: Sequence[Disfluency],
    pauses: Sequence[Pause],
    scores: Scores,
    structure: Structure | None = None,
) -> tuple[Tip, ...]:
    """At most three tips; at least one where anything at all was measured or covered."""
    accepted = [one for one in disfluencies if one.verdict != "rejected"]
    within = [pause for pause in pauses if pause.place == "within_clause"]
    faults = [
        *_wrong(coverage),
        *_missing(coverage),
        *_building(structure),
        *_delivery(measurements, accepted, within),
    ]
    return tuple(islice(faults or _praise(measurements, coverage, scores), MOST))


def _wrong(coverage: Coverage) -> Iterator[Tip]:
    """Misconceptions with what is right; then contradicted key points that no misconception explains."""
    explained: list[Evidence] = []
    for misconception in sorted(coverage.misconceptions, key=lambda m: -m.confidence):
        explained += misconception.evidence
        text = f"You said “{_quote(misconception.evidence)}”. {misconception.correction}"
        yield Tip(id=f"misconception:{misconception.id}", text=text, spans=_moments(misconception.evidence))
    contradicted = [point for point in coverage.key_points if point.status == "contradicted"]
    for point in sorted(contradicted, key=lambda point: -point.weight):
        if not any(_same_words(one, other) for one in point.evidence for other in explained):
            text = f"You said “{_quote(point.evidence)}”, which contradicts this: {point.text}"
            yield Tip(id=f"contradicted:{point.id}", text=text, spans=_moments(point.evidence))


def _missing(coverage: Coverage) -> Iterator[Tip]:
    """One tip for the heaviest required points left out, one for those only touched."""
    missed = _required(coverage, "missed")
    if missed:
        named = "; ".join(_clause(point.text) for point in missed[:2])
        rest = len(missed) - 2
        more = (
            f" ({rest} more required point{'s are' if rest > 1 else ' is'} missing too.)" if rest > 0 else ""
        )
        yield Tip(id=f"missed:{missed[0].id}", text=f"You left out: {named}. Say it next time.{more}")
    partial = _required(coverage, "partial")
    if partial:
        point = partial[0]
        text = f"You touched on this with “{_quote(point.evidence)}”, but not in full: {_clause(point.text)}."
        yield Tip(id=f"partial:{point.id}", text=text, spans=_moments(point.evidence))


def _required(coverage: Coverage, status: str) -> list[KeyPointFinding]:
    points = [point for point in coverage.key_points if point.status == status and point.required]
    return sorted(points, key=lambda point: -point.weight)


def _building(structure: Structure | None) -> Iterator[Tip]:
    """One tip on how the answer is built: expected parts that are absent, else what was done out of order."""
    if structure is None:
        return
    absent = [part for part in structure.parts if part.status == "absent" and part.expected]
    broken = [check for check in structure.checks if check.status == "broken"]
    if absent:
        named = " and ".join(f"“{part.name}”" for part in absent[:2])
        rest = f" (and {len(absent) - 2} more)" if len(absent) > 2 else ""
        text = f"Missing from how the answer is built: {named}{rest}. {absent[0].advice}"
        yield Tip(id=f"structure:{absent[0].id}", text=text)
    elif broken:
        yield Tip(id=f"structure:{broken[0].id}", text=broken[0].advice, spans=_moments(broken[0].evidence))


def _delivery(
    measurements: Mapping[str, Measurement], accepted: Sequence[Disfluency], within: Sequence[Pause]
) -> list[Tip]:
    """Tips on the delivery, the worst item first, none for what is good enough."""
    parts = {**fluency_parts(measurements), **clarity_parts(measurements)}
    worths = [(along(part.curve, value), part, value) for part, value in parts.items() if value is not None]
    tips = [
        (worth, _on_part(part, value, measurements, accepted, within))
        for worth, part, value in worths
        if worth < GOOD_ENOUGH
    ]
    pace = pace_score(measurements).value
    if pace is not None and pace < GOOD_ENOUGH:
        tips.append((pace, _on_pace(measurements["speaking_rate"])))
    return [tip for _, tip in sorted(tips, key=lambda pair: pair[0])]


def _on_part(
    part: Part,
    value: float,
    measurements: Mapping[str, Measurement],
    accepted: Sequence[Disfluency],
    within: Sequence[Pause],
) -> Tip:
    if part is FILLED_PAUSES:
        found = _of_kind(accepted, "filled_pause")
        text = (
            f"{_times(found, measurements['filled_pauses'])}: {value:.1f} a minute{_densest(found)}. One or two a minute "
            "nobody minds; decide how the sentence ends before you begin it."
        )
        return _tip(part, text, found)
    if part is MARKERS:
        found = _of_kind(accepted, "discourse_marker")
        said = _times(found, measurements["discourse_markers"])
        text = f"{said}: {value:.1f} a minute{_densest(found)}. Try these sentences without them."
        return _tip(part, text, found)
    if part is REPAIRS:
        found = _of_kind(accepted, "repetition", "restart")
        minutes = (measurements["speaking_time"].value or 0.0) / 60
        often = figure(len(found), "times", likely_count(found, minutes, "repetition", "restart"))
        text = (
            f"You began again or repeated yourself {often}{_densest(found, '; ')}. "
            "Say the point in one short sentence first, then add to it."
        )
        return _tip(part, text, found)
    if part is PAUSES_WITHIN:
        text = (
            f"You paused {len(within)} times in the middle of a clause{_densest(within)}. "
            "Pause between sentences instead: there a pause does no harm."
        )
        return _tip(part, text, within)
    if part is HEDGING:
        spans = measurements["hedges"].spans
        count = round(measurements["hedges"].value or 0)
        text = f"You hedged {count} times (“I think”, “maybe” and the like). State what you know as a fact."
        return _tip(part, text, spans)
    if value > SENTENCES.curve[2][0]:
        text = f"Your sentences have {value:.0f} words on average. Stop after each idea and begin a new one."
    else:
        text = (
            f"Your sentences have {value:.0f} words on average. "
            "Join a claim with its reason: “because”, “so that”."
        )
    return _tip(part, text, ())


def _on_pace(rate: Measurement) -> Tip:
    value, band = rate.value or 0.0, rate.band
    high = band.good[1] if band else None
    fast = high is not None and value > high
    series = [point for point in rate.series or () if point.value is not None]
    extreme = sorted(series, key=lambda point: point.value or 0.0, reverse=fast)[:1]
    where = f", {extreme[0].value or 0:.0f} around {clock(extreme[0].start)}" if extreme else ""
    target = f"{high:.0f}" if fast and high else f"{band.good[0] or 0:.0f}" if band else ""
    advice = (
        f"Slow down towards {target}: leave a breath after each point."
        if fast
        else f"Aim for {target} or more: rehearse the first sentences until they come without searching."
    )
    return Tip(
        id="pace",
        text=f"You spoke {value:.0f} words a minute{where}. {advice}",
        spans=tuple(Span(start=point.start, end=point.end) for point in extreme),
    )


def _praise(measurements: Mapping[str, Measurement], coverage: Coverage, scores: Scores) -> Iterator[Tip]:
    """What went well and what could come next, from figures that are there."""
    made = [point for point in coverage.key_points if point.status == "covered"]
    optional = [point for point in coverage.key_points if point.status == "missed"]
    if made:
        moments = [one for point in made for one in point.evidence[:1]]
        text = f"You made {len(made)} of {len(coverage.key_points)} key points and left out nothing required."
        yield Tip(id="went_well:coverage", text=text, spans=_moments(moments))
    if optional:
        heaviest = max(optional, key=lambda point: point.weight)
        text = f"Next time you could add: {_clause(heaviest.text)}."
        yield Tip(id=f"next:{heaviest.id}", text=text)
    rate, filled = measurements["speaking_rate"].value, measurements["filled_pauses_per_minute"]
    if rate is not None and filled.value is not None and scores.fluency is not None:
        between = ends(filled.value, filled.interval, 1) if filled.interval else ""
        text = (
            f"Steady delivery: {rate:.0f} words a minute with {filled.value:.1f} filled pauses a minute"
            f"{f', likely {between}' if between else ''}. Keep it."
        )
        yield Tip(id="went_well:delivery", text=text, spans=filled.spans[:MOMENTS])


def _tip(part: Part, text: str, moments: Iterable[Span]) -> Tip:
    return Tip(
        id=part.name,
        text=text,
        spans=tuple(Span(start=one.start, end=one.end) for one in islice(moments, MOMENTS)),
    )


def _of_kind(found: Sequence[Disfluency], *kinds: str) -> list[Disfluency]:
    return [one for one in found if one.kind in kinds]


def _times(found: Sequence[Disfluency], count: Measurement) -> str:
    """How often, the two commonest with their counts and all with its interval, as the start of a sentence."""
    counts = Counter(_plain(one.text) for one in found)
    common = [f"“{text}” {'once' if n == 1 else f'{n} times'}" for text, n in counts.most_common(2)]
    rest = len(found) - sum(n for _, n in counts.most_common(2))
    others = [f"{rest} other{'s' if rest > 1 else ''}"] if rest else []
    between = ends(len(found), count.interval) if count.interval else ""
    likely = f" (likely {between}{' in all' if len(counts) > 1 else ''})" if between else ""
    return f"You said {_listed([*common, *others])}{likely}" if common else "You used fillers"


def _plain(text: str) -> str:
    """In lower case without punctuation, but for the pronoun I."""
    return " ".join("I" if word == "i" else word for word in map(bare, text.split()))


def _listed(items: Sequence[str]) -> str:
    """``a``, ``a and b`` or ``a, b and c``."""
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def _densest(moments: Sequence[Span], sign: str = ", ") -> str:
    """Where the most of them stand together, as ", 5 of them between 0:30 and 0:50"; empty if nowhere."""
    starts = sorted(moment.start for moment in moments)
    groups = [[s for s in starts if first <= s < first + STRETCH] for first in starts]
    group = max(groups, key=len, default=[])
    if len(group) < 3 or len(group) == len(starts):
        return ""
    return f"{sign}{len(group)} of them between {clock(group[0])} and {clock(group[-1] + 1)}"


def _moments(evidence: Iterable[Evidence]) -> tuple[Span, ...]:
    return tuple(
        Span(start=one.start, end=max(one.start, one.end))
        for one in islice(evidence, MOMENTS)
        if one.start is not None and one.end is not None
    )


def _quote(evidence: Sequence[Evidence]) -> str:
    """The first quote, shortened to its first words, without the sign that happens to end it."""
    words = evidence[0].quote.rstrip(" ,.;:").split() if evidence else []
    return " ".join(words[:18]) + (" …" if len(words) > 18 else "")


def _clause(text: str) -> str:
    return text.strip().rstrip(".")


def _same_words(one: Evidence, other: Evidence) -> bool:
    return one.char_start < other.char_end and other.char_start < one.char_end
