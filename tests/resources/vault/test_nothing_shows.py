"""No way of printing, logging, copying or failing shows a secret of the vault."""

import base64
import copy
import dataclasses
import json
import logging
import pickle
import traceback
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from resources.control_plane import ControlPlane
from resources.control_plane.facts import Datasource
from resources.platform import Grant
from resources.secret import Secret
from resources.vault.aws import AwsKms
from resources.vault.credentials import CredentialVault, StoredGrant
from resources.vault.datakey import DataKey
from resources.vault.datakeys import DataKeys
from resources.vault.envelope import open_, seal
from resources.vault.local import LocalKms

pytestmark = pytest.mark.usefixtures("pretend_aws")
RAW = b"canary-key-of-32-bytes-in-plain!"
ACCESS, REFRESH = "canary-access", "canary-refresh"


def spellings() -> list[str]:
    secrets = [RAW, ACCESS.encode(), REFRESH.encode(), base64.b64encode(RAW)]
    shown = [secret.decode() for secret in secrets]
    return shown + [secret.hex() for secret in secrets] + [repr(list(secret))[1:-1] for secret in secrets]


def assert_silent(texts: Iterable[str]) -> None:
    for text in texts:
        for spelling in spellings():
            assert spelling not in text


@pytest.fixture
def holders(plane: ControlPlane, home: Path) -> list[object]:
    """One of every class in the vault that holds, or leads to, a secret."""
    kms = LocalKms(home / "keys", "data", random=lambda size: RAW[:size])
    grant = Grant(access=Secret(ACCESS), refresh=Secret(REFRESH), lasts=timedelta(hours=1))
    return [
        DataKey(RAW),
        kms,
        AwsKms("key", endpoint_url="http://127.0.0.1:1", region="eu-central-1"),
        StoredGrant(grant=grant, expires_at=None, version=1),
        CredentialVault(plane, kms),
        DataKeys(plane, kms),
    ]


def test_the_search_finds_what_is_shown() -> None:
    for text in (repr({"key": RAW}), ACCESS, base64.b64encode(RAW).decode(), RAW.hex()):
        with pytest.raises(AssertionError):
            assert_silent([text])


def test_printing_shows_nothing(holders: list[object]) -> None:
    for one in holders:
        assert_silent([repr(one), str(one), f"{one}", f"{one!r:>90}", "%s %r" % (one, one), repr(vars_of(one))])  # noqa: UP031 -- the old way is one of the ways


def vars_of(one: object) -> object:
    return getattr(one, "__dict__", None)


def test_logging_shows_nothing(holders: list[object], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for one in holders:
        logging.getLogger("test").debug("%s %r", one, one)
        logging.getLogger("test").debug(one)
    assert_silent([caplog.text, *(str(record.__dict__) for record in caplog.records)])


def test_copying_and_pickling_show_nothing(holders: list[object]) -> None:
    ways: list[Callable[[object], object]] = [pickle.dumps, copy.deepcopy, json.dumps]
    for one in holders:
        for way in ways:
            with pytest.raises((TypeError, pickle.PicklingError, AttributeError)) as caught:
                way(one)
            assert_silent([str(caught.value)])


def test_asdict_shows_nothing() -> None:
    stored = StoredGrant(grant=Grant(access=Secret(ACCESS)), expires_at=None, version=1)
    with pytest.raises(TypeError) as caught:
        dataclasses.asdict(stored)
    assert_silent([str(caught.value)])


def shown(error: BaseException) -> str:
    """A traceback with every local of every frame, as crash reporters print it."""
    return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())


def failures(plane: ControlPlane, home: Path, datasource: Datasource, now: datetime) -> list[Callable[[], object]]:
    kms = LocalKms(home / "keys", "data", random=lambda size: RAW[:size])
    key = DataKey(RAW)
    closed = DataKey(RAW)
    closed.close()
    sealed = seal(b"plain", {}, key, RAW[:12])
    vault = CredentialVault(plane, LocalKms(home / "keys", "credentials"), random=lambda _: b"short")
    away = AwsKms("key", endpoint_url="http://127.0.0.1:1", region="eu-central-1")
    grant = Grant(access=Secret(ACCESS), refresh=Secret(REFRESH))
    return [
        lambda: open_(sealed, {"moved": "yes"}, key),
        lambda: open_(sealed[:9], {}, key),
        lambda: kms.unwrap(sealed, {}),
        lambda: DataKey(RAW + b"!"),
        lambda: seal(ACCESS.encode(), {}, key, b"short"),
        closed.for_duckdb,
        lambda: vault.store(datasource, grant, now),
        lambda: vault.load(datasource),
        lambda: DataKeys(plane, kms).new("ws_unknown", "metrics", 1, now),
        lambda: away.wrap(key, {}),
        lambda: away.generate_data_key({}),
    ]


def test_tracebacks_with_locals_show_nothing(
    plane: ControlPlane, home: Path, datasource: Datasource, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resources.vault.aws._CONFIG", None)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    for fail in failures(plane, home, datasource, now):
        with pytest.raises(Exception) as caught:  # noqa: PT011 -- which error is another test's matter
            fail()
        assert_silent([shown(caught.value)])


def test_a_content_of_another_shape_shows_nothing(
    vault: CredentialVault, datasource: Datasource, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resources.vault.credentials._written", lambda _: f'{{"token": "{ACCESS}"}}'.encode())
    vault.store(datasource, Grant(access=Secret(ACCESS)), now)
    with pytest.raises(Exception, match="shape unknown") as caught:
        vault.load(datasource)
    assert_silent([shown(caught.value)])
