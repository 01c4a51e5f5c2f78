"""What the sandbox's advertising truly did, by day."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from resources.reading import Reply
from sandbox.world.marketing import AdAccount, AdDay

UNTIL = dt.datetime(2026, 3, 14, 12, tzinfo=dt.UTC)


@dataclass(kw_only=True)
class Figures:
    """Sums over some ads' days; money in cents."""

    impressions: int = 0
    clicks: int = 0
    spend: int = 0
    conversions: int = 0
    value: int = 0


def by(owner: AdAccount, key: Callable[[AdDay], Hashable]) -> dict[Hashable, Figures]:
    """The sums of all days with any delivery, by what `key` tells of a day."""
    found: dict[Hashable, Figures] = defaultdict(Figures)
    for row in owner.daily:
        if row.impressions or row.clicks:
            sums = found[key(row)]
            for name in ("impressions", "clicks", "spend", "conversions", "value"):
                setattr(sums, name, getattr(sums, name) + getattr(row, name))
    return dict(found)


def campaign_day(row: AdDay) -> Hashable:
    return str(row.ad.group.campaign.id), row.day


def ad_day(row: AdDay) -> Hashable:
    return str(row.ad.id), row.day


def reply(body: bytes, status: int = 200, **headers: str) -> Reply:
    return Reply(status=status, headers=headers, body=body, to="POST somewhere")
