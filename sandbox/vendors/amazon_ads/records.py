"""Amazon Ads' objects, rendered from the brand's advertising."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from sandbox.world.marketing import Ad, AdAccount, AdDay, AdGroup, Campaign

Record = dict[str, Any]
_STATES: Final = {"ACTIVE": "ENABLED", "PAUSED": "PAUSED", "ARCHIVED": "ARCHIVED"}
_MARKETPLACE: Final = "ATVPDKIKX0DER"


def _time(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def profile(row: AdAccount) -> Record:
    return {
        "profileId": int(row.id),
        "countryCode": "US",
        "currencyCode": row.currency,
        "dailyBudget": 999_999_999.0,
        "timezone": row.zone,
        "accountInfo": {
            "marketplaceStringId": _MARKETPLACE,
            "id": "A2JUNIPERRYE01",
            "type": "seller",
            "name": row.name,
            "validPaymentMethod": True,
        },
    }


def _delivery(state: str, campaign: Campaign) -> Record:
    if state != "ENABLED":
        return {"deliveryStatus": "NOT_DELIVERING", "deliveryReasons": [f"AD_{state}"]}
    if campaign.status != "ACTIVE":
        return {"deliveryStatus": "NOT_DELIVERING", "deliveryReasons": ["CAMPAIGN_PAUSED"]}
    return {"deliveryStatus": "DELIVERING", "deliveryReasons": []}


def campaign(row: Campaign, owner: AdAccount) -> Record:
    money = {"currencyCode": owner.currency, "amount": row.daily_budget / 100}
    return {
        "campaignId": str(row.id),
        "adProduct": row.kind,
        "name": row.name,
        "startDate": _time(row.created)[:10],
        "state": _STATES[row.status],
        **_delivery(_STATES[row.status], row),
        "costType": "VCPM" if row.kind == "SPONSORED_DISPLAY" else "CPC",
        "targetingSettings": "AUTO",
        "budgetCaps": {
            "recurrenceTimePeriod": "DAILY",
            "budgetType": "MONETARY",
            "budgetValue": {"monetaryBudget": money},
        },
        "optimization": {"bidStrategy": "SALES_BID_DOWN_ONLY"},
        "creationDateTime": _time(row.created),
        "lastUpdatedDateTime": _time(row.created + 86_400),
    }


def ad_group(row: AdGroup, owner: AdAccount) -> Record:
    return {
        "adGroupId": str(row.id),
        "campaignId": str(row.campaign.id),
        "adProduct": row.campaign.kind,
        "name": row.name,
        "state": _STATES[row.status],
        **_delivery(_STATES[row.status], row.campaign),
        "bid": {"defaultBid": 0.85, "currencyCode": owner.currency},
        "creationDateTime": _time(row.created),
        "lastUpdatedDateTime": _time(row.created + 86_400),
    }


def _asin(row: Ad) -> str:
    return f"B0JR{row.id % 6:03d}000"


def ad(row: Ad, _owner: AdAccount) -> Record:
    brands = row.group.campaign.kind == "SPONSORED_BRANDS"
    return {
        "adId": str(row.id),
        "adGroupId": str(row.group.id),
        "adProduct": row.group.campaign.kind,
        "adType": "PRODUCT_COLLECTION" if brands else "PRODUCT_AD",
        **({"name": row.name} if brands else {}),
        "state": _STATES[row.status],
        **_delivery(_STATES[row.status], row.group.campaign),
        "creative": {"products": [{"productIdType": "ASIN", "productId": _asin(row)}]},
        "creationDateTime": _time(row.created),
        "lastUpdatedDateTime": _time(row.created + 86_400),
    }


Figure = Callable[[Sequence[AdDay]], int | float | None]


def _clicked(rows: Sequence[AdDay]) -> int:
    return sum(row.conversions for row in rows)


def _worth(rows: Sequence[AdDay]) -> float:
    return sum(row.value for row in rows) / 100


def _seen_too(rows: Sequence[AdDay]) -> float:
    """A viewed ad that led to an order is worth as much as a clicked one."""
    extra = sum(row.value * row.view_conversions // row.conversions for row in rows if row.conversions)
    return (sum(row.value for row in rows) + extra) / 100


_FIGURES: Final[dict[str, Figure]] = {
    "impressions": lambda rows: sum(row.impressions for row in rows),
    "clicks": lambda rows: sum(row.clicks for row in rows),
    "cost": lambda rows: sum(row.spend for row in rows) / 100,
    **{f"purchases{days}d": _clicked for days in (1, 7, 14, 30)},
    **{f"unitsSoldClicks{days}d": _clicked for days in (1, 7, 14, 30)},
    **{f"sales{days}d": _worth for days in (1, 7, 14, 30)},
    "spend": lambda rows: sum(row.spend for row in rows) / 100,
    "purchases": lambda rows: sum(row.conversions + row.view_conversions for row in rows),
    "purchasesClicks": _clicked,
    "sales": _seen_too,
    "salesClicks": _worth,
    "unitsSold": lambda rows: sum(row.conversions + row.view_conversions for row in rows),
    "unitsSoldClicks": _clicked,
}
_NAMES: Final[dict[str, Callable[[Ad, AdAccount], object]]] = {
    "campaignId": lambda ad, _: ad.group.campaign.id,
    "campaignName": lambda ad, _: ad.group.campaign.name,
    "campaignStatus": lambda ad, _: _STATES[ad.group.campaign.status],
    "campaignBudgetCurrencyCode": lambda _ad, owner: owner.currency,
    "adGroupId": lambda ad, _: ad.group.id,
    "adGroupName": lambda ad, _: ad.group.name,
    "adId": lambda ad, _: ad.id,
    "advertisedAsin": lambda ad, _: _asin(ad),
    "advertisedSku": lambda ad, _: f"JR-{ad.id % 6:03d}",
    "promotedAsin": lambda ad, _: _asin(ad),
    "promotedSku": lambda ad, _: f"JR-{ad.id % 6:03d}",
}


def figures(rows: Sequence[AdDay], columns: Sequence[str], owner: AdAccount) -> Record:
    """The columns asked for: sums of some ads' days, names of the first. Ids are numbers here, texts elsewhere."""
    return {
        name: _FIGURES[name](rows) if name in _FIGURES else _NAMES[name](rows[0].ad, owner)
        for name in columns
        if name in _FIGURES or name in _NAMES
    }
