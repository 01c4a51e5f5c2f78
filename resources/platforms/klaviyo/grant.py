"""How a Klaviyo key is looked at, and how Klaviyo's refusals read."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from resources.errors import AskAgain
from resources.platform import Account, Grade, Grant, Proof
from resources.platforms.klaviyo.asking import ROOT
from resources.reading import FINE, Api, Judgement, Reply, Verdict

_PROBES: Final = (
    ("campaigns", {"filter": "equals(messages.channel,'email')", "page[size]": "1", "fields[campaign]": "name"}),
    ("flows", {"page[size]": "1", "fields[flow]": "name"}),
    ("lists", {"page[size]": "1", "fields[list]": "name"}),
    ("segments", {"page[size]": "1", "fields[segment]": "name"}),
    ("metrics", {"fields[metric]": "name"}),
)
_SCOPES: Final[Mapping[str, str]] = {
    "campaign-values-reports": "campaigns:read",
    "flow-series-reports": "flows:read",
    "metric-aggregates": "metrics:read",
}
_KEY_CODES: Final = frozenset({"not_authenticated", "authentication_failed"})


def judge(reply: Reply) -> Judgement:
    """A wrong key answers 401, by Klaviyo's own words also 400; a scope or paid feature that is missing 403."""
    if reply.status == HTTPStatus.FORBIDDEN and _is_challenge(reply):
        return Judgement(verdict=Verdict.RETRY, reason="the guard before the platform asks for a browser")
    if reply.status == HTTPStatus.UNAUTHORIZED or _codes(reply) & _KEY_CODES:
        return Judgement(verdict=Verdict.ASK_AGAIN, reason="the key was revoked or is wrong")
    if reply.status == HTTPStatus.FORBIDDEN:
        lacking = f"the key lacks {_scope(reply.to)}, or the account's plan lacks this feature"
        return Judgement(verdict=Verdict.ASK_AGAIN, reason=lacking)
    if reply.status == HTTPStatus.GONE:
        return Judgement(verdict=Verdict.STOP, reason="this revision of the API is no longer served")
    if reply.status == HTTPStatus.OK and reply.body.lstrip().startswith(b'{"errors"'):
        return Judgement(verdict=Verdict.STOP, reason="the request was answered with errors")
    return FINE


def _is_challenge(reply: Reply) -> bool:
    return "cf-mitigated" in reply.headers or reply.headers.get("content-type", "").startswith("text/html")


def _codes(reply: Reply) -> frozenset[str]:
    """The codes of the errors in an answer of 400."""
    found = re.findall(rb'"code"\s*:\s*"(\w+)"', reply.body) if reply.status == HTTPStatus.BAD_REQUEST else []
    return frozenset(code.decode() for code in found)


def _scope(to: str) -> str:
    resource = to.rpartition("/api/")[2].partition("/")[0]
    return _SCOPES.get(resource, f"{resource}:read")


def prove(api: Api, _grant: Grant) -> Proof:
    """Tries each read that is needed, and one that is not.

    Raises:
        AskAgain: a read that is needed is closed; says which.
    """
    api.get(f"{ROOT}/accounts")
    for resource, params in _PROBES:
        api.get(f"{ROOT}/{resource}", params=params)
    said = ["Klaviyo tells nobody what a key may do; that it cannot write rests on the person's word and on the door."]
    if _opens(api, "tags"):
        said.append("The key reads more than is asked for (tags:read); one with custom scopes would be narrower.")
    open_to_it = frozenset({"accounts:read", *(f"{resource}:read" for resource, _ in _PROBES)})
    return Proof(grade=Grade.ATTESTED, granted=open_to_it, findings=tuple(said))


def _opens(api: Api, resource: str) -> bool:
    try:
        api.get(f"{ROOT}/{resource}", params={"page[size]": "1"})
    except AskAgain:
        return False
    return True


def accounts(api: Api) -> list[Account]:
    rows: list[Mapping[str, Any]] = api.get(f"{ROOT}/accounts").json()["data"]
    return [
        Account(
            id=row["id"],
            name=row["attributes"]["contact_information"]["organization_name"] or row["id"],
            currency=row["attributes"]["preferred_currency"].upper(),
            time_zone=row["attributes"]["timezone"],
        )
        for row in rows
    ]
