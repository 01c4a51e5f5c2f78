"""People named inside texts: the e-mail addresses and phone numbers that stand in them, as tokens in SQL."""

from collections.abc import Iterable, Iterator
from typing import Final

from resources.columns import Column, Kind, Personal
from resources.decode.paths import literal, quoted

# the same address in JSON and on the web; what is then left of escapes is no part of a word
_PLAIN: Final = (("%40", "@"), ("\\u0040", "@"), ("%2b", "+"))
_ESCAPES: Final = r"%[0-9a-f]{2}|\\[nrt]"
# an address as it mostly is, and as it is where it has an apostrophe or the like in it
_MAILS: Final = (
    r"[\pL\pN.+_-]+@[\pL\pN-]+(?:\.[\pL\pN-]+)+",
    r"[^\s\"<>(),;:=&/\[\]{}|\\@]+@[\pL\pN-]+(?:\.[\pL\pN-]+)+",
)
_PHONE: Final = r"\+?[0-9](?:[ ().\-/]*[0-9]){6,}"
_SIGNS: Final = ("@", "%40", "u0040")


def mentions_sql(relation: str, rid: str, columns: Iterable[Column]) -> str:
    """A query of the tokens named in the texts of a relation: (rid, said, token), `said` being the column; "" if none.

    A column of e-mail addresses or of numbers is no text: its value is a token as a whole.
    """
    queries = [query for column in columns if _is_text(column) for query in _of(relation, rid, column)]
    return " UNION ALL ".join(queries)


def _of(relation: str, rid: str, column: Column) -> Iterator[str]:
    place, said = quoted(column.name), f"SELECT {rid} AS rid, {literal(column.name)} AS said"
    plain = f"lower(nfc_normalize({place}))"
    for spelled, meant in _PLAIN:
        plain = f"replace({plain}, {literal(spelled)}, {literal(meant)})"
    plain = f"regexp_replace({plain}, {literal(_ESCAPES)}, ' ', 'g')"
    signs = " OR ".join(f"contains({place}, {literal(sign)})" for sign in _SIGNS)
    for pattern in _MAILS:
        found = f"unnest(regexp_extract_all({plain}, {literal(pattern)}))"
        yield f"{said}, 'e:' || {found} AS token FROM {relation} WHERE {signs}"
    if column.kind is Kind.JSON or column.personal in (Personal.FREE_TEXT, Personal.NAME, Personal.ADDRESS):
        digits = f"regexp_replace(unnest(regexp_extract_all({place}, {literal(_PHONE)})), '[^0-9]', '', 'g')"
        yield f"{said}, 'p:' || regexp_replace({digits}, '^00', '') AS token FROM {relation}"


def _is_text(column: Column) -> bool:
    whole = (Personal.EMAIL, Personal.PHONE, Personal.CUSTOMER_ID)
    return column.kind in (Kind.TEXT, Kind.JSON) and column.personal not in whole
