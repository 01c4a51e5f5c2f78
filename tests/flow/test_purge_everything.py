"""A workspace or a datasource is purged to the last byte, whatever kills the purge on its way."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from merchant import SHOP, describe, join
from purge_child import DATASOURCE, WORKSPACE
from searching import Needles

from assets.loading import sync
from assets.privacy.purging import carry_on, purge_datasource, purge_workspace, unfinished
from assets.privacy.requests import receive
from resources.audit.verifier import examine
from resources.columns import Personal
from resources.control_plane.facts import Connection, Datasource, FileState, Outcome, RunKind, Workspace
from resources.control_plane.inputs import Cost, UploadKind
from resources.control_plane.privacy_facts import RequestKind
from resources.errors import Refused
from resources.identity import Identifier, Subject
from resources.settings import Settings
from resources.stores import Stores, open_stores
from resources.warehouse.metrics import build, open_metrics
from resources.warehouse.sources import open_for_reading
from sandbox.serve import Sandbox

pytestmark = pytest.mark.slow
CHILD = Path(__file__).with_name("purge_child.py")
ROOT = Path(__file__).parents[2]
NAME = "Juniper Unmistakable Trading"
Values = dict[str, set[str | bytes]]


def nothing_to_forget(_: str) -> int:
    return 0


@pytest.fixture(scope="module")
def prepared(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a shop and an ad account, synced and built, and with all that people add to a workspace."""
    home = tmp_path_factory.mktemp("full")
    describe(sandbox, home)
    with open_stores(Settings(home=home)) as stores:
        workspace = stores.plane.workspaces.create(NAME, now=stores.clock())
        for key in ("shopify", "meta_ads"):
            sync(stores, join(stores, sandbox, workspace, key)[0])
        build(stores, workspace)
        _used(stores, workspace)
    return home


def _used(stores: Stores, workspace: Workspace) -> None:
    plane, now, home = stores.plane, stores.clock(), stores.settings.home
    cost = Cost(line=1, sku="a", product_id=None, cost=Decimal(3), currency="EUR", effective_from=date(2026, 1, 1))
    plane.inputs.add(
        workspace.id,
        UploadKind.COSTS,
        [cost],
        file_name=f"{NAME}.csv",
        sha256="0" * 64,
        rows_left_out=0,
        uploaded_by="someone",
        now=now,
    )
    run = plane.runs.start(workspace_id=workspace.id, kind=RunKind.BUILD, now=now)
    plane.runs.finish(run.id, Outcome.FAILED, now=now, error=f"metrics of {NAME}: a test failed.")
    plane.datasources.failed(plane.datasources.of(workspace.id, "shopify")[0].id, f"{SHOP}: HTTP 500.", now)
    (email,) = sorted(_emails(stores, workspace))[:1]
    person = Subject(identifiers=(Identifier(kind=Personal.EMAIL, value=email),))
    receive(stores, workspace, RequestKind.ACCESS, person, channel="cli")
    for file in (home / "shell" / f"{workspace.id}.history", home / "exports" / workspace.id / "one.json"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"FROM customers WHERE email = '{email}'; -- {NAME} {SHOP}")


def _emails(stores: Stores, workspace: Workspace) -> set[str]:
    (shop,) = stores.plane.datasources.of(workspace.id, "shopify")
    with open_for_reading(stores, shop) as source:
        query = "SELECT DISTINCT email FROM source.raw_shopify.customers WHERE email IS NOT NULL"
        return {str(email) for (email,) in source.connection.execute(query).fetchall()}


@pytest.fixture
def stores(prepared: Path, home: Path, sandbox: Sandbox) -> Iterator[Stores]:
    shutil.copytree(prepared, home, dirs_exist_ok=True)
    describe(sandbox, home)
    with open_stores(Settings(home=home)) as opened:
        yield opened


@pytest.fixture
def workspace(stores: Stores) -> Workspace:
    (found,) = stores.plane.workspaces.all()
    return found


def secret_values(stores: Stores, workspace: Workspace) -> Values:
    """All that must not be found any more: people, tokens, keys, and the names of the shop and the workspace."""
    found: Values = {"e-mail": {*_emails(stores, workspace)}, "name": {NAME}, "shop": {SHOP}, "token": set()}
    assert stores.credentials is not None
    for each in stores.plane.datasources.of(workspace.id):
        grant = stores.credentials.load(each).grant
        found["token"] |= {secret.reveal() for secret in (grant.access, grant.refresh) if secret}
        found["account"] = found.get("account", set()) | {each.account, each.account_name}
    found["wrapped key"] = {record.wrapped for record in stores.plane.keys.of(workspace.id) if record.wrapped}
    return found


def seen(values: Values, home: Path) -> set[str]:
    left_out = [home / "sandbox.json"]  # the pretend platform's own
    return {label for labels in Needles(values).in_folder(home, left_out).values() for label in labels}


def killed(home: Path, subject: str, steps: Sequence[str]) -> dict[str, list[object]]:
    """One process after the other dies at a step of the purge: how it ended, and how the workspace stood then."""
    command = [sys.executable, str(CHILD), str(home), subject, *steps]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)  # noqa: S603 -- our own
    assert done.returncode == 0, done.stderr[-2000:]
    ended: dict[str, list[object]] = json.loads(done.stdout)
    return ended


