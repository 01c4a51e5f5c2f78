"""A restricted person is kept and counts nowhere; lifted, they count as before (GDPR art. 18)."""

import pytest
from merchant import join

from assets.loading import sync
from assets.privacy.erasure import erase
from assets.privacy.finding import find
from assets.privacy.requests import receive, subject_of
from assets.privacy.restricting import lift, restrict
from resources.control_plane.facts import Workspace
from resources.control_plane.privacy_facts import RequestKind, RequestState
from resources.errors import Refused
from resources.identity import subject
from resources.stores import Stores
from resources.warehouse.metrics import build, open_metrics
from sandbox.serve import Sandbox
from sandbox.world.people import CANARY_SPELLING_EMAIL

pytestmark = pytest.mark.slow
WHO = subject(emails=(CANARY_SPELLING_EMAIL,))


@pytest.fixture
def workspace(stores: Stores, sandbox: Sandbox) -> Workspace:
    moment = stores.clock()
    object.__setattr__(stores, "clock", lambda: moment)
    made = stores.plane.workspaces.create("Juniper", now=moment)
    for key in ("shopify", "stripe"):
        sync(stores, join(stores, sandbox, made, key)[0])
    build(stores, made)
    return made


def calculated(stores: Stores, workspace: Workspace) -> dict[str, list[tuple[object, ...]]]:
    with open_metrics(stores, workspace) as connection:
        names = [name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()]
        return {name: connection.execute(f'FROM "{name}" ORDER BY ALL').fetchall() for name in names}


def test_restricted_lifted_and_erased(stores: Stores, workspace: Workspace) -> None:
    whole = calculated(stores, workspace)
    asked = receive(stores, workspace, RequestKind.RESTRICT, WHO, channel="test")
    done = restrict(stores, asked)
    assert (done.rows > 0, done.rebuilt) == (True, True)
    without = calculated(stores, workspace)
    assert without != whole
    # kept: what is restricted is still there to be handed over
    assert find(stores, workspace, [WHO]).places
    # it stands, so nobody is late in answering it; and it holds for every later build
    assert stores.plane.requests.unanswered() == []
    build(stores, workspace)
    assert calculated(stores, workspace) == without

    lift(stores, stores.plane.requests.get(asked.id))
    assert calculated(stores, workspace) == whole
    closed = stores.plane.requests.get(asked.id)
    assert closed.state is RequestState.DONE
    with pytest.raises(Refused, match="forgotten"):
        subject_of(stores, closed)
    with pytest.raises(Refused, match="restricts nobody"):
        lift(stores, closed)

    erase(stores, [receive(stores, workspace, RequestKind.ERASE, WHO, channel="test")])
    assert calculated(stores, workspace) == without
