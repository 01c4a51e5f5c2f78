"""The brand's figures agree with one another, however they are cut."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest

from sandbox.listing import people
from sandbox.world import World
from sandbox.world.entities import Order
from sandbox.world.people import CANARY_FREE_TEXT_NAME, CANARY_GUEST_EMAIL, CANARY_SPELLING_EMAIL

TODAY = date(2026, 11, 24)


def test_the_same_seed_makes_the_same_world_and_another_seed_another(world: World) -> None:
    assert World(7, 90, 28, TODAY).orders == world.orders
    assert World(8, 90, 28, TODAY).orders != world.orders


def test_a_shorter_world_holds_the_same_orders_on_the_days_they_share(world: World) -> None:
    short = World(7, 10, 28, TODAY)
    assert short.orders == world.orders[-len(short.orders) :]


def test_yesterday_as_seen_today_is_what_was_seen_yesterday() -> None:
    tomorrow = World(7, 20, 28, date(2026, 11, 25))
    midnight = datetime(2026, 11, 24, 5, tzinfo=UTC)
    today = {order.id: order for order in World(7, 19, 28, TODAY).orders}
    assert {order.id: order for order in tomorrow.as_of(midnight).orders} == today


def test_nothing_happens_after_the_moment_shown(world: World) -> None:
    past = world.as_of(datetime(2026, 11, 1, tzinfo=UTC))
    assert 0 < len(past.orders) < len(world.orders)
    assert max(order.updated for order in past.orders) <= past.now
    assert sum(order.refunded for order in past.orders) < sum(order.refunded for order in world.orders)


def test_each_kind_of_order_occurs(world: World) -> None:
    kinds = Counter[str]()
    for order in world.orders:
        kinds["test"] += order.test
        kinds["cancelled"] += order.cancelled is not None
        kinds["free"] += order.total == 0
        kinds["gift card paid"] += order.gift_card > 0
        kinds["gift card bought"] += any(line.variant.product.gift_card for line in order.lines)
        kinds["guest"] += order.person is None
        kinds["unpaid"] += not order.paid
        kinds["yen"] += order.presentment.digits == 0
        kinds["late refund"] += any(refund.created - order.created > 30 * 86_400 for refund in order.refunds)
        kinds["partial"] += 0 < order.refunded < order.total
        kinds["disputed"] += order.dispute is not None
    assert all(kinds.values()), kinds
    assert len(kinds) == 11


def test_no_order_is_given_back_more_than_it_cost(world: World) -> None:
    assert all(order.refunded <= order.total for order in world.orders)


def test_charges_are_what_the_shop_took_by_stripe(world: World) -> None:
    owed = {
        order.id: order.presentment.minor(order.total - order.gift_card)
        for order in world.orders
        if order.gateway == "stripe" and not order.test and order.total > order.gift_card
    }
    taken = {charge.order.id: charge.amount for charge in world.charges if not charge.failed}
    assert taken == owed


def test_refunds_at_stripe_never_exceed_their_charge_and_equal_the_shops(world: World) -> None:
    given = Counter[int]()
    for back in world.charge_refunds:
        given[back.charge.order.id] += back.cents
        assert back.amount <= back.charge.amount
    for order in world.orders:
        if order.id in given and not order.gift_card:
            assert given[order.id] == order.refunded


def test_payouts_carry_the_balance_to_the_cent(world: World) -> None:
    settled = world.settlement[1]
    paid = sum(entry.net for entry in world.balance if entry.id in settled)
    assert paid == sum(payout.amount for payout in world.payouts)
    assert len(world.payouts) > 40


@pytest.mark.parametrize("platform", ["google_ads", "meta_ads", "tiktok_ads", "pinterest_ads", "microsoft_ads"])
def test_conversions_are_the_orders_that_the_ads_brought(world: World, platform: str) -> None:
    def counts(order: Order) -> bool:
        return order.touch.platform == platform and not order.test and order.day < date(2026, 11, 20)

    brought = [order for order in world.orders if counts(order)]
    rows = [row for row in world.ads[platform].daily if row.day < date(2026, 11, 20)]
    assert sum(row.conversions for row in rows) == len(brought) > 0
    assert sum(row.value for row in rows) == sum(order.total for order in brought)
    assert sum(row.spend for row in rows) > 0


def test_the_youngest_days_of_ads_are_restated(world: World) -> None:
    day = date(2026, 10, 31)
    then = world.as_of(datetime(2026, 11, 1, 5, tzinfo=UTC)).ads["google_ads"].daily
    now = world.ads["google_ads"].daily

    def value(rows: tuple[object, ...]) -> int:
        return sum(getattr(row, "value", 0) for row in rows if getattr(row, "day", None) == day)

    assert value(then) < value(now)


def test_purchases_in_analytics_are_the_web_orders(world: World) -> None:
    web = [order for order in world.orders if order.source == "web" and not order.test]
    assert sum(row.purchases for row in world.traffic) == len(web)
    assert sum(row.revenue for row in world.traffic) == sum(order.total for order in web)
    assert all(row.sessions >= row.purchases for row in world.traffic)


def test_amazon_subscriptions_mail_and_stock_are_there(world: World) -> None:
    ids = {order.id for order in world.orders}
    assert len({order.id for order in world.amazon_orders}) == len(world.amazon_orders) > 500
    assert all(set(sub.orders) <= ids for sub in world.subscriptions)
    assert {bool(sub.cancelled) for sub in world.subscriptions} == {True, False}
    mailed = [order for order in world.orders if order.touch.channel == "Email" and not order.test]
    assert 0 < sum(row.conversions for row in world.message_days) <= len(mailed)
    assert all(
        row.recipients >= row.delivered >= row.opens >= row.clicks for row in world.message_days if row.recipients
    )
    assert all(stock.available >= 0 for stock in world.inventory)


def test_ids_and_mail_addresses_are_nobodys_twice(world: World) -> None:
    for values in (
        [order.id for order in world.orders],
        [order.number for order in world.orders],
        [person.email for person in world.people],
        [person.stripe_id for person in world.people],
        [person.klaviyo_id for person in world.people],
        [person.recharge_id for person in world.people],
    ):
        assert len(set(values)) == len(values)


def test_the_canaries_are_listed_first_with_true_counts(world: World) -> None:
    listed = {row.canary: row for row in people(world)[:3]}
    assert set(listed) == {"spelling", "guest", "free_text"}
    assert listed["guest"].email == CANARY_GUEST_EMAIL
    assert listed["guest"].shopify_id == ""
    assert listed["spelling"].orders == sum(order.email == CANARY_SPELLING_EMAIL for order in world.orders) > 0
    notes = [order.note for order in world.orders if CANARY_FREE_TEXT_NAME in order.note]
    assert len(notes) == listed["free_text"].orders > 0


@pytest.mark.slow
def test_the_large_world_is_exact() -> None:
    large = World.of_scale("large", seed=7, today=TODAY)
    assert len(large.orders) == 120_000
    assert {len(order.lines) for order in large.orders} == {3}
