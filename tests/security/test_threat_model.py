"""The threat model names tests that exist, and says of each threat what remains."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "security.md").read_text()
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+|\*)`", DOCUMENT)
PARTS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", DOCUMENT, re.MULTILINE | re.DOTALL))


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_a_test_that_is_named_exists(file: str, name: str) -> None:
    tree = ast.parse((ROOT / file).read_text())
    found = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert name == "*" or name in found
    assert any(each.startswith("test_") for each in found)


def test_each_part_names_tests_and_what_remains() -> None:
    assert len(NAMED) > 50
    assert [title for title, text in PARTS.items() if "`tests/" not in text] == []
    assert [title for title, text in PARTS.items() if "Remains" not in text] == ["Crashes"]


def test_each_invariant_is_spoken_of() -> None:
    numbers = {int(number) for number in re.findall(r"\bI(\d+)\b", " ".join(PARTS))}
    assert numbers >= {1, 2, 7, 8, 9, 10}


def test_links_lead_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", DOCUMENT)
    assert links
    assert [link for link in links if not (ROOT / "docs" / link).exists()] == []
