"""What can be queried, as flat rows by field name, rendered from the brand's advertising."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sandbox.vendors.google_ads.access import MANAGER
from sandbox.vendors.google_ads.gaql import Row
from sandbox.world.marketing import Ad, AdAccount, AdDay, AdGroup, Campaign

_MICROS: Final = 10_000  # in a cent
_STATUS: Final = {"ACTIVE": "ENABLED", "PAUSED": "PAUSED", "ARCHIVED": "REMOVED"}
_SUB: Final = {"SEARCH": "UNSPECIFIED", "SHOPPING": "UNSPECIFIED", "PERFORMANCE_MAX": "UNSPECIFIED"}
_TYPE: Final = {
    "SEARCH": ("SEARCH_STANDARD", "RESPONSIVE_SEARCH_AD"),
    "SHOPPING": ("SHOPPING_PRODUCT_ADS", "SHOPPING_PRODUCT_AD"),
}
NO_ADS: Final = "PERFORMANCE_MAX"


def customer(owner: AdAccount, asked: str) -> Row:
    manager = asked == MANAGER
    return {
        "customer.resource_name": f"customers/{asked}",
        "customer.id": asked,
        "customer.descriptive_name": f"{owner.name} (manager)" if manager else owner.name,
        "customer.currency_code": owner.currency,
        "customer.time_zone": owner.zone,
        "customer.manager": manager,
        "customer.test_account": False,
        "customer.status": "ENABLED",
    }


def clients(owner: AdAccount, asked: str) -> Iterator[Row]:
    """The account itself at level 0, and those below it."""
    below = [(asked, "0")] + ([(owner.id, "1")] if asked == MANAGER else [])
    for client, level in below:
        own = customer(owner, client)
        yield {
            "customer_client.resource_name": f"customers/{asked}/customerClients/{client}",
            "customer_client.client_customer": f"customers/{client}",
            "customer_client.id": client,
            "customer_client.level": level,
            "customer_client.hidden": False,
            **{
                f"customer_client.{name.partition('.')[2]}": own[name]
                for name in own
                if not name.endswith(("resource_name", ".id"))
            },
        }


def accesses(asked: str) -> Iterator[Row]:
    for user, role in (("10001", "ADMIN"), ("10002", "READ_ONLY")):
        yield {
            "customer_user_access.resource_name": f"customers/{asked}/customerUserAccesses/{user}",
            "customer_user_access.user_id": user,
            "customer_user_access.access_role": role,
            "customer_user_access.email_address": f"user{user}@juniperandrye.example",
        }


def _moment(at: int, zone: str) -> str:
    return datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S")


def campaign(row: Campaign, owner: AdAccount) -> Row:
    return {
        "campaign.resource_name": f"customers/{owner.id}/campaigns/{row.id}",
        "campaign.id": str(row.id),
        "campaign.name": row.name,
        "campaign.status": _STATUS[row.status],
        "campaign.serving_status": "SERVING" if row.status == "ACTIVE" else "NONE",
        "campaign.primary_status": "ELIGIBLE" if row.status == "ACTIVE" else "PAUSED",
        "campaign.advertising_channel_type": row.kind,
        "campaign.advertising_channel_sub_type": _SUB[row.kind],
        "campaign.bidding_strategy_type": "MAXIMIZE_CONVERSION_VALUE",
        "campaign.campaign_budget": f"customers/{owner.id}/campaignBudgets/{row.id + 7}",
        "campaign.start_date_time": _moment(row.created, owner.zone)[:10] + " 00:00:00",
    }


def ad_group(row: AdGroup, owner: AdAccount) -> Row:
    return {
        **campaign(row.campaign, owner),
        "ad_group.resource_name": f"customers/{owner.id}/adGroups/{row.id}",
        "ad_group.id": str(row.id),
        "ad_group.name": row.name,
        "ad_group.status": _STATUS[row.status],
        "ad_group.type": _TYPE[row.campaign.kind][0],
        "ad_group.cpc_bid_micros": "1250000",
    }


def ad(row: Ad, owner: AdAccount) -> Row:
    return {
        **ad_group(row.group, owner),
        "ad_group_ad.resource_name": f"customers/{owner.id}/adGroupAds/{row.group.id}~{row.id}",
        "ad_group_ad.status": _STATUS[row.status],
        "ad_group_ad.ad_strength": "GOOD",
        "ad_group_ad.primary_status": "ELIGIBLE" if row.status == "ACTIVE" else "REMOVED",
        "ad_group_ad.ad.resource_name": f"customers/{owner.id}/ads/{row.id}",
        "ad_group_ad.ad.id": str(row.id),
        "ad_group_ad.ad.type": _TYPE[row.group.campaign.kind][1],
        "ad_group_ad.ad.name": row.name,
        "ad_group_ad.ad.final_urls": [row.url],
    }


def entities(resource: str, owner: AdAccount) -> Iterator[tuple[int, Row]]:
    """Ids and rows of what the account holds. A Performance Max campaign has neither ad groups nor ads."""
    if resource == "campaign":
        yield from ((one.id, campaign(one, owner)) for one in owner.campaigns)
    elif resource == "ad_group":
        yield from ((one.id, ad_group(one, owner)) for one in owner.groups if one.campaign.kind != NO_ADS)
    else:
        yield from ((one.id, ad(one, owner)) for one in owner.ads if one.group.campaign.kind != NO_ADS)


def _place(resource: str, day: AdDay) -> int:
    return {"campaign": day.ad.group.campaign.id, "ad_group": day.ad.group.id}.get(resource, day.ad.id)


def by_day(resource: str, owner: AdAccount) -> Iterator[tuple[int, str, list[AdDay]]]:
    """What each entity did on each day, days first; without any delivery there is none."""
    days: dict[tuple[str, int], list[AdDay]] = defaultdict(list)
    for day in owner.daily:
        if day.impressions or day.clicks:
            days[day.day.isoformat(), _place(resource, day)].append(day)
    for (date, place), rows in sorted(days.items()):
        yield place, date, rows


def metrics(rows: Iterable[AdDay]) -> dict[str, Any]:
    """The sum of some ads' days; whole numbers come as text."""
    days = list(rows)
    clicks, cost = sum(day.clicks for day in days), sum(day.spend for day in days) * _MICROS
    orders, seen = sum(day.conversions for day in days), sum(day.view_conversions for day in days)
    value = sum(day.value for day in days) / 100
    shown = sum(day.impressions for day in days)
    return {
        "metrics.impressions": str(shown),
        "metrics.clicks": str(clicks),
        "metrics.cost_micros": str(cost),
        "metrics.conversions": float(orders),
        "metrics.conversions_value": value,
        "metrics.all_conversions": float(orders + seen),
        "metrics.all_conversions_value": value,
        "metrics.view_through_conversions": str(seen),
        "metrics.interactions": str(clicks),
        "metrics.ctr": clicks / shown if shown else 0.0,
        "metrics.average_cpc": cost / clicks if clicks else 0.0,
    }
