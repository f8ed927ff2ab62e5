"""What Whisper base writes for what was said, counted on the development talks of the speech benchmark.

    python -m benchmarks.coverage.confusions

Writes ``confusions.json``: word -> [[what was written, how often], ...]. A word of the truth and the words that the
alignment (jiwer) puts in its place are counted when they differ; fillers are left out.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path

import jiwer

from benchmarks.coverage.damage import HERE
from benchmarks.speech.corpus import jobs, spoken
from benchmarks.speech.kept import CACHE
from benchmarks.speech.peers import Coach
from benchmarks.speech.run import hear_all
from benchmarks.speech.scoring import content


def main() -> None:
    items = spoken(jobs("dev"), CACHE, CACHE / "voices" / "bin" / "python")
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for judgement in hear_all(items, [Coach("base", CACHE)], CACHE)["Coach"]:
        truth = content(word.text for word in judgement.item.truth.words)
        found = content(word.text for word in judgement.heard.words or ())
        aligned = jiwer.process_words(" ".join(truth), " ".join(found))
        for chunk in aligned.alignments[0]:
            if chunk.type == "substitute":
                for offset in range(chunk.ref_end_idx - chunk.ref_start_idx):
                    said, written = truth[chunk.ref_start_idx + offset], found[chunk.hyp_start_idx + offset]
                    counts[said][written] += 1
    told = {said: sorted(written.items()) for said, written in sorted(counts.items())}
    Path(HERE / "confusions.json").write_text(json.dumps(told, indent=0) + "\n", encoding="utf-8")
    print(sum(sum(written.values()) for written in counts.values()), "confusions of", len(told), "words")


if __name__ == "__main__":
    main()
