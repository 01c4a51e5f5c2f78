"""Lineage as a person reads it, as a tree, and as a document."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any, Final

from rich.text import Text
from rich.tree import Tree

from assets.privacy.lineage import Layer, Lineage, streams
from assets.privacy.tracing import Edge, How
from resources.columns import Column
from resources.platform import Stream

_ORDER: Final = list(How)
_FEW: Final = 4


def of_table(lineage: Lineage, name: str) -> tuple[dict[str, Any], Tree]:
    """A table: what each of its columns is made of in the end, what it reads, and what is calculated from it."""
    table = lineage.tables[name]
    tree = Tree(_head(name, "; ".join([table.layer, *_words(_limits(name))])))
    columns = {column: _origins(lineage, name, column) for column in table.columns}
    branch = tree.add(Text(f"{len(columns)} columns", style="bold"))
    for column, origins in columns.items():
        leaf = branch.add(_column_text(lineage, name, column))
        for line in _summed(origins) if table.reads else ():
            leaf.add(line)
    for title, names in (("reads", table.reads), ("read by", lineage.readers(name)), ("marts", lineage.marts([name]))):
        _listed(tree, title, names)
    document = {
        "table": name,
        "layer": table.layer.value,
        **_limits(name),
        "columns": {column: [_documented(each) for each in origins] for column, origins in columns.items()},
        "personal": {column: said for column in columns if (said := _personal(name, column))},
        "reads": list(table.reads),
        "read_by": lineage.readers(name),
        "marts": lineage.marts([name]),
    }
    return document, tree


def of_column(lineage: Lineage, table: str, column: str) -> tuple[dict[str, Any], Tree]:
    """A column: back to the sources, step by step, and on to all that is made of it."""
    tree = Tree(_column_text(lineage, table, column, whole=True))
    origins = _origins(lineage, table, column)
    if lineage.tables[table].reads:
        branch = tree.add(Text("made of", style="bold"))
        for line in _summed(origins):
            branch.add(line)
    steps = sorted(lineage.tables[table].columns[column])
    if steps and lineage.tables[table].reads:
        branch = tree.add(Text("by", style="bold"))
        for edge in steps:
            branch.add(Text(f"{edge.table}.{edge.column}  {_how(edge)}"))
    used = lineage.uses(table, column)
    if used:
        branch = tree.add(Text("goes into", style="bold"))
        _downstream(lineage, branch, table, column, frozenset())
    document = {
        "table": table,
        "column": column,
        "layer": lineage.tables[table].layer.value,
        **_limits(table),
        "personal": _personal(table, column),
        "made_of": [_documented(each) for each in origins],
        "directly": [_documented(each) for each in steps],
        "goes_into": [{"table": reader, "column": name, **_way(edge)} for reader, name, edge in used],
        "readable_in": sorted(f"{model}.{name}" for model, name in lineage.reached(table, column)),
    }
    return document, tree


def of_platform(lineage: Lineage, platform: str, asked: str) -> tuple[dict[str, Any], Tree]:
    """Everything that is derived from a platform's tables: what has to be calculated anew once it is gone."""
    raw = [name for name in lineage.tables if name.startswith(f"raw_{platform}.")]
    tree = Tree(_head(asked, "everything made of it" if asked == platform else f"{platform}, everything made of it"))
    branch = tree.add(Text(f"{len(raw)} raw tables", style="bold"))
    for name in raw:
        branch.add(_head(name, ", ".join(_words(_limits(name)))))
    derived = lineage.derived(raw)
    for layer in (Layer.STAGING, Layer.INTERMEDIATE, Layer.MART):
        _listed(tree, str(layer), [name for name in derived if lineage.tables[name].layer is layer])
    return {
        "asked": asked,
        "platform": platform,
        "raw": [{"table": name, **_limits(name)} for name in raw],
        "derived": [{"table": name, "layer": lineage.tables[name].layer.value} for name in derived],
    }, tree


def _downstream(lineage: Lineage, branch: Tree, table: str, column: str, above: frozenset[tuple[str, str]]) -> None:
    for (reader, name), ways in groupby(sorted(lineage.uses(table, column)), key=lambda use: use[:2]):
        leaf = branch.add(Text(f"{reader}.{name}  {' and '.join(_how(edge) for _, _, edge in ways)}"))
        if (reader, name) not in above and lineage.tables[reader].layer is not Layer.MART:
            _downstream(lineage, leaf, reader, name, above | {(reader, name)})


