"""What the sandbox says agrees with the official specs, where they are at hand."""

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLObjectType, build_client_schema, parse, validate
from stranger import Client

from sandbox.vendors.shopify.execution import executed
from sandbox.vendors.shopify.schema import FIELDS, schema
from sandbox.vendors.shopify.views import Context
from sandbox.world import World

SHARED = os.environ.get("IGNYTE_SHARED", "")
needs_specs = pytest.mark.skipif(not SHARED, reason="IGNYTE_SHARED does not say where the official specs are")


def test_every_field_of_the_schema_can_be_read() -> None:
    """Connections, edges and errors are plain values; all other types have a reader for each field."""
    for name, kind in schema().type_map.items():
        plain = name.startswith("__") or name.endswith(("Connection", "Edge", "Payload", "Error", "Count", "PageInfo"))
        if isinstance(kind, GraphQLObjectType) and not plain and name not in ("QueryRoot", "Mutation"):
            assert set(kind.fields) - set(FIELDS[name]) <= {"quantities"}, name


@needs_specs
def test_the_schema_is_part_of_the_official_one() -> None:
    path = Path(SHARED) / "specs/shopify/admin-graphql-2026-10.introspection.full.json.gz"
    official = build_client_schema(json.loads(gzip.decompress(path.read_bytes()))["data"])
    for name, kind in schema().type_map.items():
        if not isinstance(kind, GraphQLObjectType) or name.startswith("__"):
            continue
        theirs = official.type_map[name]
        assert isinstance(theirs, GraphQLObjectType)
        for field, declared in kind.fields.items():
            assert str(declared.type) == str(theirs.fields[field].type), f"{name}.{field}"
            assert set(declared.args) <= set(theirs.fields[field].args), f"{name}.{field}"


def _everything(kind: GraphQLObjectType, depth: int) -> str:
    """A selection of all leaves, and of objects some levels down."""
    parts = []
    for name, field in kind.fields.items():
        below: Any = field.type
        while hasattr(below, "of_type"):
            below = below.of_type
        if isinstance(below, GraphQLObjectType):
            if depth and not below.name.endswith("Connection") and "names" not in field.args:
                inner = _everything(below, depth - 1)
                parts.append(f"{name}{{{inner}}}" if inner else "")
        elif not hasattr(below, "types") and not hasattr(below, "fields"):
            parts.append(name)
    return " ".join(filter(None, parts))


@pytest.mark.parametrize(
    ("root", "kind"),
    [
        ("orders", "Order"),
        ("customers", "Customer"),
        ("products", "Product"),
        ("productVariants", "ProductVariant"),
        ("inventoryItems", "InventoryItem"),
        ("locations", "Location"),
        ("tenderTransactions", "TenderTransaction"),
    ],
)
def test_all_fields_of_all_rows_serialize(client: Client, world: World, root: str, kind: str) -> None:
    """graphql-core checks each value against the declared type while it writes it."""
    declared = schema().type_map[kind]
    assert isinstance(declared, GraphQLObjectType)
    document = parse(f"{{{root}(first:150){{nodes{{{_everything(declared, 2)}}}}}}}")
    assert validate(schema(), document) == []
    nouns = ("orders", "all_orders", "customers", "products", "inventory", "locations")
    every = frozenset(f"read_{noun}" for noun in nouns)
    context = Context(world=world, state=client.box.state, scopes=every, shop="juniper-and-rye.myshopify.com")
    result = executed(document, context, {}, None)
    assert result.errors is None
    assert result.data
    assert result.data[root]["nodes"]


@needs_specs
@pytest.mark.parametrize(
    ("kind", "official"),
    [
        ("charges", "Charge"),
        ("refunds", "Refund"),
        ("payouts", "Payout"),
        ("disputes", "Dispute"),
        ("balance_transactions", "BalanceTransaction"),
    ],
)
def test_stripes_objects_have_the_official_fields_and_no_others(client: Client, kind: str, official: str) -> None:
    spec = json.loads((Path(SHARED) / "specs/stripe/object-fields.2026-10-28.endive.json").read_text())
    fields = spec["objects"][official]["fields"]
    key = client.stripe()["access_token"]
    for row in client.api(key, kind, limit=100).json()["data"]:
        assert set(row) <= set(fields)
        required = {name for name, text in fields.items() if not text.startswith(("Optional", "NotRequired"))}
        assert required <= set(row), required - set(row)
        for name, text in fields.items():
            if text in ("int", "str", "bool") and name in row:
                assert type(row[name]).__name__ == text, name


@needs_specs
def test_metas_objects_have_official_fields_only(client: Client, world: World) -> None:
    folder = Path(SHARED) / "specs/meta_ads"
    insights = {field["name"] for field in json.loads((folder / "AdsInsights.json").read_text())["fields"]}
    token, owner = client.meta(), world.ads["meta_ads"]
    page = client.graph(
        token,
        f"act_{owner.id}/insights",
        params={"level": "ad", "time_increment": "1", "fields": ",".join(sorted(insights)), "limit": "500"},
    ).json()
    assert page["data"]
    assert {name for row in page["data"] for name in row} <= insights
    for edge, name in (("campaigns", "Campaign"), ("adsets", "AdSet"), ("ads", "Ad")):
        fields = {field["name"] for field in json.loads((folder / f"{name}.json").read_text())["fields"]}
        rows = client.graph(token, f"act_{owner.id}/{edge}", params={"fields": ",".join(sorted(fields))}).json()["data"]
        assert rows
        assert {field for row in rows for field in row} <= fields
