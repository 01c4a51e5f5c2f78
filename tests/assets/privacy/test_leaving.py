"""People leave a file: their rows, what belongs to them, and every place in others' rows that names them."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from assets.privacy.access import answer
from assets.privacy.erasure import preview, said, together
from assets.privacy.erasure_steps import end_what_was_made, keep_away, look, rewrite_source
from assets.privacy.finding import Place
from assets.privacy.remaining import handed_out
from assets.privacy.requests import receive, subject_of
from assets.privacy.restricting import restrict
from resources.control_plane.facts import Datasource, Workspace
from resources.control_plane.privacy_facts import ErasurePolicy, Request, RequestKind, RequestState
from resources.decode.kinds import STORED
from resources.decode.paths import literal, quoted
from resources.identity import Subject, subject
from resources.platforms import platform
from resources.restricting import set_aside
from resources.secret import Secret
from resources.settings import Settings
from resources.stores import Stores, open_stores
from resources.warehouse.sources import mark_clean, open_for_load, open_for_reading

NOW = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)
ANN, BOB = "gid://shopify/Customer/70000001", "gid://shopify/Customer/70000002"
ROWS = {
    "customers": [
        {"id": ANN, "number": "70000001", "email": "Ann@X.com", "first_name": "Ann", "phone": "+1 555 000 0001"},
        {"id": BOB, "number": "70000002", "email": "bob@x.com", "first_name": "Bob"},
    ],
    "orders": [
        {"id": "o1", "customer_id": ANN, "email": "ann@x.com", "ship_country": "DE", "total": "10", "name": "#1"},
        {"id": "o2", "customer_id": BOB, "email": " ANN@x.com", "ship_country": "FR", "total": "20", "name": "#2"},
        {"id": "o3", "customer_id": BOB, "email": "bob@x.com", "discount_codes": '["FOR ann@x.com"]', "total": "30"},
        {"id": "o4", "email": "ann@x.com", "total": "40"},
        {"id": "o5", "customer_id": BOB, "email": "ann@x.com.au", "discount_codes": '["joann@x.com"]', "total": "50"},
        {"id": "o6", "customer_id": BOB, "discount_codes": '["tel 1-555-000-0001", "70000001"]', "total": "60"},
        {"id": "o7", "customer_id": BOB, "source_name": "https://x.com/?m%3Dann%40x.com", "total": "70"},
    ],
    "order_lines": [{"id": f"l{number}", "order_id": f"o{number}", "sku": "S"} for number in range(1, 8)],
    "refunds": [{"id": "r1", "order_id": "o1", "amount": "5"}, {"id": "r3", "order_id": "o3", "amount": "6"}],
    "refund_lines": [
        {"refund_id": "r1", "order_line_id": "l1", "quantity": "1"},
        {"refund_id": "r3", "order_line_id": "l3", "quantity": "1"},
    ],
}


@pytest.fixture
def stores(home: Path) -> Iterator[Stores]:
    with open_stores(Settings(home=home), clock=lambda: NOW) as opened:
        yield opened


@pytest.fixture
def workspace(stores: Stores) -> Workspace:
    return stores.plane.workspaces.create("Juniper", now=NOW)


@pytest.fixture
def shop(stores: Stores, workspace: Workspace) -> Datasource:
    datasource = stores.plane.datasources.connect(
        workspace_id=workspace.id,
        platform="shopify",
        account="shop",
        account_name="shop",
        currency="USD",
        time_zone="UTC",
        settings={},
        scopes=frozenset(),
        grade="proved",
        opted_in=frozenset(),
        now=NOW,
    )
    with open_for_load(stores, datasource) as source:
        source.connection.execute("CREATE SCHEMA source.raw_shopify")
        for stream in platform("shopify").streams:
            place = f"source.raw_shopify.{quoted(stream.name)}"
            columns = ", ".join(f"{column.name} {STORED[column.kind]}" for column in stream.columns)
            if rows := ROWS.get(stream.name):
                source.connection.execute(f"CREATE TABLE {place} ({columns})")
                for row in rows:
                    values = ", ".join(map(literal, row.values()))
                    source.connection.execute(f"INSERT INTO {place} ({', '.join(row)}) VALUES ({values})")
    mark_clean(stores, datasource)
    return datasource


def leave(stores: Stores, workspace: Workspace, shop: Datasource, *who: Subject) -> list[Request]:
    workspace = stores.plane.workspaces.get(workspace.id)
    asked = [receive(stores, workspace, RequestKind.ERASE, each, channel="test") for each in who]
    seen = look(stores, workspace, asked, workspace.erasure)
    keep_away(stores, asked, seen)
    rewrite_source(stores, shop, asked, seen, workspace.erasure)
    return asked


def held(stores: Stores, shop: Datasource, query: str) -> list[tuple[object, ...]]:
    with open_for_reading(stores, shop) as source:
        source.connection.execute("USE source.raw_shopify")
        return source.connection.execute(query).fetchall()


BY_MAIL = subject(emails=("ann@x.com",))


def test_what_would_be_erased_is_what_is_erased(stores: Stores, workspace: Workspace, shop: Datasource) -> None:
    before = preview(stores, workspace, BY_MAIL)
    counts = {place.stream: (place.rows, place.values) for place in before.places}
    assert counts == {
        "customers": (1, 0),
        "orders": (2, 4),
        "order_lines": (2, 0),
        "refunds": (1, 0),
        "refund_lines": (1, 0),
    }
    assert said(before.places, would=True).startswith("Would erase 7 rows, and 4 values")
    (request,) = leave(stores, workspace, shop, BY_MAIL)
    facts = stores.plane.requests.steps(request.id)[f"rewritten {shop.id}"].facts
    assert (facts["rows"], facts["values"]) == ("7", "4")
    assert preview(stores, workspace, BY_MAIL).places == ()


def test_her_rows_go_and_others_lose_her_name_alone(stores: Stores, workspace: Workspace, shop: Datasource) -> None:
    leave(stores, workspace, shop, BY_MAIL)
    assert held(stores, shop, "SELECT id FROM customers") == [(BOB,)]
    assert held(stores, shop, "SELECT id, email, discount_codes, source_name, total::INT FROM orders ORDER BY id") == [
        ("o2", None, None, None, 20),
        ("o3", "bob@x.com", None, None, 30),
        ("o5", "ann@x.com.au", '["joann@x.com"]', None, 50),
        ("o6", None, None, None, 60),
        ("o7", None, None, None, 70),
    ]
    assert held(stores, shop, "SELECT id FROM order_lines ORDER BY id") == [(f"l{n}",) for n in (2, 3, 5, 6, 7)]
    assert held(stores, shop, "SELECT refund_id FROM refund_lines") == [("r3",)]


def test_anonymised_the_orders_stay_without_her(stores: Stores, workspace: Workspace, shop: Datasource) -> None:
    stores.plane.workspaces.agree(workspace.id, erasure=ErasurePolicy.ANONYMISE)
    leave(stores, workspace, shop, BY_MAIL)
    assert held(stores, shop, "SELECT id FROM customers") == [(BOB,)]
    rows = held(
        stores, shop, "SELECT id, customer_id, email, phone, ship_country, total::INT FROM orders ORDER BY id LIMIT 4"
    )
    assert rows == [
        ("o1", None, None, None, None, 10),
        ("o2", BOB, None, None, "FR", 20),
        ("o3", BOB, "bob@x.com", None, None, 30),
        ("o4", None, None, None, None, 40),
    ]
    assert held(stores, shop, "SELECT count(*) FROM order_lines") == [(7,)]


def test_a_batch_counts_for_each_and_a_request_remembers_who_was_found(
    stores: Stores, workspace: Workspace, shop: Datasource
) -> None:
    ann, bob, nobody = leave(
        stores, workspace, shop, BY_MAIL, subject(ids=("shopify:70000002",)), subject(emails=("no@x.com",))
    )
    rows = [stores.plane.requests.steps(each.id)["found"].facts["rows"] for each in (ann, bob, nobody)]
    assert rows == ["7", str(1 + 5 + 5 + 1 + 1), "0"]
    assert held(stores, shop, "SELECT count(*) FROM orders") == [(0,)]
    # what linked them is gone, and yet whoever carries on finds all of them
    assert subject_of(stores, stores.plane.requests.get(ann.id)).tokens >= {"c:shopify:70000001", "p:15550000001"}
    assert f"rewritten {shop.id}" not in stores.plane.requests.steps(nobody.id)


def test_a_file_that_changed_since_is_searched_anew(stores: Stores, workspace: Workspace, shop: Datasource) -> None:
    (request,) = [receive(stores, workspace, RequestKind.ERASE, BY_MAIL, channel="test")]
    seen = look(stores, workspace, [request], ErasurePolicy.DELETE)
    with open_for_load(stores, shop) as source:
        source.connection.execute("DELETE FROM source.raw_shopify.orders WHERE id = 'o2'")
        source.connection.execute("INSERT INTO source.raw_shopify.orders (id, email) VALUES ('o0', 'ann@x.com')")
    mark_clean(stores, shop)
    rewrite_source(stores, shop, [request], seen, ErasurePolicy.DELETE)
    assert held(stores, shop, "SELECT id FROM orders ORDER BY id") == [("o3",), ("o5",), ("o6",), ("o7",)]


@pytest.mark.usefixtures("shop")
def test_exports_about_her_go_and_a_restriction_ends(stores: Stores, workspace: Workspace, tmp_path: Path) -> None:
    # Bob's own orders name her; JoAnn's address is another one
    sealed, names_her, of_joann = tmp_path / "ann@x.com.zip", tmp_path / "bob", tmp_path / "joann"
    for who, place, password in (
        (BY_MAIL, sealed, Secret("correct horse")),
        (subject(ids=("shopify:70000002",)), names_her, None),
        (subject(emails=("joann@x.com",)), of_joann, None),
    ):
        answer(stores, receive(stores, workspace, RequestKind.ACCESS, who, channel="test"), place, password=password)
    typed = stores.settings.home / "shell" / f"{workspace.id}.history"
    typed.parent.mkdir(exist_ok=True)
    typed.write_text("SELECT 1\nFROM orders WHERE email = 'ANN@x.com'\n")
    restricted = receive(stores, workspace, RequestKind.RESTRICT, BY_MAIL, channel="test")
    restrict(stores, restricted)
    (request,) = [receive(stores, workspace, RequestKind.ERASE, BY_MAIL, channel="test")]
    seen = look(stores, workspace, [request], ErasurePolicy.DELETE)
    assert not handed_out(stores, workspace.id, BY_MAIL).holds
    end_what_was_made(stores, [request], seen)
    facts = stores.plane.requests.steps(request.id)["exports"].facts
    assert facts == {"removed": "2", "restrictions": "1", "typed lines": "1"}
    assert typed.read_text() == "SELECT 1\n"
    assert [place.exists() for place in (sealed, names_her, of_joann)] == [False, False, True]
    assert handed_out(stores, workspace.id, BY_MAIL).holds
    assert stores.plane.requests.get(restricted.id).subject is None
    assert set_aside(stores, workspace.id) == []
    assert not any("ann@x.com.zip" in str(steps) for steps in map(stores.plane.requests.steps, ids(stores, workspace)))


def ids(stores: Stores, workspace: Workspace) -> list[str]:
    return [each.id for each in stores.plane.requests.of(workspace.id)]


def test_requests_wait_for_each_other_but_not_for_long(stores: Stores, workspace: Workspace) -> None:
    one, other = (receive(stores, workspace, RequestKind.ERASE, BY_MAIL, channel="test") for _ in range(2))
    assert together([one, other], NOW) == []
    assert together([one, other], NOW + dt.timedelta(hours=48)) == [[one, other]]
    soon = stores.plane.requests.prolong(other.id, NOW + dt.timedelta(days=3))
    assert together([one, soon], NOW) == [[one, soon]]
    assert stores.plane.requests.get(one.id).state is RequestState.RECEIVED


def test_nothing_is_said_as_such() -> None:
    assert said([]) == "Erased nothing: nothing of this person is here."
    place = Place(datasource_id="d", platform="p", stream="s", rows=2, values=1)
    assert said([place]) == "Erased 2 rows, and 1 values in rows of others, in 1 sources."
