"""Pinterest Ads: what is asked of an ad account, and nothing else."""

from resources.operations import Keys, Operation, Purpose
from resources.platform import Feed, Grade, OAuth, Platform, Scopes
from resources.platforms.pinterest_ads import grant, pages, streams
from resources.reading import Format

_HOST = r"api\.pinterest\.com"
# which of Amazon's storage hosts serves the reports isn't documented, so the address must also be one we were given
_FILES = r"([a-z0-9-]+\.)+amazonaws\.com"
_ACCOUNT = rf"/{pages.VERSION}/ad_accounts/\d{{1,18}}"
_LIST_KEYS = frozenset({"page_size", "bookmark", "entity_statuses", "order", "include_shared_accounts"})
_REPORT_KEYS = frozenset(
    {"start_date", "end_date", "granularity", "columns", "level", "click_window_days", "engagement_window_days"}
    | {"view_window_days", "conversion_report_time", "report_format"}
)


def _get(
    name: str, path: str, query: frozenset[str], *, purpose: Purpose = Purpose.READ, issued_by: str = ""
) -> Operation:
    return Operation(name=name, method="GET", host=_HOST, path=path, query=query, purpose=purpose, issued_by=issued_by)


PLATFORM = Platform(
    key="pinterest_ads",
    title="Pinterest Ads",
    version=pages.VERSION,
    auth=OAuth(
        authorize_url="https://www.pinterest.com/oauth/",
        exchange=grant.exchange,
        refresh=grant.refresh,
        scope_separator=",",
    ),
    scopes=Scopes(
        required=("ads:read", "pins:read"),
        refused=(r"[a-z_]+:write(_secret)?", r"billing:.*", r"[a-z_]+:read_secret"),
    ),
    best_grade=Grade.PROVED,
    hosts=(_HOST, _FILES),
    operations=(
        _get("account", _ACCOUNT, frozenset()),
        _get("entities", rf"{_ACCOUNT}/(campaigns|ad_groups|ads)", _LIST_KEYS),
        Operation(
            name="start_report",
            method="POST",
            host=_HOST,
            path=rf"{_ACCOUNT}/reports",
            body=Keys(
                allowed=_REPORT_KEYS, values={"level": "CAMPAIGN|AD_GROUP|PIN_PROMOTION", "report_format": "JSON"}
            ),
        ),
        _get("poll_report", rf"{_ACCOUNT}/reports", frozenset({"token"})),
        Operation(
            name="report_file",
            method="GET",
            host=_FILES,
            path=r"/.+",
            purpose=Purpose.DOWNLOAD,
            issued_by="poll_report",
        ),
        _get("accounts", rf"/{pages.VERSION}/ad_accounts", _LIST_KEYS, purpose=Purpose.PROVE),
        Operation(
            name="token",
            method="POST",
            host=_HOST,
            path=rf"/{pages.VERSION}/oauth/token",
            purpose=Purpose.AUTHORIZE,
            body=Keys(allowed=grant.TOKEN_KEYS, values={"grant_type": "authorization_code|refresh_token"}, form=True),
        ),
    ),
    feeds=(
        Feed(name="accounts", format=Format.JSON, read=pages.read_account, streams=(streams.ACCOUNTS,)),
        Feed(name="campaigns", format=Format.JSON, read=pages.entities("campaigns"), streams=(streams.CAMPAIGNS,)),
        Feed(name="ad_groups", format=Format.JSON, read=pages.entities("ad_groups"), streams=(streams.AD_GROUPS,)),
        Feed(name="ads", format=Format.JSON, read=pages.entities("ads"), streams=(streams.ADS,)),
        *(
            Feed(name=stream.name, format=Format.JSON, read=pages.daily(level, stream), streams=(stream,))
            for level, stream in (
                ("CAMPAIGN", streams.CAMPAIGN_DAILY),
                ("AD_GROUP", streams.AD_GROUP_DAILY),
                ("PIN_PROMOTION", streams.AD_DAILY),
            )
        ),
    ),
    headers=lambda token: {"Authorization": f"Bearer {token.reveal()}"},
    judge=grant.judge,
    prove=grant.prove,
    accounts=grant.accounts,
    limits=(
        "Pinterest keeps 914 days of figures and restates a day for 33 days; a day is one in UTC. Conversions are "
        "counted on the day of the click (within 30 days) or view (within 1 day). Pinterest has no way to give a "
        "person's grant back: remove the app under Settings, Security there."
    ),
)
