"""A small feed to decode."""

from collections.abc import Iterator
from datetime import timedelta

from resources.columns import Personal, boolean, date, epoch, integer, json_text, money, number, text, timestamp
from resources.platform import Feed, Stream
from resources.reading import Api, Format, Page, Window

ORDERS = Stream(
    name="orders",
    description="One row per order.",
    key=("id",),
    cursor="updated_at",
    lookback=timedelta(hours=1),
    records="data[]",
    columns=(
        text("id", "Id."),
        timestamp("updated_at", "Changed."),
        money("total", "Total.", "price.amount"),
        integer("units", "Units.", missing=("-",)),
        number("rate", "Rate."),
        boolean("test", "Test."),
        date("day", "Day."),
        epoch("created_at", "Created.", "created"),
        json_text("tags", "Tags."),
        text("email", "E-mail.", personal=Personal.EMAIL),
        text("note", "Note.", optional=True),
        text("currency", "Currency.", "@currency"),
    ),
)
LINES = Stream(
    name="lines",
    description="One row per line.",
    key=("order_id", "line"),
    cursor=None,
    cursor_reason="with its order",
    records="data[].lines[]",
    columns=(text("order_id", "Order.", "^.id"), integer("line", "Line."), text("first_tag", "Tag.", "tags[0]")),
)


def _unread(_api: Api, _window: Window) -> Iterator[Page]:
    yield from ()


def feed(*streams: Stream, kind: Format = Format.JSON) -> Feed:
    return Feed(name="things", format=kind, read=_unread, streams=streams)
