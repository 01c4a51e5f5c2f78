"""The receiver believes a valid seal and nothing else, answers at once, and takes an event once."""

import base64
import hashlib
import hmac
import json
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

import pytest
import requests
import uvicorn
from hypothesis import given
from hypothesis import strategies as st

from assets.privacy.requests import subject_of
from ignyte_pipelines.certificate import certificate
from ignyte_pipelines.speaking import speaking
from ignyte_pipelines.webhooks.receiver import Receiver
from ignyte_pipelines.webhooks.signatures import meta_request, shopify_sealed
from resources.control_plane.facts import Connection, Datasource, Workspace, WorkspaceState
from resources.control_plane.privacy_facts import Regime, RequestKind
from resources.secret import Secret
from resources.settings import Settings
from resources.stores import Stores, open_stores

SECRET, META, SHOP, PERSON = "shopify-secret", "meta-secret", "juniper.myshopify.com", "1020304050"
EMAIL = "canary.customer@example.com"
CUSTOMER = {"id": 191167, "email": EMAIL, "phone": "555-625-1199"}
REDACT = {"shop_id": 1, "shop_domain": SHOP, "customer": CUSTOMER, "orders_to_redact": [1]}
ASKED = {"shop_id": 1, "shop_domain": SHOP, "customer": CUSTOMER, "orders_requested": [1], "data_request": {"id": 9}}
GONE = {"id": 1, "myshopify_domain": SHOP}
SHOP_REDACT = {"shop_id": 1, "shop_domain": SHOP}


def seal(body: bytes, secret: str = SECRET) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def signed(said: object, secret: str = META) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=")
    mark = base64.urlsafe_b64encode(hmac.new(secret.encode(), payload, hashlib.sha256).digest()).rstrip(b"=")
    return f"{mark.decode()}.{payload.decode()}"


@pytest.fixture
def stores(home: Path, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stores]:
    for name, secret in (("SHOPIFY", SECRET), ("META_ADS", META)):
        monkeypatch.setenv(f"IGNYTE_{name}_CLIENT_ID", "app")
        monkeypatch.setenv(f"IGNYTE_{name}_CLIENT_SECRET", secret)
    with open_stores(Settings(home=home), clock=lambda: now) as opened:
        yield opened


@pytest.fixture
def workspace(stores: Stores) -> Workspace:
    return stores.plane.workspaces.create("Juniper", now=stores.clock())


def connected(stores: Stores, workspace: Workspace, platform: str, account: str, **settings: str) -> Datasource:
    return stores.plane.datasources.connect(
        workspace_id=workspace.id,
        platform=platform,
        account=account,
        account_name=account,
        currency="USD",
        time_zone="UTC",
        settings=settings,
        scopes=frozenset(),
        grade="proved",
        opted_in=frozenset(),
        now=stores.clock(),
    )


@pytest.fixture
def shop(stores: Stores, workspace: Workspace) -> Datasource:
    return connected(stores, workspace, "shopify", SHOP)


class Client:
    """Speaks to a receiver over HTTPS, as a platform would."""

    def __init__(self, port: int, authority: Path) -> None:
        self.port, self._root, self._session = port, f"https://127.0.0.1:{port}", requests.Session()
        self._session.verify, self._session.trust_env = str(authority), False

    def post(self, path: str, data: object = None, headers: dict[str, str] | None = None) -> requests.Response:
        return self._session.post(self._root + path, data=data, headers=headers, timeout=20)  # type: ignore[arg-type]

    def get(self, path: str) -> requests.Response:
        return self._session.get(self._root + path, timeout=20)

    def close(self) -> None:
        self._session.close()


@pytest.fixture
def client(stores: Stores, home: Path) -> Iterator[Client]:
    shown = certificate(home, datetime.now(tz=UTC))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    server = uvicorn.Server(speaking(Receiver(stores, "https://hooks.example").app, "127.0.0.1", port, shown))
    worker = threading.Thread(target=server.run)
    worker.start()
    while not server.started:
        time.sleep(0.01)
    speaker = Client(port, shown.authority)
    yield speaker
    speaker.close()
    server.should_exit = True
    worker.join()


