"""Pinterest's lists: by bookmark, in order of id, archived entities only where they are asked for."""

import base64
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl, urlencode

import orjson

from sandbox.calls import Answer, Call, said
from sandbox.vendors.pinterest_ads import records
from sandbox.vendors.pinterest_ads.access import complaint, holder
from sandbox.world.marketing import AdAccount

_MOST: Final = 250
_USUAL: Final = 25
_EDGES: Final[dict[str, Callable[[AdAccount], Iterable[records.Record]]]] = {
    "campaigns": lambda owner: (records.campaign(row, owner) for row in owner.campaigns),
    "ad_groups": lambda owner: (records.ad_group(row, owner) for row in owner.groups),
    "ads": lambda owner: (records.ad(row, owner) for row in owner.ads),
}
_FILTERS: Final = {"campaign_ids": "campaign_id", "ad_group_ids": "ad_group_id", "ad_ids": "ad_id"}
_ALLOWANCE: Final = {"x-ratelimit-limit": "1000", "x-ratelimit-remaining": "998", "x-ratelimit-reset": "59"}


def several(call: Call, name: str) -> list[str]:
    """A list in the query, be it written with commas or as a parameter that comes again and again."""
    return [one for key, text in parse_qsl(call.query) if key == name for one in text.split(",")]


def owner_of(call: Call) -> AdAccount | Answer:
    """The account in the path, or the refusal."""
    refusal = holder(call)
    owner = call.world.ads["pinterest_ads"]
    if isinstance(refusal, Answer):
        return refusal
    if call.parts["account"] != owner.id:
        message = "Sorry! You are not permitted to access that resource."
        return complaint(message, 29, status=HTTPStatus.FORBIDDEN)
    return owner


def _paged(call: Call, rows: Sequence[records.Record]) -> Answer:
    asked = call.arguments
    size = asked.get("page_size", str(_USUAL))
    if not size.isdigit() or not 1 <= int(size) <= _MOST:
        return complaint("page_size must be between 1 and 250.", 1)
    start = _place(asked.get("bookmark", ""))
    if start is None:
        return complaint("Invalid bookmark.", 1)
    end = start + int(size)
    bookmark = _bookmark(end) if end < len(rows) else None
    body = orjson.dumps({"items": rows[start:end], "bookmark": bookmark})
    return Answer(body=body, headers=_ALLOWANCE)


def _bookmark(place: int) -> str:
    return base64.urlsafe_b64encode(f"place|{place}".encode()).decode().rstrip("=")


def _place(bookmark: str) -> int | None:
    if not bookmark:
        return 0
    try:
        text = base64.urlsafe_b64decode(bookmark + "==").decode()
    except ValueError:
        return None
    kind, _, number = text.partition("|")
    return int(number) if kind == "place" and number.isdigit() else None


def accounts(call: Call) -> Answer:
    """GET /ad_accounts."""
    refusal = holder(call)
    if isinstance(refusal, Answer):
        return refusal
    return _paged(call, [records.account(call.world.ads["pinterest_ads"])])


def account(call: Call) -> Answer:
    """GET /ad_accounts/{id}."""
    owner = owner_of(call)
    return owner if isinstance(owner, Answer) else said(records.account(owner))


def edge(call: Call) -> Answer:
    """GET /ad_accounts/{id}/campaigns, /ad_groups, /ads."""
    owner = owner_of(call)
    if isinstance(owner, Answer):
        return owner
    statuses = several(call, "entity_statuses") or ["ACTIVE", "PAUSED"]
    rows = [
        row
        for row in _EDGES[call.parts["edge"]](owner)
        if row["status"] in statuses
        and all(
            str(row.get(field, row["id"])) in wanted
            for name, field in _FILTERS.items()
            if (wanted := several(call, name))
        )
    ]
    rows.sort(key=lambda row: int(row["id"]), reverse=call.arguments.get("order") == "DESCENDING")
    return _paged(call, rows)


def endless(call: Call, handle: Callable[[Call], Answer]) -> Answer:
    """The first page again and again, with a bookmark that leads nowhere else."""
    answer = handle(replace(call, query=urlencode({k: v for k, v in call.arguments.items() if k != "bookmark"})))
    whole = orjson.loads(answer.body)
    return said({**whole, "bookmark": _bookmark(1)}) if "items" in whole else answer
