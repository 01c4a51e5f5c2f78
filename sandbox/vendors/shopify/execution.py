"""Runs a document against the schema, whose root fields are attached here."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    execute_sync,
    get_named_type,
)

from sandbox.vendors.shopify.fields_root import ROOT_FIELDS
from sandbox.vendors.shopify.paging import page
from sandbox.vendors.shopify.schema import denied, schema
from sandbox.vendors.shopify.views import Context


def _root_resolver(name: str, returned: str) -> Callable[..., Any]:
    read = ROOT_FIELDS[name]

    def resolve(_source: Any, info: GraphQLResolveInfo, **given: Any) -> Any:  # noqa: ANN401 -- values of any type
        context: Context = info.context
        refusal = denied("", name, returned, context.scopes)
        if refusal:
            raise refusal
        value = read(context, given)
        return page(value, given) if returned.endswith("Connection") else value

    return resolve


@cache
def _executable() -> GraphQLSchema:
    made = schema()
    for kind in (made.query_type, made.mutation_type):
        if isinstance(kind, GraphQLObjectType):
            for name, field in kind.fields.items():
                field.resolve = _root_resolver(name, get_named_type(field.type).name)
    return made


def executed(
    document: DocumentNode, context: Context, variables: Mapping[str, Any], name: str | None
) -> ExecutionResult:
    return execute_sync(
        _executable(), document, context_value=context, variable_values=dict(variables), operation_name=name
    )
