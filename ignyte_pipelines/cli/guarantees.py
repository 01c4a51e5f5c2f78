"""The guarantees of a home, each checked on the real thing."""

import ssl
import stat
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Final

import duckdb

from ignyte_pipelines.cli.duties import duties
from ignyte_pipelines.cli.encryption import encryption, keys
from ignyte_pipelines.cli.findings import Finding, found
from ignyte_pipelines.cli.leakage import leakage
from ignyte_pipelines.cli.output import counted
from ignyte_pipelines.cli.record import examined
from ignyte_pipelines.cli.sandbox_line import answers
from ignyte_pipelines.instance import instance
from resources.access import network
from resources.door import decide
from resources.errors import Problem
from resources.platforms import platforms
from resources.settings import Settings
from resources.stores import Stores
from resources.warehouse.opening import memory

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_VERBS: Final = ("PUT", "PATCH", "POST", "DELETE")
_GUARDS: Final = {
    "temp_file_encryption": "true",
    "allow_unsigned_extensions": "false",
    "autoinstall_known_extensions": "false",
    "allow_persistent_secrets": "false",
}


def examine(stores: Stores) -> list[Finding]:
    """All guarantees of this home, in the order in which a reviewer asks for them."""
    settings = stores.settings
    return [
        _modes(settings.home),
        *encryption(stores),
        keys(stores),
        _scratch(stores),
        _guards(stores),
        _extension(stores),
        _transport(settings),
        _door(),
        _control_plane(stores),
        _record(stores),
        *leakage(stores),
        *duties(stores),
        *_dagster(settings),
        _world(settings),
    ]


def _modes(home: Path) -> Finding:
    # inside a folder that only its owner enters, the mode of a folder below is belt and braces; that of the home is not
    places = [home, home / "data", home / "keys", home / "dagster", home / "control.db", home / "audit"]
    places += [*(home / "keys").rglob("*.key"), *(home / "data").rglob("*.duckdb")]
    open_ones = [place for place in places if place.exists() and place.stat().st_mode & _OTHERS]
    names = ", ".join(str(place.relative_to(home.parent)) for place in open_ones[:3])
    return found(
        "only its owner reaches the home",
        holds=not open_ones,
        what=f"open to others: {names}" if open_ones else counted(len(places), "place"),
        how="the modes of the home, its folders, its keys and its files",
    )


def _scratch(stores: Stores) -> Finding:
    in_memory = _file_system(stores.scratch) in {"tmpfs", "ramfs"}
    private = not stores.scratch.stat().st_mode & _OTHERS
    return Finding(
        guarantee="scratch is in memory and private",
        verdict="broken" if not private else "holds" if in_memory else "note",
        found=f"{stores.scratch}{'' if in_memory else ' is on a disk; spilled blocks are encrypted'}",
        how="mode and mount of this process's own scratch folder",
    )


def _file_system(place: Path) -> str:
    mounts = Path("/proc/mounts")
    if not mounts.exists():
        return "unknown"
    lines = (line.split() for line in mounts.read_text().splitlines())
    above = [(mount, kind) for _, mount, kind, *_ in lines if place.is_relative_to(mount)]
    return max(above, key=lambda entry: len(entry[0]), default=("", "unknown"))[1]


def _guards(stores: Stores) -> Finding:
    connection = memory(stores.scratch)
    try:
        rows = connection.execute("SELECT name, value FROM duckdb_settings()").fetchall()
    finally:
        connection.close()
    values = dict(rows)
    wrong = [name for name, wanted in _GUARDS.items() if values.get(name) != wanted]
    return found(
        "DuckDB spills encrypted and loads nothing by itself",
        holds=not wrong,
        what=", ".join(wrong) or counted(len(_GUARDS), "setting"),
        how="duckdb_settings() of a connection opened as all are",
    )


def _extension(stores: Stores) -> Finding:
    package = version("duckdb-extension-httpfs")
    connection = memory(stores.scratch)
    try:
        query = "SELECT loaded FROM duckdb_extensions() WHERE extension_name = 'httpfs'"
        loaded = connection.execute(query).fetchone() == (True,)
    finally:
        connection.close()
    return found(
        "encryption is OpenSSL's, of the matching build",
        holds=loaded and package == duckdb.__version__,
        what=f"duckdb {duckdb.__version__}, httpfs {package}{'' if loaded else ', not loaded'}",
        how="package versions, and duckdb_extensions() after loading",
    )


def _transport(settings: Settings) -> Finding:
    context = network(settings).trust()
    verified = context.verify_mode is ssl.CERT_REQUIRED and context.check_hostname
    return found(
        "TLS 1.2 or newer, certificates verified",
        holds=verified and context.minimum_version >= ssl.TLSVersion.TLSv1_2,
        what=context.minimum_version.name,
        how="the context that the door connects with",
    )


def _door() -> Finding:
    tried, let_out = 0, []
    for declared in platforms():
        for host in _names(declared.hosts):
            for verb in _VERBS:
                tried += 1
                if decide(declared, verb, f"https://{host}/v1/orders/1", body=b'{"name":"x"}').allowed:
                    let_out.append(f"{verb} at {declared.title}")
    return found(
        "the door lets no write out",
        holds=not let_out,
        what=", ".join(let_out) or f"{tried} writes tried, {tried} refused",
        how="its own rules, asked about a write with each verb at each platform",
    )


def _names(patterns: tuple[str, ...]) -> Iterator[str]:
    """A host name for each pattern, where the pattern is close to one."""
    for pattern in patterns:
        yield pattern.replace(r"[a-z0-9][a-z0-9-]*", "shop").replace("\\", "")


def _control_plane(stores: Stores) -> Finding:
    kind = stores.settings.control_plane_url.get_secret_value().partition(":")[0]
    number = len(stores.plane.workspaces.all())
    return found(
        "the control plane is there and of this version",
        holds=True,
        what=f"{kind}, {counted(number, 'workspace')}",
        how="opened, migrated and read",
    )


def _record(stores: Stores) -> Finding:
    try:
        report = examined(stores, None, None, None)
        reach = f"up to {report.guarded} vouched for at {stores.audit.chain.place}"
        holds, what = report.holds, report.problem or f"entries {report.first} to {report.last}, {reach}"
    except Problem as problem:
        holds, what = False, str(problem)
    return found(
        "the audit log is whole",
        holds=holds,
        what=what,
        how="the verifier: signatures, chain, and the checkpoints in the second place",
    )


def _dagster(settings: Settings) -> Iterator[Finding]:
    with instance(settings) as dagster:
        yield found(
            "Dagster's storage can be reached",
            holds=True,
            what=counted(dagster.get_runs_count(), "run"),
            how="opened and counted",
        )
        yield found(
            "nothing is reported to anybody",
            holds=not dagster.telemetry_enabled,
            what="telemetry is off" if not dagster.telemetry_enabled else "Dagster's telemetry is on",
            how="the settings of Dagster's instance; dlt and dbt are told so at import",
        )


def _world(settings: Settings) -> Finding:
    if settings.sandbox is None:
        return found("which platforms this home reads", holds=True, what="the live ones", how="no sandbox.json in it")
    up = "up" if answers(settings) else "not running"
    return Finding(
        guarantee="which platforms this home reads",
        verdict="holds",
        found=f"the sandbox's at {settings.sandbox.address}, {up}",
        how="sandbox.json in it, and a call to the sandbox",
    )
