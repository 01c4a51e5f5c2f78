"""The synthetic people with their ids at each platform and what they truly ordered."""

from collections import Counter
from dataclasses import dataclass

from sandbox.world import World
from sandbox.world.people import CANARY_FREE_TEXT_EMAIL, CANARY_GUEST_EMAIL, CANARY_SPELLING_EMAIL


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One person. `orders` counts those of the customer, `orders_by_email` also those placed as a guest."""

    name: str
    email: str
    phone: str | None
    canary: str
    shopify_id: str
    stripe_id: str
    klaviyo_id: str
    recharge_id: str
    orders: int
    orders_by_email: int


_CANARIES = {CANARY_SPELLING_EMAIL: "spelling", CANARY_FREE_TEXT_EMAIL: "free_text"}


def people(world: World) -> list[Listed]:
    """All who ordered; the canaries come first, of them the guest has no id anywhere."""
    by_email = Counter(order.email.lower() for order in world.orders)
    rows = [
        Listed(
            name=f"{person.first} {person.last}",
            email=person.email,
            phone=person.phone,
            canary=_CANARIES.get(person.email, ""),
            shopify_id=str(person.id),
            stripe_id=person.stripe_id,
            klaviyo_id=person.klaviyo_id,
            recharge_id=str(person.recharge_id) if person.subscriber else "",
            orders=len(world.orders_of(person.id)),
            orders_by_email=by_email[person.email.lower()],
        )
        for person in world.people
    ]
    guest = Listed(
        name="",
        email=CANARY_GUEST_EMAIL,
        phone=None,
        canary="guest",
        shopify_id="",
        stripe_id="",
        klaviyo_id="",
        recharge_id="",
        orders=0,
        orders_by_email=by_email[CANARY_GUEST_EMAIL],
    )
    return sorted([*rows, guest], key=lambda row: (not row.canary, -row.orders))
