"""The steps of a purge, one after the other: each can be done twice, and counts what is gone, not what it did."""

import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assets.privacy import requests
from assets.privacy.handed_out import remove_all
from resources.backups import forget_workspace
from resources.control_plane.facts import Datasource, FileState, Workspace, WorkspaceState
from resources.control_plane.privacy_facts import RequestKind, RequestState
from resources.control_plane.requests import OPEN
from resources.errors import Refused, Stop, TryLater
from resources.revoking import destroy_data, give_back
from resources.stores import Stores
from resources.warehouse.recalculating import recalculate, withdraw

Facts = Mapping[str, str]
ForgetRuns = Callable[[str], int]
_LOOKS: Final = 50
_PAUSE: Final = 0.1
_KINDS: Final = ("the whole workspace is deleted", "nothing is left to be given")


@dataclass(frozen=True, kw_only=True)
class Todo:
    """A step: its name in the record, the sentence said once it is done, and the work."""

    name: str
    sentence: str
    work: Callable[[], Facts]


def of_datasource(stores: Stores, found: Datasource, act_id: str, forget_runs: ForgetRuns) -> Iterator[Todo]:
    """What ends one datasource. Taken one by one: a later step is thought of once the one before it is done."""
    yield Todo(
        name="fenced",
        sentence="Nothing is asked of it from here on.",
        work=lambda: _fence_datasource(stores, found),
    )
    yield from _cut_off(stores, found, act_id)
    yield Todo(
        name="configuration",
        sentence="What names the account is gone.",
        work=lambda: _forget_account(stores, found),
    )
    yield Todo(
        name="metrics",
        sentence="No metric holds anything of it.",
        work=lambda: _metrics_without(stores, found.workspace_id),
    )
    yield Todo(
        name="traces",
        sentence="Its runs are forgotten in Dagster.",
        work=lambda: {"runs": str(forget_runs(found.id))},
    )


def of_workspace(stores: Stores, found: Workspace, act_id: str, forget_runs: ForgetRuns) -> Iterator[Todo]:
    """What ends a workspace, in an order in which nothing that is still needed is gone too early."""
    yield Todo(
        name="fenced",
        sentence="It is deleted: nothing of it is read, built, queried or connected any more.",
        work=lambda: _fence_workspace(stores, found),
    )
    for each in stores.plane.datasources.of(found.id):
        yield from _cut_off(stores, each, act_id)
    yield Todo(
        name="metrics",
        sentence="The metrics are destroyed.",
        work=lambda: _destroy_metrics(stores, found.id),
    )
    yield Todo(name="backups", sentence="The backups are destroyed.", work=lambda: _forget_backups(stores, found.id))
    yield Todo(name="requests", sentence="Open requests are closed.", work=lambda: _close_requests(stores, found.id))
    yield Todo(name="keys", sentence="No key of it is left.", work=lambda: _destroy_keys(stores, found.id))
    yield Todo(name="files", sentence="No file of it is left.", work=lambda: _unlink(stores, found.id))
    yield Todo(
        name="traces",
        sentence="Its runs are forgotten in Dagster.",
        work=lambda: {"runs": str(forget_runs(found.id))},
    )
    yield Todo(name="exports", sentence="Shell history and exports are gone.", work=lambda: _exports(stores, found.id))
    yield Todo(
        name="configuration",
        sentence="Settings, inputs, rules and history are gone.",
        work=lambda: _forget_configuration(stores, found.id),
    )
    yield Todo(
        name="tombstone",
        sentence="It can't come back by a restore.",
        work=lambda: _bury(stores, found.id, "workspace", found.id, act_id),
    )


def _fence_datasource(stores: Stores, found: Datasource) -> Facts:
    gone = stores.plane.datasources.disconnected(found.id, stores.clock())
    return {"fence": str(gone.fence)}


def _fence_workspace(stores: Stores, found: Workspace) -> Facts:
    sources = stores.plane.datasources.of(found.id)
    stores.plane.workspaces.mark(found.id, WorkspaceState.DELETED, stores.clock())
    return {"datasources": str(len(sources))}


def _cut_off(stores: Stores, found: Datasource, act_id: str) -> Iterator[Todo]:
    """Grant, credential, keys, files. How the grant went is noted by itself, since it can't be asked a second time."""
    returned = f"given back {found.id}"

    def destroy() -> Facts:
        said = stores.plane.requests.steps(act_id)[returned].facts
        return {**said, **_destroy_source(stores, found, act_id)}

    yield Todo(
        name=returned,
        sentence=f"{found.platform}: the grant is given back.",
        work=lambda: {"given_back": give_back(stores, found)},
    )
    yield Todo(
        name=f"disconnected {found.id}",
        sentence=f"{found.platform}: credential, keys and files are destroyed.",
        work=destroy,
    )


