"""Pages become typed tables, or a clear word says why not."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest
from decode_examples import LINES, ORDERS, feed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resources.columns import integer, text
from resources.decode import Decoded
from resources.errors import Stop
from resources.platform import Stream
from resources.reading import Format

Decode = Callable[..., Decoded]
WHOLE = feed(ORDERS, LINES)


def order(**changes: object) -> dict[str, Any]:
    whole = {
        "id": "o1",
        "updated_at": "2026-03-01T10:00:00-0800",
        "price": {"amount": "12.345678"},
        "units": "9007199254740993",
        "rate": 0.25,
        "test": False,
        "day": "20260301",
        "created": 1767225600,
        "tags": ["a", "b"],
        "email": "ana@example.com",
        "note": None,
        "lines": [{"line": 1, "tags": ["x", "y"]}, {"line": 2, "tags": []}],
    }
    return {**whole, **changes}


def page(*orders: dict[str, Any], **around: object) -> bytes:
    return orjson.dumps({"data": list(orders), **around})


def test_values_are_read_in_their_types(decode: Decode) -> None:
    (row,) = decode(WHOLE, page(order()), currency="EUR").tables["orders"].to_pylist()
    assert row == {
        "id": "o1",
        "updated_at": dt.datetime(2026, 3, 1, 18, tzinfo=dt.UTC),
        "total": Decimal("12.345678"),
        "units": 9007199254740993,
        "rate": 0.25,
        "test": False,
        "day": dt.date(2026, 3, 1),
        "created_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        "tags": '["a","b"]',
        "email": "ana@example.com",
        "note": None,
        "currency": "EUR",
    }


def test_several_streams_live_in_one_page(decode: Decode) -> None:
    lines = decode(WHOLE, page(order(), order(id="o2", lines=[])), currency="EUR").tables["lines"].to_pylist()
    assert lines == [
        {"order_id": "o1", "line": 1, "first_tag": "x"},
        {"order_id": "o1", "line": 2, "first_tag": None},
    ]


def test_money_in_a_json_number_keeps_its_cents(decode: Decode) -> None:
    body = b'{"data":[' + orjson.dumps(order(price={"amount": "X"})).replace(b'"X"', b"9007199254.10") + b"]}"
    (row,) = decode(WHOLE, body, currency="EUR").tables["orders"].to_pylist()
    assert row["total"] == Decimal("9007199254.10")


def test_spellings_of_no_value_are_null(decode: Decode) -> None:
    body = page(order(units="-", rate="NaN"))
    (row,) = decode(WHOLE, body, currency="EUR").tables["orders"].to_pylist()
    assert row["units"] is None
    assert row["rate"] is None


def test_a_key_that_comes_twice_is_one_row_the_newest(decode: Decode) -> None:
    old = page(order(updated_at="2026-03-01T10:00:00Z", rate=1))
    new = page(order(updated_at="2026-03-02T10:00:00Z", rate=2))
    for bodies in ((old, new), (new, old)):
        (row,) = decode(feed(ORDERS), *bodies, currency="EUR").tables["orders"].to_pylist()
        assert row["rate"] == 2


def test_fields_that_nobody_declared_are_counted_and_not_kept(decode: Decode) -> None:
    decoded = decode(WHOLE, page(order(surprise="ana@example.com")), currency="EUR")
    assert "surprise" in decoded.undeclared
    assert "surprise" not in decoded.tables["orders"].column_names


@pytest.mark.parametrize("field", ["id", "updated_at", "price", "units", "email"])
def test_a_vanished_field_stops_the_stream(decode: Decode, field: str) -> None:
    broken = order()
    del broken[field]
    with pytest.raises(Stop, match=field):
        decode(WHOLE, page(broken), currency="EUR")


def test_a_field_that_may_lack_may_lack(decode: Decode) -> None:
    lacking = order()
    del lacking["note"]
    assert decode(WHOLE, page(lacking), currency="EUR").tables["orders"].to_pylist()[0]["note"] is None


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"updated_at": "ana@example.com"}, "updated_at"),
        ({"price": {"amount": "NaN"}}, "price.amount"),
        ({"price": {"amount": "1e400"}}, "price.amount"),
        ({"units": "ana@example.com"}, "units"),
        ({"day": "2026-13-01"}, "day"),
        ({"test": "perhaps"}, "test"),
        ({"created": {"at": 1}}, "created"),
    ],
)
def test_a_value_of_the_wrong_type_is_named_and_not_shown(
    decode: Decode, changes: dict[str, object], named: str
) -> None:
    with pytest.raises(Stop, match=named) as problem:
        decode(WHOLE, page(order(), order(id="o2", **changes)), currency="EUR")
    assert "ana@example.com" not in repr(problem.value)
    assert problem.value.__cause__ is None


@pytest.mark.parametrize(
    "body",
    [
        page(order())[:-20],
        b'{"error":{"code":190}}',
        b"<html>Service unavailable</html>",
        b"",
        b"\xff\xfe",
        b'{"data":{"id":"o1"}}',
        b'{"data":[' * 5000,
    ],
)
def test_what_is_no_page_stops_the_stream(decode: Decode, body: bytes) -> None:
    with pytest.raises(Stop):
        decode(WHOLE, body, currency="EUR")


def test_records_without_their_key_stop_the_stream(decode: Decode) -> None:
    with pytest.raises(Stop, match="key"):
        decode(WHOLE, page(order(), order(id=None)), currency="EUR")


def test_an_object_where_a_text_was_declared_is_not_kept_as_text(decode: Decode) -> None:
    with pytest.raises(Stop, match="email holds more"):
        decode(WHOLE, page(order(email={"private": "ana@example.com"})), currency="EUR")


def test_nothing_is_left_in_scratch(decode: Decode, tmp_path: Path) -> None:
    decode(WHOLE, page(order()), currency="EUR")
    with pytest.raises(Stop):
        decode(WHOLE, page(order(test="perhaps")), currency="EUR")
    assert list(tmp_path.iterdir()) == []


def stream(records: str = "[]", **more: Any) -> Stream:  # noqa: ANN401 -- whatever a Stream takes
    columns = (text("id", "Id."), integer("n", "N."))
    return Stream(
        name="t",
        description="T.",
        key=("id",),
        columns=columns,
        records=records,
        cursor=None,
        cursor_reason="-",
        **more,
    )


@pytest.mark.parametrize(
    ("kind", "records", "body"),
    [
        (Format.JSONL, "[]", b'{"id":"a","n":1}\n{"id":"b","n":2}\n'),
        (Format.JSONL, "[]", b'{"id":"a","n":1}\n{"id":"b","n":2}'),
        (Format.JSON, "[]", b'[{"id":"a","n":1},{"id":"b","n":"2"}]'),
        (Format.JSON, "[].results[]", b'[{"results":[{"id":"a","n":1}]},{"results":[{"id":"b","n":2}]}]'),
        (Format.JSON, "*[]", b'{"77":[{"id":"a","n":1}],"78":[{"id":"b","n":2}]}'),
        (Format.CSV, "[]", b'id,n,extra\na,1,x\n"b","2",y\n'),
        (Format.TSV, "[]", b"n\tid\n1\ta\n2\tb\n"),
    ],
)
def test_every_format_is_read(decode: Decode, kind: Format, records: str, body: bytes) -> None:
    table = decode(feed(stream(records), kind=kind), body).tables["t"]
    assert sorted(table.to_pylist(), key=lambda row: str(row["id"])) == [{"id": "a", "n": 1}, {"id": "b", "n": 2}]


def test_lines_of_several_kinds_are_told_apart(decode: Decode) -> None:
    body = b'{"id":"order/1","n":1}\n{"id":"line/1","n":2}\n'
    (row,) = decode(feed(stream(only=("id", "line/")), kind=Format.JSONL), body).tables["t"].to_pylist()
    assert row == {"id": "line/1", "n": 2}


def test_a_list_may_be_left_out_where_that_is_declared(decode: Decode) -> None:
    assert decode(feed(stream("rows[]?")), b'{"rowCount":0}').tables["t"].num_rows == 0
    with pytest.raises(Stop):
        decode(feed(stream("rows[]")), b'{"rowCount":0}')


def test_a_csv_without_a_declared_column_stops(decode: Decode) -> None:
    with pytest.raises(Stop, match="n is in none"):
        decode(feed(stream(), kind=Format.CSV), b"id,m\na,1\n")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=200) | st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["data", "id", "lines", "n"]), inner),
    max_leaves=8,
).map(orjson.dumps))  # fmt: skip
def test_any_bytes_are_a_table_or_a_stop(decode: Decode, body: bytes) -> None:
    try:
        assert set(decode(WHOLE, body, currency="EUR").tables) == {"orders", "lines"}
    except Stop:
        return
