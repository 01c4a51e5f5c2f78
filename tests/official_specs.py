"""The official specs that lie beside the project, and whether a value is as they say."""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator, Draft7Validator
from openapi_schema_validator import OAS30Validator

SHARED = os.environ.get("IGNYTE_SHARED", "")
needs_shared = pytest.mark.skipif(not SHARED, reason="IGNYTE_SHARED does not say where the official specs are")


@cache
def spec(name: str) -> dict[str, Any]:
    """A spec by its path below specs/."""
    found: dict[str, Any] = json.loads((Path(SHARED) / "specs" / name).read_text(encoding="utf-8"))
    return found


def example(name: str) -> bytes:
    """A real reply by its path below examples/."""
    return (Path(SHARED) / "examples" / name).read_bytes()


def objections(name: str, schema: str, value: object) -> list[str]:
    """What a spec has against a value: `schema` names one of its types, "" is the whole of a JSON schema."""
    whole = spec(name)
    if "openapi" in whole:
        validator = OAS30Validator({"$ref": f"#/components/schemas/{schema}", "components": whole["components"]})
    elif "swagger" in whole:
        validator = Draft4Validator({"$ref": f"#/definitions/{schema}", "definitions": whole["definitions"]})
    else:
        validator = Draft7Validator(whole)
    return [f"{'/'.join(map(str, error.path))}: {error.message[:200]}" for error in validator.iter_errors(value)]
