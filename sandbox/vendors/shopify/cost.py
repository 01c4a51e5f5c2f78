"""What a query costs in points: an object one, a scalar none, a connection two and its size times its nodes."""

from collections.abc import Mapping
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    SelectionSetNode,
    VariableNode,
)

MOST: Final = 1000
BUCKET: Final = 20_000
RESTORE: Final = 1000
_MUTATION: Final = 10


def requested(document: DocumentNode, variables: Mapping[str, Any]) -> int:
    """Points of the whole document, before it runs."""
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    total = 0
    for node in document.definitions:
        operation = getattr(node, "operation", None)
        if operation is not None:
            total += _MUTATION if operation.value == "mutation" else _of(node.selection_set, fragments, variables)  # type: ignore[attr-defined]
    return total


def _of(
    selection: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode], variables: Mapping[str, Any]
) -> int:
    total = 0
    for node in selection.selections:
        if isinstance(node, InlineFragmentNode):
            total += _of(node.selection_set, fragments, variables)
        elif isinstance(node, FragmentSpreadNode) and node.name.value in fragments:
            total += _of(fragments[node.name.value].selection_set, fragments, variables)
        elif isinstance(node, FieldNode) and node.selection_set:
            inner = _of(node.selection_set, fragments, variables)
            size = _size(node, variables)
            plumbing = node.name.value in ("edges", "nodes", "pageInfo")
            connects = any(
                isinstance(below, FieldNode) and below.name.value in ("edges", "nodes")
                for below in node.selection_set.selections
            )
            total += 2 + size * (inner + 1) if connects and size else inner + (0 if plumbing else 1)
    return total


def _size(node: FieldNode, variables: Mapping[str, Any]) -> int:
    for argument in node.arguments:
        if argument.name.value in ("first", "last"):
            if isinstance(argument.value, IntValueNode):
                return int(argument.value.value)
            if isinstance(argument.value, VariableNode):
                return int(variables.get(argument.value.name.value) or 0)
    return 0


def told(points: int) -> dict[str, Any]:
    """extensions.cost of an answer."""
    return {
        "requestedQueryCost": points,
        "actualQueryCost": points,
        "throttleStatus": {
            "maximumAvailable": float(BUCKET),
            "currentlyAvailable": BUCKET - points,
            "restoreRate": float(RESTORE),
        },
    }
