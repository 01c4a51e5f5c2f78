"""Rotation of master keys: everything stays readable, under new versions only, while work goes on."""

import os
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from strict_kms import StrictKms, strict_kms

from resources.control_plane import ControlPlane
from resources.control_plane.facts import Datasource
from resources.errors import AskAgain, Stop, TryLater
from resources.platform import Grant
from resources.secret import Secret
from resources.vault.aws import AwsKms
from resources.vault.credentials import CredentialVault
from resources.vault.datakeys import DataKeys
from resources.vault.kms import Kms
from resources.vault.local import LocalKms
from resources.vault.rotation import rotate_credentials_master, rotate_data_master

GRANT = Grant(access=Secret("access-1"), refresh=Secret("refresh-1"))
CONTEXT = {"workspace": "ws_1", "datasource": "metrics", "generation": "1"}


@pytest.fixture
def strict(pretend_aws: None) -> Iterator[StrictKms]:
    assert pretend_aws is None
    with strict_kms() as started:
        yield started


@pytest.fixture(params=["local", "aws"])
def kms(request: pytest.FixtureRequest, home: Path) -> Kms:
    if request.param == "local":
        return LocalKms(home / "keys", "data")
    aws = request.getfixturevalue("strict")
    return AwsKms(aws.new_key(), endpoint_url=aws.url)


def test_every_file_s_key_opens_afterwards_and_is_wrapped_anew(
    plane: ControlPlane, kms: Kms, datasource: Datasource, now: datetime
) -> None:
    keys = DataKeys(plane, kms)
    made = {}
    for generation in range(1, 5):
        key_id, key = keys.new(datasource.workspace_id, datasource.id, generation, now)
        made[key_id] = key.for_duckdb()
    gone, _ = keys.new(datasource.workspace_id, "metrics", 1, now)
    keys.destroy(gone, now)
    before = {key_id: plane.keys.get(key_id).wrapped for key_id in made}
    done = rotate_data_master(plane, keys)
    assert done.rewrapped == 4
    for key_id, plain in made.items():
        record = plane.keys.get(key_id)
        assert (record.wrapped != before[key_id], record.kms_key) == (True, done.name)
        assert keys.plain(key_id).for_duckdb() == plain
    assert plane.keys.get(gone).wrapped is None


def test_every_credential_opens_afterwards_without_having_been_opened(
    plane: ControlPlane,
    kms: Kms,
    datasource: Datasource,
    other_datasource: Datasource,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vault = CredentialVault(plane, kms)
    stored = vault.store(datasource, GRANT, now)
    before = plane.credentials.get(datasource.id, "grant")
    monkeypatch.setattr("resources.vault.credentials.open_", None)
    assert rotate_credentials_master(plane, vault).rewrapped == 1
    monkeypatch.undo()
    after = plane.credentials.get(datasource.id, "grant")
    assert before
    assert after
    assert (before.version, before.blob != after.blob) == (after.version, True)
    assert vault.load(datasource) == stored
    with pytest.raises(AskAgain):
        vault.load(other_datasource)


def test_the_old_local_version_is_destroyed_and_opens_nothing_that_was_stored(
    plane: ControlPlane, home: Path, datasource: Datasource, now: datetime
) -> None:
    keys = DataKeys(plane, LocalKms(home / "keys", "data"))
    key_id, _ = keys.new(datasource.workspace_id, datasource.id, 1, now)
    old_master, old_wrapped = (home / "keys" / "data.key").read_bytes(), plane.keys.get(key_id).wrapped
    done = rotate_data_master(plane, keys)
    assert done.retired == 1
    assert [file.name for file in (home / "keys").iterdir()] == ["data.2.key"]
    assert (home / "keys" / "data.2.key").stat().st_mode & 0o777 == 0o600
    assert rotate_data_master(plane, keys).retired == 1
    assert [file.name for file in (home / "keys").iterdir()] == ["data.3.key"]
    assert old_wrapped
    raw = b"".join(file.read_bytes() for file in home.glob("control.db*"))
    assert old_wrapped not in raw
    thief = home / "thief"
    thief.mkdir(mode=0o700)
    (thief / "data.key").write_bytes(old_master)
    (thief / "data.key").chmod(0o600)
    with pytest.raises(Stop):
        DataKeys(plane, LocalKms(thief, "data")).plain(key_id)


def test_a_process_that_had_the_old_version_in_memory_goes_on(
    plane: ControlPlane, home: Path, datasource: Datasource, now: datetime
) -> None:
    elsewhere = DataKeys(plane, LocalKms(home / "keys", "data"))
    first, _ = elsewhere.new(datasource.workspace_id, datasource.id, 1, now)
    rotate_data_master(plane, DataKeys(plane, LocalKms(home / "keys", "data")))
    assert elsewhere.plain(first)
    second, _ = elsewhere.new(datasource.workspace_id, datasource.id, 2, now)
    assert plane.keys.get(second).kms_key == plane.keys.get(first).kms_key


def test_a_version_that_is_needed_is_not_destroyed(home: Path) -> None:
    kms = LocalKms(home / "keys", "data")
    plain, wrapped = kms.generate_data_key(CONTEXT)
    kms.rotate()
    with pytest.raises(TryLater, match="still needed"):
        kms.retire(lambda: [(wrapped, CONTEXT)])
    assert kms.versions == (1, 2)
    assert kms.unwrap(wrapped, CONTEXT).for_duckdb() == plain.for_duckdb()
    assert kms.retire(lambda: [(kms.rewrap(wrapped, CONTEXT), CONTEXT)]) == 1


def test_keys_are_made_and_opened_all_through_a_rotation(
    plane: ControlPlane, home: Path, datasource: Datasource, now: datetime
) -> None:
    made: dict[str, str] = {}
    enough = threading.Event()

    def at_work() -> None:
        keys = DataKeys(plane, LocalKms(home / "keys", "data"))
        for generation in range(1, 200):
            key_id, key = keys.new(datasource.workspace_id, datasource.id, generation, now)
            made[key_id] = key.for_duckdb()
            assert keys.plain(key_id).for_duckdb() == made[key_id]
            if enough.is_set():
                return

    worker = threading.Thread(target=at_work)
    worker.start()
    mine = DataKeys(plane, LocalKms(home / "keys", "data"))
    for _ in range(3):
        rotate_data_master(plane, mine)
    enough.set()
    worker.join()
    fresh = DataKeys(plane, LocalKms(home / "keys", "data"))
    assert {key_id: fresh.plain(key_id).for_duckdb() for key_id in made} == made
    assert len(list((home / "keys").iterdir())) == 1


def test_a_key_that_was_destroyed_meanwhile_does_not_come_back(
    plane: ControlPlane, home: Path, datasource: Datasource, now: datetime
) -> None:
    keys = DataKeys(plane, LocalKms(home / "keys", "data"))
    key_id, _ = keys.new(datasource.workspace_id, datasource.id, 1, now)
    record = plane.keys.get(key_id)
    keys.destroy(key_id, now)
    assert not plane.keys.rewrap(record, os.urandom(60), "any")
    assert plane.keys.get(key_id).wrapped is None
