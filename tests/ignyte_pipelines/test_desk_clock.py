"""What the clock does for the reviewer's desk: notices leave the outbox, and each workspace is backed up once a day."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import dagster as dg
import pytest

from assets.outside import Outside
from ignyte_pipelines.definitions import defs
from ignyte_pipelines.instance import instance
from ignyte_pipelines.schedules import backups_of
from resources.control_plane.facts import Workspace
from resources.notices import add_contact, announce
from resources.register import NOTICE, Action, Category, Subprocessor
from resources.settings import Settings
from resources.stores import Stores, open_stores

POST = Subprocessor(
    name="Post", category=Category.EMAIL, purpose="sends", data="addresses", location="Frankfurt", safeguard="DPA"
)


@pytest.fixture
def stores(home: Path, now: datetime) -> Iterator[Stores]:
    with open_stores(Settings(home=home), clock=lambda: now) as opened:
        yield opened


@pytest.fixture
def workspace(stores: Stores) -> Workspace:
    return stores.plane.workspaces.create("Juniper", now=stores.clock())


def told(stores: Stores) -> str:
    with instance(stores.settings) as dagster:
        context = dg.SensorEvaluationContext(
            instance_ref=dagster.get_ref(),
            instance=dagster,
            last_tick_completion_time=None,
            last_run_key=None,
            cursor=None,
            repository_name=None,
            resources={"outside": dg.ResourceDefinition.hardcoded_resource(Outside(stores=stores))},
            definitions=defs,
        )
        return defs.resolve_sensor_def("waiting_notices").evaluate_tick(context).skip_message or ""


def test_the_outbox_says_what_it_waits_for(stores: Stores, workspace: Workspace) -> None:
    assert "Nobody waits" in told(stores)
    add_contact(stores, workspace, "officer", "dpo.canary@juniper.example")
    announce(stores, Action.ADD, POST, stores.clock() + NOTICE)
    assert "IGNYTE_SMTP_URL" in told(stores)


def test_only_what_is_filled_and_known_is_backed_up_once_a_day(now: datetime) -> None:
    runs = backups_of({"ws_b": True, "ws_a": True, "ws_empty": False, "ws_new": True}, now, {"ws_a", "ws_b"})
    assert [run.partition_key for run in runs] == ["ws_a", "ws_b"]
    assert backups_of({"ws_a": True}, now, {"ws_a"})[0].run_key == runs[0].run_key
