"""What a run is given: the stores, opened when it starts, and someone who listens to how it goes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import dagster as dg

from assets.failures import Guarded
from assets.loading import Progress, Report
from resources.audit import service
from resources.control_plane.facts import Datasource
from resources.dbt import Progress as NodeProgress
from resources.revoking import carry_on
from resources.stores import Stores, open_stores
from resources.warehouse.metrics import Published


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A datasource is being read, this far."""

    datasource: Datasource
    progress: Progress


@dataclass(frozen=True, kw_only=True)
class Landed:
    """A datasource was synced."""

    datasource: Datasource
    report: Report


@dataclass(frozen=True, kw_only=True)
class Failed:
    """A datasource could not be synced; `why` may be shown."""

    datasource: Datasource
    why: str


@dataclass(frozen=True, kw_only=True)
class Building:
    """A model or a test began or ended."""

    node: NodeProgress


@dataclass(frozen=True, kw_only=True)
class Built:
    """The metrics were published."""

    published: Published


Event = Reading | Landed | Failed | Building | Built
Listen = Callable[[Event], None]


@dataclass(frozen=True, kw_only=True)
class Outside:
    """The resource `outside` of every asset, check and sensor."""

    stores: Stores
    tell: Listen = lambda _: None


@dg.resource(description="The control plane, the keys and the encrypted files, as the environment says.")
def outside(_: dg.InitResourceContext) -> Iterator[Outside]:
    with Guarded(), open_stores(me=service("dagster")) as stores:
        carry_on(stores)
        yield Outside(stores=stores)


def outside_of(context: Any) -> Outside:  # noqa: ANN401 -- Dagster's contexts have no common type
    """The resource, typed."""
    given: Outside = context.resources.outside
    return given
