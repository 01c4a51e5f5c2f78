"""Whoever left the files in use may still lie in a backup, or in a place of a file that no table shows: gone too."""

from pathlib import Path

import pytest
from backup_rows import ANN, BOB, emails, land
from test_backups_elsewhere import lost

from assets.privacy.erasure import erase
from assets.privacy.erasure_steps import rebuild
from assets.privacy.examining import recomputed
from assets.privacy.remaining import struck_out, unheard
from assets.privacy.requests import receive
from resources.backups import create, restore
from resources.backups.outdated import outdated
from resources.control_plane.facts import Datasource, Workspace
from resources.control_plane.privacy_facts import Request, RequestKind
from resources.identity import subject
from resources.stores import Stores
from resources.warehouse.rewriting import rewrite
from resources.warehouse.sources import mark_clean, open_for_load, open_for_reading

pytestmark = pytest.mark.slow


def ask(stores: Stores, workspace_id: str) -> Request:
    workspace = stores.plane.workspaces.get(workspace_id)
    return receive(stores, workspace, RequestKind.ERASE, subject(emails=(ANN,)), channel="a test")


def leave_in_place(stores: Stores, datasource: Datasource) -> None:
    """What a load does to a row whose place another took: it is struck out, and the file keeps its key."""
    with open_for_load(stores, datasource) as source:
        source.connection.execute("DELETE FROM source.raw_stripe.charges WHERE email = $mail", {"mail": ANN})
    mark_clean(stores, datasource)


def key_of(stores: Stores, datasource: Datasource) -> str:
    file = stores.plane.files.current_source(datasource.id)
    assert file
    return file.key_id


def test_a_copy_under_the_key_in_use_is_ended(stores: Stores, workspace: Workspace, datasource: Datasource) -> None:
    create(stores, workspace)
    left = Path(stores.settings.home / f"drill-{workspace.id}-killed")
    left.mkdir()
    assert outdated(stores, workspace.id) == frozenset()
    assert not left.exists()
    leave_in_place(stores, datasource)
    assert outdated(stores, workspace.id) == {datasource.id}
    key = key_of(stores, datasource)
    (done,) = erase(stores, [ask(stores, workspace.id)])
    assert done.places == ()
    assert stores.plane.keys.get(key).wrapped is None
    assert key not in stores.keeper.copies.ids(workspace.id)
    assert outdated(stores, workspace.id) == frozenset()
    assert emails(stores, datasource) == {"ch_2": BOB}


def test_a_row_that_was_struck_out_leaves_the_file(
    stores: Stores, workspace: Workspace, datasource: Datasource
) -> None:
    leave_in_place(stores, datasource)
    key = key_of(stores, datasource)
    first, second = (ask(stores, workspace.id) for _ in range(2))
    erase(stores, [first])
    assert stores.plane.keys.get(key).wrapped is None
    with open_for_reading(stores, datasource) as source:
        rows = source.connection.execute(
            "SELECT sum(count) FROM pragma_storage_info('source.raw_stripe.charges') WHERE column_id = 0 "
            "AND segment_type <> 'VALIDITY'"
        )
        assert rows.fetchone() == (1,)
    key = key_of(stores, datasource)
    erase(stores, [second])
    assert key_of(stores, datasource) == key


def test_a_backup_of_which_a_fresh_home_never_heard_opens_no_more(
    stores: Stores, workspace: Workspace, datasource: Datasource, home: Path
) -> None:
    leave_in_place(stores, datasource)
    older = create(stores, workspace)
    # a new key, and the person is back: in this backup alone
    erase(stores, [receive(stores, workspace, RequestKind.ERASE, subject(emails=("no@x.com",)), channel="a test")])
    land(stores, datasource, {"ch_3": ANN})
    create(stores, workspace)
    key = key_of(stores, datasource)
    with lost(home) as fresh:
        restore(fresh, older.id)
        assert key in fresh.keeper.copies.ids(workspace.id)
        assert not unheard(fresh, workspace.id).holds
        erase(fresh, [ask(fresh, workspace.id)])
        assert key not in fresh.keeper.copies.ids(workspace.id)


def test_the_verifier_sees_what_nobody_noted(stores: Stores, workspace: Workspace, datasource: Datasource) -> None:
    request = ask(stores, workspace.id)
    leave_in_place(stores, datasource)
    assert not struck_out(stores, workspace.id, {}).holds
    # metrics begun before somebody who was killed wrote the source anew
    begun = stores.plane.files.begin(
        workspace_id=workspace.id,
        datasource_id=None,
        generation=1,
        path="metrics/1.duckdb",
        key_id=key_of(stores, datasource),
        schema_version=1,
        now=stores.clock(),
    )
    stores.plane.files.publish(begun.id, size=1, sha256="0" * 64, now=stores.clock())
    assert recomputed(stores, workspace.id, [], everything=True).holds
    rewrite(stores, datasource)
    assert struck_out(stores, workspace.id, {}).holds
    assert not recomputed(stores, workspace.id, [], everything=True).holds
    rebuild(stores, stores.plane.workspaces.get(workspace.id), [request], changed=False)
    assert recomputed(stores, workspace.id, [], everything=True).holds