def _destroy_source(stores: Stores, found: Datasource, act_id: str) -> Facts:
    if stores.credentials is None:
        to = f"datasource {found.id}"
        raise Refused("this process may not use credentials.", to=to, do_next="Use a process that syncs.")
    stores.plane.datasources.disconnected(found.id, stores.clock())
    stores.credentials.destroy(found)
    destroy_data(stores, found, stores.clock())
    _bury(stores, found.workspace_id, "datasource", found.id, act_id)
    files = [file for file in stores.plane.files.of(found.workspace_id) if file.datasource_id == found.id]
    keys = [record for record in stores.plane.keys.of(found.workspace_id) if record.owner == found.id]
    return {"files": str(len(files)), "keys": str(len(keys))}


def _metrics_without(stores: Stores, workspace_id: str) -> Facts:
    before = stores.plane.files.published(workspace_id)
    file = recalculate(stores, workspace_id)
    # one that a cancelled workspace had published is destroyed, and not made anew
    words = "none were published" if before is None else "destroyed"
    return {"metrics": "calculated without it", "file": file.id} if file else {"metrics": words}


def _destroy_metrics(stores: Stores, workspace_id: str) -> Facts:
    withdraw(stores, workspace_id)
    files = [file for file in stores.plane.files.of(workspace_id) if file.datasource_id is None]
    return {"files": str(len(files))}


def _forget_backups(stores: Stores, workspace_id: str) -> Facts:
    # also those that an older state of the control plane does not know
    forget_workspace(stores, workspace_id)
    return {"backups": str(len(stores.plane.backups.all(workspace_id)))}


def _close_requests(stores: Stores, workspace_id: str) -> Facts:
    still_open = [each for each in stores.plane.requests.of(workspace_id) if each.state in OPEN]
    for each in still_open:
        access = each.kind is RequestKind.ACCESS
        state = RequestState.REFUSED if access else RequestState.DONE
        requests.close(stores, each, state, f"{_KINDS[access].capitalize()}; see the certificate of {workspace_id}.")
    return {"closed": str(len(still_open))}


def _destroy_keys(stores: Stores, workspace_id: str) -> Facts:
    records = stores.plane.keys.of(workspace_id)
    for record in records:
        stores.keys.destroy(record.id, stores.clock())
    return {"keys": str(len(records))}


def _unlink(stores: Stores, workspace_id: str) -> Facts:
    _remove(stores.data_root / "workspaces" / workspace_id)
    files = stores.plane.files.of(workspace_id)
    for file in files:
        stores.plane.files.mark(file.id, FileState.DELETED)
    return {"files": str(len(files))}


def _exports(stores: Stores, workspace_id: str) -> Facts:
    home = stores.settings.home
    places = (home / "shell" / f"{workspace_id}.history", home / "exports" / workspace_id)
    there = [place for place in places if place.exists()]
    for place in there:
        _remove(place)
    return {"removed": str(len(there) + remove_all(stores, workspace_id))}


def _forget_account(stores: Stores, found: Datasource) -> Facts:
    stores.plane.datasources.forget(found.id)
    _scrub(stores)
    return {"datasources": "1"}


def _forget_configuration(stores: Stores, workspace_id: str) -> Facts:
    plane = stores.plane
    sources = plane.datasources.of(workspace_id)
    for each in sources:
        plane.datasources.forget(each.id)
    runs = plane.runs.forget(workspace_id)
    # people wrote the reasons, and may have named somebody
    plane.workspaces.restrict(workspace_id, "")
    _scrub(stores)
    return {"datasources": str(len(sources)), "runs": str(runs)}


def _bury(stores: Stores, workspace_id: str, kind: str, subject: str, act_id: str) -> Facts:
    made = stores.plane.tombstones.add(
        workspace_id=workspace_id, kind=kind, subject=subject, act_id=act_id, now=stores.clock()
    )
    return {"tombstone": made.id}


def _scrub(stores: Stores) -> None:
    for _ in range(_LOOKS):
        if stores.plane.scrub():
            return
        time.sleep(_PAUSE)
    raise TryLater("another process still reads an old page of it.", to="control plane", do_next="Type it again.")


def _remove(place: Path) -> None:
    try:
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place)
        else:
            place.unlink(missing_ok=True)
    except FileNotFoundError:
        # another purge of it was quicker
        return
    except OSError as error:
        to = f"folder {place.name}"
        raise Stop(
            f"it can't be removed ({error.strerror}).", to=to, do_next="Mend that, then type it again."
        ) from None
