"""What the documents say is what the declarations say."""

from ignyte_pipelines.documents import ROOT, with_table


def test_the_table_of_platforms_is_today_s() -> None:
    readme = (ROOT / "README.md").read_text()
    assert with_table(readme) == readme, "run `python -m ignyte_pipelines.documents`"
