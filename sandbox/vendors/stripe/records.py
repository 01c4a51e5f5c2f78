"""Stripe's objects, rendered from the ledger with the fields of version 2026-10-28.endive."""

from typing import Any, Final

from sandbox.world import World
from sandbox.world.entities import Order
from sandbox.world.ledger import Charge, ChargeDispute, ChargeRefund, Entry, Payout

Record = dict[str, Any]
ACCOUNT: Final = "acct_1JuniperRye00001"
_BRANDS: Final = ("visa", "mastercard", "amex", "visa")


def _address(order: Order) -> Record:
    home = order.address
    return {
        "city": home.city,
        "country": home.country_code,
        "line1": home.street,
        "line2": None,
        "postal_code": home.zip,
        "state": home.province_code,
    }


def _card(order: Order) -> Record:
    return {
        "brand": _BRANDS[order.id % 4],
        "country": order.address.country_code,
        "exp_month": order.id % 12 + 1,
        "exp_year": 2030,
        "fingerprint": f"fp{order.id:014d}",
        "funding": "credit",
        "last4": f"{order.id % 10_000:04d}",
        "network": _BRANDS[order.id % 4],
        "wallet": None,
    }


def charge(row: Charge, world: World) -> Record:
    order, person = row.order, row.order.person
    backs = [] if row.failed else [back for back in order.refunds if back.created <= world.now]
    returned = sum(order.presentment.minor(min(back.amount, row.cents)) for back in backs)
    return {
        "id": row.id,
        "object": "charge",
        "amount": row.amount,
        "amount_captured": 0 if row.failed else row.amount,
        "amount_refunded": returned,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None if row.failed else f"txn_{row.id.replace('_', '')}",
        "billing_details": {
            "address": _address(order),
            "email": order.email.lower(),
            "name": f"{person.first} {person.last}" if person else None,
            "phone": person.phone if person else None,
            "tax_id": None,
        },
        "calculated_statement_descriptor": "JUNIPER & RYE",
        "captured": not row.failed,
        "created": row.created,
        "currency": row.currency,
        "customer": person.stripe_id if person else None,
        "description": f"Juniper & Rye #{order.number}",
        "disputed": bool(order.dispute) and not row.failed,
        "failure_balance_transaction": None,
        "failure_code": "card_declined" if row.failed else None,
        "failure_message": "Your card was declined." if row.failed else None,
        "fraud_details": {},
        "livemode": True,
        "metadata": {"order_id": str(order.id), "shop": "juniper-and-rye.myshopify.com"},
        "on_behalf_of": None,
        "outcome": _outcome(failed=row.failed),
        "paid": not row.failed,
        "payment_intent": f"pi_3{order.id:022d}",
        "payment_method": f"pm_1{order.id:022d}",
        "payment_method_details": {"card": _card(order), "type": "card"},
        "receipt_email": order.email.lower(),
        "receipt_number": None,
        "receipt_url": f"https://pay.stripe.com/receipts/payment/{row.id}",
        "refunded": returned == row.amount,
        "review": None,
        "shipping": None,
        "source": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "failed" if row.failed else "succeeded",
        "transfer_data": None,
        "transfer_group": None,
    }


def _outcome(*, failed: bool) -> Record:
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": "05" if failed else None,
        "network_status": "declined_by_network" if failed else "approved_by_network",
        "reason": "generic_decline" if failed else None,
        "risk_level": "normal",
        "seller_message": "The bank did not return any further details." if failed else "Payment complete.",
        "type": "issuer_declined" if failed else "authorized",
    }


def refund(row: ChargeRefund, _world: World) -> Record:
    return {
        "id": row.id,
        "object": "refund",
        "amount": row.amount,
        "balance_transaction": f"txn_{row.id.replace('_', '')}",
        "charge": row.charge.id,
        "created": row.created,
        "currency": row.charge.currency,
        "customer": row.charge.order.person.stripe_id if row.charge.order.person else None,
        "customer_account": None,
        "destination_details": {"card": {"type": "refund"}, "type": "card"},
        "metadata": {"refund_id": str(row.shop_refund_id)},
        "payment_intent": f"pi_3{row.charge.order.id:022d}",
        "payment_method": None,
        "pending_reason": None,
        "reason": "requested_by_customer",
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }


def dispute(row: ChargeDispute, world: World) -> Record:
    facts = row.facts
    over = bool(facts.closed and facts.closed <= world.now)
    return {
        "id": row.id,
        "object": "dispute",
        "amount": row.charge.amount,
        "balance_transactions": [],
        "charge": row.charge.id,
        "created": facts.created,
        "currency": row.charge.currency,
        "enhanced_eligibility_types": [],
        "evidence": {"customer_email_address": row.charge.order.email.lower(), "customer_purchase_ip": None},
        "evidence_details": {"due_by": facts.created + 604_800, "has_evidence": False, "past_due": over},
        "is_charge_refundable": False,
        "livemode": True,
        "metadata": {},
        "payment_intent": f"pi_3{row.charge.order.id:022d}",
        "payment_method_details": {"card": {"brand": _BRANDS[row.charge.order.id % 4]}, "type": "card"},
        "reason": facts.reason,
        "status": ("won" if facts.won else "lost") if over else "needs_response",
    }


def payout(row: Payout, world: World) -> Record:
    return {
        "id": row.id,
        "object": "payout",
        "amount": row.amount,
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": row.arrival,
        "automatic": True,
        "balance_transaction": f"txn_{row.id.replace('_', '')}",
        "created": row.created,
        "currency": "usd",
        "description": "STRIPE PAYOUT",
        "destination": "ba_1JuniperRyeBank0000",
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": True,
        "metadata": {},
        "method": "standard",
        "original_payout": None,
        "payout_method": None,
        "reconciliation_status": "completed",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": None,
        "status": "paid" if row.arrival <= world.now else "in_transit",
        "trace_id": None,
        "type": "bank_account",
    }


def entry(row: Entry, world: World) -> Record:
    fees = [{"amount": row.fee, "application": None, "currency": "usd", "description": "Stripe processing fees"}]
    return {
        "id": row.id,
        "object": "balance_transaction",
        "amount": row.amount,
        "available_on": row.available,
        "balance_type": "payments",
        "created": row.created,
        "currency": "usd",
        "description": row.description,
        "exchange_rate": row.exchange_rate,
        "fee": row.fee,
        "fee_details": [{**fee, "type": "stripe_fee"} for fee in fees] if row.fee else [],
        "net": row.net,
        "reporting_category": row.category,
        "source": row.source,
        "status": "available" if row.available <= world.now else "pending",
        "type": row.kind,
    }
