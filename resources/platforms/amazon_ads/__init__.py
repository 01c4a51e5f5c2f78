"""Amazon Ads: what is asked of a profile, and nothing else."""

from resources.operations import Keys, Operation, Purpose
from resources.platform import Feed, Grade, OAuth, Platform, Scopes
from resources.platforms.amazon_ads import grant, pages, streams
from resources.reading import Format

_HOST = r"advertising-api(-eu|-fe)?\.amazon\.com"
_LOGIN = r"api\.amazon\.com"
_FILES = r"([a-z0-9-]+\.)+s3(\.[a-z0-9-]+)?\.amazonaws\.com"
_NAMES = r'\["\w+"(,"\w+")*\]'
# the door looks at keys of the top only, so what stands below them is spelled out
_CONFIGURATION = (
    r'\{(("adProduct":"SPONSORED_(PRODUCTS|BRANDS|DISPLAY)"|"reportTypeId":"\w+"|"timeUnit":"(DAILY|SUMMARY)"|'
    rf'"format":"GZIP_JSON"|"(groupBy|columns)":{_NAMES}|"filters":\[(\{{"field":"\w+","values":{_NAMES}\}},?)+\])'
    r'(,(?="))?)+\}'
)


def _start(name: str, path: str, body: Keys) -> Operation:
    return Operation(name=name, method="POST", host=_HOST, path=path, body=body, query=frozenset())


def _poll(name: str, path: str, issued_by: str) -> Operation:
    return Operation(name=name, method="GET", host=_HOST, path=path, query=frozenset(), issued_by=issued_by)


def _file(name: str, issued_by: str) -> Operation:
    return Operation(name=name, method="GET", host=_FILES, path=r"/.+", purpose=Purpose.DOWNLOAD, issued_by=issued_by)


PLATFORM = Platform(
    key="amazon_ads",
    title="Amazon Ads",
    version=pages.VERSION,
    auth=OAuth(
        authorize_url="https://www.amazon.com/ap/oa",
        exchange=grant.exchange,
        refresh=grant.refresh,
    ),
    scopes=Scopes(required=(grant.SCOPE,), refused=(r"advertising::(?!campaign_management$).+", r"profile(:.*)?")),
    best_grade=Grade.PARTLY,
    hosts=(_HOST, _LOGIN, _FILES),
    operations=(
        Operation(
            name="profiles",
            method="GET",
            host=_HOST,
            path="/v2/profiles",
            query=frozenset({"apiProgram", "accessLevel"}),
        ),
        _start(
            "start_export",
            "/(campaigns|adGroups|ads)/export",
            Keys(allowed=frozenset({"adProductFilter", "stateFilter"})),
        ),
        _poll("poll_export", r"/exports/(?P<issued>[\w=-]+)", "start_export"),
        _file("export_file", "poll_export"),
        _start(
            "start_report",
            "/reporting/reports",
            Keys(
                allowed=frozenset({"name", "startDate", "endDate", "configuration"}),
                values={"configuration": _CONFIGURATION},
            ),
        ),
        _poll("poll_report", r"/reporting/reports/(?P<issued>[0-9a-f-]{36})", "start_report"),
        _file("report_file", "poll_report"),
        Operation(
            name="token",
            method="POST",
            host=_LOGIN,
            path="/auth/o2/token",
            purpose=Purpose.AUTHORIZE,
            body=Keys(allowed=grant.TOKEN_KEYS, values={"grant_type": "authorization_code|refresh_token"}, form=True),
        ),
    ),
    feeds=(
        Feed(name="profiles", format=Format.JSON, read=pages.read_profile, streams=(streams.PROFILES,)),
        Feed(name="campaigns", format=Format.JSON, read=pages.entities("campaigns"), streams=(streams.CAMPAIGNS,)),
        Feed(name="ad_groups", format=Format.JSON, read=pages.entities("adGroups"), streams=(streams.AD_GROUPS,)),
        Feed(name="ads", format=Format.JSON, read=pages.entities("ads"), streams=(streams.ADS,)),
        *(
            Feed(name=stream.name, format=Format.JSON, read=pages.daily(level), streams=(stream,))
            for level, stream in (
                ("campaign", streams.CAMPAIGN_DAILY),
                ("ad_group", streams.AD_GROUP_DAILY),
                ("ad", streams.AD_DAILY),
            )
        ),
    ),
    headers=lambda token: {"Authorization": f"Bearer {token.reveal()}"},
    app_headers=lambda app: {"Amazon-Advertising-API-ClientId": app.client_id},
    judge=grant.judge,
    prove=grant.prove,
    accounts=grant.accounts,
    limits=(
        "Amazon keeps daily figures for 95 days (Sponsored Products), 60 (Brands) and 65 (Display), so older days can "
        "never be read again. A day is one in the profile's time zone and is restated for 42 days. Sponsored Brands "
        "campaigns of the old kind, with a single ad group, are not in Amazon's reports. Amazon has no way to give a "
        "grant back: remove the app under Login with Amazon in the person's account."
    ),
)
