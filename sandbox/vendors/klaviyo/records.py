"""Klaviyo's objects, rendered from the brand's messages and people with the fields of revision 2026-07-15."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sandbox.world import World, midnight
from sandbox.world.entities import SHOP_CURRENCY, SHOP_ZONE
from sandbox.world.marketing import Message

Record = dict[str, Any]
ACCOUNT: Final = "JnpRye"
_ROOT: Final = "https://a.klaviyo.com/api"
_DAY: Final = 86_400
_LISTS: Final = (("NwsLtr", "Newsletter", "double_opt_in"), ("SmsLst", "Text Messages", "single_opt_in"))
_SEGMENTS: Final = (("Eng30d", "Engaged in 30 Days", True), ("VipCus", "VIP Customers", False))


@dataclass(frozen=True, kw_only=True)
class Metric:
    """Something that is counted; `field` names what of a message's day it is, "" for orders of the shop."""

    id: str
    name: str
    integration: tuple[str, str]
    channel: str = ""
    field: str = ""


_KLAVIYO: Final = ("Klaviyo", "Internal")
METRICS: Final = (
    Metric(id="PlcOrd", name="Placed Order", integration=("Shopify", "eCommerce")),
    Metric(id="RcvEml", name="Received Email", integration=_KLAVIYO, channel="email", field="delivered"),
    Metric(id="OpnEml", name="Opened Email", integration=_KLAVIYO, channel="email", field="opens"),
    Metric(id="ClkEml", name="Clicked Email", integration=_KLAVIYO, channel="email", field="clicks"),
    Metric(id="BncEml", name="Bounced Email", integration=_KLAVIYO, channel="email", field="bounces"),
    Metric(
        id="UnsEml",
        name="Unsubscribed from Email Marketing",
        integration=_KLAVIYO,
        channel="email",
        field="unsubscribes",
    ),
    Metric(id="RcvSms", name="Received SMS", integration=_KLAVIYO, channel="sms", field="delivered"),
    Metric(id="ClkSms", name="Clicked SMS", integration=_KLAVIYO, channel="sms", field="clicks"),
)


def iso(moment: int | None) -> str | None:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00") if moment is not None else None


def record_of(kind: str, name: str, attributes: Record, related: tuple[str, ...]) -> Record:
    own = f"{_ROOT}/{kind}s/{name}"
    relations = {one: {"links": {"self": f"{own}/relationships/{one}/", "related": f"{own}/{one}/"}} for one in related}
    return {
        "type": kind,
        "id": name,
        "attributes": attributes,
        "relationships": relations,
        "links": {"self": f"{own}/"},
    }


def _opened(world: World) -> str | None:
    """When the account began: with the brand's first day."""
    return iso(midnight(world.dates[0]))


def account() -> Record:
    contact = {
        "default_sender_name": "Juniper & Rye",
        "default_sender_email": "hello@juniperandrye.example",
        "website_url": "https://juniperandrye.example",
        "organization_name": "Juniper & Rye",
        "street_address": {
            "address1": "1 Cedar Street",
            "address2": None,
            "city": "New York",
            "region": "NY",
            "country": "United States",
            "zip": "10001",
        },
    }
    attributes = {
        "test_account": False,
        "contact_information": contact,
        "industry": "Beauty",
        "timezone": SHOP_ZONE,
        "preferred_currency": SHOP_CURRENCY,
        "public_api_key": ACCOUNT,
        "locale": "en-US",
    }
    made = record_of("account", ACCOUNT, attributes, ())
    return {name: value for name, value in made.items() if name != "relationships"}


def campaigns(world: World) -> list[Record]:
    """Each with its channel beside it, which is for the filter and is never shown."""
    return [
        {
            **record_of("campaign", row.parent_id, _campaign(row, row.sent), ("campaign-messages", "tags")),
            "channel": row.channel,
        }
        for row in world.messages
        if row.sent is not None
    ]


def _campaign(row: Message, sent: int) -> Record:
    wanted = _LISTS[0][0] if row.channel == "email" else _LISTS[1][0]
    return {
        "name": row.parent_name,
        "status": "Sent",
        "archived": False,
        "audiences": {"included": [wanted], "excluded": []},
        "send_options": {"use_smart_sending": True},
        "tracking_options": {
            "add_tracking_params": True,
            "custom_tracking_params": [],
            "is_tracking_clicks": True,
            "is_tracking_opens": True,
        },
        "send_strategy": {"method": "static", "datetime": iso(sent), "options": {"is_local": False}},
        "created_at": iso(sent - 2 * _DAY),
        "scheduled_at": iso(sent - _DAY),
        "updated_at": iso(sent + 600),
        "send_time": iso(sent),
    }


def flows(world: World) -> list[Record]:
    made = {row.parent_id: row.parent_name for row in world.messages if row.flow}
    return [
        record_of(
            "flow",
            name,
            {
                "name": title,
                "status": "live",
                "archived": False,
                "created": _opened(world),
                "updated": _opened(world),
                "trigger_type": "Metric",
            },
            ("flow-actions", "tags"),
        )
        for name, title in made.items()
    ]


def lists(world: World) -> list[Record]:
    dates = {"created": _opened(world), "updated": _opened(world)}
    return [
        record_of(
            "list",
            name,
            {"name": title, **dates, "opt_in_process": process},
            ("profiles", "tags", "flow-triggers"),
        )
        for name, title, process in _LISTS
    ]


def segments(world: World) -> list[Record]:
    dates = {"created": _opened(world), "updated": _opened(world)}
    state = {"is_active": True, "is_processing": False}
    return [
        record_of(
            "segment",
            name,
            {"name": title, "definition": {"condition_groups": []}, **dates, **state, "is_starred": starred},
            ("profiles", "tags", "flow-triggers"),
        )
        for name, title, starred in _SEGMENTS
    ]


def metrics(world: World) -> list[Record]:
    return [
        record_of(
            "metric",
            row.id,
            {
                "name": row.name,
                "created": _opened(world),
                "updated": _opened(world),
                "integration": {
                    "object": "integration",
                    "id": row.integration[0][:6],
                    "key": row.integration[0].lower(),
                    "name": row.integration[0],
                    "category": row.integration[1],
                },
            },
            ("flow-triggers",),
        )
        for row in METRICS
    ]


def tags(_world: World) -> list[Record]:
    return [record_of("tag", "b5d7c9a0-0000-4000-8000-000000000001", {"name": "Seasonal"}, ("tag-group",))]
