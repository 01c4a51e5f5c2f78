"""Where values lie in a page: the small path language of the stream declarations, turned into DuckDB SQL."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from resources.columns import Column, Kind
from resources.platform import Stream

Tree: TypeAlias = dict[str, Any]


def quoted(name: str) -> str:
    """The one place where an identifier becomes SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of a path: a name, and whether a list or (`*`) the values of an object follow."""

    name: str
    many: bool
    index: int | None = None


def steps(path: str) -> Iterator[Step]:
    """Splits `a.b[].c[0]`; `[]` alone is a list without a name, `*[]` the lists in an object's values."""
    for part in path.split(".") if path else ():
        name, bracket, rest = part.removesuffix("?").partition("[")
        index = rest.rstrip("]")
        yield Step(name=name, many=bool(bracket) and not index, index=int(index) if index else None)


def record_steps(stream: Stream) -> list[Step]:
    """The way to the records, without the list at the top, which the reader itself goes through."""
    way = list(steps(stream.records))
    return way[1:] if way and way[0].many and not way[0].name else way


def enclosing(path: str) -> tuple[int, str]:
    """How many records up a column's value lies, and the path within that record."""
    up = 0
    while path.startswith("^."):
        up, path = up + 1, path.removeprefix("^.")
    return up, path


def grow(tree: Tree, way: list[Step], leaf: str | None) -> Tree:
    """Adds a way to the tree of what is read, a list's inside under the key `[]`; returns the node at its end."""
    keys = [key for step in way for key in (step.name, "[]" if step.many or step.index is not None else "") if key]
    for key in keys[: -1 if leaf else None]:
        tree = tree.setdefault(key, {})
    if leaf:
        tree.setdefault(keys[-1], leaf)
    return tree


def sql_type(tree: Tree | str) -> str:
    """The DuckDB type that reads just what the tree names."""
    if isinstance(tree, str):
        return tree
    if "[]" in tree:
        return sql_type(tree["[]"]) + "[]"
    if "*" in tree:
        return f"MAP(VARCHAR, {sql_type(tree['*'])})"
    return "STRUCT(" + ", ".join(f"{quoted(name)} {sql_type(below)}" for name, below in tree.items()) + ")"


def value(alias: str, path: str) -> str:
    """The SQL of a value inside the record called `alias`."""
    for step in steps(path):
        alias += f"[{literal(step.name)}]" if step.name else ""
        alias += f"[{step.index + 1}]" if step.index is not None else ""
    return alias


def tree_of(streams: tuple[Stream, ...]) -> Tree:
    """All that the streams read of a record, as one tree."""
    tree: Tree = {}
    for stream in streams:
        way = record_steps(stream)
        lists = [position for position, step in enumerate(way) if step.many]
        for column in stream.columns:
            if not column.path.startswith("@"):
                up, path = enclosing(column.path)
                # climbing from the record means leaving out the innermost lists of the way
                depth = len(way) if up == 0 else ([-1, *lists][-up - 1] + 1)
                grow(grow(tree, way[:depth], None), list(steps(path)), leaf_type(column))
        if stream.only:
            grow(grow(tree, way, None), list(steps(stream.only[0])), "VARCHAR")
    return tree


def leaf_type(column: Column) -> str:
    return "JSON" if column.kind is Kind.JSON else "VARCHAR"


def records_sql(stream: Stream, pages: str) -> tuple[str, list[str]]:
    """A query of the stream's records, and their aliases from the outermost record to the innermost."""
    sql, aliases, at = f"SELECT r AS r0 FROM {pages}", ["r0"], "r0"
    for step in record_steps(stream):
        if step.name == "*":
            at = f"flatten(map_values({at}))"
        elif step.name:
            at += f"[{literal(step.name)}]"
        if step.many:
            alias = f"r{len(aliases)}"
            sql = f"SELECT {', '.join(aliases)}, unnest({at}) AS {alias} FROM ({sql})"
            aliases.append(alias)
            at = alias
    if at != aliases[-1]:
        sql, aliases = f"SELECT {', '.join(aliases)}, {at} AS record FROM ({sql})", [*aliases, "record"]
    return sql, aliases
