"""TikTok Ads: what is asked of an advertiser, and nothing else."""

from resources.operations import Keys, Operation, Purpose
from resources.platform import Feed, Grade, OAuth, Platform, Scopes, Stream
from resources.platforms.tiktok_ads import grant, pages, streams
from resources.reading import Format

_HOST = r"business-api\.tiktok\.com"
_V = rf"/open_api/{pages.VERSION}".replace(".", r"\.")
_PAGE_KEYS = {"advertiser_id", "page", "page_size"}
_REPORT_KEYS = {
    "report_type", "service_type", "data_level", "dimensions", "metrics", "start_date", "end_date", "query_mode",
}  # fmt: skip


def _get(name: str, path: str, query: set[str]) -> Operation:
    return Operation(name=name, method="GET", host=_HOST, path=rf"{_V}/{path}/", query=frozenset(query))


def _oauth(name: str, purpose: Purpose, proof: str) -> Operation:
    return Operation(
        name=name,
        method="POST",
        host=_HOST,
        path=rf"{_V}/oauth2/{name}/",
        purpose=purpose,
        body=Keys(allowed=frozenset({"app_id", "secret", proof})),
        query=frozenset(),
    )


def _feed(stream: Stream, read: pages.Read) -> Feed:
    return Feed(name=stream.name, format=Format.JSON, read=read, streams=(stream,))


PLATFORM = Platform(
    key="tiktok_ads",
    title="TikTok Ads",
    version=pages.VERSION,
    auth=OAuth(
        authorize_url="https://business-api.tiktok.com/portal/auth",
        exchange=grant.exchange,
        revoke=grant.revoke,
        scope_separator=",",
        client_id_parameter="app_id",
        code_parameter="auth_code",
    ),
    scopes=Scopes(required=grant.READ_SCOPES, refused=(grant.REFUSED,)),
    best_grade=Grade.PROVED,
    hosts=(_HOST,),
    operations=(
        _get("advertiser", "advertiser/info", {"advertiser_ids", "fields"}),
        _get("entities", r"(smart_plus/)?(campaign|adgroup|ad)/get", _PAGE_KEYS | {"filtering", "fields"}),
        _get("report", "report/integrated/get", _PAGE_KEYS | _REPORT_KEYS),
        _oauth("access_token", Purpose.AUTHORIZE, "auth_code"),
        _oauth("revoke_token", Purpose.REVOKE, "access_token"),
    ),
    feeds=(
        _feed(streams.ADVERTISERS, pages.read_advertiser),
        _feed(streams.CAMPAIGNS, pages.read_campaigns),
        _feed(streams.AD_GROUPS, pages.read_ad_groups),
        _feed(streams.ADS, pages.read_ads),
        _feed(streams.CAMPAIGN_DAILY, pages.read_campaign_daily),
        _feed(streams.AD_GROUP_DAILY, pages.read_ad_group_daily),
        _feed(streams.AD_DAILY, pages.read_ad_daily),
    ),
    headers=lambda token: {"Access-Token": token.reveal()},
    judge=grant.judge,
    prove=grant.prove,
    accounts=grant.accounts,
    limits="A day is one in the account's time zone and is restated for 28 days. GMV Max campaigns have reports of "
    "their own, which are not read. What counts as a conversion is set per ad group.",
)
