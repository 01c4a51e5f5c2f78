"""Dagster's storage: beside the control plane, on SQLite or Postgres, with no secret in its settings."""

import json
import os
import socket
import ssl
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import URLError

import dagster as dg
import pytest
from dagster._core.storage.noop_compute_log_manager import NoOpComputeLogManager
from pydantic import SecretStr

from assets.labels import BUILD_TAG, DATASOURCE_TAG
from ignyte_pipelines.certificate import certificate
from ignyte_pipelines.configuration import URL_VARIABLE, configuration, environment, write_configuration
from ignyte_pipelines.instance import instance, register_workspace
from ignyte_pipelines.serving import serving
from resources.settings import Settings

PASSWORD = "canary-of-the-database"


@pytest.fixture
def settings(home: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in ("DAGSTER_HOME", URL_VARIABLE):
        monkeypatch.setenv(name, "")
    return Settings(home=home)


def on(url: str, settings: Settings) -> Settings:
    return settings.model_copy(update={"database_url": SecretStr(url)})


def test_the_file_holds_no_secret_and_the_environment_does(settings: Settings) -> None:
    live = on(f"postgresql+psycopg://ignyte:{PASSWORD}@db.internal/ignyte", settings)
    written = (write_configuration(live) / "dagster.yaml").read_text(encoding="utf-8")
    assert PASSWORD not in written
    assert "db.internal" not in written
    assert json.loads(written)["storage"] == {"postgres": {"postgres_url": {"env": URL_VARIABLE}}}
    assert environment(live)[URL_VARIABLE] == f"postgresql://ignyte:{PASSWORD}@db.internal/ignyte"
    assert URL_VARIABLE not in environment(settings)


def test_one_run_for_each_datasource_and_one_build_for_each_workspace(settings: Settings) -> None:
    limits = configuration(settings)["concurrency"]["runs"]["tag_concurrency_limits"]
    assert {limit["key"]: (limit["limit"], limit["value"]) for limit in limits} == {
        DATASOURCE_TAG: (1, {"applyLimitPerUniqueValue": True}),
        BUILD_TAG: (1, {"applyLimitPerUniqueValue": True}),
    }


def test_the_instance_says_nothing_to_anybody_and_keeps_no_output(settings: Settings) -> None:
    with instance(settings) as dagster:
        assert not dagster.telemetry_enabled
        assert not dagster.nux_enabled
        assert isinstance(dagster.compute_log_manager, NoOpComputeLogManager)
        register_workspace(dagster, "ws_1")
    with instance(settings) as dagster:
        assert list(dagster.get_dynamic_partitions("workspace")) == ["ws_1"]
    assert settings.dagster_home.stat().st_mode & 0o077 == 0


@pytest.mark.slow
def test_on_postgres_dagster_lives_beside_the_control_plane(settings: Settings, postgres_url: str) -> None:
    @dg.op
    def nothing() -> None: ...

    @dg.job
    def empty() -> None:
        nothing()

    with instance(on(postgres_url, settings)) as dagster:
        register_workspace(dagster, "ws_1")
        run = empty.execute_in_process(instance=dagster)
    with instance(on(postgres_url, settings)) as dagster:
        assert list(dagster.get_dynamic_partitions("workspace")) == ["ws_1"]
        assert dagster.get_run_by_id(run.run_id)
    assert not list(settings.dagster_home.rglob("*.db"))


@pytest.mark.slow
def test_serves_on_loopback_and_leaves_no_process_behind(settings: Settings) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with serving(port, settings) as processes:
        assert b"dagster_version" in answer(f"https://127.0.0.1:{port}/server_info", settings)
        assert [process.poll() for process in processes] == [None, None]
    for process in processes:
        with pytest.raises(ProcessLookupError):
            os.killpg(process.pid, 0)


def answer(address: str, settings: Settings, seconds: float = 120) -> bytes:
    until = time.monotonic() + seconds
    trust = ssl.create_default_context(cafile=str(certificate(settings.home, datetime.now(UTC)).authority))
    while True:
        try:
            with urllib.request.urlopen(address, context=trust) as reply:  # noqa: S310 -- always https on loopback
                return bytes(reply.read())
        except URLError:
            assert time.monotonic() < until, "it did not come up"
            time.sleep(0.5)
