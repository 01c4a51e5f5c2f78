"""A vault over a real control plane, with local master keys."""

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
