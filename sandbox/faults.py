"""Faults that tests and people ask for: what goes wrong, how often, after how many requests, on which path."""

import csv
import gzip
import io
import re
import threading
import zipfile
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import orjson


class Kind(StrEnum):
    """What can go wrong."""

    THROTTLE = "throttle"
    SERVER_ERROR = "server_error"
    TIMEOUT = "timeout"
    CUT_BODY = "cut_body"
    MALFORMED_PAGE = "malformed_page"
    ADDED_FIELD = "added_field"
    MISSING_FIELD = "missing_field"
    WRONG_TYPE = "wrong_type"
    ERROR_IN_200 = "error_in_200"
    EXPIRED_TOKEN = "expired_token"
    REVOKED = "revoked"
    ENDLESS_PAGE_TOKEN = "endless_page_token"


_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_ADDED = "field_nobody_declared"
SHAPING = frozenset({Kind.ADDED_FIELD, Kind.MISSING_FIELD, Kind.WRONG_TYPE})


@dataclass(frozen=True, kw_only=True)
class Fault:
    """`times` is how often it strikes (0: always), `after` how many matching requests pass first, `path` a regex.

    `field` names what an added, missing or wrongly typed field is; "" leaves it to the platform. `seconds` is how long
    a time-out is drawn out.
    """

    platform: str
    kind: Kind
    times: int = 1
    after: int = 0
    path: str = ""
    field: str = ""
    seconds: float = 60.0


class Faults:
    """The faults that are due."""

    def __init__(self) -> None:
        self._due: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._due.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._due.clear()

    def listed(self) -> tuple[Fault, ...]:
        return tuple(self._due)

    def strike(self, platform: str, path: str) -> Fault | None:
        """The fault that befalls this request, counted as having struck."""
        with self._lock:
            for place, fault in enumerate(self._due):
                if fault.platform != platform or not re.search(fault.path, path):
                    continue
                if fault.after:
                    self._due[place] = replace(fault, after=fault.after - 1)
                    continue
                if fault.times == 1:
                    del self._due[place]
                elif fault.times > 1:
                    self._due[place] = replace(fault, times=fault.times - 1)
                return fault
        return None


def reshape(body: bytes, fault: Fault, vital: tuple[str, ...]) -> bytes:
    """The page with a field added to, taken from or spoilt in each of its records; a page without records stays."""
    if body.startswith(_GZIP):
        return gzip.compress(reshape(gzip.decompress(body), fault, vital), mtime=0)
    if body.startswith(_ZIP):
        return _rezipped(body, fault, vital)
    if not body.lstrip().startswith((b"{", b"[")):
        return _sheet(body, fault, vital)
    try:
        whole = orjson.loads(body)
    except orjson.JSONDecodeError:
        lines = [orjson.loads(line) for line in body.splitlines() if line]
        for record in lines:
            _change(record, fault, vital)
        return b"".join(orjson.dumps(record) + b"\n" for record in lines)
    for record in records(whole):
        _change(record, fault, vital)
    return orjson.dumps(whole)


def _rezipped(body: bytes, fault: Fault, vital: tuple[str, ...]) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, reshape(old.read(name), fault, vital))
    return whole.getvalue()


def _sheet(body: bytes, fault: Fault, vital: tuple[str, ...]) -> bytes:
    """The same for a table in text, whose first line names its columns."""
    text = body.decode("utf-8-sig", "replace")
    tab = "\t" in text.partition("\n")[0]
    rows = list(csv.DictReader(io.StringIO(text), delimiter="\t" if tab else ","))
    for row in rows:
        _change(row, fault, vital)
        if fault.kind is Kind.ADDED_FIELD:
            row[fault.field or _ADDED] = "added.field@example.com"
    if not rows:
        return body
    out = io.StringIO()
    sheet = csv.DictWriter(out, rows[0], delimiter="\t" if tab else ",", lineterminator="\r\n")
    sheet.writeheader()
    sheet.writerows(rows)
    return out.getvalue().encode()


def records(value: Any) -> list[dict[str, Any]]:  # noqa: ANN401 -- JSON has any shape
    """The first list of objects in a JSON value, looking level by level; [] if there is none."""
    level = [value]
    while level:
        for item in level:
            if isinstance(item, list) and item and all(isinstance(one, dict) for one in item):
                return item
        level = [below for item in level if isinstance(item, dict) for below in item.values()]
    return []


def _change(record: dict[str, Any], fault: Fault, vital: tuple[str, ...]) -> None:
    if fault.kind is Kind.ADDED_FIELD:
        record[fault.field or _ADDED] = {"email": "added.field@example.com"}
        return
    for name in (fault.field,) if fault.field else vital:
        if name in record:
            if fault.kind is Kind.MISSING_FIELD:
                del record[name]
            else:
                record[name] = {"unexpected": "object"}
            return
