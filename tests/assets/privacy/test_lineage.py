"""What is made of what: on SELECTs made by hand, and on the project as it stands."""

import importlib
import time

import dagster as dg
import pytest

from assets.labels import column_lineage
from assets.privacy import known_lineage
from assets.privacy.known_lineage import project_lineage
from assets.privacy.lineage import (
    Layer,
    Lineage,
    Model,
    Table,
    declared_sources,
    leaks,
    nothing_personal_in_marts,
    personal_columns,
    streams,
    traced,
)
from assets.privacy.tracing import Edge, How, Tracer
from ignyte_pipelines import definitions
from resources.columns import Column, Erase, Kind, Personal
from resources.dbt_files import PROJECT
from resources.errors import Stop

KEYED = "sha256(concat(strlen(getvariable('surrogate_key')), ':', getvariable('surrogate_key'), {0}))"
SURROGATE = f"case when {{0}} is null then null else {KEYED} end"
SHOP = '"memory"."raw_shop"."orders"'


def traced_alone(sql: str) -> dict[str, set[tuple[str, How, bool]]]:
    tracer = Tracer({SHOP: ("raw_shop.orders", ("id", "email", "country", "total", "placed_at"))})
    columns = tracer.trace("made", sql.replace("orders", SHOP))
    return {name: {(edge.column, edge.how, edge.decides) for edge in edges} for name, edges in columns.items()}


@pytest.mark.parametrize(
    ("select", "expected"),
    [
        ("email", {("email", How.AS_IS, False)}),
        ("cast(email as varchar)", {("email", How.AS_IS, False)}),
        ("coalesce(email, 'none')", {("email", How.AS_IS, False)}),
        ("lower(email)", {("email", How.DERIVED, False)}),
        ("email || country", {("email", How.DERIVED, False), ("country", How.DERIVED, False)}),
        ("email like '%@example.com'", {("email", How.DERIVED, False)}),
        ("email is null", {("email", How.PRESENT, False)}),
        ("email is not null", {("email", How.PRESENT, False)}),
        ("sha256(email)", {("email", How.DERIVED, False)}),
        ("md5(concat('salt', email))", {("email", How.DERIVED, False)}),
        (KEYED.format("email"), {("email", How.KEYED, False)}),
        (SURROGATE.format("email"), {("email", How.KEYED, False), ("email", How.PRESENT, True)}),
        ("count(distinct email) over (partition by country)", {("email", How.AGGREGATED, False)}),
        ("case when country = 'DE' then total end", {("country", How.DERIVED, True), ("total", How.AS_IS, False)}),
        ("if(email = 'x', 1, 0)", {("email", How.DERIVED, True)}),
        ("1", set()),
    ],
)
def test_what_becomes_of_a_value(select: str, expected: set[tuple[str, How, bool]]) -> None:
    assert traced_alone(f"select {select} as made from orders")["made"] == expected


@pytest.mark.parametrize(
    ("aggregate", "how"),
    [
        ("count(email)", How.AGGREGATED),
        ("sum(total)", How.AGGREGATED),
        ("sum(total) filter (email is null)", How.AGGREGATED),
        ("max(email)", How.AS_IS),
        ("any_value(email)", How.AS_IS),
        ("arg_max(email, total)", How.AS_IS),
        ("string_agg(email, ',')", How.DERIVED),
        ("list(email)", How.DERIVED),
    ],
)
def test_a_figure_of_many_rows_is_no_value_of_one(aggregate: str, how: How) -> None:
    found = traced_alone(f"select country, {aggregate} as made from orders group by country")["made"]
    assert {each for _, each, _ in found} == {how}


@pytest.mark.parametrize(
    "sql",
    [
        "with a as (select email as e from orders), b as (select * from a) select e as made from b",
        "select made from (select email as made from orders) as inner_",
        "select null as made union all select email from orders",
        "select 1 as id, null as made union all by name select email as made, 2 as id from orders",
        "select (select max(email) from orders) as made",
        "select o.email as made from orders as n left join orders as o using (id)",
        "with recursive r as (select email as made from orders union all select made from r) select made from r",
        "select u.made from orders as o, unnest([o.email]) as u(made)",
        "select list_filter([email], x -> x <> '') as made from orders",
        "select lag(email) over (order by placed_at) as made from orders",
    ],
)
def test_a_value_is_followed_through_every_shape_of_sql(sql: str) -> None:
    found = traced_alone(sql)["made"]
    assert any(column == "email" and how.says_who for column, how, _ in found)


