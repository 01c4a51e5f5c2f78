"""The control host sandbox.ignyte.test: faults, requests seen, people, consent, revocation, the world's clock."""

from dataclasses import asdict
from datetime import datetime
from http import HTTPStatus
from typing import Final

from sandbox.calls import Answer, Call, said
from sandbox.faults import Fault, Kind
from sandbox.listing import people
from sandbox.oauth import ClientApp
from sandbox.state import Consent
from sandbox.vendor import Route, Troubles, Vendor

HOST: Final = "sandbox.ignyte.test"


def _add_fault(call: Call) -> Answer:
    asked = call.json()
    try:
        fault = Fault(**{**asked, "kind": Kind(asked["kind"])})
    except (KeyError, TypeError, ValueError) as error:
        kinds = [kind.value for kind in Kind]
        return said({"error": f"not a fault: {error}", "kinds": kinds}, status=HTTPStatus.BAD_REQUEST)
    call.state.faults.add(fault)
    return said(asdict(fault), status=HTTPStatus.CREATED)


def _clear_faults(call: Call) -> Answer:
    call.state.faults.clear()
    return said({"faults": []})


def _faults(call: Call) -> Answer:
    return said({"faults": [asdict(fault) for fault in call.state.faults.listed()]})


def _requests(call: Call) -> Answer:
    seen = [asdict(one) for one in call.state.seen]
    return said({"requests": seen, "writes_seen": [asdict(one) for one in call.state.writes_seen]})


def _forget(call: Call) -> Answer:
    call.state.seen.clear()
    call.state.writes_seen.clear()
    return said({"requests": []})


def _people(call: Call) -> Answer:
    return said({"people": [asdict(person) for person in people(call.world)]})


def _revoke(call: Call) -> Answer:
    call.state.revoke(call.fields.get("platform", ""))
    return said({"revoked": call.fields.get("platform", "")})


def _consent(call: Call) -> Answer:
    asked = call.json() or {}
    scopes = asked.get("scopes")
    consent = Consent(deny=bool(asked.get("deny")), scopes=tuple(scopes) if scopes is not None else None)
    call.state.consents[asked.get("platform", "")] = consent
    return said(asdict(consent))


def _clock(call: Call) -> Answer:
    text = (call.json() or {}).get("now")
    moment = datetime.fromisoformat(text) if text else None
    if moment and moment.tzinfo is None:
        return said({"error": "the moment needs its zone"}, status=HTTPStatus.BAD_REQUEST)
    call.state.show(moment)
    return said({"now": call.world.now, "today": call.world.today.isoformat()})


_NOTHING = said({})
CONTROL = Vendor(
    key="sandbox",
    hosts=(HOST,),
    routes=(
        Route(method="POST", path="/faults", handle=_add_fault),
        Route(method="DELETE", path="/faults", handle=_clear_faults),
        Route(method="GET", path="/faults", handle=_faults),
        Route(method="GET", path="/requests", handle=_requests),
        Route(method="DELETE", path="/requests", handle=_forget),
        Route(method="GET", path="/people", handle=_people),
        Route(method="POST", path="/revoke", handle=_revoke),
        Route(method="POST", path="/consent", handle=_consent),
        Route(method="POST", path="/clock", handle=_clock),
    ),
    app=ClientApp(),
    troubles=Troubles(throttled=_NOTHING, broken=_NOTHING, error_in_200=_NOTHING, expired=_NOTHING, revoked=_NOTHING),
    vital=(),
)
