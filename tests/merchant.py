"""The synthetic merchant: a browser that consents where a platform asks, and a workspace with everything connected."""

import http.client
import socket
import ssl
from collections.abc import Iterable
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, urlsplit

import orjson

from resources.connecting import Consent, bound_state, connect, granted, introduce, key_grant
from resources.control_plane.facts import Datasource, Workspace
from resources.platform import OAuth
from resources.platforms import platform
from resources.secret import Secret
from resources.stores import Stores
from sandbox.serve import Sandbox

SHOP: Final = "juniper-and-rye.myshopify.com"
_REDIRECT: Final = "http://127.0.0.1:9/callback"


class _Browser(http.client.HTTPSConnection):
    """Whatever the host's name, it connects to the sandbox."""

    def __init__(self, host: str, sandbox: Sandbox) -> None:
        self._trust = ssl.create_default_context(cafile=str(sandbox.ca_file))
        self._place = sandbox.address.rpartition(":")
        super().__init__(host, context=self._trust)

    def connect(self) -> None:
        raw = socket.create_connection((self._place[0], int(self._place[2])))
        self.sock = self._trust.wrap_socket(raw, server_hostname=self.host)


def consent(sandbox: Sandbox, address: str) -> dict[str, str]:
    """Follows an authorize address as a person's browser would; returns what the redirect back carries."""
    there = urlsplit(address)
    browser = _Browser(there.hostname or "", sandbox)
    try:
        browser.request("GET", f"{there.path}?{there.query}")
        location = browser.getresponse().headers["Location"]
    finally:
        browser.close()
    return dict(parse_qsl(urlsplit(location).query))


def describe(sandbox: Sandbox, home: Path) -> None:
    """Writes the file that makes a home a sandbox home."""
    (home / "sandbox.json").write_bytes(orjson.dumps(sandbox.described()))


def join(
    stores: Stores, sandbox: Sandbox, workspace: Workspace, key: str, opted_in: Iterable[str] = ()
) -> list[Datasource]:
    """Connects every account of the merchant at one platform, through the platform's real flow."""
    declared, opted = platform(key), frozenset(opted_in)
    account = SHOP if key == "shopify" else ""
    if isinstance(declared.auth, OAuth):
        verifier = Secret("v" * 43)
        question = Consent(
            platform=declared,
            workspace_id=workspace.id,
            account=account,
            redirect=_REDIRECT,
            state=bound_state(f"state-of-{key}", verifier, workspace.id),
            verifier=verifier,
            opted_in=opted,
            asked_at=stores.clock(),
        )
        answer = consent(sandbox, question.address(sandbox.apps[key].client_id))
        grant = granted(stores, question, answer)
    else:
        keys = sandbox.apps[key].keys
        assert keys is not None
        grant = key_grant(declared, keys.of_epoch(sandbox.state.epoch(key))["read_only"])
    introduced = introduce(stores, declared, account, grant, opted)
    return [connect(stores, workspace, declared, each, introduced, opted) for each in introduced.accounts]
