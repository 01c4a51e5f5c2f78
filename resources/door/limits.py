"""How far the door goes before it gives up, and what it counted on the way."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

_MB = 1024 * 1024


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Seconds and bytes for one request. Bytes count what comes out after decompression."""

    tries: int = 5
    redirects: int = 3
    connect_seconds: float = 10
    read_seconds: float = 60
    reply_seconds: float = 300
    download_seconds: float = 3600
    longest_wait: float = 300
    backoff_seconds: float = 1
    reply_bytes: int = 256 * _MB
    download_bytes: int = 64 * 1024 * _MB
    archive_bytes: int = 256 * _MB  # a zip is held in memory, since its directory stands at its end
    piece_bytes: int = 32 * _MB
    line_bytes: int = 512 * _MB
    ratio: int = 250
    ratio_from_bytes: int = 8 * _MB  # short and regular texts shrink further than bombs of that size matter


@dataclass(frozen=True, kw_only=True)
class Clock:
    """Time and chance, as the door uses them; tests bring their own."""

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = _now
    chance: Callable[[], float] = random.SystemRandom().random


@dataclass(frozen=True, kw_only=True)
class Counts:
    """What went through the door. `bytes` are those of bodies as they came over the line."""

    requests: int = 0
    bytes: int = 0
    refusals: int = 0
    retries: int = 0
    waits: int = 0
    refreshes: int = 0
