"""Killed at each of its steps in turn, an erasure still ends: one certificate, and nobody else loses a row."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from worlds import Truth, another, ask, change, differing, load, opened, raw

from assets.privacy.erasure import ERASE, carry_on
from resources.control_plane.facts import FileState
from resources.control_plane.privacy_facts import RequestState
from resources.identity import subject
from sandbox.serve import Sandbox
from sandbox.world.people import CANARY_SPELLING_EMAIL

pytestmark = pytest.mark.slow
HERE = Path(__file__).parent
STEPS = ("look", "widen", "suppress", "copy", "note a rewrite", "rebuild", "back up", "certify", "close")


def test_killed_at_every_step_it_converges(sandbox: Sandbox, tmp_path: Path) -> None:
    home = tmp_path / "home"
    load(home, sandbox, ("shopify", "stripe"))
    world = sandbox.state.full
    truth = Truth(world=world, person=next(p for p in world.people if p.email == CANARY_SPELLING_EMAIL))
    with opened(another(home, "without")) as (stores, workspace):
        change(stores, workspace, "shopify", truth.shopify())
        change(stores, workspace, "stripe", truth.stripe())
        rows = raw(stores, workspace)
    with opened(home) as (stores, workspace):
        (request,) = ask(stores, workspace, subject(emails=(CANARY_SPELLING_EMAIL,)))
        assert differing(raw(stores, workspace), rows)
    paths = os.pathsep.join(map(str, (HERE, HERE.parent, HERE.parent.parent)))
    command = [sys.executable, str(HERE / "erasure_children.py"), request.id, *STEPS]
    environment = {**os.environ, "IGNYTE_HOME": str(home), "PYTHONPATH": paths}
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)  # noqa: S603 -- our own
    assert run.stdout.split("\n")[:-1] == [f"{step}:-9" for step in STEPS]
    with opened(home) as (stores, workspace):
        assert carry_on(stores) == 1
        assert carry_on(stores) == 0
        assert not stores.audit.left_open(ERASE)
        assert stores.plane.requests.get(request.id).state is RequestState.DONE
        assert [each.act_id for each in stores.plane.certificates.all()] == [request.id]
        assert differing(raw(stores, workspace), rows) == []
        steps = stores.plane.requests.steps(request.id)
        assert steps["found"].facts["rows"] == str(
            sum(int(steps[name].facts["rows"]) for name in steps if "ds_" in name)
        )
        states = {file.state for file in stores.plane.files.of(workspace.id)}
        assert states == {FileState.CLEAN, FileState.DELETED}
        assert len(list(stores.data_root.rglob("*.duckdb*"))) == 2
