"""Credentials and data keys, over a real control plane."""

from datetime import datetime, timedelta

import pytest

from resources.control_plane import ControlPlane
from resources.control_plane.facts import Datasource
from resources.errors import AskAgain, Refused, Stop
from resources.platform import Grant
from resources.secret import Secret
from resources.vault.credentials import CredentialVault
from resources.vault.datakeys import DataKeys
from resources.vault.local import LocalKms

GRANT = Grant(
    access=Secret("access-1"),
    refresh=Secret("refresh-1"),
    lasts=timedelta(hours=1),
    scopes=frozenset({"read_orders"}),
)


def test_a_grant_comes_back_with_the_end_of_its_access(
    vault: CredentialVault, datasource: Datasource, now: datetime
) -> None:
    stored = vault.store(datasource, GRANT, now)
    assert vault.load(datasource) == stored
    assert (stored.grant, stored.expires_at) == (GRANT, now + timedelta(hours=1))


def test_an_api_key_never_expires(vault: CredentialVault, datasource: Datasource, now: datetime) -> None:
    vault.store(datasource, Grant(access=Secret("pk_1")), now)
    loaded = vault.load(datasource)
    assert (loaded.grant.access.reveal(), loaded.grant.refresh, loaded.expires_at) == ("pk_1", None, None)


def test_only_ciphertext_lies_in_the_control_plane(
    plane: ControlPlane, vault: CredentialVault, datasource: Datasource, now: datetime
) -> None:
    vault.store(datasource, GRANT, now)
    sealed = plane.credentials.get(datasource.id, "grant")
    assert sealed
    assert b"access-1" not in sealed.blob
    assert sealed.key_id.startswith("local:credentials:")


def test_a_refresh_replaces_the_grant_and_keeps_what_it_does_not_repeat(
    vault: CredentialVault, datasource: Datasource, now: datetime
) -> None:
    old = vault.store(datasource, GRANT, now)
    new = vault.replace(datasource, old, Grant(access=Secret("access-2"), lasts=timedelta(hours=2)), now)
    assert vault.load(datasource) == new
    assert new.grant.access == Secret("access-2")
    assert new.grant.refresh == Secret("refresh-1")
    assert new.grant.scopes == {"read_orders"}


def test_of_two_refreshes_at_once_the_first_stands(
    vault: CredentialVault, datasource: Datasource, now: datetime
) -> None:
    old = vault.store(datasource, GRANT, now)
    first = vault.replace(datasource, old, Grant(access=Secret("first")), now)
    with pytest.raises(Refused, match="meanwhile"):
        vault.replace(datasource, old, Grant(access=Secret("second")), now)
    assert vault.load(datasource) == first


def test_the_old_grant_stays_when_the_new_one_can_not_be_sealed(
    plane: ControlPlane, kms: LocalKms, datasource: Datasource, now: datetime
) -> None:
    vault = CredentialVault(plane, kms)
    old = vault.store(datasource, GRANT, now)
    broken = CredentialVault(plane, kms, random=lambda _: b"short")
    with pytest.raises(ValueError, match="nonce"):
        broken.replace(datasource, old, Grant(access=Secret("access-2")), now)
    assert vault.load(datasource) == old


def test_a_destroyed_credential_is_asked_for_again(
    vault: CredentialVault, datasource: Datasource, now: datetime
) -> None:
    vault.store(datasource, GRANT, now)
    vault.destroy(datasource)
    with pytest.raises(AskAgain, match="Give access again"):
        vault.load(datasource)


def test_a_credential_moved_to_another_datasource_stops(
    plane: ControlPlane, vault: CredentialVault, datasource: Datasource, other_datasource: Datasource, now: datetime
) -> None:
    vault.store(datasource, GRANT, now)
    sealed = plane.credentials.get(datasource.id, "grant")
    assert sealed
    plane.credentials.put(
        datasource_id=other_datasource.id,
        purpose="grant",
        blob=sealed.blob,
        key_id=sealed.key_id,
        version=sealed.version,
        now=now,
    )
    with pytest.raises(Stop, match="another place"):
        vault.load(other_datasource)


def test_an_old_version_put_back_stops(
    plane: ControlPlane, vault: CredentialVault, datasource: Datasource, now: datetime
) -> None:
    vault.store(datasource, GRANT, now)
    old = plane.credentials.get(datasource.id, "grant")
    assert old
    vault.store(datasource, GRANT, now)
    plane.credentials.put(
        datasource_id=datasource.id, purpose="grant", blob=old.blob, key_id=old.key_id, version=3, now=now
    )
    with pytest.raises(Stop, match="another place"):
        vault.load(datasource)


def test_a_data_key_comes_back_until_it_is_destroyed(
    plane: ControlPlane, keys: DataKeys, datasource: Datasource, now: datetime
) -> None:
    key_id, key = keys.new(datasource.workspace_id, datasource.id, 1, now)
    assert keys.plain(key_id).for_duckdb() == key.for_duckdb()
    assert bytes(key.view()) not in (plane.keys.get(key_id).wrapped or b"")
    keys.destroy(key_id, now)
    with pytest.raises(Stop, match="destroyed on 2026-03-14; its file can never be opened again"):
        keys.plain(key_id)


def test_a_wrapped_key_moved_to_another_place_stops(
    plane: ControlPlane, keys: DataKeys, datasource: Datasource, now: datetime
) -> None:
    key_id, _ = keys.new(datasource.workspace_id, datasource.id, 1, now)
    stolen = plane.keys.get(key_id)
    assert stolen.wrapped
    moved = plane.keys.add(
        workspace_id=datasource.workspace_id,
        owner="metrics",
        generation=1,
        wrapped=stolen.wrapped,
        kms_key=stolen.kms_key,
        now=now,
    )
    with pytest.raises(Stop, match="another place"):
        keys.plain(moved.id)


def test_credentials_and_data_have_two_master_keys(
    plane: ControlPlane, kms: LocalKms, keys: DataKeys, datasource: Datasource, now: datetime
) -> None:
    key_id, _ = keys.new(datasource.workspace_id, datasource.id, 1, now)
    with pytest.raises(Stop, match="another key"):
        DataKeys(plane, kms).plain(key_id)


def test_a_closed_key_is_wiped_and_refuses(keys: DataKeys, datasource: Datasource, now: datetime) -> None:
    _, key = keys.new(datasource.workspace_id, datasource.id, 1, now)
    with key:
        kept = key.view()
        assert any(kept)
    assert bytes(kept) == bytes(32)
    with pytest.raises(Stop, match="wiped"):
        key.for_duckdb()
