"""One whole run as any person would have it: connect all platforms, sync, fail in many ways, ask, look around."""

import json
import logging
import os
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path

from ignyte_pipelines.cli import app
from ignyte_pipelines.cli.connecting import Wish, join, pretend_account
from resources import scratch
from resources.decode import Decoded
from resources.decode.batch import Decoder
from resources.platform import Stream
from resources.platforms import platforms
from resources.reading import Page
from resources.settings import Settings
from resources.stores import open_stores

CANARY_VERIFIER = "canary-verifier-" + "k" * 60
PHASES = ("connected", "synced", "failed", "asked")
CRASHING = "stripe"


def typed(*words: str) -> None:
    """Runs a command of ours in this process, whatever comes of it."""
    app(list(words), standalone_mode=False)


def connect_all(settings: Settings) -> None:
    made = secrets.token_urlsafe
    secrets.token_urlsafe = lambda nbytes=None: CANARY_VERIFIER if nbytes == 64 else made(nbytes)
    with open_stores(settings) as stores:
        workspace = stores.plane.workspaces.create("Juniper", now=stores.clock())
        for declared in platforms():
            wish = Wish(
                workspace=workspace,
                platform=declared,
                account=pretend_account(settings, declared.key) if declared.key == "shopify" else "",
                opted_in=frozenset(declared.scopes.optional),
                all_accounts=True,
            )
            join(stores, wish)


def crash_over_a_row(value: str) -> None:
    """From now on one platform's pages end in an error that nobody foresaw and that quotes what it saw."""
    original = Decoder.decode

    def decode(decoder: Decoder, pages: Sequence[Page], streams: Sequence[Stream]) -> Decoded:
        if decoder._to.startswith(CRASHING):
            raise ValueError(f"unexpected row: {value}")
        return original(decoder, pages, streams)

    Decoder.decode = decode  # type: ignore[method-assign, assignment]


def say(phase: str) -> None:
    """Tells the test how far it is, and waits for its nod."""
    print(json.dumps({"phase": phase, "pid": os.getpid()}), file=sys.__stdout__, flush=True)
    sys.stdin.readline()


def main() -> None:
    settings = Settings()
    scratch.scratch_root = lambda: Path(os.environ["LEAK_SCRATCH"])
    logging.basicConfig(level=logging.DEBUG, filename=Path(os.environ["LEAK_LOG"]))
    connect_all(settings)
    say("connected")
    typed("sync", "Juniper")
    say("synced")
    crash_over_a_row(sys.stdin.readline().strip())
    typed("sync", "Juniper", "--json")
    say("failed")
    for words in (
        ("status", "Juniper"),
        ("datasource", "list", "Juniper"),
        ("doctor",),
        ("keys", "list"),
        ("audit", "show", "--json"),
        ("query", "Juniper", "SELECT * FROM customers LIMIT 5"),
        ("query", "Juniper", "SELECT no_such_column FROM customers"),
    ):
        typed(*words)
    say("asked")


if __name__ == "__main__":
    main()
