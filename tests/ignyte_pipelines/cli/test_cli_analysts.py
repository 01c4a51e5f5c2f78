"""What an analyst types, on a workspace that was really synced and built from the pretend platforms."""

import re
import shlex
import shutil
from functools import partial
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import openpyxl
import pyarrow.parquet as pq
import pytest
from nbclient import NotebookClient
from terminal import Synced, Type, typed

from ignyte_pipelines import analysts_page as page
from ignyte_pipelines import connect
from sandbox.serve import Sandbox

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[3]
DAYS = "brand_metrics_by_date"


@pytest.fixture(scope="module")
def analysts_home(tmp_path_factory: pytest.TempPathFactory, synced: Synced) -> Path:
    return Path(shutil.copytree(synced.home, tmp_path_factory.mktemp("analysts") / "home"))


@pytest.fixture
def ignyte(analysts_home: Path) -> Type:
    return partial(typed, home=analysts_home)


@pytest.fixture
def sku(pretend: Sandbox) -> str:
    return pretend.state.world.variants[0].sku


def test_the_shell_answers_from_a_pipe_and_goes_on_after_a_mistake(ignyte: Type) -> None:
    lines = [".tables", "FROM nowhere;", "SELECT count(*) AS n", f"FROM {DAYS};", ".format csv", "SELECT 7 AS seven;"]
    said = "\n".join([*lines, ".nonsense", ".quit", "SELECT 8 AS eight;", ""])
    done = ignyte("shell", "brand", given=said)
    assert done.code == 0
    assert DAYS in done.out
    assert "nowhere" in done.err
    assert "seven\n7\n" in done.out
    assert ".nonsense is not known" in done.err
    assert "eight" not in done.out


def test_the_shell_answers_in_json(ignyte: Type) -> None:
    assert ignyte("shell", "brand", "--json", given="SELECT 7 AS seven;\n").document == [{"seven": 7}]


def test_an_export_is_the_table_in_every_form(ignyte: Type, tmp_path: Path) -> None:
    rows = ignyte("query", "brand", f"SELECT count(*) AS n FROM {DAYS}", "--json").document[0]["n"]
    for form in ("csv", "parquet", "xlsx", "json"):
        file = tmp_path / f"days.{form}"
        done = ignyte("export", "brand", DAYS, "--format", form, "--out", str(file), "--json")
        assert (done.code, done.document["rows"]) == (0, rows)
        assert file.stat().st_mode & 0o777 == 0o600
    assert pq.read_table(tmp_path / "days.parquet").num_rows == rows
    sheet = openpyxl.load_workbook(tmp_path / "days.xlsx").active
    assert sheet is not None
    assert sheet.max_row == rows + 1
    assert len((tmp_path / "days.csv").read_text().splitlines()) == rows + 1
    assert ignyte("export", "brand", "nope", "--json").code == 3
    assert ignyte("export", "brand", DAYS, "--out", str(tmp_path / "no" / "where.csv")).code == 2


def test_costs_are_checked_taken_and_withdrawn(ignyte: Type, tmp_path: Path, sku: str) -> None:
    file = tmp_path / "costs.csv"
    file.write_text(f"sku,cost,effective_date\n{sku},4.20,2026-01-01\nNO-SUCH,1,2026-01-01\n{sku},x,2026-02-01\n")
    refused = ignyte("costs", "upload", "brand", str(file), "--json")
    assert refused.code == 3
    assert refused.document["faults"] == {"unknown SKU": 1, "wrong type": 1}
    assert refused.document["upload"] is None
    assert ignyte("costs", "list", "brand", "--json").document == {"uploads": [], "costs": []}
    shown = ignyte("costs", "upload", "brand", str(file))
    assert "NO-SUCH" in shown.out
    assert "Nothing was taken" in shown.out
    checked = ignyte("costs", "upload", "brand", str(file), "--check", "--json")
    assert (checked.code, checked.document["upload"]) == (0, None)
    taken = ignyte("costs", "upload", "brand", str(file), "--accept-valid", "--json")
    assert (taken.code, taken.document["upload"]["rows"], taken.document["upload"]["rows_left_out"]) == (0, 1, 2)
    (listed,) = ignyte("costs", "list", "brand", "--json").document["costs"]
    assert (listed["sku"], listed["cost"], listed["currency"], listed["file"]) == (sku, 4.2, "USD", "costs.csv")
    upload = taken.document["upload"]["id"]
    assert ignyte("rates", "withdraw", "brand", upload).code == 3
    assert ignyte("costs", "withdraw", "brand", upload).code == 0
    assert ignyte("costs", "list", "brand", "--json").document["costs"] == []


