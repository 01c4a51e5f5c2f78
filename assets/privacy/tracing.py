"""Where the columns of a SELECT come from and what was done to them on the way, read from its syntax alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope
from sqlglot.schema import MappingSchema

from resources.errors import Stop

_KEY: Final = "surrogate_key"  # the variable that the surrogate's macro reads
_DIGESTS: Final = (exp.SHA2, exp.SHA, exp.MD5)
# of many values one figure, from which none of them can be read back; whatever else gathers rows may hand one on
_FIGURES: Final = (
    exp.Count,
    exp.CountIf,
    exp.ApproxDistinct,
    exp.Sum,
    exp.Avg,
    exp.Stddev,
    exp.StddevSamp,
    exp.Variance,
    exp.LogicalAnd,
    exp.LogicalOr,
)
_HANDED_ON: Final = (
    exp.Paren,
    exp.Alias,
    exp.Cast,
    exp.TryCast,
    exp.Coalesce,
    exp.Nullif,
    exp.Subquery,
    exp.Distinct,
    exp.IgnoreNulls,
    exp.RespectNulls,
)
# one of its values, picked by an order
_PICKED: Final = (exp.Max, exp.Min, exp.AnyValue, exp.First, exp.Last, exp.ArgMax, exp.ArgMin, exp.Lag, exp.Lead)


class How(StrEnum):
    """What became of a value, from what says most of it to what says least."""

    AS_IS = "as is"
    DERIVED = "derived"
    KEYED = "keyed surrogate"
    AGGREGATED = "aggregated"
    PRESENT = "presence only"

    @property
    def says_who(self) -> bool:
        """Whether a person's value could still be read from it."""
        return self in (How.AS_IS, How.DERIVED)

    def then(self, other: "How") -> "How":
        """Two transformations one after the other say no more than the one that says less."""
        return max(self, other, key=list(How).index)


@dataclass(frozen=True, kw_only=True, order=True)
class Edge:
    """A column was made of this one. `decides`: it is no part of the value, but decided which value it is."""

    table: str
    column: str
    how: How
    decides: bool = False

    def after(self, earlier: "Edge") -> "Edge":
        """The whole way, where this edge's own column was made of `earlier`."""
        return Edge(
            table=earlier.table,
            column=earlier.column,
            how=earlier.how.then(self.how),
            decides=self.decides or earlier.decides,
        )


class Tracer:
    """Traces models one after the other; each may read those before it and the tables that were told at first."""

    def __init__(self, relations: Mapping[str, tuple[str, tuple[str, ...]]]) -> None:
        """`relations`: the name as it stands in SQL, such as "memory"."raw_shopify"."orders" → our name, columns."""
        self._schema = MappingSchema(dialect="duckdb")
        self._names: dict[tuple[str, ...], str] = {}
        for relation, (name, columns) in relations.items():
            self.tell(relation, name, columns)

    def tell(self, relation: str, name: str, columns: tuple[str, ...]) -> None:
        table = exp.to_table(relation, dialect="duckdb")
        self._names[_place(table)] = name
        self._schema.add_table(table, dict.fromkeys(columns, "TEXT"), dialect="duckdb")

    def trace(self, name: str, sql: str) -> dict[str, frozenset[Edge]]:
        """Each column of the SELECT with what it is made of.

        Raises:
            Stop: the SQL cannot be read, or a column in it cannot be found.
        """
        try:
            tree = qualify(
                parse_one(sql, read="duckdb"), schema=self._schema, dialect="duckdb", validate_qualify_columns=False
            )
        except SqlglotError as error:
            raise Stop(f"its SQL can't be read ({type(error).__name__}).", to=f"model {name}", do_next=_NEXT) from None
        scope = build_scope(tree)
        if scope is None:
            raise Stop("it is no SELECT.", to=f"model {name}", do_next=_NEXT)
        return _Reading(name, self._names).columns(scope)


_NEXT: Final = "Write it so that `ignyte lineage` can read it: what can't be traced can't be shown to be clean."


def _place(table: exp.Table) -> tuple[str, ...]:
    return (table.catalog, table.db, table.name)


