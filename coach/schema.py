"""The document's published JSON schema, made from the types: ``python -m coach.schema FILE`` writes it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from coach.assessment import SCHEMA_VERSION, Assessment


def assessment_schema() -> str:
    """The schema of the document as JSON text (draft 2020-12)."""
    schema = Assessment.model_json_schema(by_alias=True, mode="serialization")
    return (
        json.dumps(
            {
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "title": f"Coach assessment, version {SCHEMA_VERSION}",
                **{key: value for key, value in schema.items() if key != "title"},
            },
            indent=2,
            ensure_ascii=False,
        )
        + "\n"
    )


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(assessment_schema(), encoding="utf-8")
