"""The loader: what it accepts, and how it names each mistake."""

from __future__ import annotations

import math
import os
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.errors import RubricError
from coach.rubric import check_rubrics, list_rubrics, load_rubric, parse_rubric
from coach.rubric.mistakes import examine, examine_file
from coach.rubric.plainyaml import MAX_BYTES, plain_scalar

GOOD = """\
schema: 1
id: margin
title: What a margin is
domain: fundamentals
level: 2
prompt: Explain the margin of a classifier.
time_limit_s: 90
key_points:
  - id: distance
    text: It is the distance to the decision boundary.
    weight: 2
    required: true
    phrasings: [how far the nearest point is from the boundary]
    counter_phrasings: [the distance between the class means]
    terms:
      - say: boundary
        accept: [bound re]
  - id: wide
    text: A wide one generalises better.
misconceptions:
  - id: narrow
    text: A narrow margin is safer.
    phrasings: [the smaller the margin the better]
    correction: A wide one is.
    contradicts: wide
follow_ups:
  - id: soft
    prompt: And when the classes overlap?
    key_points:
      - id: slack
        text: Slack variables allow violations.
sources:
  - title: A book
    locator: chapter 7
bands:
  speaking_rate: {good: [110, 160], watch: [90, null]}
"""


def changed(old: str, new: str) -> str:
    assert GOOD.count(old) == 1, f"{old!r} must stand once in the good text"
    return GOOD.replace(old, new)


def test_a_good_file_is_read_as_written() -> None:
    rubric = parse_rubric(GOOD, "questions/margin.yaml")
    assert (rubric.id, rubric.domain, rubric.level, rubric.time_limit_s) == ("margin", "fundamentals", 2, 90)
    assert [(p.id, p.weight, p.required) for p in rubric.key_points] == [
        ("distance", 2.0, True),
        ("wide", 1.0, False),
    ]
    assert rubric.key_points[0].terms[0].accept == ("bound re",)
    assert rubric.misconceptions[0].contradicts == "wide"
    assert rubric.follow_ups[0].key_points[0].id == "slack"
    assert rubric.sources[0].url is None
    assert rubric.examples is None
    band = rubric.measurement_bands["speaking_rate"]
    assert (band.good, band.watch, band.source) == (
        (110, 160),
        (90, None),
        "set by the question margin",
    )


