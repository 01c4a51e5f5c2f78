"""Turns a bulk query into JSON lines: the selection is compiled once and then read from each row."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSyntaxError,
    GraphQLUnionType,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    get_named_type,
    is_list_type,
    is_non_null_type,
    parse,
    validate,
    value_from_ast_untyped,
)

from sandbox.vendors.shopify import schema as shop
from sandbox.vendors.shopify.fields_catalog import quantities
from sandbox.vendors.shopify.roots import ROOTS, rows
from sandbox.vendors.shopify.views import Context

Take = Callable[[Any], Any]
_MOST_CONNECTIONS: Final = 5
_DEEPEST: Final = 2


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What is written of a value: its own fields, and the connections whose nodes become lines of their own."""

    fields: list[tuple[str, Take]] = field(default_factory=list)
    children: "list[tuple[Take, Shape]]" = field(default_factory=list)

    def record(self, source: Any) -> dict[str, Any]:  # noqa: ANN401 -- values of any type
        return {name: take(source) for name, take in self.fields}


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A compiled bulk query: which rows, in which shape."""

    rows: Callable[[], Sequence[Any]]
    shape: Shape


class _DeniedError(Exception):
    """A scope is missing."""


def complaint(query: str) -> str:
    """What is wrong with a bulk query, in Shopify's words; "" if nothing is."""
    try:
        document = parse(query)
    except GraphQLSyntaxError as error:
        return f"Invalid bulk query: {error.message}"
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if len(operations) != 1 or operations[0].operation is not OperationType.QUERY:
        return "Invalid bulk query: one query is expected."
    # connections need no first in a bulk query, and graphql's own rules do not ask for it
    errors = validate(shop.schema(), document)
    if errors:
        return f"Invalid bulk query: {errors[0].message}"
    root = shop.schema().query_type
    return _shape_complaint(document, root, operations[0].selection_set) if root else ""


def _shape_complaint(document: DocumentNode, root: GraphQLNamedType, selection: SelectionSetNode) -> str:
    found = list(_connections(document, root, selection, depth=0, in_list=False))
    if not found:
        return "Bulk queries must contain at least one connection."
    if any(in_list for _, in_list in found):
        return "Queries that contain a connection field within a list field are not supported."
    if len(found) > _MOST_CONNECTIONS:
        return f"Bulk queries cannot contain more than {_MOST_CONNECTIONS} connections."
    if max(depth for depth, _ in found) > _DEEPEST:
        return f"Bulk queries cannot contain connections with a nesting depth greater than {_DEEPEST}."
    return ""


def _connections(
    document: DocumentNode, kind: GraphQLNamedType, selection: SelectionSetNode, *, depth: int, in_list: bool
) -> Iterator[tuple[int, bool]]:
    """Depth of each connection in a selection, and whether it lies in a list."""
    for node in _fields(document, selection):
        declared = getattr(kind, "fields", {}).get(node.name.value)
        if declared is None or node.selection_set is None:
            continue
        below = get_named_type(declared.type)
        connects = below.name.endswith("Connection")
        if connects:
            yield depth + 1, in_list
        bare = declared.type.of_type if is_non_null_type(declared.type) else declared.type
        listed = in_list or (is_list_type(bare) and node.name.value not in ("edges", "nodes"))
        yield from _connections(document, below, node.selection_set, depth=depth + connects, in_list=listed)


def _fields(document: DocumentNode, selection: SelectionSetNode) -> Iterator[FieldNode]:
    """The fields of a selection, those of its fragments among them."""
    for node in selection.selections:
        if isinstance(node, FieldNode):
            yield node
        elif isinstance(node, InlineFragmentNode):
            yield from _fields(document, node.selection_set)
        elif isinstance(node, FragmentSpreadNode):
            for part in document.definitions:
                if isinstance(part, FragmentDefinitionNode) and part.name.value == node.name.value:
                    yield from _fields(document, part.selection_set)


