"""Recharge's customers, addresses, subscriptions and products, with the fields of version 2021-11."""

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any, Final

from sandbox.world import World
from sandbox.world.entities import SHOP_CURRENCY, Order, Person
from sandbox.world.marketing import Subscription

Record = dict[str, Any]
_DAY: Final = 86_400


def iso(moment: int | None) -> str | None:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00") if moment is not None else None


def money(cents: int) -> str:
    return f"{cents / 100:.2f}"


def orders_of(world: World) -> dict[int, Order]:
    return {order.id: order for order in world.orders if order.source == "subscription_contract"}


def touched(row: Subscription, orders: dict[int, Order], now: int) -> int:
    """When it last changed: the date of the next charge moves on by itself once it has passed."""
    last = max(orders[number].created for number in row.orders)
    rolled = row.cancelled is None and last + row.every_days * _DAY < now
    return max(row.created, last + 120, row.cancelled or 0, now if rolled else 0)


def address_id(person: Person) -> int:
    return person.recharge_id + 20_000_000_000


def place_of(person: Person) -> Record:
    home = person.address
    return {
        "address1": home.street,
        "address2": None,
        "city": home.city,
        "company": None,
        "country_code": home.country_code,
        "first_name": person.first,
        "last_name": person.last,
        "phone": person.phone,
        "province": home.province,
        "zip": home.zip,
    }


def customers(world: World) -> list[Record]:
    orders, theirs = orders_of(world), defaultdict[Person, list[Subscription]](list)
    for row in world.subscriptions:
        theirs[row.person].append(row)
    return [_customer(person, rows, orders, world.now) for person, rows in theirs.items()]


def _customer(person: Person, rows: list[Subscription], orders: dict[int, Order], now: int) -> Record:
    first = min(orders[number].created for row in rows for number in row.orders)
    return {
        "id": person.recharge_id,
        "analytics_data": {"utm_params": []},
        "apply_credit_to_next_recurring_charge": False,
        "created_at": iso(first),
        "email": person.email.lower(),
        "external_customer_id": {"ecommerce": str(person.id)},
        "first_charge_processed_at": iso(first + 90),
        "first_name": person.first,
        "has_payment_method_in_dunning": False,
        "has_valid_payment_method": True,
        "hash": f"{person.recharge_id:030x}",
        "last_name": person.last,
        "phone": person.phone,
        "subscriptions_active_count": sum(row.cancelled is None for row in rows),
        "subscriptions_total_count": len(rows),
        "tax_exempt": False,
        "updated_at": iso(max(touched(row, orders, now) for row in rows)),
    }


def addresses(world: World) -> list[Record]:
    return [
        {
            "id": address_id(row.person),
            "customer_id": row.person.recharge_id,
            "payment_method_id": row.person.recharge_id + 30_000_000_000,
            "created_at": iso(row.created),
            "discounts": [],
            "order_attributes": [],
            "order_note": None,
            "presentment_currency": SHOP_CURRENCY,
            "shipping_lines_conserved": [],
            "shipping_lines_override": [],
            "updated_at": iso(row.created),
            **place_of(row.person),
        }
        for row in world.subscriptions
    ]


def subscriptions(world: World) -> list[Record]:
    orders = orders_of(world)
    return [_subscription(row, touched(row, orders, world.now)) for row in world.subscriptions]


def _subscription(row: Subscription, touched: int) -> Record:
    return {
        "id": row.id,
        "address_id": address_id(row.person),
        "customer_id": row.person.recharge_id,
        "analytics_data": {"utm_params": []},
        "cancellation_reason": row.reason or None,
        "cancellation_reason_comments": None,
        "cancelled_at": iso(row.cancelled),
        "charge_interval_frequency": row.every_days,
        "created_at": iso(row.created),
        "expire_after_specific_number_of_charges": None,
        "external_product_id": {"ecommerce": str(row.variant.product.id)},
        "external_variant_id": {"ecommerce": str(row.variant.id)},
        "has_queued_charges": row.cancelled is None,
        "is_prepaid": False,
        "is_skippable": True,
        "is_swappable": False,
        "max_retries_reached": False,
        "next_charge_scheduled_at": row.next_charge.isoformat() if row.next_charge else None,
        "order_day_of_month": None,
        "order_day_of_week": None,
        "order_interval_frequency": row.every_days,
        "order_interval_unit": "day",
        "presentment_currency": SHOP_CURRENCY,
        "price": money(row.price),
        "product_title": row.variant.product.title,
        "properties": [],
        "quantity": row.quantity,
        "sku": row.variant.sku,
        "sku_override": False,
        "status": "active" if row.cancelled is None else "cancelled",
        "updated_at": iso(touched),
        "variant_title": row.variant.title,
    }


def products(world: World) -> list[Record]:
    found: dict[int, Record] = {}
    for variant in world.variants:
        product = variant.product
        if product.status != "ACTIVE" or product.gift_card:
            continue
        record = found.setdefault(
            product.id,
            {
                "external_product_id": str(product.id),
                "brand": "Juniper & Rye",
                "external_created_at": iso(product.created),
                "external_updated_at": iso(product.created),
                "images": [],
                "options": [],
                "published_at": iso(product.created),
                "requires_shipping": True,
                "title": product.title,
                "variants": [],
                "vendor": "Juniper & Rye",
            },
        )
        prices = {"compare_at_price": money(variant.compare_at or variant.price), "unit_price": money(variant.price)}
        record["variants"].append(
            {
                "external_variant_id": str(variant.id),
                "option_values": [{"label": variant.title}],
                "prices": prices,
                "requires_shipping": True,
                "sku": variant.sku,
                "tax_code": None,
                "taxable": True,
                "title": variant.title,
            }
        )
    return list(found.values())