def assert_one_of_each(stores: Stores, subject: str, verb: str, workspace_id: str) -> None:
    """One certificate, one tombstone a thing, one act in a log that holds."""
    assert [each.act_id for each in stores.plane.certificates.all()] == [subject]
    stones = [(each.kind, each.subject) for each in stores.plane.tombstones.of(workspace_id)]
    assert len(stones) == len(set(stones))
    stores.audit.close()
    settings = stores.settings
    report = examine(settings.audit_dir, settings.home / "audit-checkpoints", stores.audit.public_pem)
    assert (report.holds, report.unfinished) == (True, []), report.problem
    acts = [entry for entry in stores.audit.entries() if entry.verb == verb]
    assert [(each.phase.value, each.result) for each in acts] == [("intent", ""), ("outcome", "done")]


def test_nothing_of_a_workspace_is_left_in_its_home(stores: Stores, workspace: Workspace) -> None:
    home, values = stores.settings.home, secret_values(stores, workspace)
    assert seen(values, home) == {"e-mail", "name", "shop", "account", "wrapped key"}
    done = purge_workspace(stores, workspace.id, at_once=True, forget_runs=nothing_to_forget)
    assert seen(values, home) == set()
    assert not list((home / "data" / "workspaces").glob("*"))
    given_back = [step.facts["given_back"] for name, step in done.steps.items() if name.startswith("given back")]
    assert sorted(given_back) == [
        "Meta Ads has forgotten it.",
        "Shopify can't be asked to forget it from here. Remove it in Shopify's own settings.",
    ]
    for each in stores.plane.datasources.of(workspace.id):
        assert stores.credentials is not None
        assert stores.credentials.wrapped(each) is None
    with pytest.raises(Refused, match="is deleted"), open_metrics(stores, workspace):
        pass
    with pytest.raises(Refused, match="is deleted"):
        build(stores, workspace)


def test_a_workspace_s_purge_that_is_killed_at_every_step_ends_as_one(stores: Stores, workspace: Workspace) -> None:
    home, values = stores.settings.home, secret_values(stores, workspace)
    # from the first step on there is no way back
    assert killed(home, workspace.id, WORKSPACE) == {step: [signal.SIGKILL, "deleted"] for step in WORKSPACE}
    assert len(stores.audit.left_open("workspace.delete")) == 1
    assert carry_on(stores, nothing_to_forget) == 1
    assert carry_on(stores, nothing_to_forget) == 0
    assert unfinished(stores) == ([], [])
    stores.audit.settle()
    assert_one_of_each(stores, workspace.id, "workspace.delete", workspace.id)
    assert seen(values, home) == set()
    steps = stores.plane.requests.steps(workspace.id)
    counts = [step.facts for name, step in steps.items() if name.startswith("disconnected")]
    # counted as if nothing had ever died
    assert [(each["files"], each["keys"]) for each in counts] == [("1", "1")] * len(counts)


def test_a_datasource_s_purge_that_is_killed_at_every_step_takes_it_alone(stores: Stores, workspace: Workspace) -> None:
    (gone,) = stores.plane.datasources.of(workspace.id, "meta_ads")[:1]
    with open_metrics(stores, workspace) as metrics:
        assert metrics.execute("SELECT sum(spend) FROM paid_media_by_date").fetchone() != (None,)
    ended = killed(stores.settings.home, gone.id, DATASOURCE)
    assert ended == {step: [signal.SIGKILL, "active"] for step in DATASOURCE}
    assert unfinished(stores) == ([], [gone.id])
    assert carry_on(stores, nothing_to_forget) == 1
    assert unfinished(stores) == ([], [])
    stores.audit.settle()
    assert_one_of_each(stores, gone.id, "datasource.purge", workspace.id)
    assert_only_it_is_gone(stores, workspace, gone)
    again = purge_datasource(stores, gone.id, forget_runs=nothing_to_forget)
    assert (again.again, again.steps["metrics"].facts["metrics"]) == (True, "calculated without it")


def assert_only_it_is_gone(stores: Stores, workspace: Workspace, gone: Datasource) -> None:
    row = stores.plane.datasources.get(gone.id)
    assert (row.connection, row.account, row.account_name) == (Connection.DISCONNECTED, "", "")
    files = [file for file in stores.plane.files.of(workspace.id) if file.datasource_id == gone.id]
    assert {file.state for file in files} == {FileState.DELETED}
    assert not [path for path in stores.data_root.rglob("*") if gone.id in path.name]
    with open_metrics(stores, workspace) as metrics:
        assert metrics.execute("SELECT sum(spend) FROM paid_media_by_date").fetchone() == (None,)
        orders = metrics.execute("SELECT sum(orders) FROM brand_metrics_by_date").fetchone()
        assert orders is not None
        assert orders[0] > 0
    (shop,) = stores.plane.datasources.of(workspace.id, "shopify")
    assert shop.connection is Connection.CONNECTED
    assert stores.plane.credentials.get(shop.id, "grant") is not None
