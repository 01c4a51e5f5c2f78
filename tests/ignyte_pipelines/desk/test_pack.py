"""The pack is printed from what is, whole or not at all, and says nothing that has no evidence."""

import dataclasses
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from assets.privacy.paper import Part
from ignyte_pipelines.cli.findings import Finding
from ignyte_pipelines.desk import pack
from ignyte_pipelines.desk.evidence import Claim
from ignyte_pipelines.desk.gathered import Gathered, answers, gather
from ignyte_pipelines.desk.pack import PAPERS, build_pack, require
from ignyte_pipelines.desk.promises import PROMISES
from resources.control_plane.facts import Workspace
from resources.errors import Refused, Stop
from resources.notices import announce
from resources.platforms import platforms
from resources.register import Action, Category, Subprocessor
from resources.settings import Settings
from resources.stores import Stores, open_stores

pytestmark = pytest.mark.slow
POST = Subprocessor(
    name="Post & Co", category=Category.EMAIL, purpose="mail", data="addresses", location="Frankfurt", safeguard="DPA"
)


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    """One home for all: a pack changes nothing but the audit log."""
    home = tmp_path_factory.mktemp("pack") / "home"
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("IGNYTE_HOME", str(home))
        with open_stores(Settings(home=home)) as opened:
            yield opened


@pytest.fixture(scope="module")
def workspace(stores: Stores) -> Workspace:
    made = stores.plane.workspaces.create("Juniper <b>", now=stores.clock())
    for declared in platforms():
        stores.plane.datasources.connect(
            workspace_id=made.id,
            platform=declared.key,
            account=f"{declared.key}-1",
            account_name="Juniper",
            currency="USD",
            time_zone="UTC",
            settings={},
            scopes=frozenset(declared.scopes.required),
            grade="proved",
            opted_in=frozenset(),
            now=stores.clock(),
        )
    announce(stores, Action.ADD, POST, stores.clock())
    return made


@pytest.fixture(scope="module")
def found(stores: Stores, workspace: Workspace) -> Gathered:
    return gather(stores, workspace, ask_advisories=False)


def printed(stores: Stores) -> int:
    return [entry.verb for entry in stores.audit.entries()].count("security-pack.print")


def test_the_pack_is_whole_and_says_what_is(stores: Stores, workspace: Workspace, tmp_path: Path) -> None:
    out, before = tmp_path / "pack", printed(stores)
    made = build_pack(stores, workspace, out, ask_advisories=False)
    names = {*PAPERS, "state"}
    assert set(made.files) == {
        *(f"{name}.html" for name in names),
        *(f"markdown/{name}.md" for name in names),
        *("index.html", "facts.json", "parts.cdx.json"),
    }
    texts = {name: (out / name).read_text().replace("<wbr>", "") for name in made.files}
    for name in (name for name in texts if name.endswith(".html")):
        assert "default-src 'none'" in texts[name]
        assert "Juniper <b>" not in texts[name]
        assert not re.search(r"<script|<link|<img|(src|href)=", texts[name]), name
    for declared in platforms():
        assert all(scope in texts["access.html"] for scope in declared.scopes.required)
        assert all(operation.name in texts["access.html"] for operation in declared.operations)
    for column in (c for p in platforms() for s in p.streams for c in s.columns if c.personal):
        assert f".{column.name}" in texts["markdown/record-of-processing.md"]
    assert all(each.promise in texts["markdown/overview.md"] for each in PROMISES)
    assert "Post & Co" in texts["markdown/agreement.md"]
    assert json.loads(texts["facts.json"])["papers"].keys() == names
    assert printed(stores) - before == 2  # intent and outcome
    with pytest.raises(Refused, match="there already"):
        build_pack(stores, workspace, out, ask_advisories=False)


def test_every_answer_but_a_no_has_evidence(found: Gathered) -> None:
    given = answers(found)
    assert len(given) >= 60
    for each in given:
        assert each.answer in ("yes", "partly", "no")
        assert bool(each.claim.named) == (each.answer != "no"), each.ask
        assert "{" not in each.claim.text
    assert sum(each.answer == "no" for each in given) >= 5


@pytest.mark.parametrize(
    "wrong",
    [
        Claim(text="x", tests=("tests/nowhere.py::test_x",)),
        Claim(text="x", commands=("ignyte nothing",)),
        Claim(text="x", checks=("no such guarantee",)),
    ],
)
def test_a_statement_without_evidence_stops_it(found: Gathered, wrong: Claim) -> None:
    require([each.kept for each in PROMISES], [], found)
    with pytest.raises(Stop, match="does not hold"):
        require([wrong], [], found)


def test_a_guarantee_that_is_broken_stops_it_and_nothing_is_printed(
    stores: Stores, workspace: Workspace, found: Gathered, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Finding(guarantee="every data file is encrypted", verdict="broken", found="one is not", how="its header")
    others = tuple(each for each in found.findings if each.guarantee != broken.guarantee)
    monkeypatch.setattr(pack, "gather", lambda *_, **__: dataclasses.replace(found, findings=(*others, broken)))
    with pytest.raises(Stop, match="every data file is encrypted: broken"):
        build_pack(stores, workspace, tmp_path / "pack", ask_advisories=False)
    assert list(tmp_path.glob("*pack*")) == []


def test_a_paper_that_names_no_real_test_stops_it(found: Gathered) -> None:
    paper = PAPERS["overview"](found)
    wrong = Part(title="x", text=("y",), evidence=("tests/nowhere.py::*",))
    with pytest.raises(Stop, match=r"tests/nowhere.py"):
        require([], [dataclasses.replace(paper, parts=(*paper.parts, wrong))], found)
