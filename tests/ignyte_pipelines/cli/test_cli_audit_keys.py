"""ignyte audit and ignyte keys, and what disconnecting and authorizing again look like at the terminal."""

import copy
import json
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import orjson
import pytest
from terminal import Type, Typed, typed

from ignyte_pipelines.cli.record import Filter, acts
from resources.settings import Settings
from resources.stores import open_stores
from sandbox.serve import Sandbox


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, pretend: Sandbox) -> tuple[Path, str]:
    """A home with one workspace and one datasource, which is connected; and that one's id."""
    home = tmp_path_factory.mktemp("prepared") / "home"
    home.mkdir(mode=0o700)
    (home / "sandbox.json").write_bytes(orjson.dumps(pretend.described()))
    assert typed("workspace", "create", "brand", home=home).code == 0
    return home, connect(partial(typed, home=home))


def connect(ignyte: Type) -> str:
    done: Typed = ignyte("datasource", "connect", "brand", "stripe", "--json")
    assert done.code == 0, done.err
    return str(done.document["datasource"]["id"])


@pytest.fixture
def ignyte(prepared: tuple[Path, str], home: Path, pretend: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Type:
    """Types a command on a copy of that home; a grant that another test gave back lives again."""
    monkeypatch.setattr(pretend.state, "_kept", copy.deepcopy(pretend.state._kept))
    shutil.copytree(prepared[0], home, dirs_exist_ok=True)
    return typed


@pytest.fixture
def datasource(ignyte: Type, prepared: tuple[Path, str]) -> str:
    assert ignyte("datasource", "show", prepared[1], "--json").document["connection"] == "connected"
    return prepared[1]


def last_act(ignyte: Type, verb: str) -> dict[str, object]:
    found: list[dict[str, object]] = ignyte("audit", "show", "--verb", verb, "--json").document["acts"]
    return found[-1]


def test_every_change_of_a_datasource_is_on_record(ignyte: Type, datasource: str) -> None:
    assert ignyte("datasource", "pause", datasource).code == 0
    assert ignyte("datasource", "resume", datasource).code == 0
    for verb in ("connect", "pause", "resume"):
        act = last_act(ignyte, f"datasource.{verb}")
        assert (act["result"], act["kind"], bool(act["actor"])) == ("done", "person", True)
    shown = ignyte("audit", "show", "--workspace", "brand")
    assert "datasource.pause" in shown.out
    assert datasource in shown.out.replace("\n", "")
    assert ignyte("audit", "show", "--actor", "nobody", "--json").document["acts"] == []


def test_disconnecting_gives_back_destroys_and_can_be_repeated(ignyte: Type, datasource: str, home: Path) -> None:
    done = ignyte("datasource", "disconnect", datasource, "--yes", "--reason", "the shop moved", "--json")
    assert done.code == 0, done.err
    assert done.document["connection"] == "disconnected"
    assert "has forgotten it" in done.document["given_back"]
    assert last_act(ignyte, "datasource.purge")["reason"] == "the shop moved"
    assert ignyte("datasource", "disconnect", datasource, "--yes").code == 0
    assert ignyte("datasource", "reauthorize", datasource).code == 3
    assert ignyte("datasource", "resume", datasource).code == 3
    assert home.exists()
    # the account can be connected again, as a datasource of its own
    assert connect(ignyte) != datasource


def test_disconnecting_asks_first(ignyte: Type, datasource: str) -> None:
    assert ignyte("datasource", "disconnect", datasource, given="n\n").code == 1
    assert ignyte("datasource", "show", datasource, "--json").document["connection"] == "connected"


def test_authorizing_again_keeps_the_datasource_and_makes_it_due(ignyte: Type, datasource: str, home: Path) -> None:
    with open_stores(Settings(home=home)) as stores:
        stores.plane.datasources.needs_reauthorization(datasource, "gone", stores.clock())
        stores.plane.due.scheduled(datasource, stores.clock())
    done = ignyte("datasource", "reauthorize", datasource, "--json")
    assert done.code == 0, done.err
    assert (done.document["id"], done.document["connection"]) == (datasource, "connected")
    with open_stores(Settings(home=home)) as stores:
        assert [each.datasource_id for each in stores.plane.due.due_syncs(stores.clock())] == [datasource]
    assert last_act(ignyte, "datasource.reauthorize")["result"] == "done"


def test_the_log_verifies_and_a_changed_one_does_not(ignyte: Type, home: Path) -> None:
    done = ignyte("audit", "verify", "--json")
    assert (done.code, done.document["holds"]) == (0, True)
    (file,) = (home / "audit").glob("log-*.jsonl")
    file.write_bytes(file.read_bytes().replace(b'"platform":"stripe"', b'"platform":"shopyy"', 1))
    done = ignyte("audit", "verify", "--json")
    assert (done.code, done.document["holds"]) == (1, False)
    assert done.document["first_bad"] >= 1
    assert "BROKEN" in ignyte("audit", "verify").out


def test_an_export_verifies_without_any_of_our_code(ignyte: Type, tmp_path: Path) -> None:
    out = tmp_path / "for the auditor"
    done = ignyte("audit", "export", "--out", str(out), "--verb", "credential", "--json")
    assert done.code == 0, done.err
    names = ["verifier.py", "log", "checkpoints", "audit.pub"]
    command = [sys.executable, "-I", *(str(out / name) for name in names), "--json"]
    verified = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 -- our own
    assert (verified.returncode, json.loads(verified.stdout)["holds"]) == (0, True), verified.stdout
    selection = json.loads((out / "selection.json").read_bytes())
    assert {each["verb"] for each in selection} == {"credential.store"}
    assert len((out / "selection.csv").read_text().splitlines()) == len(selection) + 1
    assert ignyte("audit", "export", "--out", str(out)).code == 3


def test_keys_are_listed_without_any_key(ignyte: Type) -> None:
    document = ignyte("keys", "list", "--json").document
    masters = {each["purpose"]: each for each in document["masters"]}
    assert {name: each["wraps"] for name, each in masters.items()} == {"data": 0, "credentials": 1}
    assert "credentials" in ignyte("keys", "list", "brand").out


@pytest.mark.parametrize("master", ["data", "credentials"])
def test_a_master_key_is_rotated(ignyte: Type, datasource: str, master: str) -> None:
    def name() -> str:
        found = ignyte("keys", "list", "--json").document["masters"]
        return str(next(each["name"] for each in found if each["purpose"] == master))

    before = name()
    done = ignyte("keys", "rotate", "--master", master, "--json")
    assert done.code == 0, done.err
    assert (done.document["retired"], done.document["name"] != before, name()) == (1, True, done.document["name"])
    assert ignyte("datasource", "show", datasource).code == 0
    assert last_act(ignyte, "key.rotate")["result"] == "done"


def test_rotating_wants_one_thing(ignyte: Type) -> None:
    assert ignyte("keys", "rotate").code == 2
    assert ignyte("keys", "rotate", "brand", "--master", "data").code == 2


def test_destroying_a_key_wants_a_reason_and_a_yes(ignyte: Type, home: Path) -> None:
    with open_stores(Settings(home=home)) as stores:
        workspace = stores.plane.workspaces.get("brand")
        key_id, key = stores.keys.new(workspace.id, "metrics", 1, stores.clock())
        key.close()
    assert ignyte("keys", "destroy", key_id, "--yes").code == 2
    assert ignyte("keys", "destroy", key_id, "--yes", "--reason", " ").code == 3
    assert ignyte("keys", "destroy", key_id, "--reason", "x", given="n\n").code == 1
    assert ignyte("keys", "destroy", key_id, "--reason", "ticket 7", "--yes", "--json").document["files"] == []
    assert ignyte("keys", "list", "--json").document["data_keys"] == []
    assert [each["id"] for each in ignyte("keys", "list", "--all", "--json").document["data_keys"]] == [key_id]
    assert last_act(ignyte, "key.destroy")["reason"] == "ticket 7"


def test_what_is_not_finished_is_shown_so(ignyte: Type, home: Path) -> None:
    with open_stores(Settings(home=home)) as stores:
        with stores.audit.act("datasource.pause", "datasource ds_1"):
            (found,) = acts(stores.audit.entries(), Filter(verb="datasource.pause"))
            assert found.result == ""
            assert "not finished" in ignyte("audit", "show").out
        assert last_act(ignyte, "datasource.pause")["result"] == "done"


@pytest.mark.slow
def test_a_workspace_s_files_are_written_anew_under_new_keys(ignyte: Type, datasource: str) -> None:
    assert ignyte("sync", "brand").code == 0
    before = ignyte("query", "brand", "SELECT count(*) AS n FROM brand_metrics_by_date", "--json").document
    old = {each["id"]: each["opens"] for each in ignyte("keys", "list", "brand", "--json").document["data_keys"]}
    done = ignyte("keys", "rotate", "brand", "--json")
    assert done.code == 0, done.err
    assert (done.document["rebuilt"], done.document["sources"][0]["datasource"]) == (True, datasource)
    new = {each["id"]: each["opens"] for each in ignyte("keys", "list", "brand", "--json").document["data_keys"]}
    kept = {opens for key, opens in new.items() if key in old}
    assert all(opens.startswith("nothing") for opens in kept), kept
    assert ignyte("query", "brand", "SELECT count(*) AS n FROM brand_metrics_by_date", "--json").document == before
    assert ignyte("sync", "brand").code == 0
    assert ignyte("audit", "verify").code == 0