MISTAKES = {
    "unknown key": (
        changed("    weight: 2", "    wieght: 2"),
        "q/margin.yaml, line 11, key_points[0].wieght: this key is not known; did you mean weight?",
    ),
    "unknown key at the top": (
        changed("time_limit_s: 90", "time_limit: 90"),
        "q/margin.yaml, line 7, time_limit: this key is not known; did you mean time_limit_s?",
    ),
    "unknown key like no other": (
        changed("    locator: chapter 7", "    locator: chapter 7\n    colour: red"),
        "q/margin.yaml, line 35, sources[0].colour: this key is not known; remove it; "
        "known here are title, url, "
        "locator",
    ),
    "missing key": (
        changed("    correction: A wide one is.\n", ""),
        "q/margin.yaml, line 21, misconceptions[0].correction: this key is missing; add "
        "a line correction: ...",
    ),
    "negative weight": (
        changed("    weight: 2", "    weight: -1"),
        "q/margin.yaml, line 11, key_points[0].weight: -1 is not above 0; give a positive number",
    ),
    "weight as text": (
        changed("    weight: 2", '    weight: "2"'),
        "q/margin.yaml, line 11, key_points[0].weight: '2' is not a number; give a number without quotes",
    ),
    "weight not finite": (
        changed("    weight: 2", "    weight: .nan"),
        "q/margin.yaml, line 11, key_points[0].weight: nan is not a finite number; give an ordinary number",
    ),
    "required as yes": (
        changed("    required: true", "    required: yes"),
        "q/margin.yaml, line 12, key_points[0].required: 'yes' is not true or false; "
        "write true or false without "
        "quotes",
    ),
    "level out of range": (
        changed("level: 2", "level: 4"),
        "q/margin.yaml, line 5, level: 4 is out of range; give a number from 1 to 3",
    ),
    "level not whole": (
        changed("level: 2", "level: 1.5"),
        "q/margin.yaml, line 5, level: 1.5 is not a whole number; give a whole number without quotes",
    ),
    "domain misspelt": (
        changed("domain: fundamentals", "domain: ML Coding"),
        "q/margin.yaml, line 4, domain: 'ML Coding' is not known; did you mean ml-coding?",
    ),
    "schema of the future": (
        changed("schema: 1", "schema: 2"),
        "q/margin.yaml, line 1, schema: 2 is not a schema this version reads; write schema: 1",
    ),
    "schema true is not 1": (
        changed("schema: 1", "schema: true"),
        "q/margin.yaml, line 1, schema: True is not a whole number; give a whole number without quotes",
    ),
    "text that is a number": (
        changed("title: What a margin is", "title: 42"),
        "q/margin.yaml, line 3, title: 42 is not text; put it in quotes",
    ),
    "text left out": (
        changed("title: What a margin is", "title:"),
        "q/margin.yaml, line 3, title: this is empty; write the text after the colon, or remove the line",
    ),
    "text of spaces": (
        changed("title: What a margin is", 'title: "  "'),
        "q/margin.yaml, line 3, title: this is empty; write the text, or remove the line",
    ),
    "colon in a list entry": (
        changed(
            "    phrasings: [the smaller the margin the better]",
            "    phrasings:\n      - smaller: the better",
        ),
        "q/margin.yaml, line 24, misconceptions[0].phrasings[0]: this is read as keys "
        "because of a colon in it; put "
        "the whole text in quotes",
    ),
    "list written as text": (
        changed("[how far the nearest point is from the boundary]", "how far it is"),
        "q/margin.yaml, line 13, key_points[0].phrasings: 'how far it is' is not a list; "
        "put each entry on its own "
        "line, after a dash",
    ),
    "entry without keys": (
        changed("  - title: A book\n    locator: chapter 7", "  - A book"),
        "q/margin.yaml, line 33, sources[0]: 'A book' has no keys; it needs title, url, locator",
    ),
    "empty list": (
        changed("[the smaller the margin the better]", "[]"),
        "q/margin.yaml, line 23, misconceptions[0].phrasings: the list is empty; give at least one entry",
    ),
    "id with capitals": (
        changed("  - id: wide", "  - id: Wide_One").replace("contradicts: wide", "contradicts: distance"),
        "q/margin.yaml, line 18, key_points[1].id: 'Wide_One' is not of the right form; "
        "use small letters, digits and "
        "single hyphens, as in bias-variance-tradeoff",
    ),
    "id twice": (
        changed("      - id: slack", "      - id: wide"),
        "q/margin.yaml, line 30, follow_ups[0].key_points[0].id: 'wide' is already the "
        "id of another entry; give each "
        "its own id",
    ),
    "id unlike the file": (
        changed("id: margin", "id: margins"),
        "q/margin.yaml, line 2, id: 'margins' is not the file's name 'margin'; write id: "
        "margin, or name the file "
        "margins.yaml",
    ),
    "contradicts nothing": (
        changed("contradicts: wide", "contradicts: wyde"),
        "q/margin.yaml, line 25, misconceptions[0].contradicts: no key point has the id "
        "'wyde'; did you mean wide?",
    ),
    "a phrasing on both sides": (
        changed(
            "[the distance between the class means]", "[How far the nearest point  is from the boundary]"
        ),
        "q/margin.yaml, line 14, key_points[0].counter_phrasings[0]: this stands in "
        "key_points[0].phrasings[0] too; "
        "reword or remove one of them",
    ),
    "stage of another domain": (
        changed("domain: fundamentals", "domain: coding\nstages: [aproach, situation]"),
        "q/margin.yaml, line 5, stages[0]: 'aproach' is not a stage of coding questions; "
        "did you mean approach?",
    ),
    "unknown measurement": (
        changed("  speaking_rate:", "  speeking_rate:"),
        "q/margin.yaml, line 36, bands.speeking_rate: 'speeking_rate' is not a measurement; did you mean "
        "speaking_rate?",
    ),
    "band the wrong way round": (
        changed("good: [110, 160]", "good: [160, 110]"),
        "q/margin.yaml, line 36, bands.speaking_rate.good: [160, 110] is the wrong way "
        "round; write [lowest, highest]",
    ),
    "band with one end": (
        changed("good: [110, 160]", "good: [110]"),
        "q/margin.yaml, line 36, bands.speaking_rate.good[1]: this range has one end "
        "only; write it as [lowest, "
        "highest], null for an open end",
    ),
    "key twice": (
        changed("level: 2", "level: 2\nlevel: 3"),
        "q/margin.yaml, line 6, level: this key is already on line 5; keep one of them",
    ),
    "address that is none": (
        changed("    locator: chapter 7", "    locator: chapter 7\n    url: javascript:alert(1)"),
        "q/margin.yaml, line 35, sources[0].url: 'javascript:alert(1)' is not of the "
        "right form; give an address that "
        "begins with https://, or remove the line",
    ),
    "tag": (
        changed("title: What a margin is", "title: !!python/object:os.system x"),
        "q/margin.yaml, line 3, title: the tag "
        "'tag:yaml.org,2002:python/object:os.system' is not allowed; remove "
        "the word that begins with !, or put the text in quotes",
    ),
    "anchor": (
        changed("title: What a margin is", "title: &t What a margin is"),
        "q/margin.yaml, line 3, title: &t is an anchor or alias, which questions may not "
        "use; write the text out, or "
        "put it in quotes if the sign is meant",
    ),
    "alias": (
        changed("title: What a margin is", "title: *t"),
        "q/margin.yaml, line 3, title: *t is an anchor or alias, which questions may not "
        "use; write the text out, or "
        "put it in quotes if the sign is meant",
    ),
    "reading direction turned": (
        changed("title: What a margin is", 'title: "What \\u202e a margin is"'),
        "q/margin.yaml, line 3, title: it holds the invisible character U+202E; delete "
        "it and type the text again",
    ),
    "lone surrogate": (
        changed("title: What a margin is", 'title: "\\ud800"'),
        "q/margin.yaml, line 3, title: it holds the invisible character U+D800; delete "
        "it and type the text again",
    ),
    "second document": (
        GOOD + "---\nschema: 1\n",
        "q/margin.yaml, line 37: a second document begins; keep one question per file: remove the ---",
    ),
    "nothing in it": ("", "q/margin.yaml, line 1: the file is empty; start with the line schema: 1"),
    "a list instead of keys": (
        "- a\n- b\n",
        "q/margin.yaml, line 1: a question is made of keys; start with the line schema: 1",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_with_line_field_and_fix(name: str) -> None:
    text, message = MISTAKES[name]
    rubric, problems = examine(text, "q/margin.yaml")
    assert rubric is None
    assert message in [str(problem) for problem in problems]
    with pytest.raises(RubricError, match=re.escape(str(problems[0]))):
        parse_rubric(text, "q/margin.yaml")


@pytest.mark.parametrize("name", set(MISTAKES) - {"stage of another domain", "unknown key at the top"})
def test_one_mistake_is_one_problem(name: str) -> None:
    wanted = 2 if name == "unknown key" else 1
    assert len(examine(MISTAKES[name][0], "q/margin.yaml")[1]) <= wanted


def test_every_mistake_of_a_file_is_told_in_the_order_of_lines() -> None:
    text = (
        GOOD.replace("level: 2", "level: 9")
        .replace("weight: 2", "weight: 0")
        .replace("contradicts: wide", "contradicts: nothing-like-it")
        .replace("title: A book", "titel: A book")
    )
    problems = examine(text, "margin.yaml")[1]
    assert [(p.line, p.field) for p in problems] == [
        (5, "level"),
        (11, "key_points[0].weight"),
        (25, "misconceptions[0].contradicts"),
        (33, "sources[0].title"),
        (33, "sources[0].titel"),
    ]
    with pytest.raises(RubricError, match=r"level: 9 .*\(4 more: `coach questions check` lists them\)"):
        parse_rubric(text, "margin.yaml")


def test_broken_yaml_names_the_line() -> None:
    text = changed("title: What a margin is", "title: Margins: what they are")
    (problem,) = examine(text, "margin.yaml")[1]
    assert problem.line == 3
    assert problem.what.startswith("this is not YAML")
    assert "quotes" in problem.fix
    (problem,) = examine(changed("level: 2", "level: [2"), "margin.yaml")[1]
    assert "brackets are closed" in problem.fix


def test_deep_nesting_is_refused_before_it_costs_anything() -> None:
    for text in ("[" * 100_000, "- " * 100_000, "{a: " * 50_000):
        (problem,) = examine(text, "x.yaml")[1]
        assert "nested" in problem.what or "not YAML" in problem.what
    (problem,) = examine("a: " + "[" * 13 + "]" * 13, "x.yaml")[1]
    assert problem.what == "lists and keys are nested more than 12 deep"


def test_billion_laughs_stop_at_the_first_anchor() -> None:
    laughs = "a: &a [x, x]\n" + "".join(
        f"{c}: &{c} [*{p}, *{p}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True)
    )
    (problem,) = examine(laughs, "x.yaml")[1]
    assert problem.line == 1
    assert problem.what.startswith("&a is an anchor")


def test_thousands_of_mistakes_are_not_all_told() -> None:
    points = "".join(f"  - id: a{number}\n" for number in range(5000))
    wrong = "".join(f"  - contradicts: b{number}\n" for number in range(5000))
    problems = examine(f"key_points:\n{points}misconceptions:\n{wrong}", "x.yaml")[1]
    assert len(problems) == 100
    assert max(len(str(problem)) for problem in problems) < 400


def test_a_file_over_256_kb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "margin.yaml"
    padding = "#" * (MAX_BYTES - len(GOOD) - 1)
    path.write_text(GOOD + padding + "\n", "utf-8")
    assert load_rubric(path).id == "margin"
    path.write_text(GOOD + padding + "##\n", "utf-8")
    with pytest.raises(RubricError, match="larger than the 256 KB"):
        load_rubric(path)
    (problem,) = examine(GOOD + padding + "##\n", "margin.yaml")[1]
    assert "larger than the 256 KB" in problem.what


def test_what_is_not_utf8_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "margin.yaml"
    path.write_bytes(GOOD.replace("A book", "Vapnik é").encode("latin-1"))
    (problem,) = check_rubrics(path)
    assert (problem.line, problem.what, problem.fix) == (
        33,
        "byte 0xe9 is not UTF-8 text",
        "save the file as UTF-8",
    )


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "margin.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert load_rubric(path).sha256 == parse_rubric(GOOD, "margin.yaml").sha256


def test_sha256_is_of_the_content_not_of_the_layout() -> None:
    one = parse_rubric(GOOD, "margin.yaml")
    reordered = "# a comment\n" + GOOD.replace("id: margin\n", "").replace(
        "level: 2", "level: 2\nid: 'margin'"
    )
    two = parse_rubric(reordered.replace("    text: A wide", "    weight: 1.0\n    text: A wide"), "margin")
    assert one.sha256 == two.sha256
    assert re.fullmatch("[0-9a-f]{64}", one.sha256)
    assert parse_rubric(changed("weight: 2", "weight: 3"), "margin.yaml").sha256 != one.sha256
    assert parse_rubric(changed("A wide one is.", "A wide one is!"), "margin.yaml").sha256 != one.sha256


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("1", 1),
        ("-2", -2),
        ("1.5", 1.5),
        (".5", 0.5),
        ("2e3", 2000.0),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("yes", "yes"),
        ("no", "no"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("9" * 40, "9" * 40),
        ("2024-01-01", "2024-01-01"),
        (".inf", math.inf),
        ("-.inf", -math.inf),
    ],
)
def test_plain_words_follow_the_core_schema(word: str, value: object) -> None:
    found = plain_scalar(word)
    assert (found, type(found)) == (value, type(value))


def test_nan_is_nan() -> None:
    found = plain_scalar(".nan")
    assert isinstance(found, float)
    assert math.isnan(found)


def test_a_users_question_overrides_and_extends(tmp_path: Path) -> None:
    shipped = load_rubric("bias-variance-tradeoff")
    folder = tmp_path / "mine" / "deeper"
    folder.mkdir(parents=True)
    (folder / "margin.yaml").write_text(GOOD, "utf-8")
    own = GOOD.replace("id: margin\n", "id: bias-variance-tradeoff\n")
    (tmp_path / "bias-variance-tradeoff.yml").write_text(own, "utf-8")
    assert load_rubric("margin", tmp_path).title == "What a margin is"
    assert load_rubric("bias-variance-tradeoff", tmp_path).title == "What a margin is"
    assert load_rubric("bias-variance-tradeoff") == shipped
    assert len(list_rubrics(tmp_path)) == len(list_rubrics()) + 1
    assert load_rubric(str(folder / "margin.yaml")) == load_rubric(folder / "margin.yaml")


def test_an_edited_file_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "margin.yaml"
    path.write_text(GOOD, "utf-8")
    assert load_rubric("margin", tmp_path).level == 2
    path.write_text(changed("level: 2", "level: 3"), "utf-8")
    os.utime(path, ns=(1, 1))
    assert load_rubric("margin", tmp_path).level == 3


def test_a_broken_file_of_the_user_hides_no_other(tmp_path: Path) -> None:
    (tmp_path / "margin.yaml").write_text(GOOD, "utf-8")
    (tmp_path / "bias-variance-tradeoff.yaml").write_text("schema: 1\n", "utf-8")
    (tmp_path / "._margin.yaml").write_bytes(b"\x00\x05\x16\x07")
    (tmp_path / "notes.txt").write_text("not a question", "utf-8")
    ids = [rubric.id for rubric in list_rubrics(tmp_path)]
    assert "margin" in ids
    assert ids.count("bias-variance-tradeoff") == 1
    assert {Path(problem.file).name for problem in check_rubrics(tmp_path)} == {"bias-variance-tradeoff.yaml"}
    with pytest.raises(RubricError, match=r"bias-variance-tradeoff\.yaml"):
        load_rubric("bias-variance-tradeoff", tmp_path)


def test_the_list_is_sorted_by_domain_then_title() -> None:
    order = ["fundamentals", "ml-coding", "ml-system-design", "coding", "low-level-design", "behavioral"]
    keys = [(order.index(rubric.domain), rubric.title.casefold()) for rubric in list_rubrics()]
    assert keys == sorted(keys)


def test_an_unknown_id_suggests_the_nearest() -> None:
    with pytest.raises(
        RubricError, match=r"no question 'bias-varience'; did you mean bias-variance-tradeoff"
    ):
        load_rubric("bias-varience")
    with pytest.raises(RubricError, match="coach questions list"):
        load_rubric("zzzzzz")


def test_a_missing_user_folder_is_no_mistake(tmp_path: Path) -> None:
    assert list_rubrics(tmp_path / "nowhere") == list_rubrics()


def test_paths_that_can_not_be_read(tmp_path: Path) -> None:
    with pytest.raises(RubricError, match="can't be read"):
        load_rubric(tmp_path / "gone.yaml")
    with pytest.raises(RubricError, match="directory"):
        load_rubric(tmp_path)
    with pytest.raises(RubricError, match="nothing at"):
        check_rubrics(tmp_path / "gone")
    (problem,) = check_rubrics(tmp_path)
    assert "no question files" in str(problem)
    assert examine_file(tmp_path)[1][0].what.startswith("the file can't be read")


def test_two_files_of_one_name_are_told(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "margin.yaml").write_text(GOOD, "utf-8")
    (problem,) = check_rubrics(tmp_path)
    assert problem.file == str(tmp_path / "b" / "margin.yaml")
    assert str(tmp_path / "a" / "margin.yaml") in problem.what


def test_the_example_in_the_docs_is_a_question() -> None:
    page = (Path(__file__).parent.parent / "docs" / "rubrics.md").read_text("utf-8")
    (example,) = re.findall(r"^```yaml\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    rubric = parse_rubric(example, "precision-and-recall.yaml")
    assert rubric.examples is not None


def test_the_docs_name_every_field() -> None:
    from coach.rubric import STAGES, mistakes, model

    page = (Path(__file__).parent.parent / "docs" / "rubrics.md").read_text("utf-8")
    models = (model.Rubric, *mistakes.MODELS.values())
    names = {field.alias or name for part in models for name, field in part.model_fields.items()}
    names |= {stage for stages in STAGES.values() for stage in stages} | set(model.MEASUREMENTS)
    assert [name for name in sorted(names) if f"`{name}`" not in page] == []


PIECES = st.sampled_from(
    [*GOOD.splitlines(keepends=True), "&a ", "*a", "!!x ", "- ", "{", "]", '"', "---\n", "\t", "? ", "\u202e"]
)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=40).map("".join)))
def test_any_text_gives_a_rubric_or_problems(text: str) -> None:
    rubric, problems = examine(text, "fuzz.yaml")
    assert (rubric is None) == bool(problems)
    for problem in problems:
        assert problem.what
        assert problem.fix
        assert "\n" not in str(problem)
