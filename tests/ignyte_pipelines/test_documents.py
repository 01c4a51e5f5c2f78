"""What the documents say is what the declarations say."""

from pathlib import Path

import pytest

from ignyte_pipelines.documents import ROOT, pages, with_table
from ignyte_pipelines.registering import REGISTRATIONS
from resources.platform import ApiKey, OAuth, Platform
from resources.platforms import KEYS, platform

FOLDER = ROOT / "docs" / "platforms"


def test_the_table_of_platforms_is_today_s() -> None:
    readme = (ROOT / "README.md").read_text()
    assert with_table(readme) == readme, "run `python -m ignyte_pipelines.documents`"


@pytest.mark.parametrize("place", pages(), ids=lambda place: place.stem)
def test_the_set_up_page_is_today_s(place: Path) -> None:
    assert place.read_text() == pages()[place], "run `python -m ignyte_pipelines.documents`"


def test_each_platform_has_one_page_and_no_page_is_left_over() -> None:
    assert {place.stem for place in FOLDER.iterdir()} == set(KEYS) == set(REGISTRATIONS)


@pytest.mark.parametrize("key", KEYS)
def test_a_page_names_every_scope_request_table_and_personal_column(key: str) -> None:
    text, declared = (FOLDER / f"{key}.md").read_text(), platform(key)
    names = {*declared.scopes.required, *declared.scopes.optional, *(each.name for each in declared.operations)}
    names |= {f"`{declared.schema}.{stream.name}`" for stream in declared.streams}
    names |= {
        f"`{stream.name}.{column.name}`" for stream in declared.streams for column in stream.columns if column.personal
    }
    assert [name for name in names if name not in text] == []
    assert declared.limits in text


@pytest.mark.parametrize("key", KEYS)
def test_what_no_declaration_holds_fits_the_declaration(key: str) -> None:
    declared, known = platform(key), REGISTRATIONS[key]
    assert set(known.scopes) == set(declared.scopes.required)
    assert bool(known.steps) == isinstance(declared.auth, OAuth)
    assert isinstance(declared.auth, ApiKey) or f"IGNYTE_{key.upper()}_CLIENT_SECRET" in page_of(declared)


def page_of(declared: Platform) -> str:
    return (FOLDER / f"{declared.key}.md").read_text()
