"""TikTok's objects, rendered from the brand's advertising."""

from datetime import UTC, datetime
from typing import Any, Final

from sandbox.world.marketing import Ad, AdAccount, AdDay, AdGroup, Campaign

Record = dict[str, Any]
NO_CONVERSIONS: Final = "REACH"
_MISSING: Final = "-"


def _time(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M:%S")


def advertiser(row: AdAccount) -> Record:
    return {
        "advertiser_id": row.id,
        "name": row.name,
        "company": row.name,
        "currency": row.currency,
        "timezone": "Etc/GMT+5",
        "display_timezone": row.zone,
        "country": "US",
        "status": "STATUS_ENABLE",
        "create_time": 1_706_788_800,
        "role": "ROLE_ADVERTISER",
        "email": "o***r@juniperandrye.example",
        "contacter": "Juniper O***r",
        "telephone_number": "+1******0123",
        "address": "1 Rye Street, Hudson",
        "balance": 0.0,
    }


def _status(level: str, status: str, *, parent: str = "ACTIVE") -> Record:
    if status == "ARCHIVED":
        return {"operation_status": "DISABLE", "secondary_status": f"{level}_STATUS_DELETE"}
    if status == "PAUSED":
        return {"operation_status": "DISABLE", "secondary_status": f"{level}_STATUS_DISABLE"}
    kept = "CAMPAIGN_DISABLE" if parent == "PAUSED" else "ENABLE" if level == "CAMPAIGN" else "DELIVERY_OK"
    return {"operation_status": "ENABLE", "secondary_status": f"{level}_STATUS_{kept}"}


def _times(created: int) -> Record:
    return {"create_time": _time(created), "modify_time": _time(created + 86_400)}


def campaign(row: Campaign, owner: AdAccount) -> Record:
    return {
        "advertiser_id": owner.id,
        "campaign_id": str(row.id),
        "campaign_name": row.name,
        "campaign_type": "REGULAR_CAMPAIGN",
        "objective_type": row.kind,
        "budget": row.daily_budget / 100,
        "budget_mode": "BUDGET_MODE_DAY",
        "is_smart_performance_campaign": False,
        **_status("CAMPAIGN", row.status),
        **_times(row.created),
    }


def ad_group(row: AdGroup, owner: AdAccount) -> Record:
    return {
        "advertiser_id": owner.id,
        "adgroup_id": str(row.id),
        "adgroup_name": row.name,
        "campaign_id": str(row.campaign.id),
        "campaign_name": row.campaign.name,
        "budget": row.campaign.daily_budget / 200,
        "budget_mode": "BUDGET_MODE_DAY",
        "bid_type": "BID_TYPE_NO_BID",
        "billing_event": "OCPM",
        "optimization_goal": "CONVERT" if row.campaign.kind == "WEB_CONVERSIONS" else "CLICK",
        "placements": ["PLACEMENT_TIKTOK"],
        **_status("ADGROUP", row.status, parent=row.campaign.status),
        **_times(row.created),
    }


def ad(row: Ad, owner: AdAccount) -> Record:
    return {
        "advertiser_id": owner.id,
        "ad_id": str(row.id),
        "ad_name": row.name,
        "adgroup_id": str(row.group.id),
        "adgroup_name": row.group.name,
        "campaign_id": str(row.group.campaign.id),
        "campaign_name": row.group.campaign.name,
        "ad_format": "SINGLE_VIDEO",
        "landing_page_url": row.url,
        **_status("AD", row.status, parent=row.group.campaign.status),
        **_times(row.created),
    }


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def _ratio(above: float, below: float) -> str:
    return f"{above / below:.2f}" if below else "0.00"


def metrics(level: str, rows: list[AdDay], owner: AdAccount) -> Record:
    """The sum of some ads' days. All figures are text, and what does not apply is a dash."""
    one = rows[0].ad
    shown, clicks = sum(row.impressions for row in rows), sum(row.clicks for row in rows)
    spend, orders = sum(row.spend for row in rows), sum(row.conversions for row in rows)
    value = sum(row.value for row in rows)
    counts = one.group.campaign.kind != NO_CONVERSIONS
    figures = {
        "spend": _money(spend),
        "impressions": str(shown),
        "clicks": str(clicks),
        "reach": str(shown * 4 // 5),
        "frequency": "1.25",
        "cpc": _ratio(spend / 100, clicks),
        "cpm": _ratio(spend * 10, shown),
        "ctr": _ratio(clicks * 100, shown),
        "conversion": str(orders),
        "real_time_conversion": str(orders),
        "result": str(orders),
        "cost_per_conversion": _ratio(spend / 100, orders),
        "complete_payment": str(orders) if counts else _MISSING,
        "total_complete_payment_rate": _money(value) if counts else _MISSING,
        "complete_payment_roas": _ratio(value, spend) if counts else _MISSING,
        "currency": owner.currency,
    }
    return {**figures, **_names(level, one)}


def _names(level: str, one: Ad) -> Record:
    names = {"campaign_name": one.group.campaign.name, "campaign_id": str(one.group.campaign.id)}
    if level != "CAMPAIGN":
        names |= {"adgroup_name": one.group.name, "adgroup_id": str(one.group.id)}
    if level == "AD":
        names["ad_name"] = one.name
    return names
