"""Recharge: what is asked of a store, and nothing else."""

from typing import Final

from resources.operations import Operation, Purpose
from resources.platform import ApiKey, Feed, Grade, Platform, Scopes, Stream
from resources.platforms.recharge import grant, pages, streams
from resources.reading import Format

_HOST: Final = r"api\.rechargeapps\.com"
_LIST_KEYS: Final = frozenset({"limit", "cursor", "updated_at_min", "sort_by", "status"})


def _get(name: str, path: str, purpose: Purpose, query: frozenset[str] = frozenset()) -> Operation:
    return Operation(name=name, method="GET", host=_HOST, path=path, purpose=purpose, query=query)


def _feed(name: str, read: pages.Read, *found: Stream) -> Feed:
    return Feed(name=name, format=Format.JSON, read=read, streams=found)


PLATFORM = Platform(
    key="recharge",
    title="Recharge",
    version=pages.VERSION,
    auth=ApiKey(
        pattern=r"(?!strfnt_|pk_)[A-Za-z0-9_]{32,160}",
        how="In Recharge open Tools & apps, then API tokens, and make a token whose permissions are all None but Read "
        "for customers, subscriptions and orders (products if you want them) and the store's information.",
    ),
    scopes=Scopes(
        required=("read_customers", "read_subscriptions", "read_orders", "store_info"),
        optional={"read_products": "the products that Recharge sells, by their name"},
        refused=(r"(?!read_|store_info$).*",),
    ),
    best_grade=Grade.PROVED,
    hosts=(_HOST,),
    operations=(
        _get("lists", r"/(customers|addresses|subscriptions|charges|orders|products)", Purpose.READ, _LIST_KEYS),
        _get("store", "/store", Purpose.PROVE),
        _get("token_information", "/token_information", Purpose.PROVE),
    ),
    feeds=(
        _feed("customers", pages.changed("customers"), streams.CUSTOMERS),
        _feed("addresses", pages.changed("addresses"), streams.ADDRESSES),
        _feed("subscriptions", pages.changed("subscriptions"), streams.SUBSCRIPTIONS),
        _feed("charges", pages.read_charges, streams.CHARGES),
        _feed("queued_charges", pages.read_queue, streams.QUEUED_CHARGES),
        _feed("orders", pages.read_orders, streams.ORDERS, streams.ORDER_LINES),
        _feed("products", pages.read_products, streams.PRODUCTS),
    ),
    headers=lambda token: {"X-Recharge-Access-Token": token.reveal(), "X-Recharge-Version": pages.VERSION},
    judge=grant.judge,
    prove=grant.prove,
    accounts=grant.accounts,
    limits="Two requests a second for each token. Old records of Recharge hold times that are four hours off, so the "
    "text they came as is kept beside them. Names, streets, phone numbers and payment methods are not kept.",
)
