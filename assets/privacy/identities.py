"""Who is who across the sources of a workspace: identifiers that stand together on rows, closed over to one person.

Rows of people tables (one row a person) link all ids and e-mail addresses on them. Other rows, such as orders, only say
whose they are: an address on one is its customer's where no person of a people table has it, and an id that no people
table knows is the address's. A gift order thus links nobody. Phones link nobody at all.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from resources.errors import Refused
from resources.identity import Subject


@dataclass(frozen=True, kw_only=True)
class Card:
    """The tokens on one row. `people` says that the row is a person's own."""

    people: bool
    ids: frozenset[str]
    mails: frozenset[str]
    phones: frozenset[str]

    def owned_by(self, person: Collection[str]) -> bool:
        """Whether the row is theirs: by its id if it has one, else by its address, else by its phone."""
        return not (self.ids or self.mails or self.phones).isdisjoint(person)


Fetch = Callable[[Collection[str]], Iterable[Card]]  # tokens -> every distinct card that carries one of them


class Identities:
    """All cards that carry a token that was asked for; they are fetched when first needed."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._fetched: set[str] = set()
        self._by_token: defaultdict[str, set[Card]] = defaultdict(set)
        self._missing: set[str] = set()

    def people(self, subjects: Sequence[Subject]) -> tuple[frozenset[str], ...]:
        """The tokens of each subject in turn; a phone that somebody else has too is left out.

        Raises:
            Refused: a subject is named by a phone only, and several customers share it.
        """
        seeds = self._settled(lambda: [self._seeds(subject.tokens) for subject in subjects])
        closed = self._settled(lambda: [self._closed(seed) for seed in seeds])
        named = [subject.tokens for subject in subjects]
        return tuple(
            self._settled(
                lambda: [person | self._phones(person, given) for person, given in zip(closed, named, strict=True)]
            )
        )

    def _settled(self, ask: Callable[[], list[frozenset[str]]]) -> list[frozenset[str]]:
        """Asks again until all cards are there that the answer hangs on."""
        while True:
            answer = ask()
            if not self._missing:
                return answer
            cards = list(self._fetch(frozenset(self._missing)))
            self._fetched |= self._missing
            self._missing = set()
            for card in cards:
                for token in card.ids | card.mails | card.phones:
                    self._by_token[token].add(card)

    def _with(self, token: str) -> set[Card]:
        if token not in self._fetched:
            self._missing.add(token)
        return self._by_token[token] if token in self._fetched else set()

    def _seeds(self, named: frozenset[str]) -> frozenset[str]:
        """Where to begin: what is named, or who has the phone if nothing else is."""
        strong = frozenset(token for token in named if not token.startswith("p:"))
        if strong or not named:
            return strong
        owners = [card for phone in named for card in self._with(phone) if card.ids or card.mails]
        if not owners:
            return frozenset()
        first = self._closed(owners[0].ids or owners[0].mails)
        if not self._missing and (others := [card for card in owners if not card.owned_by(first)]):
            several = 1 + len({min(card.ids or card.mails) for card in others})
            raise Refused(f"{several} customers share the phone.", to="request", do_next="Name an e-mail or an id.")
        return first

    def _closed(self, seed: frozenset[str]) -> frozenset[str]:
        known = set(seed)
        while True:
            touched = {card for token in known for card in self._with(token)}
            found = {token for card in touched for token in self._linked(card, known)} - known
            if not found:
                return frozenset(known)
            known |= found

    def _linked(self, card: Card, known: set[str]) -> set[str]:
        if card.people:
            return set(card.ids | card.mails)
        if card.ids and card.ids.isdisjoint(known):
            return {token for token in card.ids if self._joins(token, known)}
        fresh = {token for token in card.ids - known if self._joins(token, known)}
        return fresh | {token for token in card.mails - known if self._is_free(token, known)}

    def _joins(self, customer: str, known: set[str]) -> bool:
        """Whether an id belongs to those whose address it was seen with, rather than to somebody who gave a present."""
        cards = self._with(customer)
        if any(card.people for card in cards):
            return not any(card.mails for card in cards if card.people)
        others = {mail for card in cards for mail in card.mails} - known
        return self._are_known({customer, *others}) and not any(self._in_people_tables(mail) for mail in others)

    def _is_free(self, mail: str, known: set[str]) -> bool:
        """Whether nobody of a people table has the address or ordered with it, but for those who are known."""
        others = {token for card in self._with(mail) for token in card.ids} - known
        return self._are_known({mail, *others}) and not any(map(self._in_people_tables, {mail, *others}))

    def _in_people_tables(self, token: str) -> bool:
        return any(card.people for card in self._with(token))

    def _are_known(self, tokens: Iterable[str]) -> bool:
        """Whether all their cards are here; if not they are fetched, and nothing is concluded before."""
        missing = set(tokens) - self._fetched
        self._missing |= missing
        return not missing

    def _phones(self, person: frozenset[str], named: frozenset[str]) -> frozenset[str]:
        """The person's phones, less those on rows that somebody else owns."""
        own = {
            phone for token in person for card in self._with(token) if card.owned_by(person) for phone in card.phones
        }
        own |= {token for token in named if token.startswith("p:")}
        return frozenset(phone for phone in own if not self._is_shared(phone, person))

    def _is_shared(self, phone: str, person: frozenset[str]) -> bool:
        return any(not card.owned_by(person) for card in self._with(phone) if card.ids or card.mails)
