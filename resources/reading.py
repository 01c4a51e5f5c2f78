"""What a platform's reader is given and what it gives back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

import orjson

from resources.errors import Stop


class Format(StrEnum):
    """How a page's bytes are written."""

    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    TSV = "tsv"


@dataclass(frozen=True, kw_only=True)
class Page:
    """Bytes as the platform sent them, and what holds for every row in them (account, currency, zone)."""

    body: bytes
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Window:
    """The time a sync covers, both aware and in UTC. `since` is None for the full history."""

    since: datetime | None
    until: datetime


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer of a platform, whole. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    to: str  # method, host and path: never the query, which may hold a secret

    def json(self) -> Any:  # noqa: ANN401 -- JSON has any shape
        """The body as Python values.

        Raises:
            Stop: the body is not JSON.
        """
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise Stop(
                "the answer is not JSON.", to=self.to, do_next="Nothing was stored; the next sync asks again."
            ) from error


class Verdict(StrEnum):
    """What an answer means, whatever its HTTP status."""

    FINE = "fine"
    RETRY = "retry"  # throttled or a passing fault
    REFRESH = "refresh"  # the access token ran out: refresh once, then ask again
    ASK_AGAIN = "ask_again"  # the grant is gone for good
    STOP = "stop"  # the request or the contract is wrong


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """A verdict and its reason in words fit for a log; `after` is how long to wait, in seconds."""

    verdict: Verdict
    reason: str = ""
    after: float | None = None


FINE = Judgement(verdict=Verdict.FINE)


class Api(Protocol):
    """The door, opened for one datasource: every call is checked, fenced, judged, and retried where it makes sense."""

    @property
    def account(self) -> str:
        """The platform's own id of the account (a shop domain, an ad account)."""

    @property
    def settings(self) -> Mapping[str, str]:
        """What was chosen or learned at connect (currency, time zone, region)."""

    def get(
        self, url: str, *, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply: ...

    def post(
        self,
        url: str,
        *,
        json: object | None = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply: ...

    def delete(self, url: str) -> Reply:
        """Only ever let out to give a grant back."""

    def download(self, url: str, *, compressed: bool = False) -> Iterator[bytes]:
        """A file at an address that the platform handed out, in pieces of whole lines; gunzipped where `compressed`."""

    def wait(self, seconds: float) -> None:
        """Sleeps between two polls of a job; ends early with an error once the datasource may not be read any more."""
