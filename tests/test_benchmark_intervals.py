"""The benchmark's figures on how sure Coach is, against values worked out by hand."""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.speech import report
from benchmarks.speech.judging import Judgement, judge
from benchmarks.speech.matching import Event
from benchmarks.speech.peers import COUNTS, Heard
from benchmarks.speech.truth import KINDS, Item, Truth
from coach.metrics import METRICS


def talk(name: str, true: list[float], found: dict[float, float], interval: tuple[float, float]) -> Judgement:
    """A judged talk with filled pauses at ``true`` and ``found`` (onset -> confidence)."""
    truth = Truth(events={"filled_pause": tuple(Event(t, t + 0.3, "um") for t in true)}, doubtful=(50.0,))
    item = Item(name, "synthetic", "dev", Path("talk.flac"), 60.0, truth, "somebody")
    events = tuple(Event(t, t + 0.3, "um", sure) for t, sure in found.items())
    return judge(item, Heard({"filled_pause": events}, intervals={"filled_pause": interval}))


def test_every_kind_has_the_measurement_that_counts_it() -> None:
    assert tuple(COUNTS) == KINDS
    assert set(COUNTS.values()) <= {metric.name for metric in METRICS}


def test_confidence_and_intervals_come_back_from_json() -> None:
    heard = Heard({"restart": (Event(1.0, 1.2, "we", 0.75),)}, (), None, "", {"restart": (1.0, 3.0)})
    assert Heard.from_json(heard.to_json()) == heard


def test_results_kept_before_there_were_intervals_can_be_read() -> None:
    old = {
        "events": {"restart": [{"start": 1.0, "end": 1.2, "text": "we"}]},
        "words": None,
        "pauses": None,
        "note": "",
    }
    assert Heard.from_json(json.dumps(old)) == Heard({"restart": (Event(1.0, 1.2, "we"),)})


def test_what_was_found_is_right_or_not_and_doubtful_moments_are_neither() -> None:
    told = talk("a", [1.0], {1.1: 0.95, 9.0: 0.2, 50.2: 0.6}, (1, 2))
    assert told.sure == {"filled_pause": [(0.95, True), (0.2, False)]}


def test_the_tables_count_talks_inside_and_shares_right() -> None:
    told = {
        "Coach": [
            talk("a", [1.0, 5.0], {1.0: 0.92, 5.0: 1.0, 9.0: 0.3}, (2, 4)),
            talk("b", [1.0], {1.0: 0.98, 7.0: 0.96}, (2, 3)),
            talk("c", [1.0, 3.0, 5.0], {}, (0, 1)),
        ],
        "plain faster-whisper": [judge(told.item, Heard({}, ())) for told in [talk("a", [1.0], {}, (0, 0))]],
    }
    text = report.tables("dev", told)
    assert "**Counts with their 80 % interval**" in text
    # one inside; b has fewer than told, c more; Wilson's interval of 1 of 3
    assert "| synthetic | Coach | filled_pause | 3 | 6 | 5 | 1.3 to 2.7 | 0.33 [0.06, 0.79] | 1 / 1 |" in text
    assert "**Reliability of the confidence**" in text
    assert "| filled_pause | Coach | 0.3 to 0.4 | 1 | 0.30 | 0.00 [0.00, 0.79] |" in text
    assert "| filled_pause | Coach | 0.9 to 1.0 | 4 | 0.96 | 0.75 [0.30, 0.95] |" in text
    counts = text.split("**Counts with their 80 % interval**")[1].split("**Words**")[0]
    assert "plain" not in counts


def test_without_intervals_there_are_no_such_tables() -> None:
    heard = Heard({"filled_pause": (Event(1.0, 1.3, "um"),)}, ())
    told = {"plain faster-whisper": [judge(talk("a", [1.0], {}, (0, 0)).item, heard)]}
    text = report.tables("dev", told)
    assert "80 %" not in text
    assert "Reliability" not in text
