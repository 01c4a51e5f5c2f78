"""One datasource in words: its access, its state, its streams."""

from datetime import datetime
from typing import Any

from ignyte_pipelines.cli.declared import GUARANTEES
from ignyte_pipelines.cli.output import Cell, ago, fields, status
from resources.connecting import asked
from resources.control_plane.facts import Datasource
from resources.platform import Grade, Stream
from resources.platforms import platform


def described(datasource: Datasource) -> dict[str, Any]:
    """The datasource as a document: every stream with whether it is read, and why not."""
    declared = platform(datasource.platform)
    wanted = [*declared.scopes.required, *sorted(asked(declared, datasource.opted_in))]
    return {
        **fields(datasource),
        "asked": wanted,
        "granted": sorted(datasource.scopes),
        "guarantee": GUARANTEES[Grade(datasource.grade)],
        "streams": [_stream(each, datasource) for each in declared.streams],
    }


def _stream(stream: Stream, datasource: Datasource) -> dict[str, Any]:
    read = not stream.needs or stream.needs in datasource.opted_in
    reason = "" if read else f"needs {stream.needs}, which was not opted in to"
    return {"name": stream.name, "read": read, "reason": reason, "description": stream.description}


def pairs(datasource: Datasource, now: datetime) -> list[tuple[str, Cell]]:
    """What a person wants to know first."""
    document = described(datasource)
    return [
        ("datasource", datasource.id),
        ("platform", platform(datasource.platform).title),
        ("account", f"{datasource.account_name} ({datasource.account})"),
        ("connection", status(datasource.connection.value)),
        ("sync", status(datasource.sync.value)),
        *([("reason", datasource.reason)] if datasource.reason else []),
        ("asked for", ", ".join(document["asked"])),
        ("granted", ", ".join(document["granted"]) or "not listed by the platform"),
        ("least privilege", document["guarantee"]),
        ("connected", ago(datasource.connected_at, now)),
        ("last success", ago(datasource.last_success, now)),
        ("last error", datasource.last_error or "none"),
    ]
