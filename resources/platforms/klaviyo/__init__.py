"""Klaviyo: what is asked of an account, and nothing else."""

from datetime import timedelta
from typing import Final

from resources.operations import Keys, Operation, Purpose
from resources.platform import ApiKey, Feed, Grade, Platform, Scopes, Stream
from resources.platforms.klaviyo import grant, lists, reports, streams
from resources.platforms.klaviyo.asking import REVISION, Read
from resources.reading import Format
from resources.secret import Secret

_HOST: Final = r"a\.klaviyo\.com"
_LIST_KEYS: Final = frozenset(
    {"filter", "sort", "page[size]", "page[cursor]", "additional-fields[profile]"}
    | {f"fields[{kind}]" for kind in ("campaign", "flow", "list", "segment", "metric", "profile")}
)


def _get(name: str, path: str, purpose: Purpose = Purpose.READ, query: frozenset[str] = _LIST_KEYS) -> Operation:
    return Operation(name=name, method="GET", host=_HOST, path=f"/api/{path}", purpose=purpose, query=query)


def _report(kind: str) -> Operation:
    """A POST that only reads: its body must say the very kind of report that the path names."""
    body = Keys(allowed=frozenset({"data"}), values={"data": rf'(?s)\{{"type":"{kind}",.*\}}'})
    path = f"/api/{kind}s"
    name = kind.replace("-", "_")
    return Operation(name=name, method="POST", host=_HOST, path=path, body=body, query=frozenset({"page_cursor"}))


def _feed(stream: Stream, read: Read, kind: Format = Format.JSON) -> Feed:
    return Feed(name=stream.name, format=kind, read=read, streams=(stream,))


def _headers(key: Secret) -> dict[str, str]:
    return {
        "Authorization": f"Klaviyo-API-Key {key.reveal()}",
        "revision": REVISION,
        "Accept": "application/vnd.api+json",
        # otherwise a revision that was retired is answered by another one, without a word
        "X-Klaviyo-Revision-Fall-Forward-Opt-Out": "1",
    }


PLATFORM = Platform(
    key="klaviyo",
    title="Klaviyo",
    version=REVISION,
    auth=ApiKey(
        pattern=r"pk_[A-Za-z0-9_]{20,120}",
        how="In Klaviyo open Settings, then API keys, and create a private key (it starts with pk_; the public key of "
        "six letters will not do) with custom scopes: read for accounts, campaigns, flows, lists, metrics and "
        "segments, and profiles only if you want them here; no access to all else.",
    ),
    scopes=Scopes(
        required=("accounts:read", "campaigns:read", "flows:read", "lists:read", "metrics:read", "segments:read"),
        optional={"profiles:read": "the people who are written to: e-mail address and consent"},
        refused=(r".*:(?!read$).*",),
    ),
    best_grade=Grade.ATTESTED,
    hosts=(_HOST,),
    operations=(
        _get("lists", "(campaigns|flows|lists|segments|metrics|profiles)"),
        _get("accounts", "accounts", Purpose.PROVE, frozenset()),
        _get("tags", "tags", Purpose.PROVE, frozenset({"page[size]"})),
        _report("campaign-values-report"),
        _report("flow-series-report"),
        _report("metric-aggregate"),
    ),
    feeds=(
        _feed(streams.CAMPAIGNS, lists.read_campaigns),
        _feed(streams.FLOWS, lists.changed("flow", "greater-or-equal")),
        _feed(streams.LISTS, lists.changed("list", "greater-than")),
        _feed(streams.SEGMENTS, lists.changed("segment", "greater-than")),
        _feed(streams.METRICS, lists.read_metrics),
        _feed(streams.PROFILES, lists.read_profiles),
        _feed(streams.CAMPAIGN_MONTHLY, reports.read_campaigns),
        _feed(streams.FLOW_DAILY, reports.read_flows, Format.JSONL),
        _feed(streams.EVENTS_DAILY, reports.read_events, Format.JSONL),
    ),
    headers=_headers,
    judge=grant.judge,
    prove=grant.prove,
    accounts=grant.accounts,
    every=timedelta(hours=3),
    limits="Klaviyo allows two reports a minute and 225 a day for the whole account, so a first sync of a long history "
    "takes its time and syncs come every three hours. Opens, clicks and conversions of a message grow through the "
    "account's attribution window (5 days unless changed), so the last 35 days are read again each time. Single "
    "events are not read, only their sums.",
)
