"""Keys, credentials and refusals on record, and people in it only as commitments."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from resources.access import bare_door, open_door
from resources.audit import Entry, person
from resources.audit.commitments import SALT, commitment
from resources.control_plane.facts import Datasource
from resources.errors import AskAgain, Refused, Stop
from resources.platform import Grant
from resources.platforms import platform
from resources.secret import Secret
from resources.settings import Settings
from resources.stores import Stores, open_stores

GRANT = Grant(access=Secret("canary-access"), refresh=Secret("canary-refresh"))


@pytest.fixture
def stores(home: Path) -> Iterator[Stores]:
    with open_stores(Settings(home=home)) as opened:
        yield opened


@pytest.fixture
def datasource(stores: Stores) -> Datasource:
    workspace = stores.plane.workspaces.create("Juniper", now=stores.clock())
    return stores.plane.datasources.connect(
        workspace_id=workspace.id,
        platform="stripe",
        account="acct_1",
        account_name="Juniper",
        currency="USD",
        time_zone="UTC",
        settings={},
        scopes=frozenset({"read_only"}),
        grade="proved",
        opted_in=frozenset(),
        now=stores.clock(),
    )


def said(stores: Stores) -> list[tuple[str, str, str]]:
    return [(entry.verb, entry.actor.name, entry.result) for entry in stores.audit.entries() if entry.result]


def last(stores: Stores) -> Entry:
    return list(stores.audit.entries())[-1]


def test_each_use_of_a_credential_is_on_record_without_it(stores: Stores, datasource: Datasource) -> None:
    vault, me = stores.credentials, person().name
    assert vault
    old = vault.store(datasource, GRANT, stores.clock())
    vault.load(datasource)
    vault.replace(datasource, old, GRANT, stores.clock())
    vault.load(datasource, actor=person(), reason="ticket 12")
    vault.destroy(datasource)
    with pytest.raises(AskAgain):
        vault.load(datasource)
    assert said(stores) == [
        ("credential.store", me, "done"),
        ("credential.read", "sync", "done"),
        ("credential.refresh", "sync", "done"),
        ("credential.read", me, "done"),
        ("credential.destroy", me, "done"),
        ("credential.read", "sync", "failed"),
    ]
    assert b"canary" not in b"".join(stores.audit.chain.segments.lines())


def test_a_person_who_says_no_reason_reads_no_credential(
    stores: Stores, datasource: Datasource, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = stores.credentials
    assert vault
    vault.store(datasource, GRANT, stores.clock())
    monkeypatch.setattr(vault.kms, "unwrap", None)
    with pytest.raises(Refused, match="needs a reason"):
        vault.load(datasource, actor=person())


def test_no_log_no_access(stores: Stores, datasource: Datasource, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = stores.credentials
    assert vault
    vault.store(datasource, GRANT, stores.clock())
    key_id, _ = stores.keys.new(datasource.workspace_id, "metrics", 1, stores.clock())
    opened: list[object] = []
    monkeypatch.setattr(vault.kms, "unwrap", lambda *_: opened.append(1))

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Refused, match="No space left"):
        vault.load(datasource)
    with pytest.raises(Refused, match="No space left"), open_door(stores, datasource):
        pass
    with pytest.raises(Refused, match="No space left"):
        stores.keys.destroy(key_id, stores.clock())
    with pytest.raises(Refused, match="No space left"):
        stores.keys.new(datasource.workspace_id, "metrics", 2, stores.clock())
    monkeypatch.undo()
    assert opened == []
    assert [record.wrapped is not None for record in stores.plane.keys.of(datasource.workspace_id)] == [True]


def test_keys_are_made_and_destroyed_on_record(stores: Stores, datasource: Datasource) -> None:
    key_id, key = stores.keys.new(datasource.workspace_id, datasource.id, 1, stores.clock())
    stores.keys.destroy(key_id, stores.clock())
    stores.keys.destroy(key_id, stores.clock())
    assert said(stores) == [("key.create", "vault", "done"), ("key.destroy", "vault", "done")]
    assert key.for_duckdb().encode() not in b"".join(stores.audit.chain.segments.lines())


def test_a_refusal_of_the_door_is_on_record_without_anybody_s_id(stores: Stores, datasource: Datasource) -> None:
    stripe, vault = platform("stripe"), stores.credentials
    assert vault
    vault.store(datasource, GRANT, stores.clock())
    with open_door(stores, datasource) as door, pytest.raises(Refused):
        door.post("https://api.stripe.com/v1/customers/cus_NffrFeUfNV2Hib/ada@example.com?key=canary", form={"a": "b"})
    entry = last(stores)
    assert (entry.verb, entry.actor.name, entry.target, entry.workspace) == (
        "door.refuse",
        "door",
        f"datasource {datasource.id}",
        datasource.workspace_id,
    )
    assert entry.details["request"] == "POST api.stripe.com/v1/customers/*/*"
    with bare_door(stores, stripe, "acct_1") as door, pytest.raises(Refused):
        door.get("https://example.com/")
    assert (last(stores).target, last(stores).details["request"]) == ("stripe", "GET example.com/")
    raw = b"".join(stores.audit.chain.segments.lines())
    assert not [word for word in (b"ada@", b"cus_Nffr", b"canary") if word in raw]


def test_a_commitment_is_the_workspace_s_own_and_dies_with_its_salt(stores: Stores, datasource: Datasource) -> None:
    here, now = datasource.workspace_id, stores.clock()
    there = stores.plane.workspaces.create("Other", now=now).id

    def committed(place: str, value: str) -> str:
        return commitment(stores.plane, stores.keys, place, value, now)

    first = committed(here, "ada@example.com")
    assert committed(here, " ADA@Example.com") == first
    assert len({first, committed(here, "bob@example.com"), committed(there, "ada@example.com")}) == 3
    (salt,) = [record for record in stores.plane.keys.of(here) if record.owner == SALT]
    stores.keys.destroy(salt.id, now)
    with pytest.raises(Stop, match="salt is destroyed"):
        committed(here, "ada@example.com")
