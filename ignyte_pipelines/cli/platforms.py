"""ignyte platforms: what each source is asked for, and what it is never asked for."""

from typing import Any

from rich.text import Text

from ignyte_pipelines.cli.command import Group, Json, PlatformKey
from ignyte_pipelines.cli.output import Cell, add, facts, show, table

app = Group(help="The sources: scopes, hosts, operations and streams of each, as the code declares them.")


@app.command("list")
def list_(*, as_json: Json = False) -> None:
    """List the platforms that can be connected."""
    from ignyte_pipelines.cli.declared import described
    from resources.platforms import platforms

    columns = ("key", "platform", "connected by", "scopes asked for", "streams")
    shown = table(*columns, right=["streams"], wraps=["scopes asked for"])
    documents = []
    for each in platforms():
        document = described(each)
        documents.append(document)
        scopes = ", ".join(each.scopes.required)
        add(shown, each.key, each.title, document["auth"], scopes, str(len(each.streams)))
    show({"platforms": documents}, shown, "", "Details: `ignyte platforms show KEY`", as_json=as_json)


@app.command("show")
def show_(platform: PlatformKey, *, as_json: Json = False) -> None:
    """Show everything that is declared about one platform."""
    from ignyte_pipelines.cli.declared import described, words
    from ignyte_pipelines.cli.opening import known_platform

    found = known_platform(platform)
    document = described(found)
    streams = table("stream", "key", "cursor", "restated", "personal columns", wraps=["key", "personal columns"])
    for stream in document["streams"]:
        name = Text.assemble(stream["name"], (f"\nneeds {stream['needs']}", "dim") if stream["needs"] else "")
        restated, personal = words(stream["lookback_seconds"]), ", ".join(stream["personal"]) or "none"
        add(streams, name, ", ".join(stream["key"]), stream["cursor"] or "none", restated, personal)
    operations = table("operation", "method", "host", "path", "for", wraps=["host", "path"])
    for operation in document["operations"]:
        add(operations, *(operation[name] for name in ("name", "method", "host", "path", "purpose")))
    show(document, facts(_facts(document)), "", streams, "", operations, as_json=as_json)


def _facts(document: dict[str, Any]) -> list[tuple[str, Cell]]:
    scopes = document["scopes"]
    optional = "; ".join(f"{name}: {adds}" for name, adds in scopes["optional"].items())
    return [
        ("platform", f"{document['title']} ({document['key']}), version {document['version']}"),
        ("connected by", document["auth"]),
        ("asked for", ", ".join(scopes["required"])),
        ("only if opted in", optional or "nothing"),
        ("refused if granted", ", ".join(scopes["refused"]) or "nothing"),
        ("least privilege", document["guarantee"]),
        ("synced", f"every {document['every']}"),
        ("limits", document["limits"] or "none known"),
    ]
