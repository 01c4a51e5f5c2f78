"""Makes people. Three canaries are planted to be looked for: by odd spellings, by an e-mail alone, in free text."""
# ruff: noqa: PLR2004 -- the odds of an invented brand read best where they are drawn

import random
from collections.abc import Callable
from datetime import date
from typing import Final

from sandbox.world.entities import Address, Person
from sandbox.world.words import CITIES, FIRST, LAST, STREETS

# Shopify holds the address in this spelling, other platforms in lower case: whoever searches must fold both.
CANARY_SPELLING_EMAIL: Final = "Wren.Canary+Juniper@Example.COM"
# Occurs on a guest order and nowhere else: no customer, no phone, no id.
CANARY_GUEST_EMAIL: Final = "guest.canary@example.org"
# Occurs in an order's note, an engraving and a refund's note, where no column is declared as hers.
CANARY_FREE_TEXT_NAME: Final = "Quill Canarsson"
CANARY_FREE_TEXT_PHONE: Final = "+1 555 014 2777"
CANARY_FREE_TEXT_EMAIL: Final = "quill.canarsson@example.net"

_WEIGHTS: Final = [city[0] for city in CITIES]
_SLOTS: Final = 100_000  # people and orders that a day has room for, in ids


def id_of(day: date, place: int, base: int) -> int:
    """An id that a thing keeps however the window of days is cut."""
    return base + day.toordinal() * _SLOTS + place


class People:
    """All people there can be; each is made when first asked for, by seed, day and place alone."""

    def __init__(self, seed: int, midnight: Callable[[date], int]) -> None:
        self._seed = seed
        self.midnight = midnight
        self._known: dict[tuple[int, int], Person] = {}

    def person(self, day: date, place: int) -> Person:
        """The `place`-th person who joined on that day."""
        key = (day.toordinal(), place)
        if key not in self._known:
            self._known[key] = self._make(day, place)
        return self._known[key]

    def _make(self, day: date, place: int) -> Person:
        rng = random.Random(f"{self._seed}|person|{day.toordinal()}|{place}")
        first, last = rng.choice(FIRST), rng.choice(LAST)
        number = id_of(day, place, 7_000_000_000_000)
        mail = "".join(letter for letter in f"{first}.{last}".lower() if letter.isascii() and letter != "'")
        return Person(
            id=number,
            first=first,
            last=last,
            email=f"{mail}.{number % 10_000_000_000:x}@example.com",
            phone=f"+1555{number % 10_000_000_000:010d}" if rng.random() < 0.6 else None,
            address=_address(rng),
            joined=self.midnight(day) + place % 3600,
            accepts_marketing=rng.random() < 0.55,
            subscriber=rng.random() < 0.12,
        )


def _address(rng: random.Random) -> Address:
    city = rng.choices(CITIES, _WEIGHTS)[0]
    return Address(
        street=f"{rng.randrange(1, 980)} {rng.choice(STREETS)} Street",
        city=city[1],
        province=city[2],
        province_code=city[3],
        country=city[4],
        country_code=city[5],
        zip=city[6],
    )


def spelling_canary(day: date, midnight: int) -> Person:
    """Joined on that day, as the last person there is room for."""
    return Person(
        id=id_of(day, _SLOTS - 1, 7_000_000_000_000),
        first="Wren",
        last="Canary",
        email=CANARY_SPELLING_EMAIL,
        phone="+15550142001",
        address=_address(random.Random("wren")),
        joined=midnight,
        accepts_marketing=True,
        subscriber=True,
    )


def free_text_canary(day: date, midnight: int) -> Person:
    """As above, one place before."""
    return Person(
        id=id_of(day, _SLOTS - 2, 7_000_000_000_000),
        first="Quill",
        last="Canarsson",
        email=CANARY_FREE_TEXT_EMAIL,
        phone=CANARY_FREE_TEXT_PHONE.replace(" ", ""),
        address=_address(random.Random("quill")),
        joined=midnight,
        accepts_marketing=False,
        subscriber=False,
        note=f"Prefers calls: {CANARY_FREE_TEXT_PHONE}",
    )
