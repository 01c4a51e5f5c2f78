"""Makes the brand's advertising at six platforms: what runs, and what each ad did each day."""
# ruff: noqa: PLR2004 -- the odds of an invented brand read best where they are drawn

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Final

from sandbox.world.entities import SHOP_CURRENCY, SHOP_ZONE
from sandbox.world.marketing import Ad, AdAccount, AdDay, AdGroup, Campaign
from sandbox.world.moments import ad_day_at

_STARTED: Final = int(datetime(2024, 2, 1, 12, tzinfo=UTC).timestamp())


@dataclass(frozen=True, kw_only=True)
class _Style:
    """How a platform numbers and names, what a click costs (cents), how many sights a click takes."""

    account: str
    base: int
    kinds: tuple[str, ...]
    click: int
    sights: int
    zone: str = SHOP_ZONE


STYLES: Final = {
    "google_ads": _Style(
        account="4815162342", base=21_000_000_000, kinds=("SEARCH", "SHOPPING", "PERFORMANCE_MAX"), click=95, sights=28
    ),
    "meta_ads": _Style(
        account="1048576204800",
        base=120_210_000_000_000_000,
        kinds=("OUTCOME_SALES", "OUTCOME_SALES", "OUTCOME_TRAFFIC"),
        click=80,
        sights=70,
    ),
    "tiktok_ads": _Style(
        account="7210000000000000321",
        base=1_780_000_000_000_000_000,
        kinds=("WEB_CONVERSIONS", "TRAFFIC", "REACH"),
        click=45,
        sights=110,
    ),
    "pinterest_ads": _Style(
        account="549755885175",
        base=626_700_000_000,
        kinds=("WEB_CONVERSION", "CONSIDERATION", "CATALOG_SALES"),
        click=60,
        sights=90,
        zone="UTC",
    ),
    "microsoft_ads": _Style(
        account="139100001", base=530_000_000, kinds=("Search", "Shopping", "PerformanceMax"), click=70, sights=25
    ),
    "amazon_ads": _Style(
        account="3141592653589793",
        base=310_000_000_000_000,
        kinds=("SPONSORED_PRODUCTS", "SPONSORED_BRANDS", "SPONSORED_DISPLAY"),
        click=85,
        sights=45,
    ),
}
_ENDED_DAYS_AGO: Final = 20  # what is paused or archived now had its last day then
_THEMES: Final = ("Always On", "Bestsellers", "New Visitors")
_AUDIENCES: Final = ("Broad", "Lookalike")
_CREATIVES: Final = ("Morning Ritual", "Forest Walk", "Refill")

Won = Mapping[tuple[int, date], tuple[int, int]]


def entities(platform: str) -> tuple[Ad, ...]:
    """The platform's ads; groups and campaigns hang on them. The last campaign is paused, one ad is archived."""
    style = STYLES[platform]
    made: list[Ad] = []
    for row, kind in enumerate(style.kinds):
        campaign = Campaign(
            id=style.base + 1000 * (row + 1),
            name=f"{platform.split('_', maxsplit=1)[0].title()} {_THEMES[row]}",
            status="PAUSED" if row == 2 else "ACTIVE",
            kind=kind,
            created=_STARTED + row * 86_400,
            daily_budget=5000 + 2500 * row,
        )
        for part, audience in enumerate(_AUDIENCES):
            group = AdGroup(
                id=campaign.id + 100 * (part + 1),
                name=f"{campaign.name} / {audience}",
                status="ACTIVE",
                campaign=campaign,
                created=campaign.created + 3600,
            )
            made += [_ad(group, place, archived=row == part == 1) for place in range(len(_CREATIVES))]
    return tuple(made)


def _ad(group: AdGroup, place: int, *, archived: bool) -> Ad:
    return Ad(
        id=group.id + place + 1,
        name=f"{_CREATIVES[place]} {group.id % 1000 // 100}",
        status="ARCHIVED" if archived and place == 2 else "ACTIVE",
        group=group,
        created=group.created + 600,
        url="https://juniperandrye.example/collections/all",
    )


def runs(ad: Ad) -> bool:
    return ad.status == ad.group.campaign.status == "ACTIVE"


def won(touched: Iterable[tuple[int, date, int]]) -> Won:
    """Orders and their worth per (ad, day), out of (ad, day, cents) of each order."""
    sums: dict[tuple[int, date], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for ad, day, cents in touched:
        count, value = sums[ad, day]
        sums[ad, day] = (count + 1, value + cents)
    return sums


def account(
    seed: int, platform: str, ads: tuple[Ad, ...], days: Iterable[date], all_days: Sequence[date], results: Won
) -> AdAccount:
    """The account over those days. What does not run any more ended some days before the last of `all_days`."""
    style = STYLES[platform]
    groups = tuple(dict.fromkeys(ad.group for ad in ads))
    dates = tuple(days)
    running = set(all_days[:-_ENDED_DAYS_AGO])
    ended = tuple(day for day in dates if day in running)
    return AdAccount(
        id=style.account,
        name="Juniper & Rye",
        currency=SHOP_CURRENCY,
        zone=style.zone,
        campaigns=tuple(dict.fromkeys(group.campaign for group in groups)),
        groups=groups,
        ads=ads,
        daily=tuple(
            _did(seed, style, ad, day, results.get((ad.id, day), (0, 0)))
            for ad in ads
            for day in (dates if runs(ad) else ended)
        ),
    )


def at(whole: AdAccount, today: date) -> AdAccount:
    """The account as its platform shows it on that day."""
    return replace(whole, daily=tuple(ad_day_at(row, today) for row in whole.daily))


def _did(seed: int, style: _Style, ad: Ad, day: date, result: tuple[int, int]) -> AdDay:
    rng = random.Random(f"{seed}|{ad.id}|{day.toordinal()}")
    conversions, value = result
    clicks = conversions * rng.randrange(9, 24) + rng.randrange(0, 12)
    return AdDay(
        ad=ad,
        day=day,
        impressions=clicks * (style.sights + rng.randrange(-8, 9)) + rng.randrange(0, 300),
        clicks=clicks,
        spend=sum(style.click + rng.randrange(-20, 21) for _ in range(min(clicks, 40))) * max(1, clicks // 40),
        conversions=conversions,
        value=value,
        view_conversions=int(conversions > 0 and rng.random() < 0.3),
    )
