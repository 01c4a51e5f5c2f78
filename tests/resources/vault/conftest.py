"""A vault over a real control plane, with local master keys."""

import os
from datetime import datetime
from pathlib import Path

import pytest

from resources.control_plane import ControlPlane
from resources.control_plane.facts import Datasource
from resources.vault.credentials import CredentialVault
from resources.vault.datakeys import DataKeys
from resources.vault.local import LocalKms


def connect(plane: ControlPlane, account: str, now: datetime) -> Datasource:
    return plane.datasources.connect(
        workspace_id=plane.workspaces.create("Northwind", now=now).id,
        platform="shopify",
        account=account,
        account_name=account,
        currency=None,
        time_zone=None,
        settings={},
        scopes=frozenset(),
        grade="proved",
        opted_in=frozenset(),
        now=now,
    )


@pytest.fixture
def datasource(plane: ControlPlane, now: datetime) -> Datasource:
    return connect(plane, "one", now)


@pytest.fixture
def other_datasource(plane: ControlPlane, now: datetime) -> Datasource:
    return connect(plane, "two", now)


@pytest.fixture
def kms(home: Path) -> LocalKms:
    return LocalKms(home / "keys", "credentials")


@pytest.fixture
def vault(plane: ControlPlane, kms: LocalKms) -> CredentialVault:
    return CredentialVault(plane, kms)


@pytest.fixture
def keys(plane: ControlPlane, home: Path) -> DataKeys:
    return DataKeys(plane, LocalKms(home / "keys", "data"))


@pytest.fixture
def pretend_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials that mean nothing, and no look at the machine's own."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "pretend")
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
