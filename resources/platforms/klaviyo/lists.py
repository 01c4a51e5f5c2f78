"""How Klaviyo's lists are read: what changed since the last time, and only the declared fields of it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from resources.platform import Stream
from resources.platforms.klaviyo import streams
from resources.platforms.klaviyo.asking import Read, facts, instant, pages
from resources.reading import Api, Page, Window

_CHANNELS: Final = ("email", "sms", "mobile_push")
_SIZES: Final = {"flow": "50", "list": "10", "segment": "10"}
_LISTS: Final = {"flow": streams.FLOWS, "list": streams.LISTS, "segment": streams.SEGMENTS}
_SECOND: Final = timedelta(seconds=1)


def _fields(kind: str, stream: Stream) -> dict[str, str]:
    """Only what is declared is asked for, so that the rest never comes at all."""
    found = (c.path.removeprefix("attributes.") for c in stream.columns if c.path.startswith("attributes."))
    return {f"fields[{kind}]": ",".join(dict.fromkeys(found))}


def changed(kind: str, comparison: str) -> Read:
    """A reader of flows, lists or segments that changed; where only "greater than" is known, from a second before."""
    stream = _LISTS[kind]

    def read(api: Api, window: Window) -> Iterator[Page]:
        params = {**_fields(kind, stream), "page[size]": _SIZES[kind], "sort": "updated"}
        if window.since:
            since = window.since - (_SECOND if comparison == "greater-than" else timedelta(0))
            params["filter"] = f"{comparison}(updated,{instant(since)})"
        for reply in pages(api, f"{kind}s", params):
            yield Page(body=reply.body, facts=facts(api))

    return read


def read_campaigns(api: Api, window: Window) -> Iterator[Page]:
    """Campaigns of each channel in turn: the list has to be told which one."""
    for channel in _CHANNELS:
        wanted = f"equals(messages.channel,'{channel}')"
        if window.since:
            wanted = f"and({wanted},greater-or-equal(updated_at,{instant(window.since)}))"
        params = {**_fields("campaign", streams.CAMPAIGNS), "filter": wanted, "sort": "updated_at"}
        for reply in pages(api, "campaigns", params):
            yield Page(body=reply.body, facts={**facts(api), "channel": channel})


def read_metrics(api: Api, _window: Window) -> Iterator[Page]:
    for reply in pages(api, "metrics", {"fields[metric]": "name,created,updated,integration"}):
        yield Page(body=reply.body, facts=facts(api))


def read_profiles(api: Api, window: Window) -> Iterator[Page]:
    params = {
        **_fields("profile", streams.PROFILES),
        "additional-fields[profile]": "subscriptions",
        "page[size]": "100",
        "sort": "updated",
    }
    if window.since:
        params["filter"] = f"greater-than(updated,{instant(window.since - _SECOND)})"
    for reply in pages(api, "profiles", params):
        yield Page(body=reply.body, facts=facts(api))
