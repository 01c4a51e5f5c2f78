"""How Microsoft Advertising is read: entities level by level."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import orjson

from resources.errors import Stop
from resources.reading import Api, Page, Reply, Window

VERSION: Final = "v13"
Read = Callable[[Api, Window], Iterator[Page]]
_CLIENTS: Final = f"https://clientcenter.api.bingads.microsoft.com/CustomerManagement/{VERSION}"
_CAMPAIGNS: Final = f"https://campaign.api.bingads.microsoft.com/CampaignManagement/{VERSION}"
# left out, only search campaigns come
CAMPAIGN_TYPES: Final = "Search,Shopping,DynamicSearchAds,Audience,Hotel,PerformanceMax,App"
AD_TYPES: Final = (
    "Text", "Image", "Product", "AppInstall", "ExpandedText", "DynamicSearch", "ResponsiveAd", "ResponsiveSearch",
    "Hotel",
)  # fmt: skip
_MOST = 1000
_KEPT = (
    "Id", "Number", "Name", "CurrencyCode", "TimeZone", "AccountLifeCycleStatus", "ParentCustomerId",
    "LastModifiedTime",
)  # fmt: skip


def headers(api: Api) -> dict[str, str]:
    """What tells whose account is meant."""
    return {"CustomerId": api.settings["customer_id"], "CustomerAccountId": api.account}


def facts(api: Api) -> dict[str, str]:
    return {
        "account_id": api.account,
        "currency": api.settings["currency"],
        "time_zone": api.settings["time_zone"],
    }


def user(api: Api) -> Mapping[str, Any]:
    """The person who granted access: their number and roles. The answer's names and addresses go no further."""
    answer = api.post(f"{_CLIENTS}/User/Query", json={"UserId": None}).json()
    return {"Id": str(answer["User"]["Id"]), "CustomerRoles": answer.get("CustomerRoles") or []}


def accounts(api: Api) -> Iterator[dict[str, Any]]:
    """Every account that the person reaches, without its address, tax and payment facts.

    Raises:
        Stop: a page repeats accounts of an earlier one.
    """
    predicates = [{"Field": "UserId", "Operator": "Equals", "Value": user(api)["Id"]}]
    index, seen = 0, set[str]()
    while True:
        # the size is 0 unless it is given
        asked = {"Predicates": predicates, "PageInfo": {"Index": index, "Size": _MOST}}
        reply = api.post(f"{_CLIENTS}/Accounts/Search", json=asked)
        rows = _rows(reply, "Accounts")
        if seen & {row["Id"] for row in rows}:
            raise Stop("a page came twice, so the list would never end.", to=reply.to, do_next="Try again later.")
        seen |= {row["Id"] for row in rows}
        yield from ({name: row[name] for name in _KEPT if name in row} for row in rows)
        if len(rows) < _MOST:
            return
        index += 1


def _rows(reply: Reply, name: str) -> list[dict[str, Any]]:
    answer = reply.json()
    if name not in answer:
        raise Stop(f"the answer holds no {name}.", to=reply.to, do_next="Nothing was stored; the next sync asks again.")
    return answer[name] or []


def read_account(api: Api, _window: Window) -> Iterator[Page]:
    own = [row for row in accounts(api) if row["Id"] == api.account]
    yield Page(body=orjson.dumps({"Accounts": own}))


def _campaigns(api: Api) -> Reply:
    asked = {"AccountId": api.account, "CampaignType": CAMPAIGN_TYPES}
    return api.post(f"{_CAMPAIGNS}/Campaigns/QueryByAccountId", json=asked, headers=headers(api))


def read_campaigns(api: Api, _window: Window) -> Iterator[Page]:
    reply = _campaigns(api)
    _rows(reply, "Campaigns")
    yield Page(body=reply.body, facts=facts(api))


def _ad_groups(api: Api) -> Iterator[tuple[str, Reply]]:
    for campaign in _rows(_campaigns(api), "Campaigns"):
        asked = {"CampaignId": campaign["Id"]}
        yield (
            campaign["Id"],
            api.post(f"{_CAMPAIGNS}/AdGroups/QueryByCampaignId", json=asked, headers=headers(api)),
        )


def read_ad_groups(api: Api, _window: Window) -> Iterator[Page]:
    for campaign, reply in _ad_groups(api):
        _rows(reply, "AdGroups")
        yield _told(api, reply, campaign=campaign)


def read_ads(api: Api, _window: Window) -> Iterator[Page]:
    for campaign, groups in _ad_groups(api):
        for group in _rows(groups, "AdGroups"):
            asked = {"AdGroupId": group["Id"], "AdTypes": AD_TYPES}
            reply = api.post(f"{_CAMPAIGNS}/Ads/QueryByAdGroupId", json=asked, headers=headers(api))
            _rows(reply, "Ads")
            yield _told(api, reply, campaign=campaign, group=group["Id"])


def _told(api: Api, reply: Reply, *, campaign: str, group: str = "") -> Page:
    """The answer with what it was asked by, which it does not repeat: as facts these would part the batches."""
    parents = orjson.dumps({"CampaignId": campaign, "AdGroupId": group})
    return Page(body=parents[:-1] + b',"Reply":' + reply.body + b"}", facts=facts(api))
