"""What a platform may be asked: the exact requests that the door lets through, as facts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Purpose(StrEnum):
    """Who may send the request."""

    READ = "read"  # streams
    DOWNLOAD = "download"  # a report file at an address that the platform handed out; sent without our credential
    AUTHORIZE = "authorize"  # connecting and refreshing
    PROVE = "prove"  # asking what was granted
    REVOKE = "revoke"  # giving the grant back


@dataclass(frozen=True, kw_only=True)
class Keys:
    """A JSON object or a form with keys among `allowed`; `values` maps a key to a regex that its text matches."""

    allowed: frozenset[str]
    values: dict[str, str] = field(default_factory=dict)
    form: bool = False


@dataclass(frozen=True, kw_only=True)
class Graphql:
    """A GraphQL document that only reads: one query over `roots`.

    Or one of `mutations`, whose `query` argument is itself such a query.
    """

    roots: frozenset[str]
    mutations: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One request that may leave. Host and path are regexes matched whole, the path after decoding.

    `issued_by` names the operation in whose replies the address (or the path's last segment) must have occurred
    earlier in the same run.
    """

    name: str
    method: str
    host: str
    path: str
    purpose: Purpose = Purpose.READ
    body: Keys | Graphql | None = None
    query: frozenset[str] | None = None  # the query parameters it may carry; None: any but the tunnelling ones
    query_values: Mapping[str, str] = field(default_factory=dict)  # a parameter to a regex that its text matches
    issued_by: str = ""
