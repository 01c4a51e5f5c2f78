"""Settings and scratch folders."""

import fcntl
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from resources.errors import Stop
from resources.scratch import scratch, sweep
from resources.settings import Settings


def test_the_embedded_default_needs_no_variable(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.delenv("IGNYTE_HOME")
    monkeypatch.chdir(home)
    settings = Settings()
    assert settings.home == home / ".ignyte"
    assert settings.control_plane_url.get_secret_value() == f"sqlite:///{home}/.ignyte/control.db"
    assert (settings.kms, settings.sandbox, settings.app("shopify")) == ("local", None, None)


def test_the_environment_is_read_when_asked(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IGNYTE_DATABASE_URL", "postgresql+psycopg://me:canary@db/ignyte")
    settings = Settings()
    assert settings.home == home
    assert settings.control_plane_url.get_secret_value().endswith("canary@db/ignyte")
    assert "canary" not in f"{settings!r} {settings}"


@pytest.mark.parametrize("url", ["postgresql://me:canary@db/x", "mysql://canary@db/x", "canary"])
def test_another_database_is_refused_without_showing_it(home: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    assert home
    monkeypatch.setenv("IGNYTE_DATABASE_URL", url)
    with pytest.raises(ValidationError, match=r"postgresql\+psycopg") as caught:
        Settings()
    assert "canary" not in str(caught.value)


def test_a_live_home_takes_its_apps_from_the_environment(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IGNYTE_META_ADS_CLIENT_ID", "live-id")
    settings = Settings(home=home)
    assert settings.app("meta_ads") is None
    monkeypatch.setenv("IGNYTE_META_ADS_CLIENT_SECRET", "canary")
    app = settings.app("meta_ads")
    assert app
    assert (app.client_id, app.client_secret.reveal()) == ("live-id", "canary")
    assert "canary" not in repr(app)


def write_sandbox(home: Path, **changes: object) -> None:
    content = {
        "address": "127.0.0.1:8443",
        "ca": str(home / "ca.pem"),
        "apps": {"shopify": {"client_id": "pretend-id", "client_secret": "canary"}},
    }
    (home / "sandbox.json").write_text(json.dumps(content | changes))


def test_a_sandbox_home_never_sees_a_live_app(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for platform in ("SHOPIFY", "STRIPE"):
        monkeypatch.setenv(f"IGNYTE_{platform}_CLIENT_ID", "live-id")
        monkeypatch.setenv(f"IGNYTE_{platform}_CLIENT_SECRET", "live-secret")
    write_sandbox(home)
    settings = Settings()
    assert settings.sandbox
    assert settings.sandbox.address == "127.0.0.1:8443"
    assert "canary" not in repr(settings.sandbox)
    shopify = settings.app("shopify")
    assert shopify
    assert shopify.client_id == "pretend-id"
    assert settings.app("stripe") is None


@pytest.mark.parametrize("address", ["10.0.0.1:8443", "127.0.0.1", "shop.example:443", "127.0.0.1:https"])
def test_a_sandbox_off_loopback_stops(home: Path, address: str) -> None:
    write_sandbox(home, address=address)
    with pytest.raises(Stop, match="address") as caught:
        assert Settings().sandbox
    assert "canary" not in str(caught.value)


def test_a_broken_sandbox_file_stops_without_showing_it(home: Path) -> None:
    (home / "sandbox.json").write_text('{"apps": "canary')
    with pytest.raises(Stop, match="Start the sandbox again") as caught:
        assert Settings().sandbox
    assert "canary" not in str(caught.value)


def test_the_folders_of_a_home_are_private(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "new")
    settings.prepare()
    for folder in (settings.home, settings.data_root, settings.keys_dir, settings.dagster_home):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_scratch_is_private_unique_and_gone_afterwards(tmp_path: Path) -> None:
    with scratch(tmp_path) as one, scratch(tmp_path) as two:
        assert one != two
        assert stat.S_IMODE(one.stat().st_mode) == 0o700
        (one / "plain.parquet").write_text("someone")
    assert list(tmp_path.iterdir()) == []


def test_scratch_of_the_machine_lies_in_memory_where_it_can() -> None:
    with scratch() as folder:
        assert folder.parent == Path("/dev/shm") or not os.access("/dev/shm", os.W_OK)  # noqa: S108 -- asked, not used
    assert not folder.exists()


KILLED = """
import os, pathlib, sys
from resources.scratch import scratch
with scratch(pathlib.Path(sys.argv[1])) as folder:
    (folder / "plain").write_text("someone")
    os.kill(os.getpid(), 9)
"""


def test_what_a_killed_run_left_behind_goes_with_the_next(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)  # noqa: S603 -- our own text
    (left,) = tmp_path.iterdir()
    assert (left / "plain").exists()
    with scratch(tmp_path) as alive:
        assert not left.exists()
        assert sweep(tmp_path) == 0
        assert alive.exists()


def test_a_sweep_leaves_the_living_alone(tmp_path: Path) -> None:
    with scratch(tmp_path) as alive:
        lock = os.open(alive, os.O_RDONLY)
        with pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(lock)
        assert sweep(tmp_path) == 0
