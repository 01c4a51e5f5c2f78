"""Master keys, local and AWS: the same promises on both bodies."""

import os
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from resources.errors import Refused, Stop, TryLater
from resources.settings import Settings
from resources.vault.aws import AwsKms
from resources.vault.datakey import DataKey
from resources.vault.kms import Kms
from resources.vault.local import LocalKms
from resources.vault.masters import master

CONTEXT = {"workspace": "ws_1", "datasource": "metrics", "generation": "3"}


@pytest.fixture(scope="module")
def aws_url() -> Iterator[str]:
    """A pretend AWS on loopback, spoken to over real HTTP."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def aws(aws_url: str, pretend_aws: None) -> str:
    assert pretend_aws is None
    return aws_url


def new_key(url: str) -> str:
    client = boto3.client("kms", endpoint_url=url)
    return str(client.create_key()["KeyMetadata"]["KeyId"])


@pytest.fixture(params=["local", "aws"])
def bodies(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Kms, Kms]:
    """Two master keys of one kind."""
    if request.param == "local":
        return LocalKms(tmp_path / "keys", "data"), LocalKms(tmp_path / "keys", "credentials")
    url = request.getfixturevalue("aws")
    return AwsKms(new_key(url), endpoint_url=url), AwsKms(new_key(url), endpoint_url=url)


def test_a_data_key_unwraps_to_itself(bodies: tuple[Kms, Kms]) -> None:
    kms, _ = bodies
    plain, wrapped = kms.generate_data_key(CONTEXT)
    assert bytes(plain.view()) not in wrapped
    assert kms.unwrap(wrapped, CONTEXT).for_duckdb() == plain.for_duckdb()
    assert kms.unwrap(kms.wrap(plain, CONTEXT), CONTEXT).for_duckdb() == plain.for_duckdb()


def test_every_data_key_is_another(bodies: tuple[Kms, Kms]) -> None:
    kms, _ = bodies
    assert len({kms.generate_data_key(CONTEXT)[0].for_duckdb() for _ in range(5)}) == 5


def test_another_context_stops(bodies: tuple[Kms, Kms]) -> None:
    kms, _ = bodies
    _, wrapped = kms.generate_data_key(CONTEXT)
    with pytest.raises(Stop):
        kms.unwrap(wrapped, CONTEXT | {"workspace": "ws_2"})


def test_another_master_key_stops(bodies: tuple[Kms, Kms]) -> None:
    kms, other = bodies
    assert kms.name != other.name
    _, wrapped = kms.generate_data_key(CONTEXT)
    with pytest.raises(Stop):
        other.unwrap(wrapped, CONTEXT)


def test_damaged_bytes_stop(bodies: tuple[Kms, Kms]) -> None:
    kms, _ = bodies
    _, wrapped = kms.generate_data_key(CONTEXT)
    with pytest.raises(Stop):
        kms.unwrap(wrapped[:-1] + bytes([wrapped[-1] ^ 1]), CONTEXT)


def test_an_unknown_aws_key_stops_by_its_code(aws: str) -> None:
    with pytest.raises(Stop, match="NotFoundException"):
        AwsKms("00000000-0000-0000-0000-000000000000", endpoint_url=aws).generate_data_key(CONTEXT)


def test_an_aws_that_is_away_is_tried_later(aws: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert aws
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(TryLater, match="EndpointConnectionError"):
        AwsKms("any", endpoint_url="http://127.0.0.1:1").generate_data_key(CONTEXT)


def test_an_aws_without_credentials_stops(aws: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    with pytest.raises(Stop, match="NoCredentialsError"):
        AwsKms("any", endpoint_url=aws).generate_data_key(CONTEXT)


def test_key_files_are_private_and_read_again(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    first = LocalKms(folder, "data")
    _, wrapped = first.generate_data_key(CONTEXT)
    assert [file.name for file in folder.iterdir()] == ["data.key"]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "data.key").stat().st_mode) == 0o600
    again = LocalKms(folder, "data")
    assert again.name == first.name
    assert again.unwrap(wrapped, CONTEXT)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_key_file_that_others_reach_is_refused(tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "keys"
    LocalKms(folder, "data")
    (folder / "data.key").chmod(mode)
    with pytest.raises(Refused, match="chmod 600"):
        LocalKms(folder, "data")


def test_a_key_folder_that_others_reach_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with pytest.raises(Refused, match="chmod 700"):
        LocalKms(tmp_path, "data")


def test_a_cut_key_file_stops(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    LocalKms(folder, "data")
    os.truncate(folder / "data.key", 31)
    with pytest.raises(Stop, match="31 bytes"):
        LocalKms(folder, "data")


def test_processes_that_start_at_once_share_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        names = set(pool.map(lambda _: LocalKms(tmp_path / "keys", "data").name, range(16)))
    assert len(names) == 1


def test_randomness_is_an_argument(tmp_path: Path) -> None:
    kms = LocalKms(tmp_path / "keys", "data", random=bytes)
    plain, _ = kms.generate_data_key(CONTEXT)
    assert plain.for_duckdb() == DataKey(bytes(32)).for_duckdb()


def test_a_process_that_only_queries_has_no_credentials_key(home: Path) -> None:
    settings = Settings(home=home, vault_access="data")
    assert master(settings, "data").name.startswith("local:data:")
    with pytest.raises(Refused, match="data only"):
        master(settings, "credentials")
    assert not (home / "keys" / "credentials.key").exists()


def test_aws_keys_are_named_by_the_settings(home: Path, aws: str) -> None:
    settings = Settings(home=home, kms="aws", kms_data_key=new_key(aws), aws_endpoint_url=aws)
    assert master(settings, "data").generate_data_key(CONTEXT)
    with pytest.raises(Refused, match="IGNYTE_KMS_CREDENTIALS_KEY"):
        master(settings, "credentials")
