"""The first draft of a question: what pasted notes become."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach.errors import RubricError
from coach.rubric import load_rubric, new_rubric
from coach.rubric.draft import read_notes

NOTES = """
# What is gradient clipping, and when do you need it?
- It rescales the gradient when its norm exceeds a threshold.
* It keeps the direction and changes only the length.
3) Mostly used in recurrent networks, where gradients explode.
Wrong: clipping solves vanishing gradients
Source: Pascanu, Mikolov, Bengio 2013
"""


def test_bullets_are_key_points_and_marked_lines_go_where_they_belong() -> None:
    notes = read_notes(NOTES)
    assert notes.prompt == "What is gradient clipping, and when do you need it?"
    assert notes.points == [
        "It rescales the gradient when its norm exceeds a threshold.",
        "It keeps the direction and changes only the length.",
        "Mostly used in recurrent networks, where gradients explode.",
    ]
    assert notes.wrong == ["clipping solves vanishing gradients"]
    assert notes.sources == ["Pascanu, Mikolov, Bengio 2013"]


def test_prose_is_cut_into_sentences() -> None:
    text = "What is a heap?\nThe smallest element is at the root. Inserting takes logarithmic time."
    assert read_notes(text).points == [
        "The smallest element is at the root.",
        "Inserting takes logarithmic time.",
    ]


@pytest.mark.parametrize("text", ["", "\n\n", "heaps", "- two words\n- three more words"])
def test_notes_without_a_statement_are_refused(text: str) -> None:
    with pytest.raises(RubricError, match="at least 4 words"):
        read_notes(text)


@pytest.mark.parametrize("domain", ["fundamentals", "coding", "behavioral"])
def test_a_draft_passes_the_check_and_is_written_once(tmp_path: Path, domain: str) -> None:
    path = new_rubric("gradient-clipping", domain, tmp_path, NOTES)
    rubric = load_rubric(path)
    assert (rubric.id, rubric.domain) == ("gradient-clipping", domain)
    assert [point.text for point in rubric.key_points] == read_notes(NOTES).points
    assert rubric.misconceptions[0].contradicts in {point.id for point in rubric.key_points}
    with pytest.raises(RubricError, match="is there already"):
        new_rubric("gradient-clipping", domain, tmp_path)


def test_the_template_is_a_whole_question(tmp_path: Path) -> None:
    assert len(load_rubric(new_rubric("my-own", "fundamentals", tmp_path)).key_points) == 3


@pytest.mark.parametrize(
    ("question", "domain", "said"),
    [
        ("My Question", "fundamentals", "id"),
        ("../up", "fundamentals", "id"),
        ("fine", "cooking", "is no domain"),
    ],
)
def test_a_bad_id_or_domain_is_refused_and_nothing_written(
    tmp_path: Path, question: str, domain: str, said: str
) -> None:
    with pytest.raises(RubricError, match=said):
        new_rubric(question, domain, tmp_path)
    assert list(tmp_path.rglob("*.yaml")) == []


def test_any_note_survives_the_way_into_yaml(tmp_path: Path) -> None:
    rubric = load_rubric(
        new_rubric("odd", "fundamentals", tmp_path, "- a: [b, 'c'] {d} \" # e & *more* words")
    )
    assert rubric.key_points[0].text == "a: [b, 'c'] {d} \" # e & *more* words"


def test_what_can_not_be_seen_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(RubricError, match=r"U\+202E"):
        new_rubric("odd", "fundamentals", tmp_path, "- a line with \u202e strange direction")
