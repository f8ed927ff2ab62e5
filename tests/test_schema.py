from __future__ import annotations

import json

import jsonschema

from coach.bundled import bundled
from coach.schema import assessment_schema


def test_the_published_schema_is_the_one_the_code_makes() -> None:
    published = (bundled("schema") / "assessment.json").read_text(encoding="utf-8")
    assert published == assessment_schema(), "run: make schema"


def test_it_is_a_schema_and_names_every_part_of_the_document() -> None:
    schema = json.loads(assessment_schema())
    jsonschema.Draft202012Validator.check_schema(schema)
    assert {
        "schema_version", "attempt_id", "question", "language", "created_at", "versions", "recording", "transcript",
        "disfluencies", "pauses", "measurements", "coverage", "scores", "tips", "timings_s",
    } <= set(schema["properties"])  # fmt: skip
    assert schema["additionalProperties"] is False