def test_what_a_select_is_chosen_parted_and_ordered_by_is_no_part_of_its_values() -> None:
    sql = "select sum(total) over (partition by email order by placed_at) as made from orders where country = 'DE'"
    assert traced_alone(sql)["made"] == {("total", How.AGGREGATED, False)}


@pytest.mark.parametrize(
    "sql", ["select * from elsewhere", "select nowhere.x from orders", "drop table orders", "select ("]
)
def test_what_cannot_be_traced_is_refused(sql: str) -> None:
    with pytest.raises(Stop, match="model made"):
        traced_alone(sql)


def with_model(lineage: Lineage, sql: str, layer: Layer = Layer.MART, waiver: str = "") -> Lineage:
    """The project's lineage with one model more over Shopify's orders and customers."""
    names = ("raw_shopify.orders", "raw_shopify.customers")
    sources = {name: table for name, table in declared_sources().items() if name in names}
    relations = {name: f'"memory"."raw_shopify"."{name.partition(".")[2]}"' for name in names}
    model = Model(
        name="leaky",
        relation='"metrics"."main"."leaky"',
        layer=layer,
        sql=sql,
        reads=names,
        waivers={"contact": waiver} if waiver else {},
    )
    return Lineage({**lineage.tables, **traced([model], sources, relations).tables})


LEAKY = [
    'select o.email as contact from "memory"."raw_shopify"."orders" as o',
    'select upper(c.last_name) as contact from "memory"."raw_shopify"."customers" as c',
    'select max(c.phone) as contact from "memory"."raw_shopify"."customers" as c',
    'select case when o.ship_country = \'DE\' then 1 end as contact from "memory"."raw_shopify"."orders" as o',
    'select md5(o.email) as contact from "memory"."raw_shopify"."orders" as o',
]


@pytest.mark.parametrize("sql", LEAKY)
def test_a_mart_that_a_personal_value_reaches_fails_the_definitions(sql: str) -> None:
    leaky = with_model(project_lineage(), sql)
    with pytest.raises(Stop, match=r"model leaky: a personal value reaches a mart: leaky\.contact is made of raw_sho"):
        nothing_personal_in_marts(leaky)


@pytest.mark.slow
def test_definitions_do_not_load_with_a_leak(monkeypatch: pytest.MonkeyPatch) -> None:
    leaky = with_model(project_lineage(), LEAKY[0])
    monkeypatch.setattr(known_lineage, "project_lineage", lambda: leaky)
    with pytest.raises(Stop, match=r"raw_shopify\.orders\.email \(email, as is\)"):
        importlib.reload(definitions)


def test_dagster_is_shown_each_column_s_parents() -> None:
    shown = column_lineage(project_lineage().tables["stg_shopify__orders"])
    assert list(shown.deps_by_column["email_key"]) == [
        dg.TableColumnDep(asset_key=dg.AssetKey(["raw_shopify", "orders"]), column_name="email")
    ]
    mart = column_lineage(project_lineage().tables["customers"]).deps_by_column["customer_key"]
    assert [each.asset_key for each in mart] == [dg.AssetKey("int_customers__orders")]


def test_a_leak_needs_a_written_waiver_and_only_in_a_mart() -> None:
    lineage = project_lineage()
    nothing_personal_in_marts(with_model(lineage, LEAKY[0], waiver="The brand's own address, by contract."))
    nothing_personal_in_marts(with_model(lineage, LEAKY[0], layer=Layer.STAGING))
    with pytest.raises(Stop):
        nothing_personal_in_marts(with_model(lineage, LEAKY[0], waiver=" "))


def test_a_leak_through_a_model_between_is_seen() -> None:
    email = Edge(table="raw_shopify.orders", column="email", how=How.DERIVED)
    tables = {
        "raw_shopify.orders": Table(name="raw_shopify.orders", layer=Layer.RAW, columns={"email": frozenset()}),
        "int_b": Table(
            name="int_b", layer=Layer.INTERMEDIATE, reads=("raw_shopify.orders",), columns={"e": frozenset({email})}
        ),
        "mart": Table(
            name="mart",
            layer=Layer.MART,
            reads=("int_b",),
            columns={
                "shown": frozenset({Edge(table="int_b", column="e", how=How.AS_IS)}),
                "counted": frozenset({Edge(table="int_b", column="e", how=How.AGGREGATED)}),
            },
        ),
    }
    (leak,) = leaks(Lineage(tables), personal_columns())
    assert (leak.model, leak.column, leak.origin.how) == ("mart", "shown", How.DERIVED)