def post(client: Client, topic: str, said: object, *, event: str = "e1", **headers: str) -> int:
    body = json.dumps(said).encode()
    sent = {
        "X-Shopify-Topic": topic,
        "X-Shopify-Event-Id": event,
        "X-Shopify-Hmac-Sha256": seal(body),
        "X-Shopify-Shop-Domain": "someone-else.myshopify.com",
        **headers,
    }
    return client.post("/webhooks/shopify", data=body, headers=sent).status_code


@pytest.mark.parametrize(
    ("topic", "said", "kind"),
    [("customers/redact", REDACT, RequestKind.ERASE), ("customers/data_request", ASKED, RequestKind.ACCESS)],
)
def test_a_customer_s_event_becomes_one_request_with_shopify_s_clock(
    client: Client, stores: Stores, shop: Datasource, topic: str, said: object, kind: RequestKind
) -> None:
    assert [post(client, topic, said) for _ in range(3)] == [200, 200, 200]
    (made,) = stores.plane.requests.of(shop.workspace_id)
    assert (made.kind, made.regime, made.due_at - made.received_at) == (kind, Regime.SHOPIFY, timedelta(days=30))
    assert subject_of(stores, made).tokens == {f"e:{EMAIL}", "c:shopify:191167", "p:5556251199"}
    assert post(client, topic, said, event="e2") == 200
    assert len(stores.plane.requests.of(shop.workspace_id)) == 2


def test_an_uninstallation_stops_reading_at_once_and_only_the_first_time(
    client: Client, stores: Stores, shop: Datasource
) -> None:
    assert stores.plane.datasources.may_read(shop.id, shop.fence)
    assert post(client, "app/uninstalled", GONE) == 200
    assert not stores.plane.datasources.may_read(shop.id, shop.fence)
    assert stores.plane.datasources.get(shop.id).connection is Connection.REAUTHORIZE
    back = connected(stores, stores.plane.workspaces.get(shop.workspace_id), "shopify", SHOP)
    assert post(client, "app/uninstalled", GONE) == 200
    assert stores.plane.datasources.may_read(back.id, back.fence)


def test_a_shop_s_end_becomes_a_purge_unless_it_came_back(client: Client, stores: Stores, shop: Datasource) -> None:
    assert post(client, "shop/redact", SHOP_REDACT) == 200
    assert stores.plane.requests.of(shop.workspace_id) == []
    post(client, "app/uninstalled", GONE)
    assert post(client, "shop/redact", SHOP_REDACT, event="e9") == 200
    (made,) = stores.plane.requests.of(shop.workspace_id)
    assert (made.kind, made.target) == (RequestKind.PURGE, shop.id)


@pytest.mark.parametrize(
    "wrong",
    [
        {"X-Shopify-Hmac-Sha256": ""},
        {"X-Shopify-Hmac-Sha256": seal(b"{}")},
        {"X-Shopify-Hmac-Sha256": seal(json.dumps(REDACT).encode(), "another secret")},
        {"X-Shopify-Hmac-Sha256": "ünïcode".encode().decode("latin-1")},
    ],
)
def test_a_wrong_seal_is_401_and_changes_nothing(
    client: Client, stores: Stores, shop: Datasource, wrong: dict[str, str]
) -> None:
    assert post(client, "customers/redact", REDACT, **wrong) == 401
    assert stores.plane.requests.of(shop.workspace_id) == []
    assert [entry.verb for entry in stores.audit.entries()].count("webhook.refused") == 1
    post(client, "customers/redact", REDACT, **wrong)
    # a stranger can't fill the log
    assert [entry.verb for entry in stores.audit.entries()].count("webhook.refused") == 1


