"""Holds a reply against an official description: OpenAPI 3.0, Google's discovery documents, or JSON Schema."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

SHARED = os.environ.get("IGNYTE_SHARED", "")
needs_specs = pytest.mark.skipif(not SHARED, reason="IGNYTE_SHARED does not say where the official specs are")


def spec(name: str) -> Any:  # noqa: ANN401 -- JSON has any shape
    return json.loads((Path(SHARED) / "specs" / name).read_bytes())


def check(whole: dict[str, Any], at: str, value: object) -> None:
    """Fails where `value` is not as `whole` describes it at the pointer `at`, such as "/schemas/Row"."""
    schema = {**_plain(whole), "$ref": f"#{at}"}
    found = [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in _errors(schema, value)]
    assert not found, "\n".join(found[:5])


def _errors(schema: dict[str, Any], value: object) -> Any:  # noqa: ANN401 -- an iterator of the library's own kind
    return Draft202012Validator(schema).iter_errors(value)


def _plain(node: Any) -> Any:  # noqa: ANN401 -- as above
    """The same in JSON Schema's own words; the objects of discovery documents have no other fields."""
    if isinstance(node, list):
        return [_plain(each) for each in node]
    if not isinstance(node, dict):
        return node
    # descriptions mean "any of": the alternatives of a campaign's options are the same for every channel
    made = {"anyOf" if key == "oneOf" else key: _plain(each) for key, each in node.items()}
    if isinstance(made.get("$ref"), str) and "/" not in made["$ref"]:
        made["$ref"] = f"#/schemas/{made['$ref']}"
    if "id" in made and "properties" in made:
        made["additionalProperties"] = False
    if not isinstance(made.get("required", []), list):
        del made["required"]
    # an OpenAPI field may be called "nullable" or "type" as well, and then holds a description of its own
    if made.pop("nullable", False) is True:
        return {"anyOf": [made, {"type": "null"}]}
    return made
