"""`ignyte workspace` and what the other commands say of an empty home."""

from terminal import Type


def test_a_workspace_is_made_listed_and_shown(ignyte: Type) -> None:
    made = ignyte("workspace", "create", "Juniper & Rye", "--currency", "EUR", "--time-zone", "Europe/Berlin", "--json")
    assert made.code == 0
    assert made.document["id"].startswith("ws_")
    assert "ignyte datasource connect 'Juniper & Rye' shopify" in made.err
    listed = ignyte("workspace", "list", "--json").document["workspaces"]
    assert [(each["name"], each["currency"], each["datasources"]) for each in listed] == [("Juniper & Rye", "EUR", 0)]
    shown = ignyte("workspace", "show", "Juniper & Rye", "--json").document
    assert (shown["time_zone"], shown["files"], shown["runs"]) == ("Europe/Berlin", [], [])


def test_a_workspace_is_a_partition_in_dagster(ignyte: Type) -> None:
    from ignyte_pipelines.instance import instance  # noqa: PLC0415 -- heavy, and for this test alone
    from resources.settings import Settings  # noqa: PLC0415 -- as above

    made = ignyte("workspace", "create", "one", "--json").document
    with instance(Settings()) as dagster:
        assert list(dagster.get_dynamic_partitions("workspace")) == [made["id"]]


def test_a_rule_refuses_with_code_3(ignyte: Type) -> None:
    done = ignyte("workspace", "create", "one", "--currency", "dollars", "--json")
    assert done.code == 3
    assert done.document["error"]["kind"] == "Refused"


def test_wrong_usage_has_code_2(ignyte: Type) -> None:
    assert ignyte("workspace", "create", "one", "--fiscal-year-start", "13").code == 2
    assert ignyte("workspace", "create", "one", "--primary-platform", "nowhere").code == 2
    assert ignyte("workspace", "create").code == 2


def test_an_empty_home_says_what_to_do(ignyte: Type) -> None:
    assert "ignyte workspace create" in ignyte("workspace", "list").out
    assert "ignyte demo" in ignyte("status").out
    assert ignyte("status", "--json").document == {"workspaces": []}
    assert ignyte("status", "--fleet", "--json").document == {"workspaces": []}
    missing = ignyte("status", "nobody", "--json")
    assert (missing.code, missing.document["error"]["kind"]) == (3, "Refused")


def test_without_metrics_a_question_is_refused(ignyte: Type) -> None:
    ignyte("workspace", "create", "one")
    done = ignyte("query", "one", "SELECT 1")
    assert done.code == 3
    assert "ignyte sync" in done.err


def test_without_datasources_there_is_nothing_to_sync(ignyte: Type) -> None:
    ignyte("workspace", "create", "one")
    assert ignyte("sync", "one").code == 3


def test_forms_that_need_a_file_ask_for_it(ignyte: Type) -> None:
    assert ignyte("query", "one", "SELECT 1", "--format", "parquet").code == 2
    assert ignyte("query", "one", "SELECT 1", "--out", "x.txt").code == 2
    assert ignyte("query", "one", "SELECT 1", "--format", "xml").code == 2


def test_definitions_are_known_before_anything_is_built(ignyte: Type) -> None:
    listed = ignyte("metrics", "list", "--json").document["metrics"]
    assert {"net_sales", "mer", "aov"} <= {each["name"] for each in listed}
    shown = ignyte("metrics", "show", "mer", "--json").document
    assert shown["formula"].startswith("Net Sales / Ad Spend")
    assert shown["last_calculated"] is None
    assert "not yet in a workspace" in ignyte("metrics", "show", "MER", columns=50).out
    assert ignyte("metrics", "show", "nonsense").code == 2