class _Reading:
    """One model on its way; what a CTE was found to be made of is remembered."""

    def __init__(self, name: str, names: Mapping[tuple[str, ...], str]) -> None:
        self._name, self._names = name, names
        self._known: dict[int, dict[str, frozenset[Edge]]] = {}

    def columns(self, scope: Scope) -> dict[str, frozenset[Edge]]:
        key = id(scope.expression)
        if key not in self._known:
            self._known[key] = {}  # a recursive CTE meets itself here, and adds nothing by it
            self._known[key] = self._columns(scope)
        return self._known[key]

    def _columns(self, scope: Scope) -> dict[str, frozenset[Edge]]:
        said = scope.expression
        if isinstance(said, exp.SetOperation):
            return self._united(scope, said)
        if isinstance(said, exp.Select):
            if said.is_star:
                raise Stop("it takes all columns of what is not known.", to=f"model {self._name}", do_next=_NEXT)
            return {each.alias_or_name: frozenset(self._of(each, scope, How.AS_IS)) for each in said.expressions}
        # a table that a function or a list of values makes
        made = frozenset(edge for each in said.iter_expressions() for edge in self._of(each, scope, How.DERIVED))
        return {"*": made}

    def _united(self, scope: Scope, said: exp.SetOperation) -> dict[str, frozenset[Edge]]:
        first, second = (self.columns(part) for part in scope.set_operation_scopes)
        if said.args.get("by_name"):
            return {name: first.get(name, frozenset()) | second.get(name, frozenset()) for name in {**first, **second}}
        return {name: edges | other for (name, edges), other in zip(first.items(), second.values(), strict=True)}

    def _of(self, node: Any, scope: Scope, how: How, *, decides: bool = False) -> Iterator[Edge]:  # noqa: ANN401 -- sqlglot's nodes have no common type that mypy knows
        """The columns that a piece of SQL is made of."""
        if isinstance(node, exp.Column):
            yield from self._found(node, scope, how, decides=decides)
            return
        if isinstance(node, exp.Query) and not isinstance(node, exp.Subquery):
            yield from self._beneath(node, scope, how, decides=decides)
            return
        for part, its_how, its_role in _parts(node, how):
            yield from self._of(part, scope, its_how, decides=decides or its_role)

    def _beneath(self, node: exp.Query, scope: Scope, how: How, *, decides: bool) -> Iterator[Edge]:
        inner = next((each for each in scope.subquery_scopes if each.expression is node), None)
        if inner is None:
            raise Stop("a query within it can't be read.", to=f"model {self._name}", do_next=_NEXT)
        last = Edge(table="", column="", how=how, decides=decides)
        for edges in self.columns(inner).values():
            yield from (last.after(edge) for edge in edges)

    def _found(self, column: exp.Column, scope: Scope, how: How, *, decides: bool) -> Iterator[Edge]:
        source = scope.sources.get(column.table)
        if source is None:
            source = next((each.sources[column.table] for each in _around(scope) if column.table in each.sources), None)
        last = Edge(table="", column="", how=how, decides=decides)
        if isinstance(source, exp.Table):
            if (name := self._names.get(_place(source))) is not None:
                yield last.after(Edge(table=name, column=column.name, how=How.AS_IS))
                return
        elif isinstance(source, Scope):
            known = self.columns(source)
            edges = known.get(column.name, known.get("*"))
            if edges is not None or source is scope or not known:
                yield from (last.after(edge) for edge in edges or ())
                return
        if not _is_parameter(column):
            raise Stop(f"{column.sql()} can't be found.", to=f"model {self._name}", do_next=_NEXT)


def _around(scope: Scope) -> Iterator[Scope]:
    while scope.parent is not None:
        scope = scope.parent
        yield scope


def _is_parameter(column: exp.Column) -> bool:
    """A lambda's own name for what it is given."""
    lambdas = []
    node: Any = column.parent
    while node is not None:
        if isinstance(node, exp.Lambda):
            lambdas += [each.name for each in node.expressions]
        node = node.parent
    return column.name in lambdas or column.table in lambdas


def _parts(node: Any, how: How) -> Iterator[tuple[Any, How, bool]]:  # noqa: ANN401 -- as above
    """What of a node goes into its value: the part, what becomes of it, and whether it only decides."""
    if isinstance(node, _DIGESTS):
        keyed = any(each.name == _KEY for each in node.find_all(exp.Literal))
        yield from ((each, how.then(How.KEYED if keyed else How.DERIVED), False) for each in node.iter_expressions())
    elif isinstance(node, exp.Is) or (isinstance(node, exp.Not) and isinstance(node.this, exp.Is)):
        operand = node.this if isinstance(node, exp.Is) else node.this.this
        known = isinstance((node if isinstance(node, exp.Is) else node.this).expression, exp.Null)
        yield operand, how.then(How.PRESENT if known else How.DERIVED), False
    elif isinstance(node, exp.Case):
        yield from _case(node, how)
    elif isinstance(node, exp.If):
        yield node.this, how.then(How.DERIVED), True
        yield from ((node.args[name], how, False) for name in ("true", "false") if node.args.get(name))
    elif isinstance(node, exp.Window | exp.Filter | exp.WithinGroup | exp.Order | exp.Ordered):
        # by what rows are chosen, parted and ordered is no part of the value
        yield node.this, how, False
    elif isinstance(node, _FIGURES):
        yield from ((each, how.then(How.AGGREGATED), False) for each in node.iter_expressions())
    elif isinstance(node, _PICKED):
        yield node.this, how, False
    else:
        change = how if isinstance(node, _HANDED_ON) else how.then(How.DERIVED)
        yield from ((each, change, False) for each in node.iter_expressions())


def _case(node: exp.Case, how: How) -> Iterator[tuple[Any, How, bool]]:
    if node.this is not None:
        yield node.this, how.then(How.DERIVED), True
    for branch in node.args["ifs"]:
        yield branch.this, how.then(How.DERIVED), True
        yield branch.args["true"], how, False
    if node.args.get("default") is not None:
        yield node.args["default"], how, False
