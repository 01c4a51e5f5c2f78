"""The Graph API's objects, rendered from the brand's advertising."""

from datetime import UTC, date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sandbox.world.entities import SHOP_ZONE
from sandbox.world.marketing import Ad, AdAccount, AdDay, AdGroup, Campaign

Record = dict[str, Any]
_ZONE: Final = ZoneInfo(SHOP_ZONE)
_DOLLARS: Final = 100


def _time(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).astimezone(_ZONE).strftime("%Y-%m-%dT%H:%M:%S%z")


def money(cents: int) -> str:
    """Major units as text, without needless zeros: how insights write it."""
    whole, part = divmod(cents, _DOLLARS)
    return f"{whole}.{part:02d}".rstrip("0").rstrip(".")


def account(row: AdAccount) -> Record:
    return {
        "id": f"act_{row.id}",
        "account_id": row.id,
        "account_status": 1,
        "amount_spent": str(sum(day.spend for day in row.daily)),
        "balance": "0",
        "business": {"id": "2048000000001", "name": "Juniper & Rye"},
        "currency": row.currency,
        "name": row.name,
        "timezone_id": 7,
        "timezone_name": row.zone,
        "timezone_offset_hours_utc": -5,
    }


def campaign(row: Campaign, owner: AdAccount) -> Record:
    return {
        "id": str(row.id),
        "account_id": owner.id,
        "bid_strategy": "LOWEST_COST_WITHOUT_CAP",
        "buying_type": "AUCTION",
        "created_time": _time(row.created),
        "daily_budget": str(row.daily_budget),
        "effective_status": row.status,
        "name": row.name,
        "objective": row.kind,
        "special_ad_categories": [],
        "start_time": _time(row.created),
        "status": row.status,
        "updated_time": _time(row.created + 86_400),
    }


def ad_set(row: AdGroup, owner: AdAccount) -> Record:
    return {
        "id": str(row.id),
        "account_id": owner.id,
        "attribution_spec": [{"event_type": "CLICK_THROUGH", "window_days": 7}],
        "billing_event": "IMPRESSIONS",
        "campaign_id": str(row.campaign.id),
        "created_time": _time(row.created),
        "effective_status": "CAMPAIGN_PAUSED" if row.campaign.status == "PAUSED" else row.status,
        "name": row.name,
        "optimization_goal": "OFFSITE_CONVERSIONS",
        "start_time": _time(row.created),
        "status": row.status,
        "updated_time": _time(row.created + 86_400),
    }


def ad(row: Ad, owner: AdAccount) -> Record:
    paused = row.group.campaign.status == "PAUSED" and row.status == "ACTIVE"
    return {
        "id": str(row.id),
        "account_id": owner.id,
        "adset_id": str(row.group.id),
        "campaign_id": str(row.group.campaign.id),
        "created_time": _time(row.created),
        "creative": {"id": str(row.id + 500_000)},
        "effective_status": "CAMPAIGN_PAUSED" if paused else row.status,
        "name": row.name,
        "status": row.status,
        "updated_time": _time(row.created + 86_400),
    }


def insight(level: str, rows: list[AdDay], owner: AdAccount, since: date, until: date) -> Record:
    """The sum of some ads' days, named as one entity of the level."""
    impressions = sum(row.impressions for row in rows)
    clicks = sum(row.clicks for row in rows)
    spend = sum(row.spend for row in rows)
    figures: Record = {
        "account_currency": owner.currency,
        "account_id": owner.id,
        "account_name": owner.name,
        **_names(level, rows[0].ad),
        "clicks": str(clicks),
        "cpc": f"{spend / clicks / _DOLLARS:.6f}" if clicks else None,
        "cpm": f"{spend * 10 / impressions:.6f}" if impressions else None,
        "ctr": f"{clicks * 100 / impressions:.6f}" if impressions else None,
        "date_start": since.isoformat(),
        "date_stop": until.isoformat(),
        "frequency": "1.25",
        "impressions": str(impressions),
        "inline_link_clicks": str(clicks * 9 // 10),
        "reach": str(impressions * 4 // 5),
        "spend": money(spend),
        "attribution_setting": "7d_click_1d_view",
        **_actions(rows, clicks),
    }
    return {name: value for name, value in figures.items() if value is not None}


def _names(level: str, one: Ad) -> Record:
    names: Record = {}
    if level in ("campaign", "adset", "ad"):
        names |= {"campaign_id": str(one.group.campaign.id), "campaign_name": one.group.campaign.name}
        names["objective"] = one.group.campaign.kind
    if level in ("adset", "ad"):
        names |= {"adset_id": str(one.group.id), "adset_name": one.group.name}
    if level == "ad":
        names |= {"ad_id": str(one.id), "ad_name": one.name}
    return names


def _actions(rows: list[AdDay], clicks: int) -> Record:
    """Overlapping action types, as the real ones overlap; lists without entries are left out."""
    orders = sum(row.conversions for row in rows)
    value = money(sum(row.value for row in rows))
    lists: Record = {}
    if clicks:
        lists["actions"] = [{"action_type": "link_click", "value": str(clicks * 9 // 10)}]
    if orders:
        kinds = ("omni_purchase", "purchase", "offsite_conversion.fb_pixel_purchase")
        lists.setdefault("actions", []).extend({"action_type": kind, "value": str(orders)} for kind in kinds)
        lists["action_values"] = [{"action_type": kind, "value": value} for kind in kinds]
        lists["purchase_roas"] = [{"action_type": "omni_purchase", "value": "2.1"}]
    return lists