def test_rates_and_targets(ignyte: Type, tmp_path: Path) -> None:
    file = tmp_path / "rates.csv"
    file.write_text("day,from_currency,rate\n2026-01-01,EUR,1.08\n2026-01-02,EUR,1.09\n")
    assert ignyte("rates", "upload", "brand", str(file)).code == 0
    again = ignyte("rates", "upload", "brand", str(file), "--json").document
    assert (again["in_force_already"], again["upload"]) == (2, None)
    assert "2026-01-02" in ignyte("rates", "list", "brand").out
    assert ignyte("targets", "set", "brand", "net_sales", "2026-03", "125000.50").code == 0
    (target,) = ignyte("targets", "list", "brand", "--json").document["targets"]
    assert (target["metric"], target["month"], target["target"]) == ("net_sales", "2026-03-01", 125000.5)
    for wrong in (("nothing", "2026-03", "1"), ("net_sales", "March", "1"), ("net_sales", "2026-03", "lots")):
        assert ignyte("targets", "set", "brand", *wrong).code == 2
    assert ignyte("targets", "remove", "brand", "net_sales", "2026-03").code == 0


class _Page(HTMLParser):
    """The tags of a page with their attributes, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_report_is_one_page_that_asks_nothing_of_anyone(ignyte: Type, tmp_path: Path, pretend: Sandbox) -> None:
    file = tmp_path / "report.html"
    done = ignyte("report", "brand", "--out", str(file), "--json")
    assert done.code == 0, done.err
    assert done.document["tiles"] >= 10
    assert done.document["charts"] >= 3
    assert file.stat().st_mode & 0o777 == 0o600
    html = file.read_text()
    page = _Page()
    page.feed(html)
    (policy,) = [tag["content"] for name, tag in page.tags if tag.get("http-equiv") == "Content-Security-Policy"]
    assert (policy or "").startswith("default-src 'none'; style-src 'sha256-")
    assert not {name for name, _ in page.tags} & {
        "script",
        "link",
        "img",
        "iframe",
        "object",
        "embed",
        "form",
        "image",
        "use",
    }
    assert not [tag for _, tag in page.tags if {"src", "href", "xlink:href", "style", "onload", "onclick"} & tag.keys()]
    assert "url(" not in html
    assert "@import" not in html
    assert len(re.findall(r'<svg class="wide"', html)) == len(re.findall(r'<svg class="narrow"', html))
    people = [person.email for person in pretend.state.world.people if person.email]
    assert people
    assert not [each for each in people if each in html]


def test_the_report_shows_the_figures_of_the_tables(ignyte: Type, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    assert ignyte("report", "brand", "--out", str(file)).code == 0
    week = (
        f"SELECT sum(net_sales) AS net, sum(orders) AS orders FROM {DAYS}, "
        "(SELECT max(last_calculated) AS done FROM metric_catalog) "
        "WHERE CAST(timezone('America/New_York', done) AS DATE) - day BETWEEN 1 AND 7"
    )
    (row,) = ignyte("query", "brand", week, "--json").document
    values = re.findall(r'<p class="value">(\S+)', file.read_text())
    assert values[:2] == [f"${row['net']:,.2f}", f"{row['orders']:,}"]


def test_a_notebook_gets_the_same_figures(ignyte: Type, analysts_home: Path) -> None:
    question = f"SELECT sum(net_sales) AS net FROM {DAYS}"
    with connect("brand", home=analysts_home) as session:
        net = session.sql(question).df()["net"][0]
    assert ignyte("query", "brand", question, "--json").document[0]["net"] == pytest.approx(net)
    acts = ignyte("audit", "show", "--json")
    assert acts.code == 0
    assert "metrics.query" in acts.out


def test_the_example_notebook_runs(analysts_home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    notebook = nbformat.read(ROOT / "docs" / "analysis.ipynb", as_version=4)
    for cell in notebook.cells:
        cell.source = cell.source.replace('connect("demo")', 'connect("brand")')
    monkeypatch.setenv("IGNYTE_HOME", str(analysts_home))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    done = NotebookClient(
        notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    shown = [output for cell in done.cells if cell.cell_type == "code" for output in cell.outputs]
    assert len(shown) >= 5
    assert not [output for output in shown if output.output_type == "error"]


def test_every_command_of_the_analysts_page_runs(ignyte: Type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands = page.commands((ROOT / "docs" / "analysts.md").read_text())
    assert len(commands) >= 12
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    monkeypatch.chdir(tmp_path)
    for command in commands:
        done = ignyte(*shlex.split(command.replace(" demo", " brand"))[1:])
        assert done.code == 0, (command, done.err)
