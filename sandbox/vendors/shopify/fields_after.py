"""How the GraphQL fields of what hangs on an order are read: payments, shipments, taxes, discounts, visits."""

from typing import Final

from sandbox.vendors.shopify.fields_order import Fields
from sandbox.vendors.shopify.views import Bag, Context, LineView, ParcelView, Payment, Visit, in_shop, time
from sandbox.world.catalog import PLACES
from sandbox.world.entities import SHOP_CURRENCY

_GATEWAYS: Final = {
    "stripe": "Stripe",
    "paypal": "PayPal",
    "gift_card": "Gift card",
    "bogus": "Bogus",
    "manual": "Manual",
}


def _payment_id(step: Payment, number: int) -> str:
    return f"gid://shopify/OrderTransaction/{step.order.id * 100 + number}"


def _parent(step: Payment, _: Context) -> Payment | None:
    return step._replace(number=step.parent, kind="SALE", parent=-1) if step.parent >= 0 else None


PAYMENT: Final[Fields] = {
    "id": lambda p, _: _payment_id(p, p.number),
    "kind": lambda p, _: p.kind,
    "status": lambda p, _: p.status,
    "gateway": lambda p, _: p.gateway,
    "formattedGateway": lambda p, _: _GATEWAYS[p.gateway],
    "createdAt": lambda p, _: time(p.created),
    "processedAt": lambda p, _: time(p.created) if p.status != "PENDING" else None,
    "test": lambda p, _: p.order.test,
    "amountSet": lambda p, _: Bag(p.cents, p.order.presentment),
    "parentTransaction": _parent,
    "errorCode": lambda p, _: "CARD_DECLINED" if p.status == "FAILURE" else None,
    "paymentId": lambda p, _: f"#{p.order.number}.{p.number + 1}",
    "order": lambda p, _: p.order,
    "settlementCurrency": lambda p, _: SHOP_CURRENCY if p.gateway == "stripe" else None,
    "manualPaymentGateway": lambda p, _: p.gateway == "manual",
}


def _display(view: ParcelView, _: Context) -> str:
    parcel = view.order.fulfilment
    if parcel and parcel.delivered:
        return "DELIVERED"
    return "IN_TRANSIT" if parcel and parcel.in_transit else "FULFILLED"


def _parcel_changed(view: ParcelView, _: Context) -> str | None:
    parcel = view.order.fulfilment
    return time(parcel.delivered or parcel.in_transit or parcel.created) if parcel else None


