"""Stopping: pause, resume, and giving a datasource back, with its grant, its credential and its data."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from resources.access import bare_door
from resources.audit import Act
from resources.audit.commitments import commitment
from resources.control_plane.facts import Datasource, FileState, LeaseMode
from resources.door.redaction import redact
from resources.errors import AskAgain, Problem, Refused, Stop
from resources.lifecycle import Event, require
from resources.platform import Grant, OAuth
from resources.platforms import platform
from resources.stores import Stores
from resources.warehouse.holding import held
from resources.warehouse.recalculating import recalculate
from resources.warehouse.session import remove
from resources.warehouse.sources import lease_name

DISCONNECT: Final = "datasource.disconnect"
_REASON: Final = "giving the grant back at the platform"
_logger: Final = logging.getLogger(__name__)
Tell = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Disconnected:
    """What happened. `given_back` says how it went with the grant; `files` and `keys` count what was destroyed."""

    datasource: Datasource
    given_back: str
    files: int
    keys: int
    rebuilt: bool


def pause(stores: Stores, datasource_id: str) -> Datasource:
    """Stops reading at the next request; grant, data and cursors are kept."""
    found = stores.plane.datasources.get(datasource_id)
    with stores.audit.act("datasource.pause", f"datasource {found.id}", workspace_id=found.workspace_id):
        return stores.plane.datasources.pause(found.id, stores.clock())


def resume(stores: Stores, datasource_id: str) -> Datasource:
    """Reads again; since no cursor has moved, the next sync, due at once, loads the whole gap."""
    found = stores.plane.datasources.get(datasource_id)
    with stores.audit.act("datasource.resume", f"datasource {found.id}", workspace_id=found.workspace_id):
        resumed = stores.plane.datasources.resume(found.id, stores.clock())
        stores.plane.due.at_once(found.id, stores.clock())
    return resumed


def disconnect(stores: Stores, datasource_id: str, *, reason: str = "", tell: Tell = lambda _: None) -> Disconnected:
    """Ends reading at the next request, gives the grant back, destroys the credential and the data, and rebuilds.

    It can be repeated: what is done stays done, what is missing is done then.

    Raises:
        Refused: this process may not use credentials, it can't be audited, or the workspace is held.
        Problem: everything is destroyed, but the metrics could not be built without it yet; a build is queued.
    """
    found = stores.plane.datasources.get(datasource_id)
    act = stores.audit.act(DISCONNECT, f"datasource {found.id}", workspace_id=found.workspace_id, reason=reason)
    with act:
        return _disconnected(stores, found, act, tell)


def carry_on(stores: Stores) -> int:
    """Finishes what processes that died began to disconnect; returns how many. Costs nothing where there is none."""
    if stores.credentials is None:
        return 0
    done = 0
    for orphan in stores.audit.left_open(DISCONNECT):
        if act := stores.audit.taken_up(orphan):
            try:
                with act:
                    datasource = stores.plane.datasources.get(orphan.entry.target.rpartition(" ")[2])
                    _disconnected(stores, datasource, act, lambda _: None)
            except Problem as problem:
                # written down as failed; whoever opened the stores wants something else
                _logger.warning("%s", problem)
            done += 1
    return done


def _disconnected(stores: Stores, found: Datasource, act: Act, tell: Tell) -> Disconnected:
    if stores.credentials is None:
        raise Refused(
            "this process may not use credentials.", to=f"datasource {found.id}", do_next="Use a sync process."
        )
    plane, now = stores.plane, stores.clock()
    require(plane.workspaces.get(found.workspace_id), Event.DISCONNECT, now)
    tell("Stopping: nothing is asked from here on.")
    gone = plane.datasources.disconnected(found.id, now)
    given_back = give_back(stores, found)
    tell(f"Grant: {given_back}")
    stores.credentials.destroy(found)
    files, keys = destroy_data(stores, found, now)
    tell(f"Destroyed: the credential, {keys} keys, {files} files.")
    plane.tombstones.add(workspace_id=found.workspace_id, kind="datasource", subject=found.id, act_id=act.id, now=now)
    who = commitment(plane, stores.keys, found.workspace_id, f"{found.platform} {found.account}", now)
    act.found(platform=found.platform, account=who, given_back=given_back, files=files, keys=keys)
    rebuilt = _rebuild(stores, found, tell)
    act.found(rebuilt=rebuilt)
    return Disconnected(datasource=gone, given_back=given_back, files=files, keys=keys, rebuilt=rebuilt)


def give_back(stores: Stores, datasource: Datasource) -> str:
    """Asks the platform to forget the grant; a sentence says how that went. Ours is destroyed in any case."""
    declared = platform(datasource.platform)
    by_hand = f"Remove it in {declared.title}'s own settings."
    app = stores.settings.app(declared.key)
    if not isinstance(declared.auth, OAuth) or declared.auth.revoke is None or app is None:
        return f"{declared.title} can't be asked to forget it from here. {by_hand}"
    grant = _grant(stores, datasource)
    if grant is None:
        return "There was none any more."
    try:
        with bare_door(stores, declared, datasource.account, grant.access) as door:
            declared.auth.revoke(door, app, grant.refresh or grant.access)
    except AskAgain:
        return f"{declared.title} had taken it back before."
    except Problem as problem:
        return f"{declared.title} was asked to forget it, in vain: {redact(problem.trouble.what)} {by_hand}"
    return f"{declared.title} has forgotten it."


def _grant(stores: Stores, datasource: Datasource) -> Grant | None:
    if stores.credentials is None:
        return None
    try:
        return stores.credentials.load(datasource, actor=stores.audit.me, reason=_REASON).grant
    except (AskAgain, Stop):
        # what is damaged can't be given back, and must not keep the rest from being destroyed
        return None


def destroy_data(stores: Stores, datasource: Datasource, now: datetime) -> tuple[int, int]:
    """Destroys every key the datasource's files ever had, then unlinks the files. Whoever holds one open ends first."""
    plane = stores.plane
    keys = [
        record
        for record in plane.keys.of(datasource.workspace_id)
        if record.owner == datasource.id and record.wrapped is not None
    ]
    for record in keys:
        stores.keys.destroy(record.id, now)
    with held(plane, lease_name(datasource.id), LeaseMode.EXCLUSIVE, stores.clock):
        files = [
            file
            for file in plane.files.of(datasource.workspace_id)
            if file.datasource_id == datasource.id and file.state is not FileState.DELETED
        ]
        for file in files:
            # a load that was under way may have begun a file, and with it a key, since
            stores.keys.destroy(file.key_id, now)
            remove(stores.data_root / file.path)
            plane.files.mark(file.id, FileState.DELETED)
    return len(files), len(keys)


def _rebuild(stores: Stores, datasource: Datasource, tell: Tell) -> bool:
    """Builds the metrics without the datasource, where any are published and the workspace may be used."""
    if stores.plane.files.published(datasource.workspace_id) is None:
        return False
    tell("Calculating the metrics without it.")
    return recalculate(stores, datasource.workspace_id) is not None
