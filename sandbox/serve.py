"""Runs the sandbox: in a thread of the calling process for tests, or as a process of its own."""

import argparse
import asyncio
import os
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import orjson
import uvicorn

from sandbox import proxy
from sandbox.asgi import Application
from sandbox.control import CONTROL
from sandbox.oauth import ClientApp
from sandbox.state import State
from sandbox.tls import issue
from sandbox.vendors import VENDORS
from sandbox.world import SCALES, World

APPS: Final[dict[str, ClientApp]] = {vendor.key: vendor.app for vendor in VENDORS}
_BACKLOG: Final = 512
_STARTED_WITHIN: Final = 20.0


@dataclass(frozen=True, kw_only=True)
class Sandbox:
    """A running sandbox: `address` and `proxy` are host:port on loopback."""

    address: str
    proxy: str
    ca_file: Path
    state: State
    apps: dict[str, ClientApp]

    def described(self) -> dict[str, Any]:
        """What sandbox.json says; the secrets in it are public values."""
        apps = {
            key: {
                "client_id": app.client_id,
                "client_secret": app.client_secret,
                "developer_token": app.developer_token or None,
                "account": app.account or None,
                "keys": app.keys.of_epoch(self.state.epoch(key)) if app.keys else {},
            }
            for key, app in self.apps.items()
        }
        world = {"seed": self.state.full.seed, "today": self.state.full.today.isoformat()}
        return {"address": self.address, "ca": str(self.ca_file), "proxy": self.proxy, "apps": apps, "world": world}


class _Server:
    """uvicorn and the proxy on one event loop."""

    def __init__(self, state: State, folder: Path, port: int) -> None:
        hosts = tuple(host for vendor in (*VENDORS, CONTROL) for host in vendor.hosts)
        certificates = issue(hosts, folder)
        self.socket = socket.create_server(("127.0.0.1", port), backlog=_BACKLOG)
        self.ready = threading.Event()
        self.proxy_port = 0
        self.ca_file = certificates.ca
        self.state = state
        self.uvicorn = uvicorn.Server(
            uvicorn.Config(
                Application(state, VENDORS, CONTROL),
                interface="asgi3",
                lifespan="off",
                ws="none",
                log_config=None,
                log_level="critical",
                access_log=False,
                server_header=False,
                ssl_certfile=str(certificates.chain),
                timeout_graceful_shutdown=1,
            )
        )

    async def serve(self) -> None:
        def serves(host: str) -> bool:
            return any(vendor.serves(host) for vendor in (*VENDORS, CONTROL))

        tunnels, self.proxy_port = await proxy.start(serves, self.socket.getsockname())
        asyncio.get_running_loop().call_soon(self.ready.set)
        try:
            await self.uvicorn.serve(sockets=[self.socket])
        finally:
            tunnels.close()

    def run(self) -> None:
        with asyncio.Runner(loop_factory=self.uvicorn.config.get_loop_factory()) as runner:
            runner.run(self.serve())

    def described(self) -> Sandbox:
        host, port = self.socket.getsockname()
        return Sandbox(
            address=f"{host}:{port}",
            proxy=f"{host}:{self.proxy_port}",
            ca_file=self.ca_file,
            state=self.state,
            apps=APPS,
        )


@contextmanager
def running(world: World, *, port: int = 0, state_file: Path | None = None) -> Iterator[Sandbox]:
    """A sandbox in a thread of this process, until the block ends. Port 0 takes a free one."""
    with tempfile.TemporaryDirectory(prefix="sandbox-") as folder:
        server = _Server(State(world, file=state_file), Path(folder), port)
        thread = threading.Thread(target=server.run, name="sandbox", daemon=True)
        thread.start()
        if not server.ready.wait(_STARTED_WITHIN):
            raise RuntimeError("the sandbox did not start")
        try:
            yield server.described()
        finally:
            server.uvicorn.should_exit = True
            thread.join()


def main(arguments: list[str] | None = None) -> None:
    """Serves until stopped, and leaves <home>/sandbox.json for those who want to connect."""
    asked = _arguments(arguments)
    home: Path = asked.home
    home.mkdir(parents=True, exist_ok=True)
    world = World.of_scale(asked.scale, seed=asked.seed, today=asked.today)
    server = _Server(State(world, file=home / "sandbox-state.json"), home, asked.port)
    announcer = threading.Thread(target=_announce, args=(server, home / "sandbox.json"), daemon=True)
    announcer.start()
    server.run()


def _announce(server: _Server, file: Path) -> None:
    """Writes the file whole before it gets its name, so that who waits for it never reads half of it."""
    server.ready.wait()
    partial = file.with_suffix(".partial")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as sink:
        sink.write(orjson.dumps(server.described().described(), option=orjson.OPT_INDENT_2))
    partial.replace(file)


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="sandbox", description=__doc__)
    parser.add_argument("--home", type=Path, default=Path(".ignyte"), help="where sandbox.json is written")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--scale", choices=sorted(SCALES), default="small")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--today", type=date.fromisoformat, default=datetime.now(UTC).date(), help="YYYY-MM-DD")
    return parser.parse_args(arguments)
