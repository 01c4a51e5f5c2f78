"""The pretend Microsoft Advertising: Microsoft's sign-in, entities level by level, and reports as files."""

from typing import Final

from sandbox.calls import Answer, Call, said
from sandbox.vendor import Route, Troubles, Vendor
from sandbox.vendors.microsoft_ads import access, entities, reports

_LOGIN: Final = "login.microsoftonline.com"
_CLIENTS: Final = "clientcenter.api.bingads.microsoft.com"
_CAMPAIGNS: Final = "campaign.api.bingads.microsoft.com"
_REPORTS: Final = "reporting.api.bingads.microsoft.com"
_MANAGING: Final = "/CampaignManagement/v13"
_REPORTING: Final = "/Reporting/v13/GenerateReport"


def _unknown(call: Call) -> Answer:
    """Writes are refused as for a viewer."""
    return (
        access.complaint(106) if call.method != "GET" else said({"Message": "No HTTP resource was found."}, status=404)
    )


VENDOR: Final = Vendor(
    key="microsoft_ads",
    hosts=(_LOGIN, _CLIENTS, _CAMPAIGNS, _REPORTS, reports.FILES),
    routes=(
        Route(method="GET", host=_LOGIN, path=r"/common/oauth2/v2\.0/authorize", handle=access.FLOW.authorize),
        Route(method="POST", host=_LOGIN, path=r"/common/oauth2/v2\.0/token", handle=access.token),
        Route(method="POST", host=_CLIENTS, path="/CustomerManagement/v13/User/Query", handle=entities.user),
        Route(method="POST", host=_CLIENTS, path="/CustomerManagement/v13/Accounts/Search", handle=entities.accounts),
        Route(
            method="POST", host=_CAMPAIGNS, path=f"{_MANAGING}/Campaigns/QueryByAccountId", handle=entities.campaigns
        ),
        Route(
            method="POST", host=_CAMPAIGNS, path=f"{_MANAGING}/AdGroups/QueryByCampaignId", handle=entities.ad_groups
        ),
        Route(method="POST", host=_CAMPAIGNS, path=f"{_MANAGING}/Ads/QueryByAdGroupId", handle=entities.ads),
        Route(method="POST", host=_REPORTS, path=f"{_REPORTING}/Submit", handle=reports.submit),
        Route(method="POST", host=_REPORTS, path=f"{_REPORTING}/Poll", handle=reports.poll),
        Route(method="GET", host=reports.FILES, path=r"/reports/(?P<number>\d+)/\w+\.zip", handle=reports.download),
    ),
    app=access.APP,
    troubles=Troubles(
        throttled=access.complaint(117),
        broken=access.complaint(0, status=500),
        error_in_200=access.complaint(0, status=200),
        expired=access.complaint(109, status=401),
        revoked=access.complaint(105, status=401),
    ),
    vital=("Spend", "LastModifiedTime", "Name", "Type", "Id"),
    endless=entities.endless,
    unknown=_unknown,
)
