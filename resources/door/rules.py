"""The decision whether a request may leave: pure, so that it can be asked without sending anything."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from resources.door.address import Address, Unfit, read_address
from resources.door.bodies import check_body
from resources.door.headers import check_content_type, check_headers
from resources.door.issued import Issued
from resources.operations import Operation, Purpose
from resources.platform import Platform

_NONE: Final[Mapping[str, str]] = MappingProxyType({})
_METHOD: Final = re.compile(r"[A-Z]{3,10}")
_DIGIT: Final = re.compile(r"[0-9]")


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Whether a request may leave and why. `to` is its method, host and path, fit for a log."""

    allowed: bool
    operation: Operation | None
    reason: str
    to: str


@dataclass(frozen=True, kw_only=True)
class _Request:
    url: str
    address: Address
    headers: Mapping[str, str]
    body: bytes
    purposes: Collection[Purpose] | None
    issued: Issued | None


def decide(
    platform: Platform,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] = _NONE,
    body: bytes = b"",
    purpose: Purpose | Collection[Purpose] | None = None,
    issued: Issued | None = None,
) -> Decision:
    """Whether a request may leave: only if one declared operation fits it in every part.

    `purpose` None fits every purpose; `issued` None takes for granted that the platform handed out the address.
    """
    to = f"{method if _METHOD.fullmatch(method) else '(no method)'} (an address that is not plain https)"
    try:
        address = read_address(url)
        to = to.partition(" (")[0] + f" {address.host}{address.path}"[:200]
        check_headers(headers)
        purposes = {purpose} if isinstance(purpose, Purpose) else purpose
        request = _Request(url=url, address=address, headers=headers, body=body, purposes=purposes, issued=issued)
        operation = _fitting(platform, method, request)
    except Unfit as objection:
        return Decision(allowed=False, operation=None, reason=str(objection), to=to)
    reason = f"it is the declared operation {operation.name}"
    if operation.issued_by and issued is None:
        reason += f", once {operation.issued_by} has handed out the address"
    return Decision(allowed=True, operation=operation, reason=reason, to=to)


def _fitting(platform: Platform, method: str, request: _Request) -> Operation:
    address = request.address
    if not any(re.fullmatch(host, address.host) for host in platform.hosts):
        raise Unfit(f"the host is none of {platform.title}'s")
    objections = []
    for operation in platform.operations:
        if (
            operation.method == method
            and re.fullmatch(operation.host, address.host)
            and re.fullmatch(operation.path, address.path)
        ):
            try:
                _check(operation, request)
            except Unfit as objection:
                objections.append(objection)
            else:
                return operation
    raise objections[0] if objections else Unfit("no declared operation has this method, host and path")


def _check(operation: Operation, request: _Request) -> None:
    if request.purposes is not None and operation.purpose not in request.purposes:
        raise Unfit(f"{operation.name} is for another purpose ({operation.purpose})")
    if operation.query is not None and any(key not in operation.query for key, _ in request.address.query):
        raise Unfit(f"the query has a key that {operation.name} does not declare")
    for key, value in request.address.query:
        if re.fullmatch(operation.query_values.get(key, r"(?s).*"), value) is None:
            raise Unfit(f"the value of {key} is not one that {operation.name} declares")
    if request.body and operation.method == "GET":
        raise Unfit("a GET takes no body")
    if operation.body is not None:
        check_content_type(request.headers, operation.body)
    check_body(operation.body, request.body)
    if operation.issued_by and request.issued is not None:
        _check_issued(operation, request, request.issued)


def _check_issued(operation: Operation, request: _Request, issued: Issued) -> None:
    """A download's whole address must have been handed out; elsewhere the id in the path is enough."""
    if issued.has(operation.issued_by, request.url):
        return
    if operation.purpose is Purpose.DOWNLOAD or not issued.has(operation.issued_by, _id(operation, request.address)):
        raise Unfit(f"{operation.issued_by} has not handed out this address during this run")


def _id(operation: Operation, address: Address) -> str:
    """The pattern's group `issued` where it has one, or the last part of the path that holds a digit, as ids do."""
    found = re.fullmatch(operation.path, address.path)
    if found and "issued" in found.groupdict():
        return found["issued"] or ""
    return next((part for part in reversed(address.path.split("/")) if _DIGIT.search(part)), "")
