"""Meta Ads: what is asked of an ad account, and nothing else."""

from resources.operations import Keys, Operation, Purpose
from resources.platform import Feed, Grade, OAuth, Platform, Scopes
from resources.platforms.meta_ads import grant, pages, streams
from resources.reading import Format

_HOST = r"graph\.facebook\.com"
_V = pages.VERSION.replace(".", r"\.")
_REPORT_KEYS = {"level", "fields", "time_range", "time_increment", "action_attribution_windows", "limit"}
_LIST_KEYS = frozenset({"fields", "limit", "after", "effective_status"})


def _get(
    name: str, path: str, *, purpose: Purpose = Purpose.READ, issued_by: str = "", query: frozenset[str]
) -> Operation:
    return Operation(
        name=name, method="GET", host=_HOST, path=rf"/{_V}/{path}", purpose=purpose, issued_by=issued_by, query=query
    )


PLATFORM = Platform(
    key="meta_ads",
    title="Meta Ads",
    version=pages.VERSION,
    auth=OAuth(
        authorize_url=f"https://www.facebook.com/{pages.VERSION}/dialog/oauth",
        exchange=grant.exchange,
        revoke=grant.revoke,
        scope_separator=",",
    ),
    scopes=Scopes(
        required=("ads_read", "business_management", "read_insights"),
        refused=("ads_management", r"pages_manage_.*", r"catalog_management", r"leads_retrieval"),
    ),
    best_grade=Grade.PARTLY,
    hosts=(_HOST,),
    operations=(
        _get("account", r"act_\d+", query=_LIST_KEYS),
        _get("entities", r"act_\d+/(campaigns|adsets|ads)", query=_LIST_KEYS),
        Operation(
            name="start_report",
            method="POST",
            host=_HOST,
            path=rf"/{_V}/act_\d+/insights",
            body=Keys(allowed=frozenset(_REPORT_KEYS), values={"level": "campaign|adset|ad"}, form=True),
        ),
        # a bare number can be any object, so only reports that this run started are asked for
        _get("poll_report", r"\d+", issued_by="start_report", query=frozenset({"fields"})),
        _get("report", r"\d+/insights", issued_by="start_report", query=_LIST_KEYS),
        _get("accounts", "me/adaccounts", purpose=Purpose.PROVE, query=_LIST_KEYS),
        _get("person", "me", purpose=Purpose.PROVE, query=frozenset({"fields"})),
        _get("permissions", "me/permissions", purpose=Purpose.PROVE, query=frozenset()),
        Operation(
            name="token",
            method="POST",
            host=_HOST,
            path=rf"/{_V}/oauth/access_token",
            purpose=Purpose.AUTHORIZE,
            body=Keys(allowed=grant.TOKEN_KEYS, form=True),
        ),
        Operation(name="give_back", method="DELETE", host=_HOST, path=rf"/{_V}/me/permissions", purpose=Purpose.REVOKE),
    ),
    feeds=(
        Feed(name="accounts", format=Format.JSON, read=pages.read_account, streams=(streams.ACCOUNTS,)),
        Feed(name="campaigns", format=Format.JSON, read=pages.read_campaigns, streams=(streams.CAMPAIGNS,)),
        Feed(name="ad_sets", format=Format.JSON, read=pages.read_ad_sets, streams=(streams.AD_SETS,)),
        Feed(name="ads", format=Format.JSON, read=pages.read_ads, streams=(streams.ADS,)),
        Feed(
            name="campaign_daily", format=Format.JSON, read=pages.daily("campaign"), streams=(streams.CAMPAIGN_DAILY,)
        ),
        Feed(name="ad_set_daily", format=Format.JSON, read=pages.daily("adset"), streams=(streams.AD_SET_DAILY,)),
        Feed(name="ad_daily", format=Format.JSON, read=pages.daily("ad"), streams=(streams.AD_DAILY,)),
    ),
    headers=lambda token: {"Authorization": f"Bearer {token.reveal()}"},
    judge=grant.judge,
    prove=grant.prove,
    accounts=grant.accounts,
    limits="Meta keeps 37 months of figures. A day is one in the ad account's time zone and is restated for 28 days.",
)
