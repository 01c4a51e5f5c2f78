"""The one ASGI application: finds the vendor by host, lets a fault strike, answers, and writes down what it saw."""

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import unquote

from sandbox.calls import Answer, Call, said
from sandbox.faults import SHAPING, Fault, Kind, reshape
from sandbox.state import Seen, State
from sandbox.vendor import Vendor

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_PIECE: Final = 1 << 20
_TUNNELS: Final = frozenset({"x-http-method-override", "x-http-method", "x-method-override"})
_WRITING: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class Application:
    """All vendors behind one port. `control` is the vendor of the control host, which no fault strikes."""

    def __init__(self, state: State, vendors: Sequence[Vendor], control: Vendor) -> None:
        self._state = state
        self._vendors = (*vendors, control)
        self._control = control

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serves one request; anything but HTTP is ignored."""
        if scope["type"] != "http":
            return
        call = await self._read(scope, receive)
        serving = [vendor for vendor in self._vendors if vendor.serves(call.host)]
        vendor = next((one for one in serving if one.claims(call)), serving[0] if serving else None)
        if vendor is None:
            await _send(send, said({"error": "no such host in the sandbox"}, status=HTTPStatus.MISDIRECTED_REQUEST))
            return
        fault = self._state.faults.strike(vendor.key, call.path) if vendor is not self._control else None
        if fault and fault.kind is Kind.TIMEOUT:
            self._note(vendor, call, 0)
            await asyncio.sleep(fault.seconds)
            return
        answer = self._answer(vendor, call, fault)
        self._note(vendor, call, answer.status)
        await _send(send, answer, cut=bool(fault and fault.kind is Kind.CUT_BODY))

    async def _read(self, scope: Message, receive: Receive) -> Call:
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        return Call(
            method=scope["method"],
            host=re.sub(r":\d+$", "", headers.get("host", "")).lower(),
            path=unquote(scope["raw_path"].decode("latin-1").partition("?")[0]),
            query=scope["query_string"].decode("latin-1"),
            headers=headers,
            body=body,
            state=self._state,
        )

    def _answer(self, vendor: Vendor, call: Call, fault: Fault | None) -> Answer:
        trouble = _trouble(vendor, call, fault) if fault else None
        if trouble:
            return trouble
        hidden = _tunnels(call)
        found = None if hidden else vendor.route(call.method, call.host, call.path)
        if found is None:
            if hidden or call.method in _WRITING:
                call.wrote(vendor.key)
            return vendor.unknown(replace(call, method="POST") if hidden else call)
        handle, parts = found
        call = replace(call, parts=parts)
        if fault and fault.kind is Kind.ENDLESS_PAGE_TOKEN:
            return vendor.endless(call, handle)
        return _spoilt(handle(call), fault, vendor.vital)

    def _note(self, vendor: Vendor, call: Call, status: int) -> None:
        if vendor is not self._control:
            self._state.seen.append(_seen(vendor, call, status))


def _spoilt(answer: Answer, fault: Fault | None, vital: tuple[str, ...]) -> Answer:
    if fault and fault.kind in SHAPING and answer.body:
        return replace(answer, body=reshape(answer.body, fault, vital))
    if fault and fault.kind is Kind.MALFORMED_PAGE:
        return replace(answer, body=answer.body[: len(answer.body) // 2])
    return answer


def _tunnels(call: Call) -> bool:
    """Whether a write hides in a read: some APIs obey a method named in a header or in the query."""
    hidden = [text for name, text in call.headers.items() if name in _TUNNELS]
    hidden += [call.arguments[name] for name in ("method", "_method") if name in call.arguments]
    return any(text.upper() in _WRITING for text in hidden)


def _seen(vendor: Vendor, call: Call, status: int) -> Seen:
    return Seen(
        platform=vendor.key,
        method=call.method,
        host=call.host,
        path=call.path,
        at=call.state.clock(),
        status=int(status),
    )


def _trouble(vendor: Vendor, call: Call, fault: Fault) -> Answer | None:
    """The vendor's own words for the fault, where it takes the place of the answer."""
    match fault.kind:
        case Kind.THROTTLE:
            return replace(vendor.troubles.throttled, headers={"retry-after": "1", **vendor.troubles.throttled.headers})
        case Kind.SERVER_ERROR:
            return vendor.troubles.broken
        case Kind.ERROR_IN_200:
            return vendor.troubles.error_in_200
        case Kind.EXPIRED_TOKEN:
            return vendor.troubles.expired
        case Kind.REVOKED:
            call.state.revoke(vendor.key)
            return vendor.troubles.revoked
    return None


async def _send(send: Send, answer: Answer, *, cut: bool = False) -> None:
    """Sends the answer in pieces; `cut` promises the whole and stops half way, which makes the server hang up."""
    body = answer.body
    headers = {"content-type": answer.kind, "content-length": str(len(body)), **answer.headers}
    await send(
        {
            "type": "http.response.start",
            "status": int(answer.status),
            "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()],
        }
    )
    if cut:
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        return
    for start in range(0, max(len(body), 1), _PIECE):
        piece = body[start : start + _PIECE]
        await send({"type": "http.response.body", "body": piece, "more_body": start + _PIECE < len(body)})
