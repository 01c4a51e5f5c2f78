"""Backups in buckets of S3, spoken to over real HTTP; one of them keeps versions."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
import requests
from backup_rows import ANN, BOB, emails, erase, landed
from moto.server import ThreadedMotoServer

from resources import residency
from resources.backups import create, expire, restore, verify
from resources.backups.creating import LONGEST
from resources.control_plane.facts import Datasource, Workspace
from resources.errors import Stop, TryLater
from resources.escrow.bucket import Bucket
from resources.settings import Settings
from resources.stores import Stores, open_stores

REGION = "eu-central-1"  # where the workspace's data has to stay
PRETEND = {"aws_access_key_id": "pretend", "aws_secret_access_key": "pretend"}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a double of S3 with the two buckets."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    # the double keeps its buckets from server to server
    requests.post(f"{url}/moto-api/reset", timeout=10)
    client = boto3.client("s3", endpoint_url=url, region_name=REGION, **PRETEND)
    for bucket in ("target", "keys"):
        client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    client.put_bucket_versioning(Bucket="keys", VersioningConfiguration={"Status": "Enabled"})
    yield url
    server.stop()


@pytest.fixture
def s3(server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    for name, value in PRETEND.items():
        monkeypatch.setenv(name.upper(), value)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setenv("IGNYTE_AWS_ENDPOINT_URL", server)
    monkeypatch.setenv("IGNYTE_BACKUPS", "s3://target/juniper")
    monkeypatch.setenv("IGNYTE_BACKUP_KEYS", "s3://keys/juniper/")
    residency._bucket_region.cache_clear()
    return server


@pytest.fixture
def stores(home: Path, s3: str) -> Iterator[Stores]:
    """A home of its own: its keys have lain in a bucket from the beginning."""
    assert s3
    with open_stores(Settings(home=home)) as opened:
        landed(opened)
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
