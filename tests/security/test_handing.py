"""What child processes are given: no secret where other processes could see it, and all that they need."""

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import make_url

from ignyte_pipelines.configuration import URL_VARIABLE
from ignyte_pipelines.handing import handed
from resources.settings import Settings

SECRET, TOKEN, PASSWORD = "canary-client-secret", "canary-developer-token", "canary:of\\the database"


def test_a_child_finds_each_secret_and_its_environment_holds_none(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = make_url("postgresql+psycopg://ignyte@db.internal/ignyte").set(password=PASSWORD)
    surroundings = {
        "IGNYTE_HOME": str(home),
        "IGNYTE_GOOGLE_ADS_CLIENT_ID": "our-app",
        "IGNYTE_GOOGLE_ADS_CLIENT_SECRET": SECRET,
        "IGNYTE_GOOGLE_ADS_DEVELOPER_TOKEN": TOKEN,
        "IGNYTE_DATABASE_URL": url.render_as_string(hide_password=False),
        URL_VARIABLE: url.set(drivername="postgresql").render_as_string(hide_password=False),
    }
    whole = handed(surroundings, tmp_path)
    assert not [value for value in whole.values() if "canary" in value or url.render_as_string() in value]
    for name, value in whole.items():
        monkeypatch.setenv(name, value)
        if name.endswith("_FILE"):
            assert stat.S_IMODE(Path(value).stat().st_mode) == 0o600
    app = Settings().app("google_ads")
    assert app is not None
    assert app.developer_token is not None
    assert (app.client_secret.reveal(), app.developer_token.reveal()) == (SECRET, TOKEN)
    assert Path(whole["PGPASSFILE"]).read_text() == "*:*:*:ignyte:canary\\:of\\\\the database\n"
    assert make_url(whole["IGNYTE_DATABASE_URL"]).password is None
    assert make_url(whole[URL_VARIABLE]).host == "db.internal"


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1))
def test_no_password_stays_in_an_address(password: str) -> None:
    plain = make_url("postgresql+psycopg://ignyte@db/ignyte")
    folder = Path(os.environ.get("TMPDIR", "/tmp")) / f"ignyte-test-{os.getpid()}"  # noqa: S108 -- 0700 and removed
    folder.mkdir(mode=0o700, exist_ok=True)
    for url in (plain.set(password=password), plain.update_query_dict({"password": password})):
        given_ = handed({"IGNYTE_DATABASE_URL": url.render_as_string(hide_password=False)}, folder)
        assert given_["IGNYTE_DATABASE_URL"] == str(plain)
    (folder / "pgpass").unlink()
    folder.rmdir()


def test_what_holds_no_secret_is_handed_on_as_it_is(tmp_path: Path) -> None:
    plain = {"PATH": "/bin", "IGNYTE_DATABASE_URL": "sqlite:////tmp/x.db", "IGNYTE_KMS": "local"}
    assert handed(plain, tmp_path) == plain
    assert not list(tmp_path.iterdir())
