"""How the GraphQL fields of customers and addresses are read."""

from typing import Final

from sandbox.vendors.shopify.fields_order import Fields
from sandbox.vendors.shopify.views import AddressView, Context, Money, money, time
from sandbox.world.entities import SHOP_CURRENCY, Order, Person


def home(person: Person, _: Context) -> AddressView:
    return AddressView(f"{person.id}1", person.first, person.last, person.phone, person.address)


def changed(person: Person, orders: list[Order]) -> int:
    """When the customer last changed: an order changes its customer too."""
    return max([person.joined, *(order.created + 60 for order in orders)])


def _spent(person: Person, context: Context) -> Money:
    return Money(money(sum(o.total for o in context.world.orders_of(person.id) if not o.test)), SHOP_CURRENCY)


def _last(person: Person, context: Context) -> Order | None:
    orders = context.world.orders_of(person.id)
    return orders[-1] if orders else None


def _lines(view: AddressView, _: Context) -> list[str]:
    spot = view.address
    return [spot.street, f"{spot.city} {spot.province_code} {spot.zip}", spot.country]


PEOPLE: Final[dict[str, Fields]] = {
    "Customer": {
        "id": lambda p, _: f"gid://shopify/Customer/{p.id}",
        "legacyResourceId": lambda p, _: str(p.id),
        "firstName": lambda p, _: p.first,
        "lastName": lambda p, _: p.last,
        "displayName": lambda p, _: f"{p.first} {p.last}",
        "email": lambda p, _: p.email,
        "phone": lambda p, _: p.phone,
        "defaultEmailAddress": lambda p, _: p,
        "defaultPhoneNumber": lambda p, _: p if p.phone else None,
        "defaultAddress": home,
        "addressesV2": lambda p, c: [home(p, c)],
        "createdAt": lambda p, _: time(p.joined),
        "updatedAt": lambda p, c: time(changed(p, c.world.orders_of(p.id))),
        "state": lambda p, _: "ENABLED" if p.subscriber else "DISABLED",
        "note": lambda p, _: p.note or None,
        "tags": lambda p, _: ["Active Subscriber"] if p.subscriber else [],
        "locale": lambda _p, _: "en",
        "taxExempt": lambda _p, _: False,
        "verifiedEmail": lambda _p, _: True,
        "numberOfOrders": lambda p, c: str(len(c.world.orders_of(p.id))),
        "amountSpent": _spent,
        "orders": lambda p, c: c.world.orders_of(p.id),
        "lastOrder": _last,
    },
    "CustomerEmailAddress": {
        "emailAddress": lambda p, _: p.email,
        "marketingState": lambda p, _: "SUBSCRIBED" if p.accepts_marketing else "NOT_SUBSCRIBED",
        "marketingUpdatedAt": lambda p, _: time(p.joined) if p.accepts_marketing else None,
        "validFormat": lambda _p, _: True,
    },
    "CustomerPhoneNumber": {"phoneNumber": lambda p, _: p.phone},
    "MailingAddress": {
        "id": lambda v, _: f"gid://shopify/MailingAddress/{v.key}?model_name=Address",
        "firstName": lambda v, _: v.first,
        "lastName": lambda v, _: v.last,
        "name": lambda v, _: f"{v.first} {v.last}" if v.first else None,
        "company": lambda _v, _: None,
        "address1": lambda v, _: v.address.street,
        "address2": lambda _v, _: None,
        "city": lambda v, _: v.address.city,
        "province": lambda v, _: v.address.province,
        "provinceCode": lambda v, _: v.address.province_code,
        "country": lambda v, _: v.address.country,
        "countryCodeV2": lambda v, _: v.address.country_code,
        "zip": lambda v, _: v.address.zip,
        "phone": lambda v, _: v.phone,
        "formatted": _lines,
    },
}
