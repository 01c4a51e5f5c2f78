"""What the verifier looks for where no table shows it: struck-out rows in files, keys outside that nobody knows."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from contextlib import closing
from typing import Final

import duckdb

from assets.privacy.examining import Check
from assets.privacy.known_exports import exports
from assets.privacy.remains import has_remains
from assets.privacy.surviving import suppression_key
from resources.columns import Personal
from resources.control_plane.facts import Datasource, FileGeneration
from resources.control_plane.privacy_facts import Step
from resources.escrow.unheard import unheard_of
from resources.identity import Identifier, Subject
from resources.platforms import platform
from resources.stores import Stores
from resources.warehouse.opening import attach, memory

_SUPPRESSED: Final = "suppressed"  # the step since which nothing of the person gets into a file
_CATALOG: Final = "looked_at"


def struck_out(stores: Stores, workspace_id: str, steps: Mapping[str, Step]) -> Check:
    """Whoever was deleted in place before the erasure began is in no free place of a file that holds people."""
    since = steps[_SUPPRESSED].done_at if _SUPPRESSED in steps else None
    found = [
        (datasource, file)
        for datasource in stores.plane.datasources.of(workspace_id)
        if (file := stores.plane.files.current_source(datasource.id))
    ]
    older = [(datasource, file) for datasource, file in found if since is None or file.created_at < since]
    with closing(memory(stores.scratch)) as connection:
        odd = sum(_has_remains(connection, stores, datasource, file) for datasource, file in older)
    return Check(
        what="no file holds rows that its tables do not show, from before the person was suppressed",
        store="source files",
        seen=f"{len(found) - len(older)} written anew since, {len(older)} looked into, {odd} with such rows",
        holds=not odd,
    )


def handed_out(stores: Stores, workspace_id: str, subject: Subject) -> Check:
    """No export that is about the person, or can be seen to name them, lies where it was written."""
    standing = [each for each in exports(stores, workspace_id) if each.lies_there]
    people = [each for each in subject.identifiers if each.kind is not Personal.PHONE]
    names = _names(stores, workspace_id, people) if standing else frozenset()
    theirs = sum(bool(each.names & names) or each.mentions(people) for each in standing)
    return Check(
        what="no export about the person lies where it was written",
        store="exports",
        seen=f"{len(standing)} still there, {theirs} about the person",
        holds=not theirs,
    )


def _names(stores: Stores, workspace_id: str, people: Iterable[Identifier]) -> frozenset[str]:
    with suppression_key(stores, workspace_id) as key:
        return frozenset(hmac.new(key.view(), each.token.encode(), hashlib.sha256).hexdigest() for each in people)


def unheard(stores: Stores, workspace_id: str) -> Check:
    """No backup of which this control plane never heard can be opened."""
    count = len(unheard_of(stores, workspace_id))
    return Check(
        what="no copy of a key is kept with the backups that nothing here accounts for",
        store="backups",
        seen=f"{count} such copies",
        holds=not count,
    )


def _has_remains(
    connection: duckdb.DuckDBPyConnection, stores: Stores, datasource: Datasource, file: FileGeneration
) -> bool:
    with stores.keys.plain(file.key_id) as key:
        attach(connection, stores.data_root / file.path, _CATALOG, key, read_only=True)
    found = has_remains(connection, _CATALOG, platform(datasource.platform))
    connection.execute(f"DETACH {_CATALOG}")
    return found
