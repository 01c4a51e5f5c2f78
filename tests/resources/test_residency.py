"""Data of a region stays there: what lies elsewhere is refused before a byte is written to it."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import boto3
import pytest
import requests
from moto.server import ThreadedMotoServer

from resources import residency
from resources.errors import Refused, TryLater
from resources.residency import require, sites
from resources.settings import Settings
from resources.stores import open_stores

HERE, THERE = "eu-central-1", "us-west-2"


class Cloud:
    """Two buckets, one in each region, spoken to over HTTP."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.client = boto3.client("s3", endpoint_url=url, region_name=HERE)
        for region in (HERE, THERE):
            boto3.client("s3", endpoint_url=url, region_name=region).create_bucket(
                Bucket=f"bucket-{region}", CreateBucketConfiguration={"LocationConstraint": region}
            )

    def objects(self, region: str) -> list[str]:
        listed = self.client.list_objects_v2(Bucket=f"bucket-{region}")
        return [found["Key"] for found in listed.get("Contents", [])]


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "pretend")
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setenv("AWS_DEFAULT_REGION", HERE)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    residency._bucket_region.cache_clear()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    # the double keeps its buckets from server to server
    requests.post(f"http://{host}:{port}/moto-api/reset", timeout=10)
    yield Cloud(f"http://{host}:{port}")
    server.stop()


def settled(home: Path, cloud: Cloud, **places: str) -> Settings:
    return Settings(home=home, aws_endpoint_url=cloud.url, **places)  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.parametrize("place", ["audit_checkpoints", "backups", "backup_keys"])
def test_a_home_whose_bucket_lies_elsewhere_does_not_start_and_writes_nothing(
    home: Path, cloud: Cloud, now: datetime, place: str
) -> None:
    with open_stores(settled(home, cloud, **{place: f"s3://bucket-{HERE}/x"})) as stores:
        stores.plane.workspaces.create("Juniper", region=HERE, now=now)
        stores.audit.event("test.event", "nothing")
    before = {file: file.read_bytes() for file in (home / "audit").rglob("*") if file.is_file()}
    with (
        pytest.raises(Refused, match=f"in {THERE}"),
        open_stores(settled(home, cloud, **{place: f"s3://bucket-{THERE}/x"})),
    ):
        pass
    assert cloud.objects(THERE) == []
    assert {file: file.read_bytes() for file in (home / "audit").rglob("*") if file.is_file()} == before
    if place == "audit_checkpoints":
        assert cloud.objects(HERE)  # the watch itself sees what is written


def test_a_home_that_moved_does_not_start(home: Path, now: datetime) -> None:
    with open_stores(Settings(home=home, region=HERE)) as stores:
        made = stores.plane.workspaces.create("Juniper", region=HERE, now=now)
    with (
        pytest.raises(Refused, match=f"{made.id}.*IGNYTE_REGION={THERE}"),
        open_stores(Settings(home=home, region=THERE)),
    ):
        pass


def test_a_key_elsewhere_is_refused_by_its_own_name(home: Path) -> None:
    arn = f"arn:aws:kms:{THERE}:111122223333:key/1"
    settings = Settings(home=home, kms="aws", kms_data_key=arn, kms_credentials_key=arn.replace(THERE, HERE))
    assert [site.region for site in sites(settings) if "master key" in site.what] == [HERE, THERE]
    with pytest.raises(Refused, match="data master key would lie in us-west-2"):
        require(settings, "ws_0", HERE)
    require(settings.model_copy(update={"kms_data_key": arn.replace(THERE, HERE)}), "ws_0", HERE)


def test_a_bucket_that_cannot_be_asked_lets_nothing_pass(home: Path, cloud: Cloud) -> None:
    with pytest.raises(TryLater, match="where it is"):
        require(settled(home, cloud, backups="s3://no-such-bucket/x"), "ws_0", HERE)


@pytest.mark.parametrize("region", ["", "Frankfurt", "eu-central-1; DROP"])
def test_a_region_has_the_name_that_clouds_give_it(home: Path, region: str) -> None:
    with pytest.raises(ValueError, match="region"):
        Settings(home=home, region=region)