def test_no_personal_column_reaches_a_mart_of_the_project() -> None:
    lineage = project_lineage()
    assert leaks(lineage, personal_columns()) == []
    waived = {(table.name, name) for table in lineage.tables.values() for name in table.waivers}
    assert waived == set()
    # the same, asked from the other end
    personal = personal_columns()
    for mart in (table for table in lineage.tables.values() if table.layer is Layer.MART):
        for column in mart.columns:
            for origin in lineage.origins(mart.name, column):
                assert not (origin.how.says_who and (origin.table, origin.column) in personal), (mart.name, column)


def test_every_declared_column_and_every_mart_is_in_the_project_s_lineage() -> None:
    lineage = project_lineage()
    for name, (_, stream) in streams().items():
        assert {column.name for column in stream.columns} <= set(lineage.tables[name].columns)
    marts = {path.stem for path in (PROJECT / "models" / "marts").glob("*/*.sql")}
    assert {name for name, table in lineage.tables.items() if table.layer is Layer.MART} == marts


def made_of(table: str, column: str) -> set[tuple[str, str, How]]:
    origins = project_lineage().origins(table, column)
    return {(each.table, each.column, each.how) for each in origins if not each.decides}


def test_net_sales_is_made_of_what_its_definition_says() -> None:
    found = made_of("brand_metrics_by_date", "net_sales")
    amounts = {(table, column) for table, column, how in found if how is How.AGGREGATED}
    assert {("raw_shopify.order_lines", "gross"), ("raw_shopify.orders", "shipping")} <= amounts
    assert {table for table, _ in amounts} <= {
        "raw_shopify.orders",
        "raw_shopify.order_lines",
        "raw_shopify.order_discounts",
        "raw_shopify.refunds",
        "raw_shopify.refund_lines",
        "raw_shopify.transactions",
        "workspace.fx_rates",
    }
    assert not {how for _, _, how in found if how is How.AS_IS}


def test_a_customer_is_known_by_a_keyed_surrogate_alone() -> None:
    found = made_of("customers", "customer_key")
    assert found == {
        ("raw_shopify.customers", "id", How.KEYED),
        ("raw_shopify.orders", "customer_id", How.KEYED),
        ("raw_shopify.orders", "email", How.KEYED),
    }


def test_ad_spend_comes_from_every_ads_platform() -> None:
    tables = {table for table, _, _ in made_of("brand_metrics_by_date", "ad_spend") if table.startswith("raw_")}
    ads = {"google_ads", "meta_ads", "tiktok_ads", "pinterest_ads", "microsoft_ads", "amazon_ads"}
    assert {table.removeprefix("raw_").partition(".")[0] for table in tables} == ads


def test_downstream_is_the_mirror_of_upstream() -> None:
    lineage = project_lineage()
    assert "customers" in lineage.marts(["raw_shopify.orders"])
    assert lineage.marts(["raw_klaviyo.campaign_monthly"])
    assert "customers" not in lineage.marts(["raw_klaviyo.campaign_monthly"])
    used = lineage.uses("raw_shopify.orders", "email")
    assert ("stg_shopify__orders", "email_key") in {(table, column) for table, column, _ in used}


def test_it_is_computed_once_and_then_read(monkeypatch: pytest.MonkeyPatch) -> None:
    computed = project_lineage()
    monkeypatch.setattr(known_lineage, "_computed", lambda *_: pytest.fail("it was computed again"))
    monkeypatch.setattr(known_lineage, "_known", {})
    began = time.perf_counter()
    read = project_lineage()
    assert time.perf_counter() - began < 2
    assert read.tables == computed.tables


@pytest.mark.parametrize("given", [{"erase": Erase.NULL}, {"waiver": "kept for the tax office"}])
def test_a_personal_column_has_an_erase_rule_or_a_waiver(given: dict[str, object]) -> None:
    said = {"name": "email", "kind": Kind.TEXT, "path": "email", "description": "The address."}
    Column(**said, personal=Personal.EMAIL, **given)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="needs an erase rule or a written waiver"):
        Column(**said, personal=Personal.EMAIL)  # type: ignore[arg-type]
