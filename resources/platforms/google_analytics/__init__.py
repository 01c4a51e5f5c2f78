"""Google Analytics 4: what is asked of a property, and nothing else."""

from datetime import timedelta
from typing import Final

from resources.operations import Keys, Operation, Purpose
from resources.platform import Feed, Grade, OAuth, Platform, Scopes
from resources.platforms.google_analytics import grant, pages, streams
from resources.reading import Format

_DATA: Final = r"analyticsdata\.googleapis\.com"
_ADMIN: Final = r"analyticsadmin\.googleapis\.com"
_LOGIN: Final = r"oauth2\.googleapis\.com"
_SCOPE: Final = "https://www.googleapis.com/auth/analytics.readonly"


def _names(names: tuple[str, ...]) -> str:
    """A JSON list of objects that hold these names and nothing else."""
    one = rf'\{{"name":"(?:{"|".join(names)})"\}}'
    return rf"\[{one}(?:,{one})*\]"


def _admin(name: str, path: str, query: frozenset[str] = frozenset()) -> Operation:
    return Operation(
        name=name, method="GET", host=_ADMIN, path=f"/{pages.VERSION}/{path}", purpose=Purpose.PROVE, query=query
    )


def _login(name: str, purpose: Purpose, keys: frozenset[str]) -> Operation:
    body = Keys(allowed=keys, form=True)
    return Operation(
        name=name, method="POST", host=_LOGIN, path=f"/{name}", purpose=purpose, body=body, query=frozenset()
    )


PLATFORM = Platform(
    key="google_analytics",
    title="Google Analytics 4",
    version=pages.VERSION,
    auth=OAuth(
        authorize_url="https://accounts.google.com/o/oauth2/v2/auth",
        exchange=grant.exchange,
        refresh=grant.refresh,
        revoke=grant.revoke,
        pkce=True,
        # include_granted_scopes is left out: it would merge scopes that were granted for something else
        extra={"access_type": "offline", "prompt": "consent"},
    ),
    scopes=Scopes(
        required=(_SCOPE,),
        refused=(r"https://www\.googleapis\.com/auth/(?!analytics\.readonly$|userinfo\.(?:email|profile)$).+",),
    ),
    best_grade=Grade.PROVED,
    hosts=(_DATA, _ADMIN, _LOGIN),
    operations=(
        Operation(
            name="run_report",
            method="POST",
            host=_DATA,
            path=rf"/{pages.VERSION}/properties/\d+:runReport",
            # with any dimension free, a report could name transactions, pages with their queries, or users
            body=Keys(
                allowed=pages.REPORT_KEYS,
                values={"dimensions": _names(streams.DIMENSIONS), "metrics": _names(streams.METRICS)},
            ),
            query=frozenset(),
        ),
        _admin("account_summaries", "accountSummaries", frozenset({"pageSize", "pageToken"})),
        _admin("property", r"properties/\d+"),
        _login("token", Purpose.AUTHORIZE, grant.TOKEN_KEYS),
        _login("tokeninfo", Purpose.PROVE, frozenset({"access_token"})),
        _login("revoke", Purpose.REVOKE, frozenset({"token"})),
    ),
    feeds=tuple(
        Feed(name=report.stream.name, format=Format.JSON, read=pages.reader(report), streams=(report.stream,))
        for report in streams.REPORTS
    ),
    headers=lambda token: {"Authorization": f"Bearer {token.reveal()}"},
    judge=grant.judge,
    prove=grant.prove,
    accounts=grant.accounts,
    every=timedelta(hours=6),
    limits="A day is one in the property's time zone; today is not read, and a day may change for 48 hours, its credit "
    "for up to 12 days, so the last 14 days are read again each time. Users are not additive, over days or over "
    "channels. Google hides small groups and folds rare values into (other): each row says so. Custom channel groups "
    "are not read. A property has 200,000 tokens a day for all who ask.",
)
