"""Checkpoints in a bucket of S3, spoken to over real HTTP."""

import os
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from audit_desk import Desk
from moto.server import ThreadedMotoServer

from resources.audit import AuditLog
from resources.audit.checkpoints import Bucket, place_of
from resources.audit.signing import Signer
from resources.audit.verifier import examine
from resources.errors import TryLater
from resources.settings import Settings


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
    boto3.client("s3", endpoint_url=url).create_bucket(Bucket="second-place")
    yield url
    server.stop()


def write(desk: Desk, place: Bucket, name: str) -> None:
    log = AuditLog(desk.log_folder, Signer(desk.root / "keys"), place, lambda: desk.now, me=desk.me)
    with log.act("datasource.pause", name):
        pass
    log.close()


def test_a_log_is_vouched_for_by_what_lies_in_the_bucket(desk: Desk, s3: str, tmp_path: Path) -> None:
    place = Bucket("s3://second-place/ignyte", endpoint_url=s3)
    write(desk, place, "one")
    write(desk, place, "two")
    fetched = tmp_path / "fetched"
    fetched.mkdir()
    for name, content in place.all():
        (fetched / name).write_bytes(content)
    assert sorted(file.name for file in fetched.iterdir()) == [
        "audit.pub",
        "checkpoint-000000000002.json",
        "checkpoint-000000000004.json",
    ]
    report = examine(desk.log_folder, fetched, (fetched / "audit.pub").read_bytes())
    assert (report.holds, report.guarded) == (True, 4)
    lines = desk.segment().read_bytes().splitlines(keepends=True)
    desk.segment().write_bytes(b"".join(lines[:3]))
    assert examine(desk.log_folder, fetched, desk.public_pem).first_bad == 4


def test_what_is_there_is_not_replaced(s3: str) -> None:
    place = Bucket("s3://second-place/kept", endpoint_url=s3)
    place.put("checkpoint-1.json", b"first")
    place.put("checkpoint-1.json", b"second")
    assert list(place.all()) == [("checkpoint-1.json", b"first")]


def test_a_bucket_that_is_away_is_tried_later_and_told(desk: Desk, s3: str) -> None:
    place = Bucket("s3://no-such-bucket", endpoint_url=s3)
    with pytest.raises(TryLater, match="NoSuchBucket"):
        place.put("checkpoint-1.json", b"x")
    write(desk, place, "one")
    assert [entry.verb for entry in desk.open().entries()][-1] == "audit.checkpoint_missing"


def test_the_settings_name_the_place(home: Path, s3: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert str(place_of(Settings())) == str(home / "audit-checkpoints")
    monkeypatch.setenv("IGNYTE_AUDIT_CHECKPOINTS", "s3://second-place/here")
    monkeypatch.setenv("IGNYTE_AWS_ENDPOINT_URL", s3)
    assert str(place_of(Settings())) == "s3://second-place/here/"
