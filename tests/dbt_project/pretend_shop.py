"""A small shop made by hand: odd orders, a refund, some ads and payments, and people who must not be seen in a mart."""

from decimal import Decimal

READ = "2026-03-31T11:00:00Z"
ALL_READ = {"shopify": READ, "meta_ads": READ, "stripe": READ}
ANNA, BOB = "gid://shopify/Customer/1", "gid://shopify/Customer/2"
CANARIES = ("anna@example.com", "guest@example.com", "+4915112345678", "Ärmel", ANNA, BOB, "cus_canary", "ATLANTIS")


def order(number: int, created_at: str, **changes: object) -> dict[str, object]:
    return {
        "id": f"gid://shopify/Order/{number}",
        "created_at": created_at,
        "test": False,
        "currency": "EUR",
        "financial_status": "PAID",
        "taxes_included": False,
        "discounts": 0,
        "shipping": 0,
        "tax": 0,
        "tip": 0,
        **changes,
    }


def line(number: int, gross: str, quantity: int = 1, **changes: object) -> dict[str, object]:
    return {
        "id": f"gid://shopify/LineItem/{number}{gross}",
        "order_id": f"gid://shopify/Order/{number}",
        "gross": Decimal(gross),
        "quantity": quantity,
        "is_gift_card": False,
        **changes,
    }


def refund(number: int, order_number: int, created_at: str, amount: str) -> dict[str, object]:
    return {
        "id": f"gid://shopify/Refund/{number}",
        "order_id": f"gid://shopify/Order/{order_number}",
        "created_at": created_at,
        "amount": Decimal(amount),
        "currency": "EUR",
    }


def ad_day(stream_ids: dict[str, str], day: str, spend: str, purchases: int) -> dict[str, object]:
    return {
        "account_id": "1",
        "date": day,
        "impressions": 1000,
        "clicks": 50,
        "spend": Decimal(spend),
        "currency": "EUR",
        "time_zone": "America/Los_Angeles",
        "actions": f'[{{"action_type":"omni_purchase","value":"{purchases}"}}]',
        "action_values": f'[{{"action_type":"omni_purchase","value":"{purchases * 40}.00"}}]',
        **stream_ids,
    }


ROWS: dict[str, list[dict[str, object]]] = {
    "shopify.orders": [
        # 00:30 on the 29th in Berlin, half an hour before the clocks change
        order(1, "2026-03-28T23:30:00Z", customer_id=ANNA, email="Anna@example.com", shipping=5, tax=4, discounts=2),
        order(2, "2026-03-29T12:00:00Z", customer_id=BOB, phone="+4915112345678", ship_country="ATLANTIS"),
        order(3, "2026-03-29T13:00:00Z", test=True, customer_id=BOB),
        order(4, "2026-03-30T08:00:00Z", email="anna@example.com"),
        order(5, "2026-03-30T09:00:00Z", email="guest@example.com", taxes_included=True, tax=Decimal("1.90")),
        order(6, "2026-03-30T09:30:00Z", cancelled_at="2026-03-30T10:00:00Z", financial_status="VOIDED"),
        order(7, "2026-03-30T10:00:00Z", currency="USD", customer_id=BOB),
    ],
    "shopify.order_lines": [
        line(1, "10.01"),
        line(1, "20.02", quantity=2),
        line(2, "0.00"),
        line(3, "500.00"),
        line(4, "100.00"),
        line(4, "25.00", is_gift_card=True),
        line(5, "11.90"),
        line(6, "900.00"),
        line(7, "70.00"),
    ],
    "shopify.refunds": [refund(1, 1, "2026-03-31T10:00:00Z", "11.00"), refund(2, 3, "2026-03-31T10:00:00Z", "500.00")],
    "shopify.refund_lines": [{"refund_id": "gid://shopify/Refund/1", "order_line_id": "x", "tax": 1}],
    "shopify.customers": [
        {"id": ANNA, "email": "anna@example.com", "first_name": "Anna", "last_name": "Ärmel"},
        {"id": BOB, "email": None, "first_name": "Bob"},
    ],
    "meta_ads.campaigns": [{"account_id": "1", "campaign_id": "c1", "name": "Spring, ask anna@example.com"}],
    "meta_ads.campaign_daily": [
        ad_day({"campaign_id": "c1"}, "2026-03-29", "10.00", 1),
        ad_day({"campaign_id": "c2"}, "2026-03-29", "2.50", 0),
        ad_day({"campaign_id": "c1"}, "2026-03-30", "7.25", 2),
    ],
    "meta_ads.ad_daily": [ad_day({"campaign_id": "c1", "ad_set_id": "s", "ad_id": "a"}, "2026-03-29", "10.00", 1)],
    "stripe.charges": [
        {
            "id": "ch_1",
            "created_at": "2026-03-29T12:00:00Z",
            "amount_captured_minor": 3703,
            "currency": "eur",
            "status": "succeeded",
            "captured": True,
            "livemode": True,
            "customer_id": "cus_canary",
            "email": "anna@example.com",
        }
    ],
    "stripe.balance_transactions": [
        {
            "id": "txn_1",
            "created_at": "2026-03-29T12:00:00Z",
            "currency": "eur",
            "fee_minor": 137,
            "net_minor": 3566,
            "type": "charge",
        }
    ],
}
