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
from resources.errors import Problem
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


@dataclass(frozen=True, kw_only=True)
class Said:
    """An act that deletes is this far; `words` may be shown."""

    words: str


@dataclass(frozen=True, kw_only=True)
class Ended:
    """An act that deletes is over: with what it hands back, or with what kept it from its end."""

    result: object = None
    problem: Problem | None = None


Event = Reading | Landed | Failed | Building | Built | Said | Ended
Listen = Callable[[Event], None]


@dataclass(frozen=True, kw_only=True)
class Outside:
    """The resource `outside` of every asset, check and sensor.

    `reason` is why somebody wants an act; they may have named a person in it, so Dagster is not told.
    """

    stores: Stores
    tell: Listen = lambda _: None
    reason: str = ""


@dg.resource(description="The control plane, the keys and the encrypted files, as the environment says.")
def outside(_: dg.InitResourceContext) -> Iterator[Outside]:
    with Guarded(), open_stores(me=service("dagster")) as stores:
        carry_on(stores)
        yield Outside(stores=stores)


def outside_of(context: Any) -> Outside:  # noqa: ANN401 -- Dagster's contexts have no common type
    """The resource, typed."""
    given: Outside = context.resources.outside
    return given
