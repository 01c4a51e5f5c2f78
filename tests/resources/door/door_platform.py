"""A platform small enough to see through, with one operation of each sort."""

import json
from collections.abc import Callable

from resources.door import Decision, decide
from resources.operations import Graphql, Keys, Operation, Purpose
from resources.platform import ApiKey, Grade, Platform, Proof, Scopes
from resources.reading import FINE, Judgement, Reply

API = "https://api.vendor.test"
FILES = "https://files.vendor.test"
TOKEN = "canary-token-5f3a9c"
ISSUED_FILE = f"{FILES}/out/report.csv?X-Amz-Signature=canary-signature-77"

_API, _OTHER, _FILES = r"api\.vendor\.test", r"other\.vendor\.test", r"files\.vendor\.test"


def judge_fine(_: Reply) -> Judgement:
    return FINE


def platform(judge: Callable[[Reply], Judgement] = judge_fine) -> Platform:
    return Platform(
        key="vendor",
        title="Vendor",
        version="1",
        auth=ApiKey(pattern=".+", how="ask"),
        scopes=Scopes(required=()),
        best_grade=Grade.ATTESTED,
        hosts=(_API, _OTHER, _FILES),
        operations=(
            Operation(name="orders", method="GET", host=f"{_API}|{_OTHER}", path=r"/v1/orders(/\w+)?"),
            Operation(name="shops", method="GET", host=_API, path="/v1/shops:list", query=frozenset({"limit", "f[a]"})),
            Operation(
                name="start_report",
                method="POST",
                host=_API,
                path="/v1/reports",
                body=Keys(
                    allowed=frozenset({"kind", "days", "columns"}), values={"kind": "sales|visits", "days": r"\d+"}
                ),
            ),
            Operation(
                name="search",
                method="POST",
                host=_API,
                path="/v1/search",
                body=Keys(allowed=frozenset({"q"}), form=True),
            ),
            Operation(name="poll", method="GET", host=_API, path=r"/v1/reports/\d+", issued_by="start_report"),
            Operation(name="rows", method="GET", host=_API, path=r"/v1/reports/\d+/rows", issued_by="start_report"),
            Operation(
                name="file", method="GET", host=_FILES, path="/out/.+", purpose=Purpose.DOWNLOAD, issued_by="poll"
            ),
            Operation(
                name="graphql",
                method="POST",
                host=_API,
                path="/graphql",
                body=Graphql(roots=frozenset({"orders", "shop"}), mutations=frozenset({"runQuery"})),
            ),
            Operation(
                name="token",
                method="POST",
                host=_API,
                path="/token",
                purpose=Purpose.AUTHORIZE,
                body=Keys(allowed=frozenset({"code", "client_secret"}), form=True),
            ),
            Operation(name="give_back", method="DELETE", host=_API, path="/grant", purpose=Purpose.REVOKE),
        ),
        feeds=(),
        headers=lambda token: {"Authorization": f"Bearer {token.reveal()}"},
        app_headers=lambda app: {"X-App": app.client_id},
        judge=judge,
        prove=lambda _api, _grant: Proof(grade=Grade.ATTESTED, granted=frozenset()),
        accounts=lambda _api: [],
    )


VENDOR = platform()


def ask(method: str, url: str, body: object = b"", **rest: object) -> Decision:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return decide(VENDOR, method, url, body=raw, **rest)  # type: ignore[arg-type]
