"""Who somebody is: identifiers folded to one spelling, in Python for what is asked and in SQL for what is stored."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from resources.columns import Column, Personal
from resources.errors import Refused
from resources.platform import Stream

IDENTIFYING: Final = (Personal.CUSTOMER_ID, Personal.EMAIL, Personal.PHONE)  # in the order in which they own a row
_LETTERS: Final = {Personal.EMAIL: "e", Personal.PHONE: "p", Personal.CUSTOMER_ID: "c"}
_FEWEST_DIGITS: Final = 7
_BLANKS: Final = " \t\r\n"


@dataclass(frozen=True, kw_only=True)
class Identifier:
    """An e-mail address, a phone number or a customer's id, as it was given. `issuer` names whose id it is."""

    kind: Personal
    value: str
    issuer: str = ""

    def __post_init__(self) -> None:
        if self.kind not in _LETTERS:
            raise ValueError(f"{self.kind} identifies nobody")
        if bool(self.issuer) != (self.kind is Personal.CUSTOMER_ID):
            raise ValueError("a customer's id has an issuer, and nothing else has")

    def __repr__(self) -> str:
        return f"Identifier({self.kind}, …)"

    @property
    def token(self) -> str:
        """The folded spelling, such as "e:ann@example.com" or "c:shopify:42"."""
        value = unicodedata.normalize("NFC", self.value).strip(_BLANKS)
        match self.kind:
            case Personal.EMAIL:
                return f"e:{_lower(value)}"
            case Personal.PHONE:
                return f"p:{re.sub('[^0-9]', '', value).removeprefix('00')}"
            case _:
                return f"c:{self.issuer}:{value.rpartition('/')[2]}"


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A person, by all that whoever asks has said of them."""

    identifiers: tuple[Identifier, ...]

    @property
    def tokens(self) -> frozenset[str]:
        return frozenset(each.token for each in self.identifiers)


def subject(*, emails: tuple[str, ...] = (), phones: tuple[str, ...] = (), ids: tuple[str, ...] = ()) -> Subject:
    """A person by e-mail addresses, phone numbers, and ids given as `platform:id`.

    Raises:
        Refused: nothing is given, or something is no address, number or id.
    """
    found = [_email(each) for each in emails] + [_phone(each) for each in phones] + [_customer(each) for each in ids]
    if not found:
        raise Refused("nobody is named.", to="request", do_next="Give an e-mail, a phone or an id.")
    return Subject(identifiers=tuple(found))


def identifier(token: str) -> Identifier:
    """The identifier that a token stands for, in the folded spelling."""
    letter, _, value = token.partition(":")
    kind = next(kind for kind, its in _LETTERS.items() if its == letter)
    issuer, _, number = value.partition(":") if kind is Personal.CUSTOMER_ID else ("", "", value)
    return Identifier(kind=kind, value=number, issuer=issuer)


def identifying(stream: Stream) -> tuple[Column, ...]:
    """The stream's columns that say whose a row is, the strongest first."""
    columns = [column for column in stream.columns if column.personal in IDENTIFYING]
    return tuple(sorted(columns, key=lambda column: IDENTIFYING.index(column.personal or IDENTIFYING[0])))


def holds_people(stream: Stream) -> bool:
    """Whether the stream has one row per person: its key is a customer's id."""
    keys = [column for column in stream.columns if column.name in stream.key]
    return any(column.personal is Personal.CUSTOMER_ID for column in keys)


def token_sql(column: Column, platform: str, value: str) -> str:
    """The token of the SQL expression `value`, read as this column; null where it holds none."""
    whole = f"nfc_normalize(CAST({value} AS VARCHAR))"
    # trimming costs more than all the rest, and hardly any value has a blank
    blank = " OR ".join(f"contains({whole}, E'{sign}')" for sign in (" ", "\\t", "\\r", "\\n"))
    text = f"CASE WHEN {blank} THEN trim({whole}, E' \\t\\r\\n') ELSE {whole} END"
    match column.personal:
        case Personal.EMAIL:
            return f"'e:' || lower(nullif({text}, ''))"
        case Personal.PHONE:
            return f"'p:' || nullif(regexp_replace(regexp_replace({text}, '[^0-9]', '', 'g'), '^00', ''), '')"
        case Personal.CUSTOMER_ID:
            return f"'c:{column.issuer or platform}:' || nullif(split_part({text}, '/', -1), '')"
        case _:
            raise ValueError(f"{column.name} identifies nobody")


def _lower(text: str) -> str:
    # letter by letter, as DuckDB does: a whole word would end in another sigma, and a dotted I would become two
    return "".join(letter.lower()[:1] for letter in text)


def _email(text: str) -> Identifier:
    name, _, host = text.strip().rpartition("@")
    if not name or not host or any(letter.isspace() for letter in text.strip()):
        raise Refused("it is no e-mail address.", to="request", do_next="Give it as name@host.")
    return Identifier(kind=Personal.EMAIL, value=text)


def _phone(text: str) -> Identifier:
    if len(re.sub("[^0-9]", "", text)) < _FEWEST_DIGITS:
        raise Refused("it is no phone number.", to="request", do_next="Give it with its country's code.")
    return Identifier(kind=Personal.PHONE, value=text)


def _customer(text: str) -> Identifier:
    issuer, _, number = text.partition(":")
    if not issuer or not number.strip():
        raise Refused("it is no customer's id.", to="request", do_next="Give it as platform:id, as in shopify:42.")
    return Identifier(kind=Personal.CUSTOMER_ID, value=number, issuer=issuer.strip().lower())
