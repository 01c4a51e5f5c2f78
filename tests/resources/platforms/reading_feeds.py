"""One platform read from the sandbox: connected as a person would, then each feed by the real door and decoder."""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
from merchant import consent

from resources.decode import Decoder
from resources.door import Clock, Door
from resources.door import Sandbox as SandboxNetwork
from resources.operations import Purpose
from resources.platform import Account, App, Feed, Grant, OAuth, Platform
from resources.reading import Page, Window
from resources.secret import Secret
from resources.warehouse.opening import memory
from sandbox.serve import Sandbox

REDIRECT = "http://127.0.0.1:9/callback"
Row = dict[str, Any]


@dataclass(kw_only=True)
class Reader:
    """A platform, the sandbox it is read from, and the grant that the merchant gave."""

    declared: Platform
    sandbox: Sandbox
    scratch: Path
    grant: Grant = field(init=False)
    account: Account = field(init=False)

    @property
    def app(self) -> App:
        app = self.sandbox.apps[self.declared.key]
        developer = Secret(app.developer_token) if app.developer_token else None
        return App(client_id=app.client_id, client_secret=Secret(app.client_secret), developer_token=developer)

    @contextmanager
    def door(self, *purposes: Purpose, account: str = "", settings: Mapping[str, str] | None = None) -> Iterator[Door]:
        """Opened with the purposes given, as connecting does, or for reading the account."""
        with Door(
            self.declared,
            account=account,
            settings=settings or {},
            credential=lambda: getattr(self, "grant", None) and self.grant.access,
            fence=lambda: True,
            network=SandboxNetwork(address=self.sandbox.address, ca_file=self.sandbox.ca_file),
            app=self.app,
            refresh=self.renew,
            purposes=purposes or (Purpose.READ, Purpose.DOWNLOAD),
            clock=Clock(sleep=lambda _: None),
        ) as door:
            yield door

    def connect(self, scopes: str = "") -> None:
        """Consents to `scopes`, or to what is required, and takes the first account."""
        auth = self.declared.auth
        assert isinstance(auth, OAuth)
        wanted = scopes or auth.scope_separator.join(self.declared.scopes.required)
        asked = {
            auth.client_id_parameter: self.app.client_id,
            "redirect_uri": REDIRECT,
            "scope": wanted,
            "state": "s",
            **auth.extra,
        }
        query = "&".join(f"{name}={value.replace(' ', '%20')}" for name, value in asked.items())
        answer = consent(self.sandbox, f"{auth.authorize_url}?{query}")
        with self.door(Purpose.AUTHORIZE) as door:
            self.grant = auth.exchange(door, self.app, answer[auth.code_parameter], REDIRECT, "")
        with self.door(Purpose.PROVE, Purpose.READ, settings={"reaches": ",".join(self.grant.reaches)}) as door:
            self.account, *_ = self.declared.accounts(door)

    def renew(self) -> bool:
        auth = self.declared.auth
        if not isinstance(auth, OAuth) or auth.refresh is None or self.grant.refresh is None:
            return False
        with self.door(Purpose.AUTHORIZE) as door:
            self.grant = auth.refresh(door, self.app, self.grant.refresh)
        return True

    def opened(self) -> Any:  # noqa: ANN401 -- a context manager of a door
        learned = {"currency": self.account.currency or "", "time_zone": self.account.time_zone or "UTC"}
        return self.door(account=self.account.id, settings={**learned, **self.account.settings})

    def pages(self, feed: Feed, since: dt.datetime | None, until: dt.datetime) -> list[Page]:
        with self.opened() as door:
            return list(feed.read(door, Window(since=since, until=until)))

    def decoded(self, feed: Feed, pages: list[Page]) -> dict[str, list[Row]]:
        """Rows by stream; pages with other facts are decoded apart, as the sync does it."""
        connection = memory(self.scratch)
        decoder = Decoder(connection, self.scratch, self.declared.key, feed)
        found: dict[str, list[pa.Table]] = {stream.name: [] for stream in feed.streams}
        try:
            for page in pages:
                for name, table in decoder.decode([page], feed.streams).tables.items():
                    found[name].append(table)
        finally:
            connection.close()
        return {name: pa.concat_tables(tables).to_pylist() if tables else [] for name, tables in found.items()}

    def read(self, until: dt.datetime, since: dt.datetime | None = None) -> dict[str, list[Row]]:
        """The rows of every stream."""
        rows: dict[str, list[Row]] = {}
        for feed in self.declared.feeds:
            rows |= self.decoded(feed, self.pages(feed, since, until))
        return rows
