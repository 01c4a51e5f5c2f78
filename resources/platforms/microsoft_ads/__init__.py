"""Microsoft Ads: what is asked of an account, and nothing else."""

from resources.operations import Keys, Operation, Purpose
from resources.platform import App, Feed, Grade, OAuth, Platform, Scopes, Stream
from resources.platforms.microsoft_ads import grant, pages, reports, streams
from resources.reading import Format

_CLIENTS = r"clientcenter\.api\.bingads\.microsoft\.com"
_CAMPAIGNS = r"campaign\.api\.bingads\.microsoft\.com"
_REPORTS = r"reporting\.api\.bingads\.microsoft\.com"
_LOGIN = r"login\.microsoftonline\.com"
_FILES = r"[a-z0-9]{3,24}\.blob\.core\.windows\.net"
# one type of report, named once
_REPORT = r'(?s)\{(?!(?:.*"Type":){2}).*"Type":"(?:Account|Campaign|AdGroup|Ad)PerformanceReportRequest".*\}'


def _post(name: str, host: str, path: str, keys: set[str], **values: str) -> Operation:
    service = "CustomerManagement" if host == _CLIENTS else "CampaignManagement" if host == _CAMPAIGNS else "Reporting"
    return Operation(
        name=name,
        method="POST",
        host=host,
        path=rf"/{service}/{pages.VERSION}/{path}",
        body=Keys(allowed=frozenset(keys), values=values),
        query=frozenset(),
    )


def _feed(stream: Stream, read: pages.Read, form: Format = Format.JSON) -> Feed:
    return Feed(name=stream.name, format=form, read=read, streams=(stream,))


def _developer(app: App) -> dict[str, str]:
    return {"DeveloperToken": app.developer_token.reveal()} if app.developer_token else {}


PLATFORM = Platform(
    key="microsoft_ads",
    title="Microsoft Ads",
    version=pages.VERSION,
    auth=OAuth(
        authorize_url=f"{grant.LOGIN}/authorize",
        exchange=grant.exchange,
        refresh=grant.refresh,
        pkce=True,
        extra={"prompt": "select_account"},
    ),
    scopes=Scopes(required=grant.SCOPES, refused=(r"https://(?!ads\.microsoft\.com/msads\.manage$).+", ".*Write.*")),
    best_grade=Grade.PARTLY,
    hosts=(_CLIENTS, _CAMPAIGNS, _REPORTS, _LOGIN, _FILES),
    operations=(
        _post("user", _CLIENTS, "User/Query", {"UserId"}, UserId="null"),
        _post("accounts", _CLIENTS, "Accounts/Search", {"Predicates", "PageInfo"}),
        _post("campaigns", _CAMPAIGNS, "Campaigns/QueryByAccountId", {"AccountId", "CampaignType"}),
        _post("ad_groups", _CAMPAIGNS, "AdGroups/QueryByCampaignId", {"CampaignId"}),
        _post("ads", _CAMPAIGNS, "Ads/QueryByAdGroupId", {"AdGroupId", "AdTypes"}),
        _post("start_report", _REPORTS, "GenerateReport/Submit", {"ReportRequest"}, ReportRequest=_REPORT),
        _post("poll_report", _REPORTS, "GenerateReport/Poll", {"ReportRequestId"}),
        Operation(
            name="file", method="GET", host=_FILES, path="/.+", purpose=Purpose.DOWNLOAD, issued_by="poll_report"
        ),
        Operation(
            name="token",
            method="POST",
            host=_LOGIN,
            path=r"/common/oauth2/v2\.0/token",
            purpose=Purpose.AUTHORIZE,
            body=Keys(allowed=grant.TOKEN_KEYS, form=True),
        ),
    ),
    feeds=(
        _feed(streams.ACCOUNTS, pages.read_account),
        _feed(streams.CAMPAIGNS, pages.read_campaigns),
        _feed(streams.AD_GROUPS, pages.read_ad_groups),
        _feed(streams.ADS, pages.read_ads),
        _feed(streams.CAMPAIGN_DAILY, reports.read_campaign_daily, Format.CSV),
        _feed(streams.AD_GROUP_DAILY, reports.read_ad_group_daily, Format.CSV),
        _feed(streams.AD_DAILY, reports.read_ad_daily, Format.CSV),
    ),
    headers=lambda token: {"Authorization": f"Bearer {token.reveal()}"},
    app_headers=_developer,
    judge=grant.judge,
    prove=grant.prove,
    accounts=grant.accounts,
    limits="Microsoft keeps 36 months of daily figures; a day is restated for 30 days. It has no address at which a "
    "grant is given back: after disconnecting, remove our app at account.live.com/consent/Manage (personal accounts) "
    "or myapps.microsoft.com (work accounts).",
)
