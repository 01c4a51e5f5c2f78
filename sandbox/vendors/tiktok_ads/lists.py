"""TikTok's lists: by page number, with the fields that were asked for."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

import orjson

from sandbox.calls import Answer, Call, Handler, said
from sandbox.vendors.tiktok_ads import records
from sandbox.vendors.tiktok_ads.access import complaint, holder, owner, told
from sandbox.world.marketing import AdAccount

_MOST: Final = 1000
_AT_ONCE: Final = 100
_EDGES: Final[dict[str, tuple[str, Callable[[AdAccount], Iterable[records.Record]]]]] = {
    "campaign": ("200", lambda account: (records.campaign(row, account) for row in account.campaigns)),
    "adgroup": ("210", lambda account: (records.ad_group(row, account) for row in account.groups)),
    "ad": ("220", lambda account: (records.ad(row, account) for row in account.ads)),
}


class Unreadable(ValueError):  # noqa: N818 -- an objection, answered as one
    """A parameter that is not written as it should be."""


def asked(call: Call, name: str, default: object) -> Any:  # noqa: ANN401 -- JSON has any shape
    """A parameter that is JSON inside the query.

    Raises:
        Unreadable: it is not JSON.
    """
    text = call.arguments.get(name)
    if not text:
        return default
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Unreadable(f"{name}: Not a valid json value.") from None


def _number(call: Call, name: str, default: int) -> int:
    text = call.arguments.get(name, str(default))
    if not text.isdigit() or not int(text):
        raise Unreadable(f"{name}: Not a valid integer.")
    return int(text)


def paged(call: Call, rows: Sequence[records.Record], key: object) -> Answer:
    """One page of the rows, kept as bytes."""
    page, size = _number(call, "page", 1), _number(call, "page_size", 10)
    if size > _MOST:
        raise Unreadable(f"page_size: Must be less than or equal to {_MOST}.")
    info = {
        "page": page,
        "page_size": size,
        "total_number": len(rows),
        "total_page": -(-len(rows) // size),
    }
    render = partial(_page, rows[(page - 1) * size : page * size], info)
    return Answer(body=call.state.page((key, page, size), render))


def _page(rows: Sequence[records.Record], info: dict[str, int]) -> bytes:
    return told({"list": rows, "page_info": info}).body


def _picked(record: records.Record, fields: Sequence[str]) -> records.Record:
    return {name: record[name] for name in fields if name in record} if fields else record


def edge(call: Call) -> Answer:
    """GET campaign/get, adgroup/get, ad/get. Deleted ones come only when asked for."""
    name = call.parts["edge"]
    scope, make = _EDGES[name]
    refusal = owner(call, needs=scope)
    if refusal:
        return refusal
    try:
        fields, wanted = asked(call, "fields", []), asked(call, "filtering", {})
        status = wanted.get("secondary_status", "")
        rows = [
            _picked(record, fields)
            for record in make(call.world.ads["tiktok_ads"])
            if _passes(record, status) and _named(record, name, wanted)
        ]
        return paged(call, rows, ("tiktok_ads", name, tuple(fields), orjson.dumps(wanted)))
    except Unreadable as unreadable:
        return complaint(40002, str(unreadable))


def _passes(record: records.Record, status: str) -> bool:
    if status.endswith("_STATUS_ALL"):
        return True
    return record["secondary_status"] == status if status else not record["secondary_status"].endswith("_DELETE")


def _named(record: records.Record, name: str, wanted: dict[str, Any]) -> bool:
    ids = wanted.get(f"{name}_ids")
    return not ids or record[f"{name}_id"] in [str(one) for one in ids]


def smart(call: Call) -> Answer:
    """GET smart_plus/…/get: the brand runs no campaign of that kind."""
    refusal = owner(call, needs=_EDGES[call.parts["edge"]][0])
    try:
        return refusal or paged(call, [], ("tiktok_ads", "smart", call.parts["edge"]))
    except Unreadable as unreadable:
        return complaint(40002, str(unreadable))


def advertiser(call: Call) -> Answer:
    """GET advertiser/info."""
    facts = holder(call, needs="100")
    if isinstance(facts, Answer):
        return facts
    try:
        ids, fields = asked(call, "advertiser_ids", []), asked(call, "fields", [])
    except Unreadable as unreadable:
        return complaint(40002, str(unreadable))
    account = call.world.ads["tiktok_ads"]
    if not ids or len(ids) > _AT_ONCE:
        return complaint(40002, "Missing required field(s): advertiser_ids.")
    if [str(one) for one in ids] != [account.id]:
        return complaint(40106, f"Access token does not match the advertiser {ids[0]}.")
    return told({"list": [_picked(records.advertiser(account), fields)]})


def endless(call: Call, handle: Handler) -> Answer:
    """The first page again and again, which says that there are more."""
    query = "&".join(part for part in call.query.split("&") if not part.startswith("page="))
    answer = handle(replace(call, query=query))
    whole = orjson.loads(answer.body)
    if "page_info" not in whole.get("data", {}):
        return answer
    whole["data"]["page_info"] |= {"page": 1, "total_page": 1_000_000}
    return said(whole)
