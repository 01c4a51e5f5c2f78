"""What a GraphQL document may do: read, and nothing else."""

from collections.abc import Mapping
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    StringValueNode,
    VariableNode,
    parse,
)

from resources.door.address import Unfit
from resources.operations import Graphql

_MOST_TOKENS: Final = 8_000
_BODY_KEYS: Final = frozenset({"query", "variables", "operationName"})

_TYPE_NAME: Final = "__typename"


def check_graphql(rule: Graphql, body: Mapping[str, Any]) -> None:
    """Holds the body of a GraphQL request against the rule.

    Raises:
        Unfit: it does anything but read from the rule's roots.
    """
    if body.keys() - _BODY_KEYS:
        raise Unfit("the body has a key other than query, variables and operationName")
    variables = body.get("variables")
    if not isinstance(variables, dict | None):
        raise Unfit("the variables are no object")
    operation, fragments = _read(body.get("query"))
    named = body.get("operationName")
    if named is not None and named != _name(operation):
        raise Unfit("the operation named is not in the document")
    if operation.operation is OperationType.QUERY:
        _check_query(rule, operation, fragments)
    elif operation.operation is OperationType.MUTATION:
        _check_mutation(rule, operation, fragments, variables or {})
    else:
        raise Unfit("subscriptions do not leave")


def _check_query(
    rule: Graphql, operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> None:
    for root in _roots(operation, fragments):
        if root.name.value != _TYPE_NAME and root.name.value not in rule.roots:
            raise Unfit(f"the query's root field {root.name.value[:60]} is not declared")


def _check_mutation(
    rule: Graphql,
    operation: OperationDefinitionNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    variables: Mapping[str, Any],
) -> None:
    roots = _roots(operation, fragments)
    if len(roots) != 1 or roots[0].name.value not in rule.mutations:
        raise Unfit("the mutation is not one that the operation declares")
    inner, inner_fragments = _read(_query_argument(roots[0], operation, variables))
    if inner.operation is not OperationType.QUERY:
        raise Unfit("the mutation's query argument does not only read")
    _check_query(rule, inner, inner_fragments)


def _query_argument(root: FieldNode, operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> object:
    value = next((argument.value for argument in root.arguments if argument.name.value == "query"), None)
    if isinstance(value, VariableNode):
        name = value.name.value
        if name in variables:
            return variables[name]
        defaults = {each.variable.name.value: each.default_value for each in operation.variable_definitions}
        value = defaults.get(name)
    return value.value if isinstance(value, StringValueNode) else None


def _read(source: object) -> tuple[OperationDefinitionNode, dict[str, FragmentDefinitionNode]]:
    if not isinstance(source, str):
        raise Unfit("the body holds no GraphQL document")
    operations: list[OperationDefinitionNode] = []
    fragments: dict[str, FragmentDefinitionNode] = {}
    for definition in _parse(source).definitions:
        if isinstance(definition, OperationDefinitionNode):
            operations.append(definition)
        elif isinstance(definition, FragmentDefinitionNode) and definition.name.value not in fragments:
            fragments[definition.name.value] = definition
        else:
            raise Unfit("the document defines a type, or a fragment twice")
    if len(operations) != 1:
        raise Unfit("the document holds more or less than one operation")
    return operations[0], fragments


def _parse(source: str) -> DocumentNode:
    try:
        return parse(source, no_location=True, max_tokens=_MOST_TOKENS)
    except (GraphQLError, RecursionError):
        pass
    raise Unfit("the document is not GraphQL, or too large")


def _roots(operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]) -> list[FieldNode]:
    """The root fields under their real names. A fragment is opened once, since fragments in fragments can double."""
    found: list[FieldNode] = []
    waiting: list[SelectionSetNode] = [operation.selection_set]
    closed = dict(fragments)
    while waiting:
        for selection in waiting.pop().selections:
            if isinstance(selection, FieldNode):
                found.append(selection)
            elif isinstance(selection, InlineFragmentNode):
                waiting.append(selection.selection_set)
            elif isinstance(selection, FragmentSpreadNode):
                name = selection.name.value
                if name not in fragments:
                    raise Unfit("a fragment is unknown")
                if name in closed:
                    waiting.append(closed.pop(name).selection_set)
    if not found:
        raise Unfit("the document asks for nothing")
    return found


def _name(operation: OperationDefinitionNode) -> str | None:
    return operation.name.value if operation.name else None
