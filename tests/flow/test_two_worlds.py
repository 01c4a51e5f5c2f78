"""A world that erased people equals one that never had them, in every row and metric; nobody else loses anything."""

import random
from pathlib import Path

import pytest
from worlds import Truth, another, ask, calculated, change, differing, never_were, opened, raw

from assets.privacy.erasure import erase
from resources.identity import Subject, subject
from resources.warehouse.metrics import build
from sandbox.serve import Sandbox
from sandbox.world import World
from sandbox.world.entities import Order, Person
from sandbox.world.people import CANARY_GUEST_EMAIL, CANARY_SPELLING_EMAIL

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def world(sandbox: Sandbox) -> World:
    return sandbox.state.full


@pytest.fixture(scope="module")
def wren(world: World) -> Person:
    return next(each for each in world.people if each.email == CANARY_SPELLING_EMAIL)


@pytest.fixture(scope="module")
def household(world: World) -> tuple[Person, Person]:
    """Two customers who are given one phone."""
    one, other = [each for each in world.people if each.phone][:2]
    return one, other


@pytest.fixture(scope="module")
def gift(world: World, wren: Person, household: tuple[Person, Person]) -> Order:
    """An order of somebody else, for which Wren's address is given."""
    away = (wren, *household)
    return next(order for order in world.orders if order.person and order.person not in away and not order.test)


@pytest.fixture(scope="module")
def loaded(calculated_home: Path, wren: Person, household: tuple[Person, Person], gift: Order) -> Path:
    """A home with the brand's shops, payments, subscriptions and e-mail, loaded and calculated."""
    home = another(calculated_home, "two-worlds")
    one, other = household
    with opened(home) as (stores, workspace):
        present = f"id = 'gid://shopify/Order/{gift.id}'"
        change(
            stores,
            workspace,
            "shopify",
            [
                f"UPDATE orders SET email = upper('{wren.email}') WHERE {present}",
                f"UPDATE customers SET phone = '{one.phone}' WHERE number = {other.id}",
            ],
        )
        charge = f"order_id = '{gift.id}'"
        what = f"'Receipt to {wren.email}, as asked for'"
        change(stores, workspace, "stripe", [f"UPDATE charges SET description = {what} WHERE {charge}"])
    return home


def by_mail(person: Person) -> Subject:
    return subject(emails=(person.email.upper(),))


def subscribed(world: World) -> set[Person]:
    return {each.person for each in world.subscriptions}


def test_the_erased_were_never_there(
    loaded: Path, world: World, wren: Person, household: tuple[Person, Person], gift: Order
) -> None:
    rest = [each for each in world.people if each not in (wren, *household, gift.person)]
    # whoever has Recharge records, and somebody drawn from the rest; another seed draws another
    some = [next(each for each in rest if each in subscribed(world)), random.Random(world.seed).choice(rest)]  # noqa: S311 -- a draw
    gone = [Truth(world=world, person=wren), Truth(world=world, email=CANARY_GUEST_EMAIL)]
    gone += [Truth(world=world, person=each) for each in (household[0], *some)]
    with opened(another(loaded, "without")) as (stores, workspace):
        never_were(stores, workspace, gone)
        change(stores, workspace, "shopify", [f"UPDATE orders SET email = NULL WHERE number = {gift.id}"])
        change(stores, workspace, "stripe", [f"UPDATE charges SET description = NULL WHERE order_id = '{gift.id}'"])
        build(stores, workspace)
        rows, metrics = raw(stores, workspace), calculated(stores, workspace)
    with opened(another(loaded, "with")) as (stores, workspace):
        assert differing(raw(stores, workspace), rows)
        assert differing(calculated(stores, workspace), metrics)
        asked = [by_mail(wren), subject(emails=(CANARY_GUEST_EMAIL,)), subject(ids=(f"shopify:{household[0].id}",))]
        erase(stores, ask(stores, workspace, *asked, *map(by_mail, some)))
        assert differing(raw(stores, workspace), rows) == []
        assert differing(calculated(stores, workspace), metrics) == []
        again = erase(stores, ask(stores, workspace, by_mail(wren)))
        assert [each.places for each in again] == [()]
        assert differing(raw(stores, workspace), rows) == []
