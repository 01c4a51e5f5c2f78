"""Pinterest's objects, rendered from the brand's advertising."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from sandbox.world.marketing import Ad, AdAccount, AdDay, AdGroup, Campaign

Record = dict[str, Any]
_MICRO: Final = 10_000  # millionths in a cent
_RUNS: Final = {"ACTIVE": "RUNNING", "PAUSED": "PAUSED", "ARCHIVED": "ARCHIVED"}


def account(row: AdAccount) -> Record:
    return {
        "id": row.id,
        "name": row.name,
        "owner": {"id": "383791336903426391", "username": "juniperandrye"},
        "country": "US",
        "currency": row.currency,
        "permissions": ["ANALYST"],
        "created_time": min(one.created for one in row.campaigns) - 86_400,
        "updated_time": max(one.created for one in row.campaigns),
    }


def campaign(row: Campaign, owner: AdAccount) -> Record:
    return {
        "id": str(row.id),
        "ad_account_id": owner.id,
        "name": row.name,
        "status": row.status,
        "lifetime_spend_cap": None,
        "daily_spend_cap": row.daily_budget * _MICRO,
        "order_line_id": None,
        "tracking_urls": None,
        "start_time": row.created,
        "end_time": None,
        "objective_type": row.kind,
        "created_time": row.created,
        "updated_time": row.created + 86_400,
        "type": "campaign",
        "is_flexible_daily_budgets": False,
        "is_campaign_budget_optimization": True,
        "is_automated_campaign": False,
        "summary_status": _RUNS[row.status],
    }


def ad_group(row: AdGroup, owner: AdAccount) -> Record:
    return {
        "id": str(row.id),
        "ad_account_id": owner.id,
        "campaign_id": str(row.campaign.id),
        "name": row.name,
        "status": row.status,
        "budget_in_micro_currency": row.campaign.daily_budget * _MICRO // 2,
        "bid_in_micro_currency": None,
        "bid_strategy_type": "AUTOMATIC_BID",
        "budget_type": "CBO_ADGROUP",
        "start_time": row.created,
        "end_time": None,
        "targeting_spec": {"GENDER": ["female", "male", "unknown"]},
        "pacing_delivery_type": "STANDARD",
        "auto_targeting_enabled": True,
        "placement_group": "ALL",
        "billable_event": "CLICKTHROUGH",
        "summary_status": _RUNS[row.campaign.status if row.status == "ACTIVE" else row.status],
        "created_time": row.created,
        "updated_time": row.created + 86_400,
        "type": "adgroup",
    }


def ad(row: Ad, owner: AdAccount) -> Record:
    shown = row.group.campaign.status if row.status == "ACTIVE" else row.status
    return {
        "id": str(row.id),
        "ad_account_id": owner.id,
        "ad_group_id": str(row.group.id),
        "campaign_id": str(row.group.campaign.id),
        "pin_id": str(394_205_773_611_000_000 + row.id % 1_000_000),
        "name": row.name,
        "status": row.status,
        "creative_type": "REGULAR",
        "destination_url": row.url,
        "review_status": "APPROVED",
        "rejected_reasons": [],
        "rejection_labels": [],
        "summary_status": {"ACTIVE": "APPROVED"}.get(shown, shown),
        "created_time": row.created,
        "updated_time": row.created + 86_400,
        "type": "ad",
        "is_pin_deleted": False,
        "is_removable": False,
    }


def _micro(cents: int) -> float | int:
    """Pinterest writes some amounts as floats, though they are whole."""
    return float(cents * _MICRO) if cents % 7 == 0 else cents * _MICRO


_FIGURES: Final[dict[str, Callable[[Sequence[AdDay]], int | float]]] = {
    "IMPRESSION_1": lambda rows: sum(row.impressions for row in rows),
    "PAID_IMPRESSION": lambda rows: sum(row.impressions for row in rows),
    "IMPRESSION_2": lambda rows: sum(row.impressions for row in rows) // 20,
    "TOTAL_IMPRESSION": lambda rows: sum(row.impressions + row.impressions // 20 for row in rows),
    "CLICKTHROUGH_1": lambda rows: sum(row.clicks for row in rows),
    "CLICKTHROUGH_2": lambda rows: sum(row.clicks for row in rows) // 20,
    "TOTAL_CLICKTHROUGH": lambda rows: sum(row.clicks + row.clicks // 20 for row in rows),
    "OUTBOUND_CLICK_1": lambda rows: sum(row.clicks for row in rows) * 9 // 10,
    "SPEND_IN_MICRO_DOLLAR": lambda rows: _micro(sum(row.spend for row in rows)),
    "SPEND_IN_DOLLAR": lambda rows: sum(row.spend for row in rows) / 100,
    "TOTAL_CONVERSIONS": lambda rows: sum(row.conversions + row.clicks // 10 for row in rows),
    "TOTAL_CONVERSIONS_VALUE_IN_MICRO_DOLLAR": lambda rows: _micro(sum(row.value for row in rows)),
    "TOTAL_CHECKOUT": lambda rows: sum(row.conversions for row in rows),
    "TOTAL_CHECKOUT_VALUE_IN_MICRO_DOLLAR": lambda rows: _micro(sum(row.value for row in rows)),
}
_NAMES: Final[dict[str, Callable[[Ad, AdAccount], object]]] = {
    "ADVERTISER_ID": lambda _ad, owner: int(owner.id),
    "AD_ACCOUNT_ID": lambda _ad, owner: int(owner.id),
    "CAMPAIGN_ID": lambda ad, _: ad.group.campaign.id,
    "CAMPAIGN_NAME": lambda ad, _: ad.group.campaign.name,
    "AD_GROUP_ID": lambda ad, _: ad.group.id,
    "AD_GROUP_NAME": lambda ad, _: ad.group.name,
    "PIN_PROMOTION_ID": lambda ad, _: ad.id,
    "AD_ID": lambda ad, _: ad.id,
    "PIN_PROMOTION_NAME": lambda ad, _: ad.name,
}
COLUMNS: Final = frozenset(_FIGURES) | frozenset(_NAMES)


def figures(rows: Sequence[AdDay], columns: Sequence[str], owner: AdAccount) -> Record:
    """The sums of some ads' days, and the names of the first; ids are numbers here, though texts elsewhere."""
    return {
        name: _FIGURES[name](rows) if name in _FIGURES else _NAMES[name](rows[0].ad, owner)
        for name in columns
        if name in COLUMNS
    }
