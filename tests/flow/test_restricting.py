"""A restricted person is kept and counts nowhere; lifted, they count as before (GDPR art. 18)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from worlds import another, calculated, opened

from assets.privacy.erasure import erase
from assets.privacy.finding import find
from assets.privacy.requests import receive, subject_of
from assets.privacy.restricting import lift, restrict
from resources.control_plane.facts import Workspace
from resources.control_plane.privacy_facts import RequestKind, RequestState
from resources.errors import Refused
from resources.identity import subject
from resources.stores import Stores
from resources.warehouse.metrics import build
from sandbox.world.people import CANARY_SPELLING_EMAIL

pytestmark = pytest.mark.slow
WHO = subject(emails=(CANARY_SPELLING_EMAIL,))


@pytest.fixture
def opened_copy(calculated_home: Path) -> Iterator[tuple[Stores, Workspace]]:
    with opened(another(calculated_home, "restricting")) as found:
        yield found


def test_restricted_lifted_and_erased(opened_copy: tuple[Stores, Workspace]) -> None:
    stores, workspace = opened_copy
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