PARCEL: Final[Fields] = {
    "id": lambda v, _: f"gid://shopify/Fulfillment/{v.order.fulfilment.id}",
    "legacyResourceId": lambda v, _: str(v.order.fulfilment.id),
    "name": lambda v, _: f"#{v.order.number}-F1",
    "status": lambda _v, _: "SUCCESS",
    "displayStatus": _display,
    "createdAt": lambda v, _: time(v.order.fulfilment.created),
    "updatedAt": _parcel_changed,
    "inTransitAt": lambda v, _: time(v.order.fulfilment.in_transit),
    "deliveredAt": lambda v, _: time(v.order.fulfilment.delivered),
    "totalQuantity": lambda v, _: sum(x.quantity for x in v.order.lines if not x.variant.product.gift_card),
    "trackingInfo": lambda v, _: [v.order.fulfilment.tracking],
    "location": lambda _v, _: PLACES[0],
    "order": lambda v, _: v.order,
    "requiresShipping": lambda _v, _: True,
    "fulfillmentLineItems": lambda v, _: [
        LineView(v.order, x) for x in v.order.lines if not x.variant.product.gift_card
    ],
}
AFTER: Final[dict[str, Fields]] = {
    "OrderTransaction": PAYMENT,
    "Fulfillment": PARCEL,
    "FulfillmentLineItem": {
        "id": lambda v, _: f"gid://shopify/FulfillmentLineItem/{v.line.id}",
        "lineItem": lambda v, _: v,
        "quantity": lambda v, _: v.line.quantity,
        "originalTotalSet": lambda v, _: Bag(v.line.gross, v.order.presentment),
        "discountedTotalSet": lambda v, _: Bag(v.line.net, v.order.presentment),
    },
    "FulfillmentTrackingInfo": {
        "company": lambda _t, _: "UPS",
        "number": lambda t, _: t,
        "url": lambda t, _: f"https://www.ups.com/track?tracknum={t}",
    },
    "ShippingLine": {
        "id": lambda v, _: f"gid://shopify/ShippingLine/{v.order.id}",
        "title": lambda _v, _: "Standard",
        "code": lambda _v, _: "standard",
        "source": lambda _v, _: "shopify",
        "custom": lambda _v, _: False,
        "carrierIdentifier": lambda _v, _: None,
        "isRemoved": lambda _v, _: False,
        "phone": lambda _v, _: None,
        "originalPriceSet": lambda v, _: Bag(v.order.shipping, v.order.presentment),
        "discountedPriceSet": lambda v, _: Bag(v.order.shipping, v.order.presentment),
        "currentDiscountedPriceSet": lambda v, _: Bag(v.order.shipping, v.order.presentment),
        "discountAllocations": lambda _v, _: [],
        "taxLines": lambda _v, _: [],
    },
    "TaxLine": {
        "title": lambda _t, _: "Sales tax",
        "rate": lambda t, _: t.rate_bps / 10_000,
        "ratePercentage": lambda t, _: t.rate_bps / 100,
        "priceSet": lambda t, _: t.bag,
        "channelLiable": lambda _t, _: False,
        "source": lambda _t, _: "shopify",
    },
    "DiscountAllocation": {
        "allocatedAmountSet": lambda a, _: Bag(a.cents, a.order.presentment),
        "discountApplication": lambda a, _: a,
    },
    "DiscountCodeApplication": {
        "index": lambda _a, _: 0,
        "allocationMethod": lambda _a, _: "ACROSS",
        "targetSelection": lambda _a, _: "ALL",
        "targetType": lambda _a, _: "LINE_ITEM",
        "value": lambda a, _: a,
        "code": lambda a, _: a.order.discount_code,
    },
    "PricingPercentageValue": {"percentage": lambda a, _: float(a.order.discount_percent)},
    "OrderApp": {
        "id": lambda o, _: "gid://shopify/App/" + ("294517" if o.source == "subscription_contract" else "580111"),
        "name": lambda o, _: "Recharge" if o.source == "subscription_contract" else "Online Store",
    },
    "OrderDisputeSummary": {
        "id": lambda o, _: f"gid://shopify/OrderDisputeSummary/{o.id}",
        "initiatedAs": lambda _o, _: "CHARGEBACK",
        "status": lambda o, _: "NEEDS_RESPONSE" if o.dispute.won is None else ("WON" if o.dispute.won else "LOST"),
    },
    "TenderTransaction": {
        "id": lambda p, _: f"gid://shopify/TenderTransaction/{p.order.id * 100 + p.number}",
        "amount": lambda p, _: in_shop(Bag(-p.cents if p.kind == "REFUND" else p.cents, p.order.presentment)),
        "paymentMethod": lambda _p, _: "credit_card",
        "processedAt": lambda p, _: time(p.created),
        "test": lambda p, _: p.order.test,
        "remoteReference": lambda p, _: f"#{p.order.number}.{p.number + 1}",
    },
}


def _landing(visit: Visit, _: Context) -> str:
    touch = visit.touch
    if touch.medium == "(none)":
        return "https://juniperandrye.example/"
    parts = (touch.source, touch.medium, touch.campaign, touch.content)
    source, medium, campaign, content = (part.replace(" ", "+") for part in parts)
    query = f"utm_source={source}&utm_medium={medium}&utm_campaign={campaign}&utm_content={content}"
    return f"https://juniperandrye.example/?{query}"


def _index(visit: Visit, context: Context) -> int:
    person = visit.order.person
    earlier = (
        (order for order in context.world.orders_of(person.id) if order.created < visit.order.created) if person else ()
    )
    return sum(1 for _ in earlier) + 1


VISITS: Final[dict[str, Fields]] = {
    "CustomerJourneySummary": {
        "ready": lambda _v, _: True,
        "customerOrderIndex": _index,
        "daysToConversion": lambda v, _: v.order.id % 5,
        "firstVisit": lambda v, _: v,
        "lastVisit": lambda v, _: v,
    },
    "CustomerVisit": {
        "id": lambda v, _: f"gid://shopify/CustomerVisit/{v.order.id}",
        "landingPage": _landing,
        "referrerUrl": lambda _v, _: None,
        "source": lambda v, _: v.touch.source,
        "sourceType": lambda v, _: "AD" if v.touch.platform else None,
        "occurredAt": lambda v, _: time(v.order.created - 900),
        "utmParameters": lambda v, _: v.touch if v.touch.medium != "(none)" else None,
    },
    "UTMParameters": {
        "source": lambda t, _: t.source,
        "medium": lambda t, _: t.medium,
        "campaign": lambda t, _: t.campaign,
        "content": lambda t, _: t.content,
        "term": lambda _t, _: None,
    },
}
