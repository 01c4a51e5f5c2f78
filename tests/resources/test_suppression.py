"""What is suppressed is left out by one rule in batches and in files, by names that say nothing without the key."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resources.columns import Column, Personal, text
from resources.control_plane.facts import Datasource, FileState, Workspace
from resources.control_plane.privacy_facts import ErasurePolicy
from resources.errors import Stop
from resources.identity import Identifier
from resources.keyed import OWNER, key_sql, key_text, keyed, keyed_sql, lend, row_name, take_back
from resources.platform import Feed, Platform, Stream
from resources.platforms import platform
from resources.reading import Format
from resources.settings import Settings
from resources.stores import Stores, open_stores
from resources.suppression import Suppression, change, suppress
from resources.vault.datakey import DataKey
from resources.warehouse.opening import memory
from resources.warehouse.rewriting import rewrite
from resources.warehouse.sources import mark_clean, mark_loading, open_for_load, open_for_reading

SHOP, STRIPE, RECHARGE = platform("shopify"), platform("stripe"), platform("recharge")
Record = Mapping[str, object]


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    with open_stores(Settings(home=tmp_path_factory.mktemp("home"))) as opened:
        yield opened


@pytest.fixture
def workspace(stores: Stores) -> Workspace:
    return new_workspace(stores)


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    made = memory(tmp_path_factory.mktemp("scratch"))
    yield made
    made.close()


def new_workspace(stores: Stores) -> Workspace:
    return stores.plane.workspaces.create("Juniper", now=stores.clock())


def table(declared: Platform, name: str, records: Sequence[Record], *columns: str) -> pa.Table:
    kinds = {each.name: pa.int64() if each.kind.value == "integer" else pa.string() for each in stream(declared, name)}
    return pa.Table.from_pylist(list(records), pa.schema([(column, kinds[column]) for column in columns]))


def stream(declared: Platform, name: str) -> tuple[Column, ...]:
    return next(each for each in declared.streams if each.name == name).columns


def orders(*records: Record) -> pa.Table:
    return table(SHOP, "orders", records, "id", "customer_id", "email", "phone", "name")


def order(number: int, customer: str | None = None, email: str | None = None, phone: str | None = None) -> Record:
    return {"id": f"o{number}", "customer_id": customer, "email": email, "phone": phone, "name": "#1"}


def lines(*orders: str) -> pa.Table:
    records = [{"id": f"l{n}", "order_id": each, "title": "Tea"} for n, each in enumerate(orders)]
    return table(SHOP, "order_lines", records, "id", "order_id", "title")


def customers(*records: tuple[str, str | None]) -> pa.Table:
    made = [{"id": name, "email": email} for name, email in records]
    return table(SHOP, "customers", made, "id", "email")


def dropped(
    stores: Stores, workspace: Workspace, declared: Platform, **tables: pa.Table
) -> dict[str, Sequence[Record]]:
    with Suppression.of(stores, workspace.id) as suppression:
        return {name: left.to_pylist() for name, left in suppression.drop(declared, tables).items()}


def ids(records: Sequence[Record]) -> list[object]:
    return [record["id"] for record in records]


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)


@settings(deadline=None)
@given(secret=st.binary(min_size=32, max_size=32), name=texts)
def test_a_name_is_keyed_alike_in_python_and_in_sql(
    connection: duckdb.DuckDBPyConnection, secret: bytes, name: str
) -> None:
    with DataKey(secret) as key:
        lend(connection, key)
        assert connection.execute(f"SELECT {keyed_sql('$name')}", {"name": name}).fetchone() == (keyed(key, name),)
        assert keyed(key, name) != keyed(key, name + "x")
    take_back(connection)
    assert connection.execute("SELECT getvariable('inner_pad')").fetchone() == (None,)


@settings(deadline=None)
@given(values=st.lists(texts | st.integers(-(2**63), 2**63 - 1) | st.dates(date(1, 1, 1)), min_size=1, max_size=3))
def test_a_row_is_named_alike_in_python_and_in_sql(connection: duckdb.DuckDBPyConnection, values: list[object]) -> None:
    parameters = {f"v{number}": value for number, value in enumerate(values)}
    columns = [f"${name}" for name in parameters]
    assert connection.execute(f"SELECT {key_sql(*columns)}", parameters).fetchone() == (key_text(values),)


def test_without_tombstones_nothing_is_opened(stores: Stores, workspace: Workspace) -> None:
    given = orders(order(1, "c1"))
    with Suppression.of(stores, workspace.id) as suppression:
        assert not suppression
        assert suppression.drop(SHOP, {"orders": given})["orders"] is given
    assert not stores.plane.keys.of(workspace.id)


def test_suppressing_twice_is_once_and_says_nothing(stores: Stores, workspace: Workspace) -> None:
    for _ in range(2):
        assert suppress(stores, workspace.id, {"e:ann@example.com"}, [("shopify.orders", '["o1"]')], "act") == 2
    found = stores.plane.tombstones.of(workspace.id)
    assert [(each.kind, each.act_id, each.generation) for each in found] == [("person", "act", 1), ("row", "act", 2)]
    (record,) = (each for each in stores.plane.keys.of(workspace.id) if each.owner == OWNER)
    with stores.keys.plain(record.id) as key:
        names = [keyed(key, "e:ann@example.com"), keyed(key, row_name("shopify.orders", key_text(["o1"])))]
    assert [each.subject for each in found] == names


def test_another_workspace_has_other_names(stores: Stores, workspace: Workspace) -> None:
    other = new_workspace(stores)
    for each in (workspace, other):
        suppress(stores, each.id, {"e:ann@example.com"}, (), "act")
    (mine,), (theirs,) = (stores.plane.tombstones.of(each.id) for each in (workspace, other))
    assert mine.subject != theirs.subject


def test_without_its_key_nothing_passes_for_clean(stores: Stores, workspace: Workspace) -> None:
    suppress(stores, workspace.id, {"e:ann@example.com"}, (), "act")
    (record,) = stores.plane.keys.of(workspace.id)
    stores.keys.destroy(record.id, stores.clock())
    with pytest.raises(Stop):
        dropped(stores, workspace, SHOP, orders=orders(order(1, "c1")))


PEOPLE = st.sampled_from(["c1", "c2", "c3", None])
MAILS = st.sampled_from(["Ann@Example.com", "bob@example.com ", "cy@example.com", None])
PHONES = st.sampled_from(["+1 555 0000001", "0015550000002", None])
TOKENS = st.sets(
    st.sampled_from(
        ["c:shopify:c1", "c:shopify:c2", "e:ann@example.com", "e:bob@example.com", "p:15550000001", "c:stripe:c3"]
    ),
    min_size=1,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12, deadline=None)
@given(
    sold=st.lists(st.tuples(PEOPLE, MAILS, PHONES), max_size=8),
    known=st.lists(st.tuples(st.sampled_from(["c1", "c2", "c3"]), MAILS), max_size=3, unique_by=lambda each: each[0]),
    tokens=TOKENS,
    tombstone=st.sampled_from([(), ("o0",), ("o1", "o2")]),
)
def test_the_rule_of_owners_and_its_cascade(
    stores: Stores,
    sold: list[tuple[str | None, str | None, str | None]],
    known: list[tuple[str, str | None]],
    tokens: set[str],
    tombstone: tuple[str, ...],
) -> None:
    """Against the same rule written down row by row."""
    workspace = new_workspace(stores)
    suppress(stores, workspace.id, tokens, [("shopify.orders", key_text([each])) for each in tombstone], "act")
    left = dropped(
        stores,
        workspace,
        SHOP,
        order_lines=lines(*(f"o{number}" for number in range(len(sold)))),
        orders=orders(*(order(number, *row) for number, row in enumerate(sold))),
        customers=customers(*known),
    )

    def mail(value: str | None) -> str:
        return Identifier(kind=Personal.EMAIL, value=value).token if value else ""

    def phone(value: str | None) -> str:
        return Identifier(kind=Personal.PHONE, value=value).token if value else ""

    gone = {name for name, email in known if f"c:shopify:{name}" in tokens or mail(email) in tokens}
    persons = tokens | {f"c:shopify:{name}" for name in gone}
    expected = {}
    for number, (customer, email, tel) in enumerate(sold):
        owner = f"c:shopify:{customer}" if customer else mail(email) or phone(tel)
        if owner not in persons and f"o{number}" not in tombstone:
            expected[f"o{number}"] = None if mail(email) in persons else email
    assert {record["id"]: record["email"] for record in left["orders"]} == expected
    assert [record["order_id"] for record in left["order_lines"]] == list(expected)
    assert ids(left["customers"]) == [name for name, _ in known if name not in gone]
    if known or sold:
        later = dropped(stores, workspace, SHOP, order_lines=lines(*(f"o{number}" for number in range(len(sold)))))
        assert later["order_lines"] == left["order_lines"]


def test_children_go_though_their_parent_came_in_another_batch(stores: Stores, workspace: Workspace) -> None:
    suppress(stores, workspace.id, {"c:stripe:cus_1"}, (), "act")
    charges = table(STRIPE, "charges", [{"id": "ch_1", "customer_id": "cus_1"}], "id", "customer_id")
    refunds = table(STRIPE, "refunds", [{"id": "re_1", "charge_id": "ch_1"}], "id", "charge_id")
    moves = [{"id": f"txn_{each}", "source_id": each} for each in ("ch_1", "re_1", "ch_2", None)]
    balance = table(STRIPE, "balance_transactions", moves, "id", "source_id")
    assert ids(dropped(stores, workspace, STRIPE, refunds=refunds)["refunds"]) == ["re_1"]
    assert not dropped(stores, workspace, STRIPE, charges=charges)["charges"]
    assert not dropped(stores, workspace, STRIPE, refunds=refunds)["refunds"]
    left = dropped(stores, workspace, STRIPE, balance_transactions=balance)["balance_transactions"]
    assert ids(left) == ["txn_ch_2", "txn_None"]


def test_an_id_of_a_person_who_is_suppressed_is_suppressed_too(stores: Stores, workspace: Workspace) -> None:
    suppress(stores, workspace.id, {"e:ann@example.com"}, (), "act")
    people = [{"id": 7, "email": "Ann@example.com"}, {"id": 8, "email": "bob@example.com"}]
    runs = [{"id": number, "customer_id": number, "address_id": None} for number in (7, 8)]
    found = table(RECHARGE, "customers", people, "id", "email")
    subscriptions = table(RECHARGE, "subscriptions", runs, "id", "customer_id", "address_id")
    assert ids(dropped(stores, workspace, RECHARGE, customers=found)["customers"]) == [8]
    assert ids(dropped(stores, workspace, RECHARGE, subscriptions=subscriptions)["subscriptions"]) == [8]


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("for Ann@Example.com, thanks", None),
        ('{"to": "ann@example.com"}', None),
        ("mailto:ann%40example.com?x=1", None),
        (r"a line\nann@example.com.", None),
        ("joann@example.com", "joann@example.com"),
        ("ann@example.com.au", "ann@example.com.au"),
        ("call +1 (555) 000-0001", None),
        ("call 15550000001234", "call 15550000001234"),
    ],
)
def test_a_text_that_names_them_in_another_s_row_goes(
    stores: Stores, workspace: Workspace, written: str, left: str | None
) -> None:
    suppress(stores, workspace.id, {"e:ann@example.com", "p:15550000001"}, (), "act")
    record = {"id": "ch_1", "customer_id": "cus_2", "description": written}
    charges = table(STRIPE, "charges", [record], "id", "customer_id", "description")
    assert dropped(stores, workspace, STRIPE, charges=charges)["charges"] == [{**record, "description": left}]


def test_where_rows_are_anonymised_they_stay_without_whose_they_are(stores: Stores, workspace: Workspace) -> None:
    stores.plane.workspaces.agree(workspace.id, erasure=ErasurePolicy.ANONYMISE)
    suppress(stores, workspace.id, {"c:shopify:c1"}, (), "act")
    left = dropped(
        stores,
        workspace,
        SHOP,
        orders=orders(order(1, "c1", "a@b.c", "+15550000009"), order(2, "c2", "b@b.c")),
        order_lines=lines("o1", "o2"),
        customers=customers(("c1", "a@b.c"), ("c2", "b@b.c")),
    )
    assert left["orders"] == [order(1), order(2, "c2", "b@b.c")]
    assert [record["order_id"] for record in left["order_lines"]] == ["o1", "o2"]
    assert ids(left["customers"]) == ["c2"]


def connected(stores: Stores, workspace: Workspace) -> Datasource:
    return stores.plane.datasources.connect(
        workspace_id=workspace.id,
        platform="shopify",
        account="a",
        account_name="a",
        currency="USD",
        time_zone="UTC",
        settings={},
        scopes=frozenset(),
        grade="proved",
        opted_in=frozenset(),
        now=stores.clock(),
    )


def test_a_file_is_rewritten_by_the_rule_of_batches(stores: Stores, workspace: Workspace) -> None:
    datasource = connected(stores, workspace)
    tables = {
        "orders": orders(order(1, "c1"), order(2, "c2", "ann@example.com"), order(3, None, "ann@example.com")),
        "order_lines": lines("o1", "o2", "o3"),
        "customers": customers(("c1", "ann@example.com"), ("c2", "bob@example.com")),
    }
    with open_for_load(stores, datasource) as source:
        mark_loading(stores, source)
        source.connection.execute("CREATE SCHEMA source.raw_shopify")
        for name, rows in tables.items():
            source.connection.register("given", rows)
            source.connection.execute(f"CREATE TABLE source.raw_shopify.{name} AS FROM given")
            source.connection.unregister("given")
    mark_clean(stores, datasource)
    suppress(stores, workspace.id, {"e:ann@example.com"}, (), "act")
    done = rewrite(stores, datasource, change(stores, datasource))
    assert done.left_out == {"raw_shopify.orders": 2, "raw_shopify.order_lines": 2, "raw_shopify.customers": 1}
    assert done.file.state is FileState.CLEAN
    expected = dropped(stores, workspace, SHOP, **tables)
    with open_for_reading(stores, datasource) as source:
        for name, records in expected.items():
            found = source.connection.execute(f"FROM source.raw_shopify.{name}").to_arrow_table()
            assert found.to_pylist() == records
        with Suppression.of(stores, workspace.id) as suppression:
            assert suppression.orphans(source.connection, SHOP, "source") == 0


def _stream(name: str, *belongs_to: tuple[str, str], key: tuple[str, ...] = ("id",)) -> Stream:
    columns = (text("id", "Its id."), text("other", "Another."))
    return Stream(
        name=name, description="A table.", key=key, columns=columns, cursor_reason="none", belongs_to=belongs_to
    )


@pytest.mark.parametrize(
    ("streams", "why"),
    [
        ([_stream("a", ("other", "nobody"))], "no stream"),
        ([_stream("a", ("other", "b")), _stream("b", key=("id", "other"))], "more than one column"),
        ([_stream("a", ("other", "b")), _stream("b", ("other", "c")), _stream("c", ("other", "a"))], "circle"),
        ([_stream("a", ("other", "a"))], "circle"),
    ],
)
def test_a_platform_whose_streams_belong_nowhere_is_refused(streams: list[Stream], why: str) -> None:
    feed = Feed(name="all", format=Format.JSON, read=lambda _, __: iter(()), streams=tuple(streams))
    with pytest.raises(ValueError, match=why):
        replace(STRIPE, feeds=(feed,))


def test_a_stream_belongs_by_a_column_of_its_own() -> None:
    with pytest.raises(ValueError, match="among its columns"):
        _stream("a", ("nothing", "b"))
