"""What a running sandbox remembers: the world it shows, faults asked for, requests seen, grants taken back."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import orjson

from sandbox.faults import Faults
from sandbox.tokens import Mint
from sandbox.world import World

_SEEN = 20_000
Shelf = TypeVar("Shelf")


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A request that arrived: never its query, headers or body, which may hold a token."""

    platform: str
    method: str
    host: str
    path: str
    at: float
    status: int


@dataclass(frozen=True, kw_only=True)
class Consent:
    """What the merchant answers when asked: everything asked for, unless `deny` or other `scopes` are set."""

    deny: bool = False
    scopes: tuple[str, ...] | None = None


class State:
    """All that changes while a sandbox runs. `file` keeps revocations over a restart."""

    def __init__(self, world: World, *, file: Path | None = None, clock: Callable[[], float] = time.time) -> None:
        self.full = world
        self.world = world
        self.clock = clock
        self.mint = Mint(world.seed)
        self.faults = Faults()
        self.seen: deque[Seen] = deque(maxlen=_SEEN)
        self.writes_seen: deque[Seen] = deque(maxlen=_SEEN)
        self.consents: dict[str, Consent] = {}
        self.jobs: dict[str, Any] = {}
        self.pages: dict[object, bytes] = {}
        self._shelves: dict[object, Any] = {}
        self.lock = threading.Lock()
        self._file = file
        self._kept = _Kept(**orjson.loads(file.read_bytes())) if file and file.exists() else _Kept()

    def show(self, moment: datetime | None) -> None:
        """Shows the world as it stood at that moment; None shows all of it."""
        self.world = self.full.as_of(moment) if moment else self.full
        self.pages.clear()
        self.jobs.clear()
        self._shelves.clear()

    def page(self, key: object, render: Callable[[], bytes]) -> bytes:
        """The rendered page, from memory when it was asked for before and the world has not moved since."""
        if key not in self.pages:
            self.pages[key] = render()
        return self.pages[key]

    def shelf(self, key: object, make: Callable[[], Shelf]) -> Shelf:
        """What a vendor sorted once out of the world shown, kept until the world moves."""
        if key not in self._shelves:
            self._shelves[key] = make()
        found: Shelf = self._shelves[key]
        return found

    def epoch(self, platform: str) -> int:
        """How often the merchant took the grant back; tokens of an earlier epoch are dead."""
        return self._kept.epochs.get(platform, 0)

    def revoke(self, platform: str) -> None:
        with self.lock:
            self._kept.epochs[platform] = self.epoch(platform) + 1
            self._save()

    def spend(self, token: str) -> bool:
        """Marks a code as used; False if it was used before."""
        with self.lock:
            fresh = token not in self._kept.spent
            self._kept.spent.append(token)
            self._save()
        return fresh

    def advance(self, chain: str, generation: int) -> bool:
        """Notes that a refresh token of this generation was used; False if a younger one of its chain was before."""
        with self.lock:
            fresh = generation >= self._kept.generations.get(chain, 0)
            self._kept.generations[chain] = max(generation, self._kept.generations.get(chain, 0))
            self._save()
        return fresh

    def _save(self) -> None:
        if self._file:
            self._file.write_bytes(orjson.dumps(asdict(self._kept)))


@dataclass(kw_only=True)
class _Kept:
    epochs: dict[str, int] = field(default_factory=dict)
    generations: dict[str, int] = field(default_factory=dict)
    spent: list[str] = field(default_factory=list)
