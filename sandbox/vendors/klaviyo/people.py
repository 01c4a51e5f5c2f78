"""Klaviyo's profiles, rendered from the brand's customers."""

from sandbox.vendors.klaviyo.records import Record, iso, record_of
from sandbox.world import World
from sandbox.world.entities import SHOP_ZONE, Person


def profiles(world: World) -> list[Record]:
    """Everybody who ordered; who comes by e-mail alone, as a guest, is not among them."""
    return [
        record_of(
            "profile",
            person.klaviyo_id,
            _profile(person, world.orders_of(person.id)[-1].created),
            ("lists", "segments", "push-tokens", "conversations"),
        )
        for person in world.people
    ]


def _profile(person: Person, last: int) -> Record:
    joined = person.joined
    consent = "SUBSCRIBED" if person.accepts_marketing else "NEVER_SUBSCRIBED"
    since = iso(joined) if person.accepts_marketing else None
    return {
        "email": person.email.lower(),
        "phone_number": person.phone,
        "external_id": str(person.id),
        "first_name": person.first,
        "last_name": person.last,
        "organization": None,
        "locale": "en-US",
        "title": None,
        "image": None,
        "created": iso(joined),
        "updated": iso(max(last, joined)),
        "last_event_date": iso(last),
        "location": {
            "address1": person.address.street,
            "address2": None,
            "city": person.address.city,
            "country": person.address.country,
            "latitude": None,
            "longitude": None,
            "region": person.address.province,
            "zip": person.address.zip,
            "timezone": SHOP_ZONE,
            "ip": None,
        },
        "properties": {"note": person.note} if person.note else {},
        "subscriptions": {
            "email": {
                "marketing": {
                    "can_receive_email_marketing": person.accepts_marketing,
                    "consent": consent,
                    "consent_timestamp": since,
                    "last_updated": since,
                    "method": "SHOPIFY" if person.accepts_marketing else None,
                    "method_detail": None,
                    "custom_method_detail": None,
                    "double_optin": False,
                    "suppression": [],
                    "list_suppressions": [],
                }
            },
            "sms": {
                "marketing": {
                    "can_receive_sms_marketing": False,
                    "consent": "NEVER_SUBSCRIBED",
                    "consent_timestamp": None,
                    "method": None,
                    "method_detail": None,
                    "last_updated": None,
                }
            },
        },
    }
