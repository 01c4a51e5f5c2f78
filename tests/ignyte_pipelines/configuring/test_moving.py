"""A configuration goes out of one workspace and into another unchanged, whole or not at all, and dies with it."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from ignyte_pipelines.cli import config as commands
from ignyte_pipelines.configuring.moving import Known, exported, imported, read
from ignyte_pipelines.configuring.shapes import Configuration, MetricTarget, Report, SavedView, Section
from resources.control_plane.facts import Workspace, WorkspaceState
from resources.errors import Refused
from resources.settings import Settings
from resources.stores import Stores, open_stores

KNOWN = Known(metrics=frozenset({"net_sales", "orders"}), columns={"days": frozenset({"day", "net_sales", "orders"})})
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20)
SECTIONS = st.builds(
    Section,
    title=NAMES,
    table=st.just("days"),
    metrics=st.lists(st.sampled_from(["net_sales", "orders"]), min_size=1, max_size=3).map(tuple),
    dimensions=st.just(("day",)),
)
CONFIGURATIONS = st.builds(
    Configuration,
    reports=st.lists(
        st.builds(Report, name=NAMES, sections=st.lists(SECTIONS, min_size=1, max_size=2).map(tuple)),
        max_size=3,
        unique_by=lambda each: each.name,
    ).map(lambda found: tuple(sorted(found, key=lambda each: each.name))),
    saved_views=st.lists(
        st.builds(
            SavedView,
            name=NAMES,
            dashboard=NAMES,
            date_range=st.sampled_from(["last 7 days", "month to date"]),
            filters=st.dictionaries(st.just("country"), st.lists(NAMES, max_size=2).map(tuple), max_size=1),
        ),
        max_size=3,
        unique_by=lambda each: each.name,
    ).map(lambda found: tuple(sorted(found, key=lambda each: each.name))),
    metric_targets=st.lists(
        st.builds(
            MetricTarget,
            metric=st.sampled_from(["net_sales", "orders"]),
            month=st.integers(1, 12).map(lambda month: date(2026, month, 1)),
            target=st.decimals(min_value=0, max_value=10**9, places=2),
        ),
        max_size=4,
        unique_by=lambda each: (each.metric, each.month),
    ).map(lambda found: tuple(sorted(found, key=lambda each: (each.metric, each.month)))),
)
ONE = Configuration(
    reports=(Report(name="Weekly", sections=(Section(title="All", table="days", metrics=("orders",)),)),),
    saved_views=(SavedView(name="Mine", dashboard="DTC", date_range="last 7 days"),),
    metric_targets=(MetricTarget(metric="net_sales", month=date(2026, 3, 1), target=Decimal("1000.5")),),
)


@pytest.fixture
def stores(home: Path, now: datetime) -> Iterator[Stores]:
    with open_stores(Settings(home=home), clock=lambda: now) as opened:
        yield opened


@pytest.fixture
def workspace(stores: Stores) -> Workspace:
    return stores.plane.workspaces.create("Juniper", now=stores.clock())


@given(given_=CONFIGURATIONS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_goes_in_comes_out(stores: Stores, workspace: Workspace, given_: Configuration) -> None:
    written = given_.model_dump_json().encode()
    imported(stores, workspace, read(written), KNOWN, instead=True)
    assert exported(stores, workspace) == given_
    again = imported(stores, workspace, exported(stores, workspace), KNOWN, instead=True)
    assert again.removed == 0


def test_without_replace_nothing_goes_and_a_dry_run_changes_nothing(stores: Stores, workspace: Workspace) -> None:
    imported(stores, workspace, ONE, KNOWN)
    assert imported(stores, workspace, Configuration(), KNOWN).removed == 0
    assert exported(stores, workspace) == ONE
    assert imported(stores, workspace, Configuration(), KNOWN, instead=True, would=True).removed == 3
    assert exported(stores, workspace) == ONE


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda it: it["reports"].append(it["reports"][0]), "comes 2 times"),
        (lambda it: it["reports"][0]["sections"][0].update(table="orders"), "no table 'orders'"),
        (lambda it: it["reports"][0]["sections"][0].update(metrics=["email"]), "no column of days 'email'"),
        (lambda it: it["metric_targets"][0].update(metric="mood"), "no metric 'mood'"),
        (lambda it: it["metric_targets"][0].update(month="2026-03-02"), "first day"),
        (lambda it: it["metric_targets"][0].update(target="NaN"), "finite"),
        (lambda it: it.update(version=2), "version"),
        (lambda it: it.update(secret="hunter2"), "secret"),
        (lambda it: it["saved_views"][0].update(name="a\nb"), "printable"),
    ],
)
def test_a_wrong_document_changes_nothing(stores: Stores, workspace: Workspace, change: object, says: str) -> None:
    imported(stores, workspace, ONE, KNOWN)
    wrong = json.loads(ONE.model_dump_json())
    change(wrong)  # type: ignore[operator]
    with pytest.raises(Refused, match=says) as caught:
        imported(stores, workspace, read(json.dumps(wrong).encode()), KNOWN, instead=True)
    assert "hunter2" not in str(caught.value)
    assert exported(stores, workspace) == ONE


def test_it_goes_with_the_workspace(stores: Stores, workspace: Workspace) -> None:
    imported(stores, workspace, ONE, KNOWN)
    gone = stores.plane.workspaces.mark(workspace.id, WorkspaceState.DELETED, stores.clock())
    assert exported(stores, gone) == Configuration()
    with pytest.raises(Refused, match="deleted"):
        imported(stores, gone, ONE, KNOWN)


@pytest.mark.slow
def test_the_commands_move_it_from_one_workspace_to_another(stores: Stores, workspace: Workspace, home: Path) -> None:
    other = stores.plane.workspaces.create("Hazel", now=stores.clock())
    run, file = CliRunner(), home / "configuration.json"
    real = json.loads(ONE.model_dump_json())
    real["reports"][0]["sections"][0].update(table="brand_metrics_by_date", metrics=["net_sales"])
    file.write_text(json.dumps(real))
    assert run.invoke(commands.app, ["import", "Juniper", str(file)]).exit_code == 0
    assert run.invoke(commands.app, ["export", "Juniper", "--out", str(file)]).exit_code == 0
    assert run.invoke(commands.app, ["import", "Hazel", str(file)]).exit_code == 0
    assert exported(stores, other) == exported(stores, workspace)
    shown = run.invoke(commands.app, ["list", "Hazel", "--json"])
    assert json.loads(shown.stdout)["targets"] == 1
