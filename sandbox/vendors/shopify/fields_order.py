"""How an order's GraphQL fields are read: the order, its lines, refunds, payments, shipments."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sandbox.vendors.shopify.views import (
    AddressView,
    Allocation,
    Bag,
    Context,
    LineView,
    ParcelView,
    Payment,
    RefundLineView,
    RefundView,
    ShippingView,
    Tax,
    Visit,
    in_shop,
    payments,
    refunded_units,
    returned,
    shown,
    time,
)
from sandbox.world.catalog import PLACES
from sandbox.world.entities import SHOP_CURRENCY, Order

Field = Callable[[Any, Context], Any]
Fields = Mapping[str, Field]


def _bag(cents: Callable[[Order], int]) -> Field:
    return lambda order, _: Bag(cents(order), order.presentment)


def _financial(order: Order, _: Context) -> str:
    if not order.paid:
        return "VOIDED" if order.cancelled else "PENDING"
    if not order.refunded:
        return "PAID"
    return "REFUNDED" if order.refunded >= order.total else "PARTIALLY_REFUNDED"


def _fulfilment(order: Order, _: Context) -> str:
    ships = any(not line.variant.product.gift_card for line in order.lines)
    return "FULFILLED" if order.fulfilment or not ships else "UNFULFILLED"


def _address(order: Order, _: Context) -> AddressView:
    person = order.person
    first, last, phone = (person.first, person.last, person.phone) if person else (None, None, None)
    return AddressView(f"{order.id}", first, last, phone, order.address)


def _codes(order: Order, _: Context) -> list[str]:
    return [order.discount_code] if order.discount_code else []


def _gateways(order: Order, _: Context) -> list[str]:
    return list(dict.fromkeys(payment.gateway for payment in payments(order)))


def _taxes(order: Order, _: Context) -> list[Tax]:
    return [Tax(order.tax_bps, Bag(order.tax, order.presentment))] if order.tax else []


def _current(take: Callable[[Order], int], give: Callable[[Any], int]) -> Callable[[Order], int]:
    return lambda order: take(order) - sum(give(part) for refund in order.refunds for part in refund.lines)


def _visits(order: Order, _: Context) -> Visit | None:
    return Visit(order, order.touch) if order.source == "web" else None


def _disputes(order: Order, _: Context) -> list[Order]:
    return [order] if order.dispute else []


ORDER: Final[Fields] = {
    "id": lambda o, _: f"gid://shopify/Order/{o.id}",
    "legacyResourceId": lambda o, _: str(o.id),
    "name": lambda o, _: f"#{o.number}",
    "number": lambda o, _: o.number,
    "createdAt": lambda o, _: time(o.created),
    "processedAt": lambda o, _: time(o.created),
    "updatedAt": lambda o, _: time(o.updated),
    "closedAt": lambda o, _: time(o.closed),
    "closed": lambda o, _: o.closed is not None,
    "cancelledAt": lambda o, _: time(o.cancelled),
    "cancelReason": lambda o, _: "CUSTOMER" if o.cancelled else None,
    "confirmed": lambda _o, _: True,
    "test": lambda o, _: o.test,
    "currencyCode": lambda _o, _: SHOP_CURRENCY,
    "presentmentCurrencyCode": lambda o, _: o.presentment.currency,
    "displayFinancialStatus": _financial,
    "displayFulfillmentStatus": _fulfilment,
    "fullyPaid": lambda o, _: o.paid,
    "unpaid": lambda o, _: not o.paid,
    "edited": lambda _o, _: False,
    "taxesIncluded": lambda _o, _: False,
    "taxExempt": lambda _o, _: False,
    "sourceName": lambda o, _: o.source,
    "sourceIdentifier": lambda _o, _: None,
    "app": lambda o, _: o,
    "email": lambda o, _: o.email,
    "phone": lambda o, _: o.person.phone if o.person else None,
    "note": lambda o, _: o.note or None,
    "tags": lambda o, _: ["subscription"] if o.source == "subscription_contract" else [],
    "customAttributes": lambda _o, _: [],
    "customerLocale": lambda _o, _: "en-US",
    "clientIp": lambda o, _: f"192.0.2.{o.id % 250 + 1}",
    "customer": lambda o, _: o.person,
    "customerAcceptsMarketing": lambda o, _: bool(o.person and o.person.accepts_marketing),
    "billingAddress": _address,
    "shippingAddress": _address,
    "displayAddress": _address,
    "discountCode": lambda o, _: o.discount_code or None,
    "discountCodes": _codes,
    "paymentGatewayNames": _gateways,
    "subtotalPriceSet": _bag(lambda o: o.subtotal),
    "totalDiscountsSet": _bag(lambda o: o.discounts),
    "totalShippingPriceSet": _bag(lambda o: o.shipping),
    "totalTaxSet": _bag(lambda o: o.tax),
    "totalTipReceivedSet": _bag(lambda _o: 0),
    "totalPriceSet": _bag(lambda o: o.total),
    "originalTotalPriceSet": _bag(lambda o: o.total),
    "totalReceivedSet": _bag(lambda o: o.total if o.paid else 0),
    "totalRefundedSet": _bag(lambda o: o.refunded),
    "totalRefundedShippingSet": _bag(lambda o: sum(refund.shipping for refund in o.refunds)),
    "totalOutstandingSet": _bag(lambda o: 0 if o.paid or o.cancelled else o.total),
    "netPaymentSet": _bag(lambda o: o.total - o.refunded if o.paid else 0),
    "currentTotalPriceSet": _bag(lambda o: o.total - returned(o)),
    "currentSubtotalPriceSet": _bag(_current(lambda o: o.subtotal, lambda part: int(part.subtotal))),
    "currentTotalTaxSet": _bag(_current(lambda o: o.tax, lambda part: int(part.tax))),
    "currentTotalDiscountsSet": _bag(lambda o: o.discounts),
    "currentSubtotalLineItemsQuantity": lambda o, _: sum(line.quantity - refunded_units(o, line) for line in o.lines),
    "subtotalLineItemsQuantity": lambda o, _: sum(line.quantity for line in o.lines),
    "totalWeight": lambda o, _: str(sum(line.variant.grams * line.quantity for line in o.lines)),
    "taxLines": _taxes,
    "lineItems": lambda o, _: [LineView(o, line) for line in o.lines],
    "shippingLine": lambda o, _: ShippingView(o) if o.shipping else None,
    "shippingLines": lambda o, _: [ShippingView(o)] if o.shipping else [],
    "transactions": lambda o, _: list(payments(o)),
    "refunds": lambda o, _: [RefundView(o, refund) for refund in o.refunds],
    "fulfillments": lambda o, _: [ParcelView(o)] if o.fulfilment else [],
    "customerJourneySummary": _visits,
    "returnStatus": lambda _o, _: "NO_RETURN",
    "requiresShipping": lambda o, _: any(not line.variant.product.gift_card for line in o.lines),
    "statusPageUrl": lambda o, c: f"https://{c.shop}/70000000001/orders/{o.id:x}/authenticate?key={o.id % 9973:x}",
    "disputes": _disputes,
}


def _line_bag(cents: Callable[[Any], int]) -> Field:
    return lambda view, _: Bag(cents(view.line), view.order.presentment)


def _unfulfilled(view: LineView, _: Context) -> int:
    return 0 if view.order.fulfilment or view.order.cancelled else view.line.quantity


LINE: Final[Fields] = {
    "id": lambda v, _: f"gid://shopify/LineItem/{v.line.id}",
    "name": lambda v, _: f"{v.line.variant.product.title} - {v.line.variant.title}",
    "title": lambda v, _: v.line.variant.product.title,
    "variantTitle": lambda v, _: v.line.variant.title,
    "sku": lambda v, _: v.line.variant.sku,
    "vendor": lambda _v, _: "Juniper & Rye",
    "quantity": lambda v, _: v.line.quantity,
    "currentQuantity": lambda v, _: v.line.quantity - refunded_units(v.order, v.line),
    "refundableQuantity": lambda v, _: v.line.quantity - refunded_units(v.order, v.line),
    "unfulfilledQuantity": _unfulfilled,
    "requiresShipping": lambda v, _: not v.line.variant.product.gift_card,
    "taxable": lambda v, _: not v.line.variant.product.gift_card,
    "isGiftCard": lambda v, _: v.line.variant.product.gift_card,
    "product": lambda v, _: v.line.variant.product,
    "variant": lambda v, _: v.line.variant,
    "originalUnitPriceSet": _line_bag(lambda line: int(line.unit)),
    "originalTotalSet": _line_bag(lambda line: int(line.gross)),
    "discountedUnitPriceSet": _line_bag(lambda line: int(line.unit)),
    "discountedTotalSet": _line_bag(lambda line: int(line.gross)),
    "totalDiscountSet": _line_bag(lambda _line: 0),
    "discountedUnitPriceAfterAllDiscountsSet": _line_bag(lambda line: int(line.net // line.quantity)),
    "discountAllocations": lambda v, _: [Allocation(v.order, v.line.discount)] if v.line.discount else [],
    "taxLines": lambda v, _: [Tax(v.order.tax_bps, Bag(v.line.tax, v.order.presentment))] if v.line.tax else [],
    "customAttributes": lambda v, _: [("Engraving", v.line.engraving)] if v.line.engraving else [],
}


def _part_bag(cents: Callable[[Any], int]) -> Field:
    return lambda view, _: Bag(cents(view.part), view.order.presentment)


def _parts(view: RefundView, _: Context) -> list[RefundLineView]:
    return [RefundLineView(view.order, view.refund, part) for part in view.refund.lines]


def _its_payment(view: RefundView, _: Context) -> list[Payment]:
    return [step for step in payments(view.order) if step.kind == "REFUND" and step.created == view.refund.created]


REFUND: Final[Fields] = {
    "id": lambda v, _: f"gid://shopify/Refund/{v.refund.id}",
    "legacyResourceId": lambda v, _: str(v.refund.id),
    "createdAt": lambda v, _: time(v.refund.created),
    "processedAt": lambda v, _: time(v.refund.created),
    "updatedAt": lambda v, _: time(v.refund.created),
    "note": lambda v, _: v.refund.note or None,
    "order": lambda v, _: v.order,
    "totalRefundedSet": lambda v, _: Bag(v.refund.amount, v.order.presentment),
    "refundLineItems": _parts,
    "refundShippingLines": lambda v, _: [v] if v.refund.shipping else [],
    "orderAdjustments": lambda v, _: [v] if v.refund.goodwill else [],
    "transactions": _its_payment,
}
REFUND_LINE: Final[Fields] = {
    "id": lambda v, _: f"gid://shopify/RefundLineItem/{v.refund.id}{v.part.line.id % 10}",
    "lineItem": lambda v, _: LineView(v.order, v.part.line),
    "quantity": lambda v, _: v.part.quantity,
    "restockType": lambda v, _: ("CANCEL" if v.order.cancelled else "RETURN") if v.part.restocked else "NO_RESTOCK",
    "restocked": lambda v, _: v.part.restocked,
    "location": lambda v, _: PLACES[0] if v.part.restocked else None,
    "priceSet": _part_bag(lambda part: int(part.subtotal // part.quantity)),
    "subtotalSet": _part_bag(lambda part: int(part.subtotal)),
    "totalTaxSet": _part_bag(lambda part: int(part.tax)),
}
REFUND_SHIPPING: Final[Fields] = {
    "id": lambda v, _: f"gid://shopify/RefundShippingLine/{v.refund.id}",
    "shippingLine": lambda v, _: ShippingView(v.order),
    "subtotalAmountSet": lambda v, _: Bag(v.refund.shipping, v.order.presentment),
    "taxAmountSet": lambda v, _: Bag(0, v.order.presentment),
}
ADJUSTMENT: Final[Fields] = {
    "id": lambda v, _: f"gid://shopify/OrderAdjustment/{v.refund.id}",
    "amountSet": lambda v, _: Bag(-v.refund.goodwill, v.order.presentment),
    "reason": lambda _v, _: "REFUND_DISCREPANCY",
    "taxAmountSet": lambda v, _: Bag(0, v.order.presentment),
}
MONEY: Final[dict[str, Fields]] = {
    "MoneyBag": {"shopMoney": lambda bag, _: in_shop(bag), "presentmentMoney": lambda bag, _: shown(bag)},
    "MoneyV2": {"amount": lambda m, _: m.amount, "currencyCode": lambda m, _: m.currency},
    "Attribute": {"key": lambda pair, _: pair[0], "value": lambda pair, _: pair[1]},
}
