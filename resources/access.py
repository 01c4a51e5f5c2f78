"""The door, opened for one connected datasource with its own credential."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from resources.audit import service
from resources.control_plane.facts import Datasource
from resources.door import Decision, Door, Internet, Network, redact
from resources.door import Sandbox as SandboxNetwork
from resources.errors import AskAgain, Refused
from resources.operations import Purpose
from resources.platform import App, Grant, OAuth, Platform
from resources.platforms import platform
from resources.reading import Api
from resources.secret import Secret
from resources.settings import Settings
from resources.stores import Stores
from resources.vault.credentials import CredentialVault, StoredGrant

_PLAIN_STEP: Final = re.compile(r"[a-z_]{0,40}(\.json)?|v\d+(\.\d+)?|\d{4}-\d{2}(-\d{2})?")
_EARLY: Final = timedelta(minutes=2)  # a token is renewed this long before it runs out


def network(settings: Settings) -> Network:
    """The internet, or the sandbox that this home belongs to."""
    if sandbox := settings.sandbox:
        return SandboxNetwork(address=sandbox.address, ca_file=sandbox.ca)
    return Internet()


class _Credential:
    """The grant of one datasource, renewed before it runs out."""

    def __init__(self, stores: Stores, vault: CredentialVault, datasource: Datasource) -> None:
        self._stores = stores
        self._vault = vault
        self._datasource = datasource
        self._platform = platform(datasource.platform)
        self._stored = vault.load(datasource)

    def token(self) -> Secret:
        expires = self._stored.expires_at
        if expires and expires - _EARLY <= self._stores.clock() and self._stored.grant.refresh:
            self.renew()
        return self._stored.grant.access

    def renew(self) -> bool:
        """Gets a fresh token, or takes the one that another process got meanwhile; False where there is no way to."""
        latest = self._vault.load(self._datasource)
        if latest.version > self._stored.version:
            self._stored = latest
            return True
        auth, refresh = self._platform.auth, self._stored.grant.refresh
        app = self._stores.settings.app(self._platform.key)
        if not isinstance(auth, OAuth) or auth.refresh is None or refresh is None or app is None:
            return False
        with bare_door(self._stores, self._platform, self._datasource.account) as door:
            self._keep(auth.refresh(door, app, refresh))
        return True

    def _keep(self, fresh: Grant) -> None:
        try:
            self._stored = self._vault.replace(self._datasource, self._stored, fresh, self._stores.clock())
        except Refused:
            # another process renewed at the same moment; what it stored is the newest
            self._stored = self._vault.load(self._datasource)


@contextmanager
def open_door(
    stores: Stores, datasource: Datasource, purposes: Iterable[Purpose] = (Purpose.READ, Purpose.DOWNLOAD)
) -> Iterator[Door]:
    """The datasource's door. Its fence is the one that the datasource had when it was loaded from the control plane.

    Raises:
        Refused: this process may not read credentials.
        AskAgain: there is no credential.
    """
    if stores.credentials is None:
        raise Refused(
            "this process may not read credentials.",
            to=f"datasource {datasource.id}",
            do_next="Sync in a sync process.",
        )
    credential = _Credential(stores, stores.credentials, datasource)
    learned = {"currency": datasource.currency or "", "time_zone": datasource.time_zone or "UTC"}
    with Door(
        platform(datasource.platform),
        account=datasource.account,
        settings={**learned, **datasource.settings},
        credential=credential.token,
        refresh=credential.renew,
        fence=lambda: stores.plane.datasources.may_read(datasource.id, datasource.fence),
        network=network(stores.settings),
        app=stores.settings.app(datasource.platform),
        purposes=purposes,
        on_refusal=lambda decision: _note(stores, f"datasource {datasource.id}", datasource.workspace_id, decision),
    ) as door:
        yield door


def _note(stores: Stores, target: str, workspace_id: str, decision: Decision) -> None:
    method, _, address = decision.to.partition(" ")
    host, *steps = address.split("/")
    # whatever is not a plain word of the address could be someone's id
    path = "/".join(step if _PLAIN_STEP.fullmatch(step) else "*" for step in steps)
    said = {"request": f"{method} {host}/{path}", "why": redact(decision.reason)}
    stores.audit.event("door.refuse", target, actor=service("door"), workspace_id=workspace_id, details=said)


@contextmanager
def bare_door(
    stores: Stores, declared: Platform, account: str, token: Secret | None = None, *, reaches: Iterable[str] = ()
) -> Iterator[Door]:
    """A door for connecting, refreshing and giving back: no stored credential, no datasource to fence yet."""
    with Door(
        declared,
        account=account,
        settings={"reaches": ",".join(reaches)},
        credential=lambda: token,
        fence=lambda: True,
        network=network(stores.settings),
        app=stores.settings.app(declared.key),
        purposes=(Purpose.AUTHORIZE, Purpose.PROVE, Purpose.REVOKE, Purpose.READ),
        on_refusal=lambda decision: _note(stores, declared.key, "", decision),
    ) as door:
        yield door


def app_of(settings: Settings, declared: Platform) -> App:
    """Our registration at the platform.

    Raises:
        AskAgain: none is set.
    """
    if app := settings.app(declared.key):
        return app
    name = f"IGNYTE_{declared.key.upper()}_CLIENT_ID"
    raise AskAgain("our app's id and secret are not set.", to=declared.title, do_next=f"Set {name} and its _SECRET.")


__all__ = ["Api", "StoredGrant", "app_of", "bare_door", "network", "open_door"]