@pytest.mark.parametrize(
    ("topic", "said", "headers"),
    [
        ("customers/redact", ASKED, {}),  # a body sealed for another topic
        ("customers/data_request", REDACT, {}),
        ("orders/create", REDACT, {}),
        ("customers/redact", [1], {}),
        ("customers/redact", REDACT, {"X-Shopify-Event-Id": ""}),
        ("customers/redact", REDACT, {"X-Shopify-Triggered-At": "2026-03-01T00:00:00Z"}),
        ("customers/redact", REDACT, {"X-Shopify-Triggered-At": "yesterday"}),
    ],
)
def test_what_does_not_fit_or_is_old_is_400(
    client: Client, stores: Stores, shop: Datasource, topic: str, said: object, headers: dict[str, str]
) -> None:
    assert post(client, topic, said, **headers) == 400
    assert stores.plane.requests.of(shop.workspace_id) == []


def test_a_flood_of_bytes_is_413(client: Client) -> None:
    assert client.post("/webhooks/shopify", data=b"x" * (1024 * 1024 + 1)).status_code == 413


def test_a_deleted_workspace_is_nobody_s(client: Client, stores: Stores, shop: Datasource) -> None:
    stores.plane.workspaces.mark(shop.workspace_id, WorkspaceState.DELETED, stores.clock())
    assert post(client, "customers/redact", REDACT) == 200
    assert stores.plane.requests.of(shop.workspace_id) == []


def test_meta_s_callbacks_reach_what_that_person_gave_and_nothing_else(
    client: Client, stores: Stores, workspace: Workspace
) -> None:
    theirs = connected(stores, workspace, "meta_ads", "act_1", granted_by=PERSON)
    other = connected(stores, workspace, "meta_ads", "act_2", granted_by="77")
    said = {"algorithm": "HMAC-SHA256", "user_id": PERSON, "issued_at": 1}
    answer = client.post("/webhooks/meta/deauthorize", data={"signed_request": signed(said)})
    assert answer.json() == {"requests": 0, "stopped": 1}
    assert stores.plane.datasources.get(theirs.id).connection is Connection.REAUTHORIZE
    assert stores.plane.datasources.get(other.id).connection is Connection.CONNECTED

    deletion = client.post("/webhooks/meta/data-deletion", data={"signed_request": signed(said)}).json()
    again = client.post("/webhooks/meta/data-deletion", data={"signed_request": signed(said)}).json()
    assert deletion == again
    (made,) = stores.plane.requests.of(workspace.id)
    assert (made.kind, made.target) == (RequestKind.PURGE, theirs.id)
    page = client.get(deletion["url"].removeprefix("https://hooks.example"))
    assert "under way" in page.text
    assert "default-src 'none'" in page.text
    assert "Nothing is kept" in client.get("/deletion/<script>").text


@pytest.mark.parametrize("way", ["deauthorize", "data-deletion"])
@pytest.mark.parametrize(
    "request_",
    ["", "x", "a.b", signed({"algorithm": "HMAC-SHA256", "user_id": PERSON}, "another"), signed({"algorithm": "none"})],
)
def test_meta_s_seal_is_insisted_on(client: Client, way: str, request_: str) -> None:
    assert client.post(f"/webhooks/meta/{way}", data={"signed_request": request_}).status_code == 401


@given(st.binary(max_size=200), st.text(max_size=80))
def test_no_bytes_break_the_seals(body: bytes, mark: str) -> None:
    assert not shopify_sealed(body, mark, Secret(SECRET)) or mark == seal(body)
    assert meta_request(mark, Secret(SECRET)) is None
    assert meta_request(urlencode({"x": mark}), Secret(SECRET)) is None


def test_plain_http_gets_nothing(client: Client) -> None:
    plain = HTTPConnection("127.0.0.1", client.port)
    plain.request("GET", "/healthy")
    with pytest.raises((ConnectionError, HTTPException)):
        plain.getresponse()
    plain.close()


def test_nothing_of_the_customer_lies_in_plain_text(
    client: Client, stores: Stores, shop: Datasource, home: Path
) -> None:
    post(client, "customers/redact", REDACT)
    assert len(stores.plane.requests.of(shop.workspace_id)) == 1
    stores.plane.scrub()
    files = [file for file in home.rglob("*") if file.is_file()]
    assert not [file for file in files if b"canary.customer" in file.read_bytes()]
