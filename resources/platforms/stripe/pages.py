"""How Stripe's pages are read: newest first, back to the start of the window."""

from collections.abc import Callable, Iterator
from typing import Final

from resources.errors import Stop
from resources.reading import Api, Page, Window

VERSION: Final = "2026-10-28.endive"
ROOT: Final = "https://api.stripe.com/v1"


def lists(resource: str) -> Callable[[Api, Window], Iterator[Page]]:
    """A reader of one resource's list."""

    def read(api: Api, window: Window) -> Iterator[Page]:
        params = {"limit": "100"}
        if window.since:
            params["created[gte]"] = str(int(window.since.timestamp()))
        seen = set[str]()
        while True:
            reply = api.get(f"{ROOT}/{resource}", params=params)
            answer = reply.json()
            yield Page(body=reply.body)
            if not answer["has_more"]:
                return
            params["starting_after"] = answer["data"][-1]["id"]
            if params["starting_after"] in seen:
                raise Stop(
                    "a page token came twice, so the list would never end.",
                    to=reply.to,
                    do_next="The next sync starts the list again.",
                )
            seen.add(params["starting_after"])

    return read
