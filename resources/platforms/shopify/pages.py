"""How Shopify's pages are read: by bulk export and, where a bulk export cannot reach, page by page."""

from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Any

import orjson

from resources.errors import Stop, TryLater
from resources.platform import Stream
from resources.platforms.shopify.stock import INVENTORY_ITEMS, INVENTORY_LEVELS, LOCATIONS, PRODUCTS, VARIANTS
from resources.platforms.shopify.streams import (
    CUSTOMERS,
    FULFILMENTS,
    ORDER_DISCOUNTS,
    ORDER_LINES,
    ORDERS,
    REFUND_LINES,
    REFUNDS,
    TRANSACTIONS,
)
from resources.reading import Api, Page, Reply, Window

VERSION = "2026-10"


def _fields(stream: Stream, **nested: str) -> str:
    """The GraphQL selection of just the stream's declared columns, with `nested` selections under their names."""
    tree: dict[str, Any] = {}
    for column in stream.columns:
        if not column.path.startswith(("^", "__")):
            node = tree
            for step in column.path.split("."):
                node = node.setdefault(step, {})
    return _selection(tree, nested)


def _selection(tree: Mapping[str, Any], nested: Mapping[str, str]) -> str:
    fields = [name + (_selection(below, {}) if below else "") for name, below in tree.items() if name not in nested]
    return "{" + " ".join([*fields, *(f"{name}{below}" for name, below in nested.items())]) + "}"


def _connected(selection: str) -> str:
    return "{edges{node" + selection + "}}"


_LINE = _fields(ORDER_LINES, taxLines="{title rate}", discountAllocations=_fields(ORDER_DISCOUNTS))
_ORDER = _fields(
    ORDERS,
    transactions=_fields(TRANSACTIONS),
    fulfillments=_fields(FULFILMENTS),
    refunds=_fields(REFUNDS),
    lineItems=_connected(_LINE),
)
_PRODUCT = _fields(PRODUCTS, variants=_connected(_fields(VARIANTS)))
_QUANTITIES = 'quantities(names:["available","on_hand","committed","incoming"])'
_LEVEL = "{id updatedAt location{id} " + _QUANTITIES + _fields(INVENTORY_LEVELS) + "}"
_ITEM = _fields(INVENTORY_ITEMS, inventoryLevels=_connected(_LEVEL))
_REFUND_LINE = "{pageInfo{hasNextPage endCursor} nodes" + _fields(REFUND_LINES) + "}"
# a query may cost 1,000 points, counted by what it could return: four orders with ten refunds of ten lines cost 850
_MOST_REFUNDS = 10
_REFUND_PAGES = (
    "query($after:String,$query:String){orders(first:4,after:$after,query:$query,sortKey:UPDATED_AT)"
    "{pageInfo{hasNextPage endCursor} nodes{id refunds(first:10){id refundLineItems(first:10)" + _REFUND_LINE + "}}}}"
)
_REFUND_IDS = "query($id:ID!){order(id:$id){refunds(first:250){id}}}"
_ONE_REFUND = (
    "query($id:ID!,$after:String){refund(id:$id){refundLineItems(first:100,after:$after)" + _REFUND_LINE + "}}"
)
_LOCATION_PAGES = (
    "query($after:String){locations(first:50,after:$after,includeInactive:true)"
    "{pageInfo{hasNextPage endCursor} nodes" + _fields(LOCATIONS) + "}}"
)
_RUN_BULK = (
    "mutation($query:String!){bulkOperationRunQuery(query:$query,groupObjects:false)"
    "{bulkOperation{id status} userErrors{field message code}}}"
)
_POLL_BULK = "query($id:ID!){bulkOperation(id:$id){id status errorCode objectCount url}}"


_UNDER_WAY = {"CREATED", "RUNNING"}


def ask(api: Api, query: str, /, **variables: str | None) -> Reply:
    url = f"https://{api.account}/admin/api/{VERSION}/graphql.json"
    return api.post(url, json={"query": query, "variables": variables})


def _changed(window: Window, moment: str = "%Y-%m-%dT%H:%M:%SZ") -> str:
    return f"updated_at:>='{window.since.astimezone(UTC):{moment}}'" if window.since else ""


