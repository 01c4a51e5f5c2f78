"""Recharge: its feeds, its refusals, what may leave, and replies that others recorded."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from reading_feeds import Reader, Row
from subscriber import SHARED, UNTIL, WHY, example, only, reader, reply, spec

from resources.connecting import key_grant, prove
from resources.door.rules import decide
from resources.errors import AskAgain, Refused, Stop
from resources.operations import Purpose
from resources.platforms.recharge import PLATFORM
from resources.reading import Format, Page, Verdict
from sandbox.faults import Fault, Kind
from sandbox.serve import Sandbox
from sandbox.world import World

needs_shared = pytest.mark.skipif(not SHARED, reason=WHY)
ROOT = "https://api.rechargeapps.com"
FACTS = {"store_id": "1", "currency": "DKK", "time_zone": "Europe/Copenhagen"}


@pytest.fixture(scope="module")
def connected(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Reader:
    return reader(PLATFORM, sandbox, tmp_path_factory.mktemp("recharge"))


@pytest.fixture(scope="module")
def rows(connected: Reader) -> dict[str, list[Row]]:
    return connected.read(UNTIL)


def test_subscriptions_are_those_of_the_brand(rows: dict[str, list[Row]], world: World) -> None:
    found = {row["id"]: row for row in rows["subscriptions"]}
    assert set(found) == {each.id for each in world.subscriptions}
    for each in world.subscriptions:
        row = found[each.id]
        assert row["price"] == Decimal(each.price) / 100
        assert (row["status"] == "cancelled") == (each.cancelled is not None)
        assert row["next_charge_on"] == each.next_charge
        assert (row["currency"], row["time_zone"]) == ("USD", "America/New_York")
    assert {row["id"] for row in rows["customers"]} == {each.person.recharge_id for each in world.subscriptions}


def test_charges_orders_and_lines_are_the_renewals(rows: dict[str, list[Row]], world: World) -> None:
    orders = {order.id: order for order in world.orders if order.source == "subscription_contract"}
    totals = {row["shop_order_id"]: row["total"] for row in rows["charges"]}
    assert totals == {str(order.id): Decimal(order.total) / 100 for order in orders.values()}
    assert {row["shop_order_id"] for row in rows["orders"]} == set(totals)
    assert len(rows["order_lines"]) == sum(len(order.lines) for order in orders.values())
    assert {row["position"] for row in rows["order_lines"]} >= {0, 1}
    refunded = sum(row["refunded"] or 0 for row in rows["charges"])
    assert refunded == Decimal(sum(order.refunded for order in orders.values())) / 100


def test_what_lies_ahead_is_a_table_of_its_own(rows: dict[str, list[Row]], world: World) -> None:
    assert only(rows["charges"], status="queued") == []
    running = [each for each in world.subscriptions if each.cancelled is None]
    assert len(only(rows["queued_charges"], status="queued")) == len(rows["queued_charges"]) == len(running)


def test_only_what_changed_is_read_again(connected: Reader, rows: dict[str, list[Row]]) -> None:
    since = dt.datetime(2026, 3, 10, tzinfo=dt.UTC)
    newer = connected.read(UNTIL, since)
    for name in ("customers", "subscriptions", "charges", "orders"):
        expected = [row["id"] for row in rows[name] if row["updated_at"] >= since]
        assert sorted(row["id"] for row in newer[name]) == sorted(expected)
        assert len(expected) < len(rows[name])
    assert len(newer["queued_charges"]) == len(rows["queued_charges"])


@pytest.mark.parametrize("name", [feed.name for feed in PLATFORM.feeds])
def test_a_cursor_that_comes_twice_ends_the_list(connected: Reader, sandbox: Sandbox, name: str) -> None:
    feed = next(feed for feed in PLATFORM.feeds if feed.name == name)
    sandbox.state.faults.add(Fault(platform="recharge", kind=Kind.ENDLESS_PAGE_TOKEN, times=0))
    try:
        with pytest.raises(Stop, match="never end"):
            connected.pages(feed, None, UNTIL)
    finally:
        sandbox.state.faults.clear()


@pytest.mark.parametrize(
    ("label", "raised", "said"),
    [("writing", Refused, "write_subscriptions"), ("narrow", AskAgain, "read_products"), ("read_only", None, "")],
)
def test_a_token_is_taken_only_if_it_reads_what_is_asked_and_changes_nothing(
    sandbox: Sandbox, tmp_path: Path, label: str, raised: type[Exception] | None, said: str
) -> None:
    there = reader(PLATFORM, sandbox, tmp_path, label)
    with there.door(Purpose.PROVE) as door:
        proof = PLATFORM.prove(door, there.grant)
    if raised is None:
        prove(PLATFORM.scopes, proof, "Recharge", ["read_products"])
        return
    with pytest.raises(raised, match=said):
        prove(PLATFORM.scopes, proof, "Recharge", ["read_products"])


def test_a_token_that_reads_too_much_is_told_of(sandbox: Sandbox, tmp_path: Path) -> None:
    there = reader(PLATFORM, sandbox, tmp_path, "wide")
    with there.door(Purpose.PROVE) as door:
        (said,) = PLATFORM.prove(door, there.grant).findings
    assert "read_payment_methods" in said


@pytest.mark.parametrize("pasted", ["", "pk_0123456789abcdef0123456789abcdef01", "strfnt_" + "a" * 64, "a b" * 20])
def test_another_kind_of_key_is_not_taken(pasted: str) -> None:
    with pytest.raises(AskAgain, match="not such a key"):
        key_grant(PLATFORM, pasted)


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        (401, {"error": "bad authentication"}, Verdict.ASK_AGAIN),
        (402, {"errors": "Payment required"}, Verdict.ASK_AGAIN),
        (403, {"errors": "API token does not have the required scope"}, Verdict.ASK_AGAIN),
        (426, {"errors": "Invalid API version"}, Verdict.STOP),
        (429, b"", Verdict.RETRY),
        (200, {"errors": {"cursor": ["Invalid value"]}}, Verdict.STOP),
        (200, {"next_cursor": None, "charges": []}, Verdict.FINE),
    ],
)
def test_refusals_are_understood(status: int, body: object, verdict: Verdict) -> None:
    assert PLATFORM.judge(reply(status, body, "GET api.rechargeapps.com/charges")).verdict is verdict


def test_it_waits_as_long_as_it_is_told_or_until_the_bucket_leaks() -> None:
    assert PLATFORM.judge(reply(429, b"", "GET api.rechargeapps.com/charges")).after == 2
    assert PLATFORM.judge(reply(429, b"", "GET api.rechargeapps.com/charges", retry_after="9")).after is None


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/charges", "/charges/1/refund", "/subscriptions/1/cancel", "/async_batches"])
def test_no_write_leaves(method: str, path: str) -> None:
    assert not decide(PLATFORM, method, ROOT + path, body=b"{}").allowed


@pytest.mark.parametrize("path", ["/payment_methods", "/customers/1/portal_access", "/metafields", "/charges/1"])
def test_no_read_leaves_that_is_not_needed(path: str) -> None:
    assert not decide(PLATFORM, "GET", ROOT + path).allowed


@needs_shared
def test_every_operation_that_writes_is_refused() -> None:
    operations = spec("recharge/recharge-2021-11.operations-scopes.json")["operations"]
    writes = [each for each in operations if each.get("method", "GET") != "GET"]
    assert len(writes) > 50
    for each in writes:
        path = "/".join("1" if part.startswith(":") else part for part in each["path"].split("/"))
        assert not decide(PLATFORM, each["method"], ROOT + path, body=b"{}").allowed, each


@pytest.fixture
def decoded(connected: Reader) -> Callable[[str, bytes], dict[str, list[Row]]]:
    def run(name: str, body: bytes) -> dict[str, list[Row]]:
        feed = next(feed for feed in PLATFORM.feeds if feed.name == name)
        assert feed.format is Format.JSON
        return connected.decoded(feed, [Page(body=body, facts=FACTS)])

    return run


@needs_shared
@pytest.mark.parametrize(
    ("name", "place", "expected"),
    [
        (
            "customers",
            0,
            {
                "id": 82940007,
                "shop_customer_id": "5624561795145",
                "active_subscriptions": 0,
                "created_at": dt.datetime(2022, 3, 9, 2, 36, 35, tzinfo=dt.UTC),
                "created_at_text": "2022-03-09T02:36:35",
            },
        ),
        ("addresses", 1, {"id": 2342342, "customer_id": 4444444, "country_code": "DK", "province": None}),
        (
            "subscriptions",
            0,
            {
                "id": 1111,
                "price": Decimal("49.00"),
                "quantity": 3,
                "next_charge_on": dt.date(2022, 12, 17),
                "interval_unit": "day",
                "currency": "DKK",
            },
        ),
    ],
)
def test_real_lists_become_typed_rows(
    decoded: Callable[[str, bytes], dict[str, list[Row]]], name: str, place: int, expected: Row
) -> None:
    body = (Path(SHARED) / f"examples/recharge/rechargesharp.list-{name}_200.json").read_bytes()
    row = decoded(name, body)[name][place]
    assert {column: row[column] for column in expected} == expected
    assert "hash" not in row


@needs_shared
def test_real_refusals_are_understood() -> None:
    for name, status in (("list-customers_422_invalid-cursor", 422), ("get-customer_404_no-customer-with-id", 404)):
        body = example(f"recharge/rechargesharp.{name}.json")
        # left to the plain meaning of the status, which is to stop
        assert PLATFORM.judge(reply(status, body, "GET api.rechargeapps.com/customers")).verdict is Verdict.FINE
