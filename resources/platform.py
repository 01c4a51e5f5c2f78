"""The shape of a platform: frozen facts about what is read and how it is asked for."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from resources.columns import Column
from resources.operations import Operation
from resources.reading import Api, Format, Judgement, Page, Reply, Window
from resources.secret import Secret


@dataclass(frozen=True, kw_only=True)
class Keep:
    """How long rows are kept: while the datasource is connected and the account active, and never beyond `at_most`."""

    at_most: timedelta | None = None
    age_column: str = ""  # the column that limits count from; rows without one of their own go with what they belong to
    reason: str = "kept while the datasource is connected and the account is active"

    def __post_init__(self) -> None:
        if self.at_most and not self.age_column:
            raise ValueError("a limit of age needs the column it counts from")


@dataclass(frozen=True, kw_only=True)
class Stream:
    """One table: raw_<platform>/<name>.

    `records` leads from a page to the records, with [] at each list: "data[]", "data[].refunds.data[]"; "[]" alone is
    a list at the top, or the lines of a JSONL or CSV page; "*[]" goes through the values of an object keyed by id.
    A list that may be left out when it is empty is marked: "rows[]?".
    `only` = (path, prefix) keeps the records whose text at `path` starts with `prefix`.
    `replaces` names columns: what a sync brings takes the place of all rows that share its values in them (none named:
    of the whole table), so that rows which the platform no longer has go. None: rows are only added and updated.
    """

    name: str
    description: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    records: str = "[]"
    only: tuple[str, str] | None = None
    cursor: str | None = None  # the column by which new and changed rows are found
    cursor_reason: str = ""  # why there is none
    lookback: timedelta = timedelta(0)  # how long figures are restated
    keep: Keep = field(default_factory=Keep)
    needs: str = ""  # an optional scope without which the stream is absent
    belongs_to: tuple[tuple[str, str], ...] = ()  # (own column, stream): the row goes when a row it names there goes
    replaces: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        if len(set(names)) != len(names):
            raise ValueError(f"{self.name} declares a column twice")
        if not self.key or not set(self.key) <= set(names):
            raise ValueError(f"{self.name}: the key must be among its columns")
        if self.cursor is None and not self.cursor_reason:
            raise ValueError(f"{self.name}: no cursor and no reason why")
        if self.cursor is not None and self.cursor not in names:
            raise ValueError(f"{self.name}: the cursor must be among its columns")
        if not set(self.replaces or ()) <= set(names):
            raise ValueError(f"{self.name}: what it replaces by must be among its columns")
        if self.keep.age_column and self.keep.age_column not in names:
            raise ValueError(f"{self.name}: what its age counts from must be among its columns")
        if not {column for column, _ in self.belongs_to} <= set(names):
            raise ValueError(f"{self.name}: what it belongs by must be among its columns")


@dataclass(frozen=True, kw_only=True)
class Feed:
    """One way of asking, and the streams that live in its pages."""

    name: str
    format: Format
    read: Callable[[Api, Window], Iterator[Page]]
    streams: tuple[Stream, ...]

    @property
    def lookback(self) -> timedelta:
        return max(stream.lookback for stream in self.streams)


@dataclass(frozen=True, kw_only=True)
class Scopes:
    """What is asked for. `optional` maps a scope to what it adds; `refused` are regexes of what may not be granted."""

    required: tuple[str, ...]
    optional: Mapping[str, str] = field(default_factory=dict)
    refused: tuple[str, ...] = ()


class Grade(StrEnum):
    """How far least privilege can be shown."""

    PROVED = "proved"  # the platform lists what was granted, and it is what we ask
    PARTLY = (
        "partly"  # the platform lists it, but has no read-only scope: the role is checked and the door is the guarantee
    )
    ATTESTED = "attested"  # the platform lists nothing: probes and the person's word


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What connecting found out. `findings` are sentences for the person who connects."""

    grade: Grade
    granted: frozenset[str]
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class App:
    """Our registration at the platform."""

    client_id: str
    client_secret: Secret
    developer_token: Secret | None = None  # where a platform wants to know the developer with each request


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What a person allowed. For an API key, `access` is the key. `lasts` is None where it does not expire."""

    access: Secret
    refresh: Secret | None = None
    lasts: timedelta | None = None
    scopes: frozenset[str] = frozenset()
    reaches: tuple[str, ...] = ()  # ids of accounts, where only the answer that made the grant names them


@dataclass(frozen=True, kw_only=True)
class Account:
    """One account a grant reaches: one datasource."""

    id: str
    name: str
    currency: str | None
    time_zone: str | None
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class OAuth:
    """The authorization code flow. `authorize_url` may hold {account}, where the address is the account's own.

    `exchange` takes (api, app, code, redirect address, PKCE verifier or "").
    `sealed_by` says whether the platform's own seal on the answer that came back is right: (answer, app, account).
    """

    authorize_url: str
    exchange: Callable[[Api, App, str, str, str], Grant]
    refresh: Callable[[Api, App, Secret], Grant] | None = None
    revoke: Callable[[Api, App, Secret], None] | None = None
    scope_separator: str = " "
    pkce: bool = False
    extra: Mapping[str, str] = field(default_factory=dict)  # further parameters of the authorize address
    client_id_parameter: str = "client_id"
    code_parameter: str = "code"  # under which the code comes back
    sealed_by: Callable[[Mapping[str, str], App, str], bool] | None = None


@dataclass(frozen=True, kw_only=True)
class ApiKey:
    """A key that a person pastes; `pattern` matches it whole, `how` says how to make a read-only one."""

    pattern: str
    how: str


def _no_headers(_app: App) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, kw_only=True)
class Platform:
    """Everything there is to know about one source."""

    key: str
    title: str
    version: str
    auth: OAuth | ApiKey
    scopes: Scopes
    best_grade: Grade
    hosts: tuple[str, ...]  # regexes, matched whole
    operations: tuple[Operation, ...]
    feeds: tuple[Feed, ...]
    headers: Callable[[Secret], Mapping[str, str]]  # what carries the credential
    app_headers: Callable[[App], Mapping[str, str]] = _no_headers  # what names our registration beside it
    judge: Callable[[Reply], Judgement]
    prove: Callable[[Api, Grant], Proof]
    accounts: Callable[[Api], list[Account]]
    every: timedelta = timedelta(hours=1)
    limits: str = ""  # what a person should know: quotas, history, what is not covered

    def __post_init__(self) -> None:
        named = {stream.name: stream for stream in self.streams}
        for stream in self.streams:
            for _, parent in stream.belongs_to:
                if parent not in named:
                    raise ValueError(f"{stream.name} belongs to {parent}, which is no stream of {self.key}")
                if len(named[parent].key) != 1:
                    raise ValueError(f"{stream.name} belongs to {parent}, whose key is more than one column")
        if len(self.parents_first) != len(self.streams):
            raise ValueError(f"streams of {self.key} belong to each other in a circle")

    @property
    def streams(self) -> tuple[Stream, ...]:
        return tuple(stream for feed in self.feeds for stream in feed.streams)

    @property
    def parents_first(self) -> tuple[Stream, ...]:
        """The streams, each behind those whose rows it belongs to."""
        found: dict[str, Stream] = {}
        waiting = list(self.streams)
        while ready := [each for each in waiting if all(parent in found for _, parent in each.belongs_to)]:
            found |= {each.name: each for each in ready}
            waiting = [each for each in waiting if each.name not in found]
        return tuple(found.values())

    @property
    def schema(self) -> str:
        return f"raw_{self.key}"
