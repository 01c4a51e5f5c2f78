"""Whether secrets stay where they belong: in memory, in logs, in children, on local lines."""

import logging
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ignyte_pipelines.certificate import certificate
from ignyte_pipelines.cli.findings import Finding, found
from ignyte_pipelines.cli.output import counted
from ignyte_pipelines.handing import handed
from resources.errors import Refused
from resources.settings import Settings
from resources.shielding import dumps_core
from resources.stores import Stores
from resources.vault.masters import master

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_PLANTED: Final = "planted-by-the-doctor"


def leakage(stores: Stores) -> Iterator[Finding]:
    """The guarantees about secrets of this process and of those that it starts."""
    yield _memory()
    yield _logs()
    yield _children(stores)
    yield _apart(stores.settings)
    yield _pages(stores)


def _memory() -> Finding:
    return found(
        "a crash leaves no memory behind",
        holds=not dumps_core(),
        what="no core dump" if not dumps_core() else "this process would be dumped",
        how="the limits of this process, and on Linux whether it can be dumped or traced",
    )


def _logs() -> Finding:
    record = logging.makeLogRecord({"msg": "Authorization: Bearer %s", "args": (_PLANTED,)})
    logger = logging.getLogger("urllib3.connectionpool")
    hidden = bool(logger.filter(record)) and _PLANTED not in record.getMessage()
    return found(
        "logs show no token",
        holds=hidden,
        what="a planted one was taken out" if hidden else "a planted one came through",
        how="a planted token, given to the logger that prints requests",
    )


def _children(stores: Stores) -> Finding:
    folder = Path(tempfile.mkdtemp(dir=stores.scratch))
    planted = {"IGNYTE_SHOPIFY_CLIENT_SECRET": _PLANTED, "IGNYTE_DATABASE_URL": f"postgresql://u:{_PLANTED}@h/d"}
    given = handed(planted, folder)
    shown = [name for name, value in given.items() if _PLANTED in value]
    return found(
        "Dagster's processes are given no secret in their environment",
        holds=not shown,
        what=", ".join(shown) or "planted ones were handed over in private files",
        how="a planted client secret and database password, handed as `ignyte ui` does",
    )


def _apart(settings: Settings) -> Finding:
    try:
        master(settings.model_copy(update={"vault_access": "data"}), "credentials")
    except Refused:
        refused = True
    else:
        refused = False
    return found(
        "who queries can't open credentials",
        holds=refused,
        what="refused" if refused else "the credentials' master key was given",
        how="asked for the credentials' master key as a process that only reads data",
    )


def _pages(stores: Stores) -> Finding:
    guarantee, how = "local pages speak TLS only", "the certificate in the home: its modes, end, and least version"
    folder = stores.settings.home / "tls"
    if not (folder / "server.pem").exists():
        what = "no certificate yet; `ignyte ui` makes one"
        return Finding(guarantee=guarantee, verdict="holds", found=what, how=how)
    shown = certificate(stores.settings.home, stores.clock())
    private = not any(place.stat().st_mode & _OTHERS for place in (folder, *folder.iterdir()))
    least, days = shown.context().minimum_version.name, (shown.ends - stores.clock()).days
    what = f"{least} or newer, {counted(days, 'day')} left" if private else f"open to others: {folder}"
    return found(guarantee, holds=private, what=what, how=how)
