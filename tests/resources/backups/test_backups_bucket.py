"""Backups in buckets of S3, spoken to over real HTTP; one of them keeps versions."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from backup_rows import ANN, BOB, emails, erase
from moto.server import ThreadedMotoServer

from resources.backups import create, expire, restore, verify
from resources.backups.creating import LONGEST
from resources.control_plane.facts import Datasource, Workspace
from resources.errors import Stop, TryLater
from resources.escrow.bucket import Bucket
from resources.settings import Settings
from resources.stores import Stores, open_stores


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "pretend")
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    client = boto3.client("s3", endpoint_url=url)
    client.create_bucket(Bucket="target")
    client.create_bucket(Bucket="keys")
    client.put_bucket_versioning(Bucket="keys", VersioningConfiguration={"Status": "Enabled"})
    monkeypatch.setenv("IGNYTE_AWS_ENDPOINT_URL", url)
    monkeypatch.setenv("IGNYTE_BACKUPS", "s3://target/juniper")
    monkeypatch.setenv("IGNYTE_BACKUP_KEYS", "s3://keys/juniper/")
    yield url
    server.stop()


@pytest.fixture
def stores(home: Path, s3: str) -> Iterator[Stores]:
    assert s3
    with open_stores(Settings(home=home)) as opened:
        yield opened


def test_from_creation_to_the_end(
    stores: Stores, workspace: Workspace, datasource: Datasource, home: Path, s3: str
) -> None:
    made = create(stores, workspace)
    assert (made.place, verify(stores, made.id).holds) == ("s3://target/juniper/", True)
    assert not (home / "backups").exists()
    assert not (home / "backup-keys").exists()
    old = stores.plane.files.current_source(datasource.id)
    assert old
    shutil.rmtree(stores.data_root / "workspaces")
    restore(stores, made.id)
    assert emails(stores, datasource) == {"ch_1": ANN, "ch_2": BOB}
    erase(stores, datasource, ANN)
    client = boto3.client("s3", endpoint_url=s3)
    # no version of the copy is left behind a marker
    versions = client.list_object_versions(Bucket="keys", Prefix=f"juniper/{workspace.id}/{old.key_id}")
    assert not versions.get("Versions")
    assert not versions.get("DeleteMarkers")
    assert [each.rows for each in verify(stores, made.id).files] == [None]
    assert expire(stores, stores.clock() + LONGEST) == [made.id]
    assert client.list_objects_v2(Bucket="target", Prefix="juniper/bak_")["KeyCount"] == 0


def test_what_is_not_there_and_a_bucket_that_is_away(s3: str, tmp_path: Path) -> None:
    place = Bucket("s3://target", endpoint_url=s3)
    assert place.read("none") is None
    with pytest.raises(Stop, match="not there"):
        place.fetch("none", tmp_path / "fetched")
    place.remove("none")
    away = Bucket("s3://no-such-bucket/x", endpoint_url=s3)
    for call in (lambda: away.put("a", b"x"), lambda: list(away.found()), lambda: away.remove("a")):
        with pytest.raises(TryLater, match="NoSuchBucket"):
            call()
