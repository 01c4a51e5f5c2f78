"""A stream that replaces: what a sync did not bring again is gone, and nothing else."""

import datetime as dt
from dataclasses import replace

import pytest
from warehouse_rows import WHEN, landed, refunds

from resources.control_plane.facts import Datasource
from resources.platform import Platform
from resources.platforms import platform
from resources.stores import Stores
from resources.warehouse.landing import Landing
from resources.warehouse.sources import mark_clean, mark_loading, open_for_load

DAY = dt.timedelta(days=1)


def replacing(by: tuple[str, ...] | None) -> Platform:
    declared = platform("stripe")
    (feed,) = [feed for feed in declared.feeds if feed.name == "refunds"]
    changed = replace(feed, streams=(replace(feed.streams[0], replaces=by),))
    feeds = [changed if each is feed else each for each in declared.feeds]
    return replace(declared, feeds=tuple(feeds))


def land(
    stores: Stores, datasource: Datasource, declared: Platform, now: dt.datetime, *batches: dict[str, str], whole: str
) -> None:
    """Lands batches of id → charge as one sync; `whole` names the feed that was read to its end."""
    with open_for_load(stores, datasource) as source:
        mark_loading(stores, source)
        for number, batch in enumerate(batches, start=1):
            table = refunds(*batch)
            place = table.column_names.index("charge_id")
            table = table.set_column(place, "charge_id", [list(batch.values())])
            cursors = {whole: now} if number == len(batches) else None
            with Landing(source.connection, stores.scratch, declared, now, lambda: True) as landing:
                landing.land({"refunds": table} if batch else {}, cursors)
    mark_clean(stores, datasource)


@pytest.mark.parametrize(
    ("by", "left"),
    [(None, {"a", "b", "c", "d", "e"}), (("charge_id",), {"c", "d", "e"}), ((), {"d", "e"})],
)
def test_what_did_not_come_again_is_gone(
    stores: Stores, datasource: Datasource, by: tuple[str, ...] | None, left: set[str]
) -> None:
    declared = replacing(by)
    land(stores, datasource, declared, WHEN, {"a": "one", "b": "one", "c": "two"}, whole="refunds")
    # one group comes again, in two batches, with other rows
    land(stores, datasource, declared, WHEN + DAY, {"d": "one"}, {"e": "one"}, whole="refunds")
    assert set(landed(stores, datasource)) == left


def test_a_feed_that_was_not_read_to_its_end_loses_nothing(stores: Stores, datasource: Datasource) -> None:
    land(stores, datasource, replacing(()), WHEN, {"a": "one"}, whole="refunds")
    land(stores, datasource, replacing(()), WHEN + DAY, {"b": "one"}, whole="charges")
    assert set(landed(stores, datasource)) == {"a", "b"}


def test_a_list_that_came_back_empty_empties_its_table(stores: Stores, datasource: Datasource) -> None:
    land(stores, datasource, replacing(()), WHEN, {"a": "one"}, whole="refunds")
    land(stores, datasource, replacing(()), WHEN + DAY, {}, whole="refunds")
    assert landed(stores, datasource) == {}
