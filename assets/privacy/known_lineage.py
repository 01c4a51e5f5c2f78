"""The project's lineage, computed once for each state of the project and kept beside its manifest."""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import orjson

from assets.privacy import lineage as rules
from assets.privacy import tracing
from assets.privacy.lineage import Layer, Lineage, Model, Table, declared_sources, traced
from assets.privacy.tracing import Edge, How
from resources.dbt_files import PROJECT, fingerprint

_known: dict[str, Lineage] = {}


def project_lineage(project_dir: Path = PROJECT) -> Lineage:
    """The lineage of all that dbt makes; needs no data and no network, and no dbt where it was computed before.

    Raises:
        Stop: a model can't be compiled or traced.
    """
    state = _state(project_dir)
    if state not in _known:
        _known.clear()
        _known[state] = _kept(project_dir, state)
    return _known[state]


def _state(project_dir: Path) -> str:
    """Tells one state of project, declarations and tracing from another."""
    total = hashlib.sha256(fingerprint(project_dir).encode())
    for name, table in declared_sources().items():
        total.update(f"{name} {tuple(table.columns)!r}".encode())
    for module in (tracing, rules):
        total.update(Path(str(module.__file__)).read_bytes())
    return total.hexdigest()[:16]


def _kept(project_dir: Path, state: str) -> Lineage:
    folder = project_dir / "target"
    path = folder / f"lineage-{state}.json"
    if path.exists():
        return Lineage({name: _table(name, said) for name, said in orjson.loads(path.read_bytes()).items()})
    found = _computed(project_dir, folder)
    folder.mkdir(exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}")
    unfinished.write_bytes(orjson.dumps({name: _said(table) for name, table in found.tables.items()}))
    unfinished.replace(path)
    for old in set(folder.glob("lineage-*.json")) - {path}:
        old.unlink(missing_ok=True)
    return found


def _computed(project_dir: Path, folder: Path) -> Lineage:
    # dbt takes seconds to import, and what was computed before is read without it
    from resources.dbt import DbtRunner  # noqa: PLC0415 -- as it says above

    runner = DbtRunner(project_dir, target_dir=folder)
    manifest = runner.parse()
    sources, relations = declared_sources(), dict[str, str]()
    for source in manifest.sources.values():
        name = f"{source.source_name}.{source.name}"
        relations[name] = str(source.relation_name)
        if name not in sources:
            columns = {column: frozenset[Edge]() for column in source.columns}
            sources[name] = Table(name=name, layer=Layer.WORKSPACE, columns=columns)
    return traced(models_of(manifest, runner.compiled()), sources, relations)


def models_of(manifest: Any, compiled: Mapping[str, str]) -> list[Model]:  # noqa: ANN401 -- dbt ships no types
    """The models of a manifest with their compiled SQL."""
    names = {source.unique_id: f"{source.source_name}.{source.name}" for source in manifest.sources.values()}
    nodes = [node for node in manifest.nodes.values() if node.resource_type == "model"]
    names |= {node.unique_id: node.name for node in nodes}
    return [
        Model(
            name=node.name,
            relation=node.relation_name,
            layer=Layer(node.fqn[1]),
            sql=compiled[node.unique_id],
            reads=tuple(names[each] for each in node.depends_on.nodes if each in names),
            waivers={name: waiver for name, column in node.columns.items() if (waiver := _waiver(column))},
        )
        for node in nodes
    ]


def _waiver(column: Any) -> str:  # noqa: ANN401 -- dbt ships no types
    return str((column.config.meta or column.meta or {}).get("waiver", "")).strip()


def _said(table: Table) -> dict[str, Any]:
    edges = {
        name: [[edge.table, edge.column, edge.how.value, edge.decides] for edge in sorted(made)]
        for name, made in table.columns.items()
    }
    return {"layer": table.layer, "reads": table.reads, "columns": edges, "waivers": dict(table.waivers)}


_HOWS: Final = {how.value: how for how in How}


def _table(name: str, said: Mapping[str, Any]) -> Table:
    columns = {
        column: frozenset(
            Edge(table=table, column=origin, how=_HOWS[how], decides=decides) for table, origin, how, decides in edges
        )
        for column, edges in said["columns"].items()
    }
    reads = tuple(said["reads"])
    return Table(name=name, layer=Layer(said["layer"]), reads=reads, columns=columns, waivers=said["waivers"])
