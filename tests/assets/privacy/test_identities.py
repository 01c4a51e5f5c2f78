"""Who is who: what links, what never does, and what nobody can decide."""

from collections.abc import Collection, Iterator

import pytest

from assets.privacy.identities import Card, Identities
from resources.errors import Refused
from resources.identity import identifier, subject


def card(*tokens: str, people: bool = False) -> Card:
    kinds = {kind: frozenset(token for token in tokens if token.startswith(kind)) for kind in ("c:", "e:", "p:")}
    return Card(people=people, ids=kinds["c:"], mails=kinds["e:"], phones=kinds["p:"])


def person(*tokens: str) -> Card:
    return card(*tokens, people=True)


def who(cards: list[Card], **named: tuple[str, ...]) -> frozenset[str]:
    def fetch(tokens: Collection[str]) -> Iterator[Card]:
        return (each for each in cards if not (each.ids | each.mails | each.phones).isdisjoint(tokens))

    (found,) = Identities(fetch).people([subject(**named)])
    return found


ANN = person("c:shopify:1", "e:ann@x.com", "p:15550001")
BOB = person("c:shopify:2", "e:bob@x.com", "p:15550002")


def test_tables_of_people_link_across_platforms() -> None:
    cards = [ANN, BOB, person("c:recharge:7", "c:shopify:1", "e:old@x.com"), person("c:klaviyo:K", "e:old@x.com")]
    ann = {"c:shopify:1", "c:recharge:7", "c:klaviyo:K", "e:ann@x.com", "e:old@x.com", "p:15550001"}
    for named in ({"emails": ("ANN@x.com ",)}, {"ids": ("klaviyo:K",)}, {"phones": ("+1 555 0001",)}):
        assert who(cards, **named) == ann


def test_an_address_on_an_order_is_its_customers_if_nobody_else_has_it() -> None:
    order = card("c:shopify:1", "e:second@x.com")
    guest = card("e:second@x.com", "p:15550009")
    assert who([ANN, BOB, order, guest], ids=("shopify:1",)) >= {"e:second@x.com", "p:15550009"}
    assert "e:second@x.com" not in who([ANN, BOB, order, card("c:shopify:2", "e:second@x.com")], ids=("shopify:1",))


def test_a_present_links_nobody() -> None:
    gift = card("c:shopify:2", "e:ann@x.com")
    assert who([ANN, BOB, gift], emails=("ann@x.com",)) == {"c:shopify:1", "e:ann@x.com", "p:15550001"}
    assert who([ANN, BOB, gift], emails=("bob@x.com",)) == {"c:shopify:2", "e:bob@x.com", "p:15550002"}
    # nor does it if whoever gets it has never bought anything
    assert who([BOB, card("c:shopify:2", "e:mum@x.com")], emails=("mum@x.com",)) == {"e:mum@x.com"}


def test_an_id_that_no_table_of_people_knows_follows_its_address() -> None:
    charge = card("c:stripe:cus_1", "e:ann@x.com")
    assert "c:stripe:cus_1" in who([ANN, BOB, charge], emails=("ann@x.com",))
    present = card("c:stripe:cus_1", "e:bob@x.com")
    assert "c:stripe:cus_1" not in who([ANN, BOB, charge, present], emails=("ann@x.com",))


def test_a_customer_without_an_address_is_found_by_the_one_they_ordered_with() -> None:
    cards = [person("c:shopify:3", "p:15550003"), card("c:shopify:3", "e:three@x.com")]
    assert who(cards, emails=("three@x.com",)) == {"c:shopify:3", "e:three@x.com", "p:15550003"}


def test_a_shared_phone_links_nobody_and_stays_with_the_others() -> None:
    cards = [ANN, person("c:shopify:2", "e:bob@x.com", "p:15550001")]
    assert who(cards, emails=("ann@x.com",)) == {"c:shopify:1", "e:ann@x.com"}
    with pytest.raises(Refused, match="2 customers share the phone") as refused:
        who(cards, phones=("+1 555 0001",))
    assert "x.com" not in str(refused.value)


def test_a_phone_may_be_all_there_is() -> None:
    assert who([card("p:15550001")], phones=("1 555 0001",)) == {"p:15550001"}
    assert who([], emails=("nobody@x.com",)) == {"e:nobody@x.com"}


@pytest.mark.parametrize("token", ["e:ann@x.com", "p:15550001", "c:shopify:1", "c:stripe:cus_1"])
def test_a_token_reads_back(token: str) -> None:
    assert identifier(token).token == token
