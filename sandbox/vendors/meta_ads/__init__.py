"""The pretend Meta: the login dialog, and the Graph API's ad accounts, entities and insights."""

from typing import Final

from sandbox.calls import Answer, Call, said
from sandbox.vendor import Route, Troubles, Vendor
from sandbox.vendors.meta_ads import access, insights, lists

_API: Final = "graph.facebook.com"
_V: Final = r"/v26\.0"
_ACT: Final = rf"{_V}/act_(?P<account>\d+)"


def _me(call: Call) -> Answer:
    facts = access.holder(call)
    return facts if isinstance(facts, Answer) else said({"id": access.PERSON, "name": "Juniper Owner"})


def _unknown(call: Call) -> Answer:
    if call.method != "GET":
        message = "(#200) Requires ads_management permission to manage the object"
        return access.complaint(message, 200, status=403)
    return access.complaint(f"Unknown path components: {call.path}", 2500)


VENDOR: Final = Vendor(
    key="meta_ads",
    hosts=(_API, "www.facebook.com"),
    routes=(
        Route(method="GET", host="www.facebook.com", path=rf"{_V}/dialog/oauth", handle=access.FLOW.authorize),
        Route(method="GET", host=_API, path=rf"{_V}/oauth/access_token", handle=access.token),
        Route(method="POST", host=_API, path=rf"{_V}/oauth/access_token", handle=access.token),
        Route(method="GET", host=_API, path=rf"{_V}/debug_token", handle=access.debug_token),
        Route(method="GET", host=_API, path=rf"{_V}/me/?", handle=_me),
        Route(method="GET", host=_API, path=rf"{_V}/me/permissions", handle=access.permissions),
        Route(method="DELETE", host=_API, path=rf"{_V}/me/permissions", handle=access.give_back),
        Route(method="GET", host=_API, path=rf"{_V}/me/adaccounts", handle=lists.accounts),
        Route(method="GET", host=_API, path=rf"{_ACT}/?", handle=lists.account),
        Route(method="GET", host=_API, path=rf"{_ACT}/(?P<edge>campaigns|adsets|ads)", handle=lists.edge),
        Route(method="GET", host=_API, path=rf"{_ACT}/insights", handle=insights.now),
        Route(method="POST", host=_API, path=rf"{_ACT}/insights", handle=insights.start),
        Route(method="GET", host=_API, path=rf"{_V}/(?P<run>\d+)/?", handle=insights.poll),
        Route(method="GET", host=_API, path=rf"{_V}/(?P<run>\d+)/insights", handle=insights.fetch),
    ),
    app=access.APP,
    troubles=Troubles(
        throttled=access.complaint("(#17) User request limit reached", 17, subcode=2446079),
        broken=access.complaint("An unexpected error has occurred.", 2, status=500),
        error_in_200=access.complaint("(#1) An unknown error occurred", 1, status=200),
        expired=access.expired(),
        revoked=access.revoked(),
    ),
    vital=("spend", "impressions", "name"),
    endless=lists.endless,
    unknown=_unknown,
)