def _bulk(api: Api, root: str, selection: str, query: str) -> Iterator[Page]:
    """Has the shop export a whole selection to a file, waits for it, and yields the file in pieces of whole lines."""
    arguments = f'(query:"{query}")' if query else ""
    document = "{" + root + arguments + _connected(selection) + "}"
    started = ask(api, _RUN_BULK, query=document).json()["data"]["bulkOperationRunQuery"]
    if started["userErrors"]:
        raise TryLater(f"the export was not started ({started['userErrors'][0]['code']}).", to=f"{api.account} {root}")
    job_id, pause = started["bulkOperation"]["id"], 0.1
    while (job := ask(api, _POLL_BULK, id=job_id).json()["data"]["bulkOperation"])["status"] in _UNDER_WAY:
        api.wait(pause)
        pause = min(pause * 1.5, 30)
    if job["status"] != "COMPLETED":
        raise TryLater(f"the export ended as {job['status']} ({job['errorCode']}).", to=f"{api.account} {root}")
    # an export of nothing has no file
    if job.get("url"):
        yield from (Page(body=piece) for piece in api.download(job["url"]))


def _pages(api: Api, query: str, /, **variables: str | None) -> Iterator[Page]:
    after, seen = None, set[str | None]()
    while after not in seen:
        seen.add(after)
        reply = ask(api, query, **variables, after=after)
        (connection,) = reply.json()["data"].values()
        yield Page(body=reply.body)
        if not connection["pageInfo"]["hasNextPage"]:
            return
        after = connection["pageInfo"]["endCursor"]
    raise Stop(
        "a page token came twice, so the list would never end.",
        to=reply.to,
        do_next="The next sync starts the list again.",
    )


def read_orders(api: Api, window: Window) -> Iterator[Page]:
    return _bulk(api, "orders", _ORDER, _changed(window))


def read_refund_lines(api: Api, window: Window) -> Iterator[Page]:
    # a bulk export refuses connections inside lists, and refund lines are one inside the list of refunds
    refunded = "(financial_status:refunded OR financial_status:partially_refunded)"
    for page in _pages(api, _REFUND_PAGES, query=" AND ".join(filter(None, (refunded, _changed(window))))):
        yield page
        for order in orjson.loads(page.body)["data"]["orders"]["nodes"]:
            if _overflows(order):
                yield _whole(api, order["id"])


def _overflows(order: Mapping[str, Any]) -> bool:
    refunds = order["refunds"]
    return len(refunds) == _MOST_REFUNDS or any(each["refundLineItems"]["pageInfo"]["hasNextPage"] for each in refunds)


def _whole(api: Api, order_id: str) -> Page:
    """The refund lines of an order that has more than a page holds, read refund by refund, in the shape of a page."""
    refunds = []
    for refund in ask(api, _REFUND_IDS, id=order_id).json()["data"]["order"]["refunds"]:
        after, more, nodes = None, True, list[Any]()
        while more:
            lines = ask(api, _ONE_REFUND, id=refund["id"], after=after).json()["data"]["refund"]["refundLineItems"]
            nodes += lines["nodes"]
            after, more = lines["pageInfo"]["endCursor"], lines["pageInfo"]["hasNextPage"]
        refunds.append({"id": refund["id"], "refundLineItems": {"nodes": nodes}})
    return Page(body=orjson.dumps({"data": {"orders": {"nodes": [{"id": order_id, "refunds": refunds}]}}}))


def read_customers(api: Api, window: Window) -> Iterator[Page]:
    # customers are matched by whole days
    return _bulk(api, "customers", _fields(CUSTOMERS), _changed(window, "%Y-%m-%d"))


def read_products(api: Api, window: Window) -> Iterator[Page]:
    # without the status, archived and draft products are left out
    return _bulk(api, "products", _PRODUCT, f"status:active,archived,draft,unlisted {_changed(window)}".strip())


def read_inventory(api: Api, _window: Window) -> Iterator[Page]:
    return _bulk(api, "inventoryItems", _ITEM, "")


def read_locations(api: Api, _window: Window) -> Iterator[Page]:
    return _pages(api, _LOCATION_PAGES)
