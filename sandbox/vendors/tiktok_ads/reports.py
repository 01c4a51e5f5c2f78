"""TikTok's report, at once: one id and the day by which it is cut."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Final

from sandbox.calls import Answer, Call
from sandbox.vendors.tiktok_ads import records
from sandbox.vendors.tiktok_ads.access import complaint, owner
from sandbox.vendors.tiktok_ads.lists import Unreadable, asked, paged
from sandbox.world.marketing import AdAccount, AdDay

_DAY: Final = "stat_time_day"
_MOST_DAYS: Final = 30
_MOST_DAYS_IN_ALL: Final = 365
_IDS: Final = {"CAMPAIGN": "campaign_id", "ADGROUP": "adgroup_id", "AD": "ad_id"}


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One report."""

    service: str
    level: str
    dimensions: tuple[str, ...]
    metrics: tuple[str, ...]
    since: date
    until: date


def report(call: Call) -> Answer:
    """GET report/integrated/get."""
    refusal = owner(call, needs="44")
    if refusal:
        return refusal
    account = call.world.ads["tiktok_ads"]
    try:
        ask = _asked(call)
        rows = call.state.shelf(("tiktok_ads", ask), lambda: _rows(ask, account))
        return paged(call, rows, ("tiktok_ads", ask))
    except Unreadable as unreadable:
        return complaint(40002, str(unreadable))


def _asked(call: Call) -> Ask:
    given = call.arguments
    service, _, level = given.get("data_level", "").partition("_")
    if given.get("report_type") != "BASIC" or level not in _IDS or service != given.get("service_type", "AUCTION"):
        raise Unreadable("data_level: Must match report_type and service_type.")
    try:
        since, until = date.fromisoformat(given["start_date"]), date.fromisoformat(given["end_date"])
    except (KeyError, ValueError):
        raise Unreadable("start_date, end_date: Not a valid date.") from None
    ask = Ask(
        service=service,
        level=level,
        dimensions=tuple(asked(call, "dimensions", [])),
        metrics=tuple(asked(call, "metrics", ["spend", "impressions"])),
        since=since,
        until=until,
    )
    _check(ask)
    return ask


def _check(ask: Ask) -> None:
    if set(ask.dimensions) - {_IDS[ask.level], _DAY} or _IDS[ask.level] not in ask.dimensions:
        raise Unreadable("dimensions: Only one id dimension is allowed, and it must be that of the data_level.")
    most = _MOST_DAYS if _DAY in ask.dimensions else _MOST_DAYS_IN_ALL
    if not 0 <= (ask.until - ask.since).days < most:
        raise Unreadable(f"The time range must be at most {most} days.")


def _place(level: str, row: AdDay) -> int:
    return {"CAMPAIGN": row.ad.group.campaign.id, "ADGROUP": row.ad.group.id}.get(level, row.ad.id)


def _rows(ask: Ask, account: AdAccount) -> list[records.Record]:
    """Rows in order of day and entity. All that the brand runs was bought by auction."""
    sums: dict[tuple[str, int], list[AdDay]] = defaultdict(list)
    for row in account.daily if ask.service == "AUCTION" else ():
        if ask.since <= row.day <= ask.until and (row.impressions or row.clicks):
            sums[f"{row.day} 00:00:00" if _DAY in ask.dimensions else "", _place(ask.level, row)].append(row)
    return [_row(ask, account, day, place, rows) for (day, place), rows in sorted(sums.items(), key=lambda one: one[0])]


def _row(ask: Ask, account: AdAccount, day: str, place: int, rows: list[AdDay]) -> records.Record:
    figures = records.metrics(ask.level, rows, account)
    unknown = sorted(set(ask.metrics) - figures.keys())
    if unknown:
        raise Unreadable(f"metrics: {unknown[0]} is not supported.")
    where = {_IDS[ask.level]: str(place), **({_DAY: day} if day else {})}
    return {"dimensions": where, "metrics": {name: figures[name] for name in ask.metrics}}