def _origins(lineage: Lineage, table: str, column: str) -> list[Edge]:
    """The sources of a column, each once: the value before what decides, and of several ways the one that says most."""
    most: dict[tuple[str, str], Edge] = {}
    for edge in lineage.origins(table, column):
        place = edge.table, edge.column
        if place not in most or _rank(edge) < _rank(most[place]):
            most[place] = edge
    return sorted(most.values(), key=lambda edge: (*_rank(edge), edge.table, edge.column))


def _rank(edge: Edge) -> tuple[bool, int]:
    return edge.decides, _ORDER.index(edge.how)


def _summed(origins: Iterable[Edge]) -> list[Text]:
    """The columns of the value one a line; what only decides is summed up by table."""
    lines = [Text(f"{edge.table}.{edge.column}  {_how(edge)}{_mark(edge)}") for edge in origins if not edge.decides]
    deciding: dict[str, list[str]] = {}
    for edge in origins:
        if edge.decides:
            deciding.setdefault(edge.table, []).append(edge.column)
    if deciding:
        names = ", ".join(f"{table} ({', '.join(columns)})" for table, columns in [*deciding.items()][:_FEW])
        more = f" and {len(deciding) - _FEW} tables more" if len(deciding) > _FEW else ""
        lines.append(Text(f"decided by {names}{more}", style="dim"))
    return lines or [Text("no column: rows that are counted, or a constant", style="dim")]


def _mark(edge: Edge) -> str:
    personal = _personal(edge.table, edge.column)
    return f"  [{personal['class']}]" if personal else ""


def _how(edge: Edge) -> str:
    return f"{'decides, ' if edge.decides else ''}{edge.how}"


def _head(name: str, words: str) -> Text:
    return Text.assemble((name, "bold"), (f"  {words}" if words else "", "dim"))


def _column_text(lineage: Lineage, table: str, column: str, *, whole: bool = False) -> Text:
    words = [*_words(_limits(table))] if whole else []
    if personal := _personal(table, column):
        words.insert(0, f"personal: {personal['class']}, erased by {personal['erase'] or personal['waiver']}")
    if waiver := lineage.tables[table].waivers.get(column):
        words.append(f"waiver: {waiver}")
    return _head(f"{table}.{column}" if whole else column, "; ".join(words))


def _listed(tree: Tree, title: str, names: Iterable[str]) -> None:
    found = list(names)
    if found:
        branch = tree.add(Text(f"{title} ({len(found)})", style="bold"))
        for name in found:
            branch.add(Text(name))


def _stream(table: str) -> Stream | None:
    found = streams().get(table)
    return found[1] if found else None


def _column(table: str, column: str) -> Column | None:
    stream = _stream(table)
    return next((each for each in stream.columns if each.name == column), None) if stream else None


def _personal(table: str, column: str) -> dict[str, str] | None:
    found = _column(table, column)
    if found is None or not found.personal:
        return None
    return {"class": found.personal.value, "erase": found.erase.value if found.erase else "", "waiver": found.waiver}


def _limits(table: str) -> dict[str, Any]:
    """The declared limit of age of a raw table; nothing for a model, which is calculated anew from what is left."""
    stream = _stream(table)
    if stream is None:
        return {}
    keep = stream.keep
    return {
        "kept": {
            "at_most_days": keep.at_most.days if keep.at_most else None,
            "age_column": keep.age_column,
            "goes_with": sorted({parent for _, parent in stream.belongs_to}) if not keep.age_column else [],
            "reason": keep.reason,
        }
    }


def _words(limits: dict[str, Any]) -> Iterable[str]:
    if kept := limits.get("kept"):
        yield f"at most {kept['at_most_days']} days" if kept["at_most_days"] else kept["reason"]
        if kept["age_column"]:
            yield f"age by {kept['age_column']}"
        elif kept["goes_with"]:
            yield f"goes with {', '.join(kept['goes_with'])}"
        else:
            yield "no age"


def _documented(edge: Edge) -> dict[str, Any]:
    return {"table": edge.table, "column": edge.column, **_way(edge), "personal": _personal(edge.table, edge.column)}


def _way(edge: Edge) -> dict[str, Any]:
    return {"how": edge.how.value, "decides": edge.decides}
