"""The Graph API's lists: by cursor, with the fields that were asked for."""

import base64
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode

import orjson

from sandbox.calls import Answer, Call, said
from sandbox.vendors.meta_ads import records
from sandbox.vendors.meta_ads.access import complaint, holder
from sandbox.world.marketing import AdAccount

_MOST: Final = 1000
_HIDDEN: Final = frozenset({"ARCHIVED", "DELETED"})
_CAMPAIGN = {"ACTIVE", "PAUSED", "DELETED", "ARCHIVED", "IN_PROCESS", "WITH_ISSUES"}
_AD_SET = _CAMPAIGN | {"CAMPAIGN_PAUSED"}
_AD = _AD_SET | {"ADSET_PAUSED", "DISAPPROVED", "PENDING_REVIEW", "PREAPPROVED", "PENDING_BILLING_INFO"}
_STATUSES: Final = {"campaigns": _CAMPAIGN, "adsets": _AD_SET, "ads": _AD}
_EDGES: Final[dict[str, Callable[[AdAccount], Iterable[records.Record]]]] = {
    "campaigns": lambda owner: (records.campaign(row, owner) for row in owner.campaigns),
    "adsets": lambda owner: (records.ad_set(row, owner) for row in owner.groups),
    "ads": lambda owner: (records.ad(row, owner) for row in owner.ads),
}


def pick(record: records.Record, fields: Iterable[str]) -> records.Record:
    """The fields asked for, in that order; those without a value are left out."""
    return {name: record[name] for name in fields if name in record}


def usage(owner: AdAccount) -> dict[str, str]:
    """The headers that tell how much of the allowance is used."""
    calm = {"type": "ads_insights", "call_count": 2, "total_cputime": 1, "total_time": 2}
    business = {owner.id: [{**calm, "estimated_time_to_regain_access": 0, "ads_api_access_tier": "standard_access"}]}
    return {
        "x-business-use-case-usage": orjson.dumps(business).decode(),
        "x-app-usage": '{"call_count":2,"total_cputime":1,"total_time":2}',
        "x-fb-ads-insights-throttle": '{"app_id_util_pct":1.2,"acc_id_util_pct":2.5}',
        "x-ad-account-usage": '{"acc_id_util_pct":2.5,"reset_time_duration":100}',
        "facebook-api-version": "v26.0",
    }


def _cursor(place: int) -> str:
    return base64.b64encode(f"MAZD{place}".encode()).decode()


def _place(cursor: str) -> int | None:
    try:
        text = base64.b64decode(cursor, validate=True).decode()
    except ValueError:
        return None
    return int(text[4:]) if text.startswith("MAZD") and text[4:].isdigit() else None


def paged(call: Call, rows: Sequence[records.Record], key: object, *, default: int) -> Answer:
    """One page of the rows, kept as bytes; the link to the next one carries the token, as the real one does."""
    asked = call.fields
    start = _place(asked["after"]) if asked.get("after") else 0
    if start is None:
        return complaint("(#100) Invalid cursor", 100)
    limit = min(int(asked["limit"]) if asked.get("limit", "").isdigit() else default, _MOST)
    token = call.bearer or asked.get("access_token", "")
    render = partial(_page, call, rows, start, limit, token)
    return Answer(body=call.state.page((key, start, limit, token), render), headers=usage(call.world.ads["meta_ads"]))


def _page(call: Call, rows: Sequence[records.Record], start: int, limit: int, token: str) -> bytes:
    end = min(start + limit, len(rows))
    whole: dict[str, Any] = {"data": rows[start:end]}
    if end > start:
        whole["paging"] = {"cursors": {"before": _cursor(start), "after": _cursor(end)}}
    if end < len(rows):
        query = urlencode({**call.arguments, "access_token": token, "limit": limit, "after": _cursor(end)})
        whole["paging"]["next"] = f"https://{call.host}{call.path}?{query}"
    return orjson.dumps(whole)


def edge(call: Call) -> Answer:
    """GET act_…/campaigns, /adsets, /ads. Without the filter, archived ones are left out."""
    refusal = holder(call, needs="ads_read")
    if isinstance(refusal, Answer):
        return refusal
    owner = call.world.ads["meta_ads"]
    if call.parts["account"] != owner.id:
        return complaint("(#100) Unsupported get request. The ad account does not exist", 100, subcode=33)
    asked = call.fields
    wanted = orjson.loads(asked["effective_status"]) if asked.get("effective_status") else None
    if set(wanted or ()) - _STATUSES[call.parts["edge"]]:
        return complaint("(#100) Param effective_status holds a value that this list does not know", 100)
    fields = ("id", *(name for name in asked.get("fields", "id").split(",") if name != "id"))
    rows = [
        pick(record, fields)
        for record in _EDGES[call.parts["edge"]](owner)
        if (record["effective_status"] in wanted if wanted else record["effective_status"] not in _HIDDEN)
    ]
    return paged(call, rows, ("meta_ads", call.path, fields, str(wanted)), default=25)


def accounts(call: Call) -> Answer:
    """GET me/adaccounts."""
    refusal = holder(call, needs="ads_read")
    if isinstance(refusal, Answer):
        return refusal
    fields = ("id", *call.fields.get("fields", "account_id").split(","))
    rows = [pick(records.account(call.world.ads["meta_ads"]), dict.fromkeys(fields))]
    return paged(call, rows, ("meta_ads", "accounts", fields), default=25)


def account(call: Call) -> Answer:
    """GET act_… itself."""
    refusal = holder(call, needs="ads_read")
    if isinstance(refusal, Answer):
        return refusal
    owner = call.world.ads["meta_ads"]
    if call.parts["account"] != owner.id:
        return complaint("(#100) Unsupported get request. The ad account does not exist", 100, subcode=33)
    fields = ("id", *call.fields.get("fields", "account_id").split(","))
    return said(pick(records.account(owner), dict.fromkeys(fields)), headers=usage(owner))


def endless(call: Call, handle: Callable[[Call], Answer]) -> Answer:
    """The first page again and again, with the same cursor and a link to a next one."""
    answer = handle(replace(call, query=urlencode({k: v for k, v in call.arguments.items() if k != "after"})))
    whole = orjson.loads(answer.body)
    if "data" not in whole:
        return answer
    cursors = {"before": "MAZDZD", "after": _cursor(1)}
    return said({**whole, "paging": {"cursors": cursors, "next": f"https://{call.host}{call.path}?after={_cursor(1)}"}})
