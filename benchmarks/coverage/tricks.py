"""What is said to fool a scorer: how many points each contender credits."""

from __future__ import annotations

from benchmarks.coverage import stress
from benchmarks.coverage.answers import questions
from benchmarks.coverage.contenders import Coach, contenders
from benchmarks.coverage.points import Rows, peer_threshold
from benchmarks.coverage.questions import Split, split
from benchmarks.sections import markdown
from coach.rubric import Rubric


def tricks_part(asked: Split) -> str:
    library = list(questions().values())
    some = [rubric for rubric in library if split(rubric.id) == asked]
    kinds: dict[str, list[tuple[Rubric, str]]] = {}
    for trick in stress.tricks(some, library):
        kinds.setdefault(trick.kind, []).append((questions()[trick.question], trick.text))
    kinds["the key points read aloud in another order"] = [
        (rubric, stress.read_aloud(rubric)) for rubric in some
    ]
    rows: Rows = [
        (
            "what is said",
            "answers",
            *(f"{c.name}: points credited" for c in contenders()),
            "Coach: points accused",
        )
    ]
    for kind, told in kinds.items():
        shares = []
        accused = ""
        for contender in contenders():
            credited = total = wrong = 0
            for rubric, text in told:
                found = contender.judge(text, rubric)
                step = None if isinstance(contender, Coach) else peer_threshold(contender.name)
                credited += (
                    len(found.covered) if step is None else sum(v >= step for v in found.values.values())
                )
                wrong += len(found.contradicted)
                total += len(rubric.key_points)
            shares.append(f"{credited / total:.1%}")
            accused = f"{wrong / total:.1%}" if isinstance(contender, Coach) else accused
        rows.append((kind, str(len(told)), *shares, accused))
    return f"**What is said to fool a scorer**\n\n{markdown(rows)}\n"
