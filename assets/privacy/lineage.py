"""What is derived from what: tables by dbt's manifest, columns by their SQL, back to the declared streams."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from assets.privacy.tracing import Edge, How, Tracer
from resources.columns import Column
from resources.errors import Stop
from resources.platform import Platform, Stream
from resources.platforms import platforms

TECHNICAL: Final = ("_synced_at", "_datasource_id")  # what a build session adds to each stream


class Layer(StrEnum):
    """How far a table is from its source. Only marts reach a file that analysts open."""

    RAW = "raw"
    WORKSPACE = "workspace"
    STAGING = "staging"
    INTERMEDIATE = "intermediate"
    MART = "marts"


@dataclass(frozen=True, kw_only=True)
class Model:
    """One dbt model before it is traced. `relation` is its name in SQL; `waivers` are columns with a written reason."""

    name: str
    relation: str
    layer: Layer
    sql: str
    reads: tuple[str, ...]
    waivers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table: the tables it reads, and for each of its columns what that is made of. A source's are made of none."""

    name: str
    layer: Layer
    reads: tuple[str, ...] = ()
    columns: Mapping[str, frozenset[Edge]]
    waivers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Leak:
    """A personal column whose values reach a mart, and how."""

    model: str
    column: str
    origin: Edge
    personal: str

    def __str__(self) -> str:
        how = f"{'deciding it, ' if self.origin.decides else ''}{self.origin.how}"
        return (
            f"{self.model}.{self.column} is made of {self.origin.table}.{self.origin.column} ({self.personal}, {how})"
        )


class Lineage:
    """All tables by name: raw ones as `raw_shopify.orders`, models by their own."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        self.tables = tables
        self._origins: dict[tuple[str, str], frozenset[Edge]] = {}
        self._readers: dict[str, list[str]] = {}
        self._uses: dict[tuple[str, str], list[tuple[str, str, Edge]]] = {}
        for table in tables.values():
            for read in table.reads:
                self._readers.setdefault(read, []).append(table.name)
            for column, edges in table.columns.items():
                for edge in edges:
                    self._uses.setdefault((edge.table, edge.column), []).append((table.name, column, edge))

    def origins(self, table: str, column: str) -> frozenset[Edge]:
        """The columns of sources that a column is made of in the end, each with all that became of it on the way."""
        found = self._origins.get((table, column))
        if found is None:
            edges = self.tables[table].columns[column]
            found = frozenset(whole for edge in edges for whole in self._whole(edge))
            self._origins[table, column] = found
        return found

    def readers(self, table: str) -> list[str]:
        """The tables that read it directly."""
        return self._readers.get(table, [])

    def uses(self, table: str, column: str) -> list[tuple[str, str, Edge]]:
        """The columns that are made of this one directly: table, column, edge."""
        return self._uses.get((table, column), [])

    def reached(self, table: str, column: str) -> dict[tuple[str, str], frozenset[Edge]]:
        """Every column in which a value of this one can still be read, with the ways by which it got there."""
        start = Edge(table=table, column=column, how=How.AS_IS)
        found: dict[tuple[str, str], set[Edge]] = {}
        waiting = [(table, column, start)]
        while waiting:
            *place, way = waiting.pop()
            for reader, name, edge in self.uses(*place):
                whole = edge.after(way)
                if whole.how.says_who and whole not in found.setdefault((reader, name), set()):
                    found[reader, name].add(whole)
                    waiting.append((reader, name, whole))
        return {place: frozenset(ways) for place, ways in found.items() if ways}

    def derived(self, names: Iterable[str]) -> list[str]:
        """Every table that is made of any of these, however far down, in the order of their making."""
        reached, waiting = set[str](), list(names)
        while waiting:
            new = [each for each in self.readers(waiting.pop()) if each not in reached]
            reached.update(new)
            waiting += new
        return [name for name in self.tables if name in reached]

    def marts(self, names: Iterable[str]) -> list[str]:
        """The marts among `derived`: what must be calculated anew when rows of these tables go."""
        return [name for name in self.derived(names) if self.tables[name].layer is Layer.MART]

    def _whole(self, edge: Edge) -> Iterator[Edge]:
        if not self.tables[edge.table].reads:
            yield edge
            return
        yield from (edge.after(earlier) for earlier in self.origins(edge.table, edge.column))


def traced(models: Iterable[Model], sources: Mapping[str, Table], relations: Mapping[str, str]) -> Lineage:
    """The lineage of models over sources; `relations` has the sources' names in SQL by their own.

    Raises:
        Stop: a model's SQL can't be traced.
    """
    tracer = Tracer({relations[name]: (name, tuple(table.columns)) for name, table in sources.items()})
    tables = dict(sources)
    for model in _in_order(models):
        columns = tracer.trace(model.name, model.sql)
        tracer.tell(model.relation, model.name, tuple(columns))
        tables[model.name] = Table(
            name=model.name, layer=model.layer, reads=model.reads, columns=columns, waivers=model.waivers
        )
    return Lineage(tables)


def _in_order(models: Iterable[Model]) -> Iterator[Model]:
    waiting = {model.name: model for model in models}

    def visit(model: Model) -> Iterator[Model]:
        for name in model.reads:
            if name in waiting:
                yield from visit(waiting.pop(name))
        yield model

    while waiting:
        yield from visit(waiting.pop(next(iter(waiting))))


def streams(declared: Iterable[Platform] | None = None) -> dict[str, tuple[Platform, Stream]]:
    """Every declared stream by its table's name."""
    return {
        f"{platform.schema}.{stream.name}": (platform, stream)
        for platform in (platforms() if declared is None else declared)
        for stream in platform.streams
    }


def declared_sources(declared: Iterable[Platform] | None = None) -> dict[str, Table]:
    """The raw tables, as they are declared."""
    return {
        name: Table(
            name=name,
            layer=Layer.RAW,
            columns={column: frozenset() for column in (*(column.name for column in stream.columns), *TECHNICAL)},
        )
        for name, (_, stream) in streams(declared).items()
    }


def personal_columns(declared: Iterable[Platform] | None = None) -> dict[tuple[str, str], Column]:
    """The columns that hold personal data, by table and name."""
    return {
        (name, column.name): column
        for name, (_, stream) in streams(declared).items()
        for column in stream.columns
        if column.personal
    }


def leaks(lineage: Lineage, personal: Mapping[tuple[str, str], Column]) -> list[Leak]:
    """Every personal column that reaches a mart other than through a keyed surrogate or an aggregate."""
    return [
        Leak(model=model, column=name, origin=way, personal=str(declared.personal))
        for place, declared in personal.items()
        for (model, name), ways in lineage.reached(*place).items()
        if lineage.tables[model].layer is Layer.MART and not lineage.tables[model].waivers.get(name, "").strip()
        for way in sorted(ways)
    ]


def nothing_personal_in_marts(lineage: Lineage, declared: Collection[Platform] | None = None) -> None:
    """Refuses definitions in which a personal value reaches a mart without a written reason.

    Raises:
        Stop: names the model and the column.
    """
    found = leaks(lineage, personal_columns(declared))
    if found:
        more = f" ({len(found) - 1} more.)" if len(found) > 1 else ""
        raise Stop(
            f"a personal value reaches a mart: {found[0]}.{more}",
            to=f"model {found[0].model}",
            do_next="Take it out, count it, use a surrogate, or write a reason into the column's meta (waiver).",
        )
