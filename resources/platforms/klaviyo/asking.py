"""How Klaviyo is asked: its address, its revision, and lists that go on by a link."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

from resources.errors import Stop
from resources.reading import Api, Page, Reply, Window

# newer ones take status and send time out of the list of campaigns
REVISION: Final = "2026-07-15"
ROOT: Final = "https://a.klaviyo.com/api"
Read: TypeAlias = Callable[[Api, Window], Iterator[Page]]


def facts(api: Api) -> dict[str, str]:
    return {"account_id": api.account, "currency": api.settings["currency"], "time_zone": api.settings["time_zone"]}


def zone(api: Api) -> ZoneInfo:
    return ZoneInfo(api.settings["time_zone"])


def instant(moment: datetime) -> str:
    """As filters and time frames want it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def midnight(day: date, where: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=where)


def pages(api: Api, resource: str, params: Mapping[str, str]) -> Iterator[Reply]:
    """A list, page by page; the link to the next one already holds the parameters."""
    reply = api.get(f"{ROOT}/{resource}", params=params)
    seen = set[str]()
    while True:
        yield reply
        link = next_link(reply)
        if not link:
            return
        if link in seen:
            raise endless(reply)
        seen.add(link)
        reply = api.get(link)


def next_link(reply: Reply) -> str | None:
    answer = reply.json()
    links = answer.get("links") if isinstance(answer, dict) else None
    link = links.get("next") if isinstance(links, dict) else None
    return str(link) if link else None


def endless(reply: Reply) -> Stop:
    return Stop(
        "a page token came twice, so the list would never end.",
        to=reply.to,
        do_next="The next sync starts the list again.",
    )


def shaped(reply: Reply, take: Callable[[Any], Any]) -> Any:  # noqa: ANN401 -- JSON has any shape
    """What `take` finds in the answer.

    Raises:
        Stop: the answer is not of the shape that `take` expects.
    """
    answer = reply.json()
    try:
        return take(answer)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        raise Stop(
            "the answer has not the shape it is known by.",
            to=reply.to,
            do_next="Nothing of it was stored; the connector must learn the new shape.",
        ) from None
