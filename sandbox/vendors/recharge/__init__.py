"""The pretend Recharge: a store's subscriptions, and what they brought."""

from http import HTTPStatus
from typing import Final

from sandbox.calls import Answer, Call, said
from sandbox.oauth import ClientApp
from sandbox.vendor import Route, Troubles, Vendor
from sandbox.vendors.recharge import access, lists
from sandbox.world.entities import SHOP_CURRENCY, SHOP_ZONE

_API: Final = "api.rechargeapps.com"


def _store(call: Call) -> Answer:
    return access.refusal(call, "store_info") or said(
        {
            "store": {
                "id": 178_201,
                "checkout_logo_url": "",
                "checkout_platform": "shopify",
                "created_at": "2024-01-02T10:00:00",
                "currency": SHOP_CURRENCY,
                "customer_portal_base_url": "https://juniperandrye.example/tools/recurring",
                "default_api_version": "2021-11",
                "disabled_currencies_historical": [],
                "email": "owner@juniperandrye.example",
                "enabled_presentment_currencies": [SHOP_CURRENCY],
                "enabled_presentment_currencies_symbols": [
                    {"currency": SHOP_CURRENCY, "locale_name": "en-US", "symbol": "$"}
                ],
                "external_platform": "shopify",
                "identifier": "juniper-and-rye.myshopify.com",
                "merchant_portal_base_url": "https://juniper-and-rye.admin.rechargeapps.com",
                "name": "Juniper & Rye",
                "phone": "",
                "timezone": {"iana_name": SHOP_ZONE, "name": "(GMT-05:00) Eastern Time (US & Canada)"},
                "updated_at": "2026-01-02T10:00:00",
                "weight_unit": "g",
            }
        }
    )


def _token_information(call: Call) -> Answer:
    scopes = access.scopes(call)
    if isinstance(scopes, Answer):
        return scopes
    contact = "owner@juniperandrye.example"
    told = {"name": "Ignyte", "contact_email": contact, "scopes": list(scopes)}
    return said({"token_information": {"client": {"name": "Juniper & Rye", "contact_email": contact}, **told}})


def _unknown(call: Call) -> Answer:
    refusal = access.refusal(call, "")
    if refusal or call.method == "GET":
        return refusal or said({"errors": "Not Found"}, status=HTTPStatus.NOT_FOUND)
    return access.complaint(HTTPStatus.FORBIDDEN, "The token does not have the write scope for this.")


VENDOR: Final = Vendor(
    key="recharge",
    hosts=(_API,),
    routes=(
        Route(method="GET", path="/store", handle=_store),
        Route(method="GET", path="/token_information", handle=_token_information),
        Route(method="GET", path=rf"/(?P<kind>{'|'.join(lists.KINDS)})", handle=lists.listed),
        Route(method="GET", path=rf"/(?P<kind>{'|'.join(lists.KINDS)})/(?P<id>\d+)", handle=lists.one),
    ),
    app=ClientApp(keys=access.KEYS),
    troubles=Troubles(
        throttled=access.complaint(
            HTTPStatus.TOO_MANY_REQUESTS, "Limit reached. Your requests are being rate limited."
        ),
        broken=access.complaint(HTTPStatus.INTERNAL_SERVER_ERROR, "Internal Server Error"),
        error_in_200=access.complaint(HTTPStatus.OK, "Internal Server Error"),
        expired=access.unauthenticated(),
        revoked=access.unauthenticated(),
    ),
    vital=("id", "external_product_id"),
    endless=lists.endless,
    unknown=_unknown,
)
