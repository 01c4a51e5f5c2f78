"""Microsoft Advertising's accounts, campaigns, ad groups and ads, rendered from the brand's advertising."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from sandbox.calls import Answer, Call, Handler, said
from sandbox.vendors.microsoft_ads.access import CUSTOMER, USER, VIEWER, account, holder, objection
from sandbox.world.marketing import Ad, AdAccount, AdGroup, Campaign

Record = dict[str, Any]
_MOST: Final = 1000
_STATUS: Final = {"ACTIVE": "Active", "PAUSED": "Paused", "ARCHIVED": "Paused"}
_ADS: Final = {"Search": "ResponsiveSearch", "Shopping": "Product", "PerformanceMax": "ResponsiveAd"}


def user(call: Call) -> Answer:
    """POST User/Query: who granted, with more about them than anyone asked for."""
    facts = holder(call)
    if isinstance(facts, Answer):
        return facts
    person: Record = {
        "ContactInfo": {
            "Email": "owner@juniperandrye.example",
            "Phone1": "+12125550123",
            "Address": {"City": "Hudson"},
        },
        "CustomerId": CUSTOMER,
        "Id": USER,
        "JobTitle": None,
        "LastModifiedByUserId": "0",
        "LastModifiedTime": "2024-02-01T12:00:00",
        "Lcid": "EnglishUS",
        "Name": {"FirstName": "Juniper", "LastName": "Owner", "MiddleInitial": ""},
        "UserLifeCycleStatus": "Active",
        "UserName": "owner@juniperandrye.example",
        "ForwardCompatibilityMap": [],
    }
    role = {
        "RoleId": VIEWER,
        "CustomerId": CUSTOMER,
        "AccountIds": None,
        "LinkedAccountIds": None,
        "CustomerLinkPermission": "",
    }
    return said({"User": person, "CustomerRoles": [role]})


def accounts(call: Call) -> Answer:
    """POST Accounts/Search. Without a size, a page holds nothing."""
    facts = holder(call)
    if isinstance(facts, Answer):
        return facts
    asked = call.json() or {}
    page = asked.get("PageInfo") or {}
    index, size = int(page.get("Index", 0)), int(page.get("Size", 0))
    predicates = asked.get("Predicates") or []
    if size > _MOST:
        return objection(1001, "InvalidPageInfo", "The size of a page is at most 1000.")
    if [(one.get("Field"), one.get("Operator")) for one in predicates] != [("UserId", "Equals")]:
        return objection(3030, "InvalidPredicate", "Predicate passed in search is invalid.")
    rows = [_account(call.world.ads["microsoft_ads"])] if str(predicates[0]["Value"]) == USER else []
    return said({"Accounts": rows[index * size : (index + 1) * size]})


def _account(row: AdAccount) -> Record:
    return {
        "BillToCustomerId": CUSTOMER,
        "CurrencyCode": row.currency,
        "AccountFinancialStatus": "ClearFinancialStatus",
        "Id": row.id,
        "Language": "English",
        "LastModifiedByUserId": "0",
        "LastModifiedTime": "2024-02-01T12:00:00.2",
        "Name": row.name,
        "Number": "F100JR01",
        "ParentCustomerId": CUSTOMER,
        "PaymentMethodId": "138000001",
        "PaymentMethodType": "CreditCard",
        "PrimaryUserId": USER,
        "AccountLifeCycleStatus": "Active",
        "TimeStamp": "AAAAAH1yyMo=",
        "TimeZone": "EasternTimeUSCanada",
        "PauseReason": None,
        "TaxInformation": [],
        "BusinessAddress": {"City": "Hudson", "CountryCode": "US", "Line1": "1 Rye Street", "BusinessName": row.name},
        "AutoTagType": "Inactive",
        "AccountMode": "Expert",
    }


def _campaign(row: Campaign) -> Record:
    return {
        "Id": str(row.id),
        "Name": row.name,
        "Status": _STATUS[row.status],
        "CampaignType": row.kind,
        "SubType": None,
        "BudgetType": "DailyBudgetStandard",
        "DailyBudget": row.daily_budget / 100,
        "BudgetId": None,
        "BidStrategyId": None,
        "TimeZone": "EasternTimeUSCanada",
        "Languages": ["English"],
    }


def _ad_group(row: AdGroup) -> Record:
    made = datetime.fromtimestamp(row.created, UTC)
    return {
        "Id": str(row.id),
        "Name": row.name,
        "Status": _STATUS[row.status],
        "StartDate": {"Day": made.day, "Month": made.month, "Year": made.year},
        "EndDate": None,
        "Network": "OwnedAndOperatedAndSyndicatedSearch",
        "CpcBid": {"Amount": 0.7},
        "Language": "English",
        "AdGroupType": "SearchStandard",
    }


def _ad(row: Ad) -> Record:
    return {
        "Id": str(row.id),
        "Type": _ADS[row.group.campaign.kind],
        "Status": _STATUS[row.status],
        "EditorialStatus": "Active",
        "FinalUrls": [row.url],
        "DevicePreference": "0",
    }


def campaigns(call: Call) -> Answer:
    """POST Campaigns/QueryByAccountId. Unless types are named, only search campaigns come."""

    def rows(asked: Record, owner: AdAccount) -> list[Record] | None:
        types = str(asked.get("CampaignType") or "Search").split(",")
        wanted = [row for row in owner.campaigns if row.kind in [one.strip() for one in types]]
        return [_campaign(row) for row in wanted] if str(asked.get("AccountId")) == owner.id else None

    return _listed(call, "Campaigns", rows)


def ad_groups(call: Call) -> Answer:
    """POST AdGroups/QueryByCampaignId."""

    def rows(asked: Record, owner: AdAccount) -> list[Record] | None:
        above = str(asked.get("CampaignId"))
        known = above in {str(row.id) for row in owner.campaigns}
        return [_ad_group(row) for row in owner.groups if str(row.campaign.id) == above] if known else None

    return _listed(call, "AdGroups", rows)


def ads(call: Call) -> Answer:
    """POST Ads/QueryByAdGroupId, of the types that are named."""

    def rows(asked: Record, owner: AdAccount) -> list[Record] | None:
        above, types = str(asked.get("AdGroupId")), asked.get("AdTypes") or []
        known = types and above in {str(row.id) for row in owner.groups}
        made = (_ad(row) for row in owner.ads if str(row.group.id) == above)
        return [row for row in made if row["Type"] in types] if known else None

    return _listed(call, "Ads", rows)


def _listed(call: Call, name: str, rows: Callable[[Record, AdAccount], Sequence[Record] | None]) -> Answer:
    refusal = account(call)
    if refusal:
        return refusal
    found = rows(call.json() or {}, call.world.ads["microsoft_ads"])
    if found is None:
        return objection(1102, "EntityIdInvalid", "An id in the request is missing or not one of the account's.")
    return said({name: found})


def endless(call: Call, handle: Handler) -> Answer:
    """A page of accounts that is full, and the same again at each index."""
    if not call.path.endswith("/Accounts/Search"):
        return handle(call)
    asked = call.json() or {}
    first = {**asked, "PageInfo": {"Index": 0, "Size": _MOST}}
    whole = orjson.loads(handle(replace(call, body=orjson.dumps(first))).body)
    if "Accounts" not in whole:
        return said(whole, status=400)
    rows = whole["Accounts"] or [{}]
    return said({"Accounts": [{**rows[0], "Id": str(10**9 + place)} for place in range(_MOST)]})
