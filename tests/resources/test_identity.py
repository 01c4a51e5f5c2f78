"""One spelling of an identifier in Python, for what is asked, and in SQL, for what is stored."""

import duckdb
import pytest

from resources.columns import Personal
from resources.identity import Identifier, identifying, token_sql
from resources.platforms import platform

CUSTOMERS = next(stream for stream in platform("shopify").streams if stream.name == "customers")


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Personal.EMAIL, " Ann@X.com\n"),
        (Personal.EMAIL, "ΑΝΝΑΣ@x.gr"),
        (Personal.EMAIL, "İrem@x.com"),
        (Personal.EMAIL, "E\u0301va@x.com"),
        (Personal.PHONE, "00 41 79-123 45 67"),
        (Personal.CUSTOMER_ID, "gid://shopify/Customer/42"),
    ],
)
def test_python_and_sql_fold_alike(kind: Personal, value: str) -> None:
    column = next(each for each in identifying(CUSTOMERS) if each.personal is kind)
    asked = Identifier(kind=kind, value=value, issuer="shopify" if kind is Personal.CUSTOMER_ID else "")
    with duckdb.connect() as connection:
        stored = connection.execute(f"SELECT {token_sql(column, 'shopify', '$value')}", {"value": value}).fetchone()
    assert stored == (asked.token,)


def test_every_letter_is_folded_alike() -> None:
    letters = [chr(each) for each in range(0x21, 0x3000) if chr(each).strip()]
    asked = [Identifier(kind=Personal.EMAIL, value=f"{each}@x").token for each in letters]
    with duckdb.connect() as connection:
        query = "SELECT 'e:' || lower(nfc_normalize(unnest($letters))) || '@x'"
        stored = [token for (token,) in connection.execute(query, {"letters": letters}).fetchall()]
    assert [pair for pair in zip(letters, asked, stored, strict=True) if pair[1] != pair[2]] == []
