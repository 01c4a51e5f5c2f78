"""The shape of a column: its name, how its value is stored, where it lies in a record, and whose it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial


class Kind(StrEnum):
    """How a value is stored. Each kind reads the spellings that platforms use for it (numbers as text included)."""

    TEXT = "text"  # VARCHAR
    INTEGER = "integer"  # BIGINT
    MONEY = "money"  # DECIMAL(18,6), in major units unless the column's name says otherwise
    NUMBER = "number"  # DOUBLE, for rates and fractional counts, never for money
    BOOLEAN = "boolean"  # BOOLEAN
    DATE = "date"  # DATE, from YYYY-MM-DD, YYYYMMDD or the date part of a timestamp
    TIMESTAMP = "timestamp"  # TIMESTAMPTZ in UTC, from ISO 8601; a text without zone is read as UTC
    EPOCH = "epoch"  # TIMESTAMPTZ in UTC, from UNIX seconds
    JSON = "json"  # VARCHAR holding the JSON text as the platform sent it


class Personal(StrEnum):
    """The class of personal data a column holds. The first three also identify a person across streams."""

    EMAIL = "email"
    PHONE = "phone"
    CUSTOMER_ID = "customer_id"
    NAME = "name"
    ADDRESS = "address"
    LOCATION = "location"
    ONLINE_ID = "online_id"
    PAYMENT = "payment"
    FREE_TEXT = "free_text"


class Erase(StrEnum):
    """What happens to the value when its person is erased."""

    ROW = "row"  # the row is the person's and goes whole
    NULL = "null"  # the row stays for the business's books, the value goes


@dataclass(frozen=True, kw_only=True)
class Column:
    """One declared column. What is not declared is never stored.

    `path` leads from the record to the value: `a.b` into objects, `a[0]` into lists, `^.id` to the record that
    encloses this one, `@account_id` to a fact that the reader states for the whole page.
    """

    name: str
    kind: Kind
    path: str
    description: str
    personal: Personal | None = None
    erase: Erase | None = None
    waiver: str = ""  # the written reason why a personal value is kept
    issuer: str = ""  # whose customer ids these are, where not the platform's own
    optional: bool = False  # the platform leaves the field out when it is empty
    missing: tuple[str, ...] = ()  # texts that mean "no value", such as "-"

    def __post_init__(self) -> None:
        if self.personal and not (self.erase or self.waiver):
            raise ValueError(f"{self.name} holds personal data and needs an erase rule or a written waiver")
        if self.issuer and self.personal is not Personal.CUSTOMER_ID:
            raise ValueError(f"{self.name} has an issuer but holds no customer's id")
        if not self.personal and (self.erase or self.waiver):
            raise ValueError(f"{self.name} has an erase rule or a waiver but no class of personal data")


def _column(  # noqa: PLR0913 -- one parameter a fact
    kind: Kind,
    name: str,
    description: str,
    path: str = "",
    personal: Personal | None = None,
    *,
    erase: Erase | None = None,
    waiver: str = "",
    issuer: str = "",
    optional: bool = False,
    missing: Sequence[str] = (),
) -> Column:
    return Column(
        name=name,
        kind=kind,
        path=path or name,
        description=description,
        personal=personal,
        # unless declared otherwise, a row with someone's data in it goes with that person
        erase=erase or (Erase.ROW if personal and not waiver else None),
        waiver=waiver,
        issuer=issuer,
        optional=optional,
        missing=tuple(missing),
    )


text = partial(_column, Kind.TEXT)
integer = partial(_column, Kind.INTEGER)
money = partial(_column, Kind.MONEY)
number = partial(_column, Kind.NUMBER)
boolean = partial(_column, Kind.BOOLEAN)
date = partial(_column, Kind.DATE)
timestamp = partial(_column, Kind.TIMESTAMP)
epoch = partial(_column, Kind.EPOCH)
json_text = partial(_column, Kind.JSON)
