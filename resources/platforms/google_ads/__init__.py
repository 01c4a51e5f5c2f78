"""Google Ads: what is asked of an account, and nothing else."""

from typing import Final

from resources.operations import Keys, Operation, Purpose
from resources.platform import Feed, Grade, OAuth, Platform, Scopes, Stream
from resources.platforms.google_ads import grant, pages, streams
from resources.reading import Format

_HOST = r"googleads\.googleapis\.com"
_OAUTH = r"oauth2\.googleapis\.com"
_SCOPE: Final = "https://www.googleapis.com/auth/adwords"
# the query language only reads; what it reads may not be a person's address or the id of their click
_QUERY = r"(?s)SELECT (?!.*(?:email|gclid|phone|lead_form)).*"


def _oauth(name: str, purpose: Purpose, keys: frozenset[str]) -> Operation:
    return Operation(
        name=name, method="POST", host=_OAUTH, path=f"/{name}", purpose=purpose, body=Keys(allowed=keys, form=True)
    )


def _feed(stream: Stream, read: pages.Read) -> Feed:
    return Feed(name=stream.name, format=Format.JSON, read=read, streams=(stream,))


PLATFORM = Platform(
    key="google_ads",
    title="Google Ads",
    version=pages.VERSION,
    auth=OAuth(
        authorize_url="https://accounts.google.com/o/oauth2/v2/auth",
        exchange=grant.exchange,
        refresh=grant.refresh,
        revoke=grant.revoke,
        pkce=True,
        extra={"access_type": "offline", "prompt": "consent"},
    ),
    scopes=Scopes(
        required=(_SCOPE,),
        refused=(r"https://www\.googleapis\.com/auth/(?!adwords$|userinfo\.(?:email|profile)$).+",),
    ),
    best_grade=Grade.PARTLY,
    hosts=(_HOST, _OAUTH),
    operations=(
        Operation(
            name="search",
            method="POST",
            host=_HOST,
            path=rf"/{pages.VERSION}/customers/\d{{10}}/googleAds:(search|searchStream)",
            body=Keys(allowed=frozenset({"query", "pageToken"}), values={"query": _QUERY}),
            query=frozenset(),
        ),
        Operation(
            name="accounts",
            method="GET",
            host=_HOST,
            path=rf"/{pages.VERSION}/customers:listAccessibleCustomers",
            purpose=Purpose.PROVE,
            query=frozenset(),
        ),
        _oauth("token", Purpose.AUTHORIZE, grant.TOKEN_KEYS),
        _oauth("tokeninfo", Purpose.PROVE, frozenset({"access_token"})),
        _oauth("revoke", Purpose.REVOKE, frozenset({"token"})),
    ),
    feeds=(
        _feed(streams.ACCOUNTS, pages.read_account),
        _feed(streams.CAMPAIGNS, pages.read_campaigns),
        _feed(streams.AD_GROUPS, pages.read_ad_groups),
        _feed(streams.ADS, pages.read_ads),
        _feed(streams.CAMPAIGN_DAILY, pages.read_campaign_daily),
        _feed(streams.AD_GROUP_DAILY, pages.read_ad_group_daily),
        _feed(streams.AD_DAILY, pages.read_ad_daily),
    ),
    headers=lambda token: {"Authorization": f"Bearer {token.reveal()}"},
    judge=grant.judge,
    prove=grant.prove,
    accounts=grant.accounts,
    limits="A day is one in the account's time zone and is restated for 30 days; conversions whose window is longer "
    "move later than that. Performance Max campaigns have no rows for ads. Google counts queries a day by the level "
    "of access that our Cloud project has.",
)
