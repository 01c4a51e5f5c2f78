"""Uploads, row by row: every fault is found and named, and nothing is taken in silence."""

from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ignyte_pipelines.uploads import costs, rates
from ignyte_pipelines.uploads.checking import Rules, Summary, check
from ignyte_pipelines.uploads.rows import Fault, Line, number, read, shown
from resources.control_plane.inputs import Cost, Rate
from resources.errors import Refused
from resources.warehouse.products import KnownProducts

KNOWN = KnownProducts(
    skus=frozenset({"A-1", "A-2", "Ü 3"}),
    product_ids={"77": "gid://shop/Product/77", "gid://shop/Product/77": "gid://shop/Product/77"},
)
HEAD = "sku,cost,effective_date,currency"


def _file(tmp_path: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "given.csv"
    path.write_bytes("\n".join(lines).encode(encoding))
    return path


def _costs(path: Path, stored: dict[object, tuple[object, str]] | None = None) -> Summary[Cost]:
    rules = Rules(
        parse=lambda line: costs._cost(line, KNOWN, "EUR"), key=costs._key, says=costs._says, stored=dict(stored or {})
    )
    return check(read(path, costs._REQUIRED, ("currency",)), rules)


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ("X-9,4.20,2026-01-01,USD", "unknown SKU"),
        (" a-1,4.20,2026-01-01,USD", "unknown SKU"),
        (",4.20,2026-01-01,USD", "missing field"),
        ("A-1,,2026-01-01,USD", "missing field"),
        ("A-1,4.20,,USD", "missing field"),
        ("A-1,4.20", "missing field"),
        ('A-1,"4,20",2026-01-01,USD', "wrong type"),
        ("A-1,-1,2026-01-01,USD", "wrong type"),
        ("A-1,1e5,2026-01-01,USD", "wrong type"),
        ("A-1,NaN,2026-01-01,USD", "wrong type"),
        ("A-1,$4.20,2026-01-01,USD", "wrong type"),
        ("A-1,4.1234567,2026-01-01,USD", "wrong type"),
        ("A-1,1234567890123,2026-01-01,USD", "wrong type"),
        ("A-1,4.20,01/02/2026,USD", "wrong type"),
        ("A-1,4.20,2026-02-30,USD", "wrong type"),
        ("A-1,4.20,2026-01-01,dollar", "wrong type"),
        ("A-1,4.20,2026-01-01,USD,more", "too many cells"),
    ],
)
def test_a_bad_row_is_named_and_the_good_one_beside_it_stands(tmp_path: Path, row: str, kind: str) -> None:
    summary = _costs(_file(tmp_path, HEAD, row, "A-2,1,2026-01-01,usd"))
    assert [(each.line, each.kind) for each in summary.findings] == [(2, kind)]
    assert [(each.sku, each.currency, each.line) for each in summary.rows] == [("A-2", "USD", 3)]


def test_good_rows_in_their_forms(tmp_path: Path) -> None:
    rows = [
        "\ufeffSKU;Cost;Effective_Date;Currency",
        "A-1;4.20;2026-01-01;",
        "Ü 3;0;2026-01-01;GBP",
        "",
        "A-1;4.60;2026-02-01;",
    ]
    found = _costs(_file(tmp_path, *rows)).rows
    assert [(each.sku, str(each.cost), each.currency, each.line) for each in found] == [
        ("A-1", "4.20", "EUR", 2),
        ("Ü 3", "0", "GBP", 3),
        ("A-1", "4.60", "EUR", 5),
    ]


def test_a_product_is_known_by_its_number_and_by_its_whole_id(tmp_path: Path) -> None:
    lines = [
        "product_id,cost,effective_from",
        "77,1,2026-01-01",
        "gid://shop/Product/77,2,2026-02-01",
        "78,1,2026-01-01",
    ]
    summary = _costs(_file(tmp_path, *lines))
    assert {each.product_id for each in summary.rows} == {"gid://shop/Product/77"}
    assert summary.kinds == {"unknown product": 1}


def test_duplicates_and_what_is_in_force(tmp_path: Path) -> None:
    stored: dict[object, tuple[object, str]] = {
        ("A-1", None, date(2026, 1, 1)): ((Decimal("4.2"), "EUR"), "old.csv"),
        ("A-2", None, date(2026, 1, 1)): ((Decimal(9), "EUR"), "old.csv"),
    }
    lines = ["A-1,4.20,2026-01-01,EUR", "A-2,1,2026-01-01,EUR", "A-2,1,2026-02-01,EUR", "A-2,2,2026-02-01,EUR"]
    summary = _costs(_file(tmp_path, HEAD, *lines), stored)
    assert summary.known == 1
    assert [(each.line, each.kind) for each in summary.findings] == [(3, "contradiction"), (5, "duplicate")]
    assert "old.csv" in summary.findings[0].what
    assert "line 4" in summary.findings[1].what
    assert [each.line for each in summary.rows] == [4]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([], "empty"),
        (["sku,cost"], "no column effective_date or effective_from"),
        (["name,cost,effective_date"], "no column sku or product_id"),
        (["sku,cost,effective_date,curency"], "not known: 'curency'"),
        (["sku,sku,cost,effective_date"], "twice"),
        ([HEAD, 'A-1,"4.20'], "no CSV"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(tmp_path: Path, lines: list[str], words: str) -> None:
    with pytest.raises(Refused, match=words):
        _costs(_file(tmp_path, *lines))


def test_other_encodings_and_missing_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="UTF-8"):
        _costs(_file(tmp_path, HEAD, "Ü 3,1,2026-01-01,EUR", encoding="latin-1"))
    with pytest.raises(Refused, match="no such file"):
        _costs(tmp_path / "nothing.csv")


def test_rates_are_positive_and_between_two_currencies(tmp_path: Path) -> None:
    lines = [
        "day,from_currency,rate,to_currency",
        "2026-01-01,EUR,1.083712345,",
        "2026-01-01,USD,1,USD",
        "2026-01-01,GBP,0,USD",
    ]
    rules: Rules[Rate] = Rules(parse=lambda line: rates._rate(line, "USD"), key=rates._key, says=lambda row: row.rate)
    summary = check(read(_file(tmp_path, *lines), rates._REQUIRED, ("to_currency",)), rules)
    assert [(each.from_currency, each.to_currency, each.rate) for each in summary.rows] == [
        ("EUR", "USD", Decimal("1.083712345"))
    ]
    assert [each.line for each in summary.findings] == [3, 4]


@given(st.text())
def test_no_cell_breaks_the_reading_of_a_number(cell: str) -> None:
    with suppress(Fault):
        assert number(Line(number=1, cells={"cost": cell.strip()}), "cost", 6) >= 0


@given(st.text())
def test_no_cell_shows_what_a_terminal_would_obey(cell: str) -> None:
    assert shown(cell).isprintable()