def plan(query: str, context: Context) -> Plan | None:
    """The compiled query; None where a scope is missing."""
    document = parse(query)
    operation = next(node for node in document.definitions if isinstance(node, OperationDefinitionNode))
    root = next(node for node in _fields(document, operation.selection_set) if node.name.value in ROOTS)
    given = {argument.name.value: value_from_ast_untyped(argument.value) for argument in root.arguments}
    kind = shop.schema().query_type
    if kind is None or root.selection_set is None:
        return None
    name = root.name.value
    returned = get_named_type(kind.fields[name].type).name
    if shop.denied("", name, returned, context.scopes):
        return None
    try:
        shape = _shape(document, _node_type(returned), _nodes(document, root.selection_set), context)
    except _DeniedError:
        return None
    sort, reverse = given.get("sortKey") or "", bool(given.get("reverse"))
    return Plan(rows=lambda: rows(context, name, given.get("query"), sort, reverse=reverse), shape=shape)


def _node_type(connection: str) -> GraphQLNamedType:
    return shop.schema().type_map[connection.removesuffix("Connection")]


def _nodes(document: DocumentNode, selection: SelectionSetNode) -> SelectionSetNode:
    """What is selected of a connection's nodes, by edges or directly."""
    for node in _fields(document, selection):
        if node.name.value == "nodes" and node.selection_set:
            return node.selection_set
        if node.name.value == "edges" and node.selection_set:
            return _nodes(document, _as_nodes(node.selection_set))
    return SelectionSetNode(selections=())


def _as_nodes(edge: SelectionSetNode) -> SelectionSetNode:
    chosen = [node for node in edge.selections if isinstance(node, FieldNode) and node.name.value == "node"]
    renamed = [FieldNode(name=_NODES, arguments=(), selection_set=node.selection_set) for node in chosen]
    return SelectionSetNode(selections=tuple(renamed))


_NODES: Final = next(_fields(parse("{nodes}"), parse("{nodes}").definitions[0].selection_set)).name  # type: ignore[attr-defined]


def _shape(document: DocumentNode, kind: GraphQLNamedType, selection: SelectionSetNode, context: Context) -> Shape:
    shape = Shape()
    for node in _fields(document, selection):
        name, label = node.name.value, node.alias.value if node.alias else node.name.value
        if name == "__typename":
            shape.fields.append((label, _always(kind.name)))
            continue
        declared = getattr(kind, "fields", {}).get(name)
        if declared is None:
            continue
        below = get_named_type(declared.type)
        if shop.denied(kind.name, name, below.name, context.scopes):
            raise _DeniedError
        take = _reader(kind.name, node, context)
        if below.name.endswith("Connection") and node.selection_set:
            inner = _shape(document, _node_type(below.name), _nodes(document, node.selection_set), context)
            shape.children.append((take, inner))
        elif node.selection_set is None:
            shape.fields.append((label, take))
        else:
            shape.fields.append((label, _nested(document, below, node.selection_set, context, take)))
    return shape


def _always(text: str) -> Take:
    return lambda _source: text


def _reader(kind: str, node: FieldNode, context: Context) -> Take:
    if node.name.value == "quantities":
        names = value_from_ast_untyped(node.arguments[0].value)
        return lambda source: quantities(source, context, names)
    read = shop.FIELDS[kind][node.name.value]
    return lambda source: read(source, context)


def _nested(
    document: DocumentNode, kind: GraphQLNamedType, selection: SelectionSetNode, context: Context, take: Take
) -> Take:
    """Reads an object, or a list of them, into records."""
    if isinstance(kind, GraphQLInterfaceType | GraphQLUnionType):
        concrete = {
            one.name: _shape(document, one, selection, context) for one in shop.schema().get_possible_types(kind)
        }

        def write(source: Any) -> dict[str, Any]:  # noqa: ANN401 -- values of any type
            return concrete[shop.kind_of(source, kind.name)].record(source)
    else:
        assert isinstance(kind, GraphQLObjectType)  # noqa: S101 -- the schema has no input type there
        write = _shape(document, kind, selection, context).record

    def read(source: Any) -> Any:  # noqa: ANN401 -- values of any type
        value = take(source)
        if isinstance(value, list):
            return [write(one) for one in value]
        return None if value is None else write(value)

    return read


def lines(plan: Plan, roots: Sequence[Any]) -> Iterator[bytes]:
    """The rows as JSON lines, each followed by its children."""
    for row in roots:
        yield from _family(plan.shape, row, None)


def _family(shape: Shape, source: Any, parent: str | None) -> Iterator[bytes]:  # noqa: ANN401 -- values of any type
    record = shape.record(source)
    if parent is not None:
        record["__parentId"] = parent
    yield orjson.dumps(record) + b"\n"
    for take, inner in shape.children:
        for child in take(source):
            yield from _family(inner, child, record.get("id"))
