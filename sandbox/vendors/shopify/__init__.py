"""The pretend Shopify: authorization, the Admin GraphQL API of one shop, and the files of bulk operations."""

from collections.abc import Callable
from typing import Any, Final

import orjson
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    parse,
    validate,
)

from sandbox.calls import Answer, Call, said
from sandbox.vendor import Route, Troubles, Vendor
from sandbox.vendors.shopify import access, bulk, cost
from sandbox.vendors.shopify.execution import executed
from sandbox.vendors.shopify.schema import schema
from sandbox.vendors.shopify.views import Context

_VERSION: Final = "2026-10"
_SHOPS: Final = "*.myshopify.com"
_FILES: Final = "storage.googleapis.com"
_HEADERS: Final = {"X-Shopify-API-Version": _VERSION, "X-Request-Id": "00000000-0000-4000-8000-000000000000"}


def _graphql(call: Call) -> Answer:
    """POST /admin/api/2026-10/graphql.json."""
    facts = access.holder(call)
    if isinstance(facts, Answer):
        return facts
    body = call.json()
    if not isinstance(body, dict) or not isinstance(body.get("query"), str):
        return said({"errors": {"query": "Required parameter missing or invalid"}}, status=400, headers=_HEADERS)
    variables = body.get("variables") or {}
    try:
        document = parse(body["query"], max_tokens=10_000)
    except GraphQLSyntaxError as error:
        return _errors([error])
    wrong = validate(schema(), document)
    if wrong:
        return _refused_write(call, document) or _errors(wrong)
    points = cost.requested(document, variables)
    if points > cost.MOST:
        return _errors([_too_dear(points)])
    context = Context(world=call.world, state=call.state, scopes=frozenset(facts.scopes), shop=call.host)
    return _answered(executed(document, context, variables, body.get("operationName")), points)


def _answered(result: ExecutionResult, points: int) -> Answer:
    whole: dict[str, Any] = {"data": result.data, "extensions": {"cost": cost.told(points)}}
    if result.errors:
        whole["errors"] = [error.formatted for error in result.errors]
    return said(whole, headers=_HEADERS)


def _errors(errors: list[Any]) -> Answer:
    shown = [{"extensions": {"code": "undefinedField"}, **error.formatted} for error in errors]
    return said({"errors": shown}, headers=_HEADERS)


def _too_dear(points: int) -> GraphQLError:
    message = f"Query cost is {points}, which exceeds the single query max cost limit ({cost.MOST})."
    return GraphQLError(message, extensions={"code": "MAX_COST_EXCEEDED", "cost": points, "maxCost": cost.MOST})


def _refused_write(call: Call, document: DocumentNode) -> Answer | None:
    """A mutation that is not served counts as a write that was seen, and is refused for want of a scope."""
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if all(node.operation is not OperationType.MUTATION for node in operations):
        return None
    call.wrote("shopify")
    message = "Access denied for mutation. Required access: a write access scope."
    return _errors([GraphQLError(message, extensions={"code": "ACCESS_DENIED"})])


def _endless(call: Call, handle: Callable[[Call], Answer]) -> Answer:
    """The answer, whose page info always names the same next page."""
    answer = handle(call)
    if call.host == _FILES:
        return answer
    whole = orjson.loads(answer.body)
    for connection in (whole.get("data") or {}).values():
        if isinstance(connection, dict) and "pageInfo" in connection:
            connection["pageInfo"] = {"hasNextPage": True, "endCursor": "eyJsYXN0X2lkIjowfQ=="}
    return said(whole, headers=_HEADERS)


def _wrong(message: str, code: str) -> Answer:
    return said({"errors": [{"message": message, "extensions": {"code": code}}]}, headers=_HEADERS)


VENDOR: Final = Vendor(
    key="shopify",
    hosts=(_SHOPS, _FILES),
    routes=(
        Route(method="GET", path="/admin/oauth/authorize", handle=access.authorize),
        Route(method="POST", path="/admin/oauth/access_token", handle=access.token),
        Route(method="GET", path=r"/admin/oauth/access_scopes\.json", handle=access.scopes),
        Route(method="POST", path=rf"/admin/api/{_VERSION}/graphql\.json", handle=_graphql),
        Route(method="GET", host=_FILES, path=bulk.FILES, handle=bulk.download),
    ),
    app=access.APP,
    troubles=Troubles(
        throttled=said({"errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]}, status=429),
        broken=said({"errors": "Internal Server Error"}, status=500),
        error_in_200=_wrong("Internal error. Looks like something went wrong on our end.", "INTERNAL_SERVER_ERROR"),
        expired=access.unauthorized(),
        revoked=access.unauthorized(),
    ),
    vital=("createdAt", "quantity", "amount"),
    endless=_endless,
    unknown=lambda _call: access.missing(),
)
