"""Recharge's charges and the orders that they paid for, with the fields of version 2021-11."""

from collections.abc import Iterable
from typing import Final

from sandbox.vendors.recharge.records import Record, address_id, iso, money, orders_of, place_of, touched
from sandbox.world import World
from sandbox.world.entities import SHOP_CURRENCY, Line, Order, Person
from sandbox.world.marketing import Subscription

_TEN: Final = 10_000_000_000


def _line(line: Line, subscription: int | None) -> Record:
    return {
        "purchase_item_id": subscription or line.id % _TEN,
        "purchase_item_type": "subscription" if subscription else "onetime",
        "external_product_id": {"ecommerce": str(line.variant.product.id)},
        "external_variant_id": {"ecommerce": str(line.variant.id)},
        "grams": line.variant.grams,
        "handle": line.variant.product.handle,
        "images": {},
        "original_price": money(line.unit),
        "properties": [{"name": "Engraving", "value": line.engraving}] if line.engraving else [],
        "quantity": line.quantity,
        "sku": line.variant.sku,
        "tax_due": money(line.tax),
        "tax_lines": [],
        "taxable": True,
        "taxable_amount": money(line.net),
        "title": line.variant.product.title,
        "total_price": money(line.net + line.tax),
        "unit_price": money(line.net // line.quantity),
        "unit_price_includes_tax": False,
        "variant_title": line.variant.title,
    }


def _sums(order: Order) -> Record:
    return {
        "subtotal_price": money(order.subtotal),
        "total_discounts": money(order.discounts),
        "total_line_items_price": money(order.gross),
        "total_price": money(order.total),
        "total_tax": money(order.tax),
        "total_weight_grams": sum(line.variant.grams * line.quantity for line in order.lines),
    }


def _people(person: Person) -> Record:
    return {
        "id": person.recharge_id,
        "email": person.email.lower(),
        "external_customer_id": {"ecommerce": str(person.id)},
        "hash": f"{person.recharge_id:030x}",
    }


def _base(order: Order, person: Person, row: Subscription, created: int) -> Record:
    """What a charge and the order it pays for have alike."""
    bought = [_line(line, row.id if line.variant is row.variant else None) for line in order.lines]
    return {
        "address_id": address_id(person),
        "billing_address": place_of(person),
        "client_details": {"browser_ip": None, "user_agent": None},
        "created_at": iso(created),
        "customer": _people(person),
        "discounts": [],
        "external_order_id": {"ecommerce": str(order.id)},
        "line_items": bought,
        "note": order.note or None,
        "order_attributes": [],
        "processed_at": iso(order.created),
        "scheduled_at": order.day.isoformat(),
        "shipping_address": place_of(person),
        "shipping_lines": [],
        "status": "success",
        "tags": ["Subscription"],
        "tax_lines": [],
        "taxable": True,
        "type": "checkout" if order.id == row.orders[0] else "recurring",
        **_sums(order),
    }


def _renewals(world: World) -> Iterable[tuple[Subscription, Order]]:
    orders = orders_of(world)
    return ((row, orders[number]) for row in world.subscriptions for number in row.orders)


def charges(world: World) -> list[Record]:
    """Those that were made, and one that lies ahead for each subscription that runs."""
    made = [
        {
            **_base(order, row.person, row, order.created - 60),
            "id": order.id % _TEN,
            "analytics_data": {"utm_params": []},
            "charge_attempts": 1,
            "currency": SHOP_CURRENCY,
            "error": None,
            "error_type": None,
            "external_transaction_id": {"payment_processor": f"ch_{order.id}"},
            "external_variant_id_not_found": None,
            "has_uncommitted_changes": False,
            "orders_count": 1,
            "payment_processor": "shopify_payments",
            "retry_date": None,
            "taxes_included": False,
            "total_refunds": money(order.refunded) if order.refunds else None,
            "updated_at": iso(order.updated),
        }
        for row, order in _renewals(world)
    ]
    orders = orders_of(world)
    return made + [_queued(row, touched(row, orders, world.now)) for row in world.subscriptions if row.next_charge]


def _queued(row: Subscription, touched: int) -> Record:
    line = Line(id=row.id, variant=row.variant, quantity=row.quantity, unit=row.price, discount=0, tax=0)
    total = money(line.gross)
    return {
        "id": row.id + 5_000_000_000,
        "address_id": address_id(row.person),
        "analytics_data": {"utm_params": []},
        "billing_address": place_of(row.person),
        "charge_attempts": None,
        "client_details": {"browser_ip": None, "user_agent": None},
        "created_at": iso(row.created + 300),
        "currency": SHOP_CURRENCY,
        "customer": _people(row.person),
        "discounts": [],
        "error": None,
        "error_type": None,
        "external_order_id": {"ecommerce": None},
        "external_transaction_id": {"payment_processor": None},
        "external_variant_id_not_found": None,
        "has_uncommitted_changes": False,
        "line_items": [_line(line, row.id)],
        "note": None,
        "order_attributes": [],
        "orders_count": 0,
        "payment_processor": None,
        "processed_at": None,
        "retry_date": None,
        "scheduled_at": row.next_charge.isoformat() if row.next_charge else None,
        "shipping_address": place_of(row.person),
        "shipping_lines": [],
        "status": "queued",
        "subtotal_price": total,
        "tags": ["Subscription", "Subscription Recurring Order"],
        "tax_lines": [],
        "taxable": True,
        "taxes_included": False,
        "total_discounts": "0.00",
        "total_line_items_price": total,
        "total_price": total,
        "total_refunds": None,
        "total_tax": "0.00",
        "total_weight_grams": row.variant.grams * row.quantity,
        "type": "recurring",
        "updated_at": iso(touched),
    }


def orders(world: World) -> list[Record]:
    return [
        {
            **_base(order, row.person, row, order.created),
            "id": order.id % _TEN + 40_000_000_000,
            "charge": {
                "id": order.id % _TEN,
                "external_transaction_id": {"payment_processor": f"ch_{order.id}"},
            },
            "currency": SHOP_CURRENCY,
            "external_cart_token": None,
            "external_order_number": {"ecommerce": str(order.number)},
            "is_prepaid": False,
            "total_duties": "0.00",
            "updated_at": iso(order.updated),
        }
        for row, order in _renewals(world)
    ]
