"""The parts of the documents that are printed from the declarations, so that they can't drift from them."""

import sys
from pathlib import Path
from typing import Final

from ignyte_pipelines.desk.promises import PROMISES, Promise
from ignyte_pipelines.setup_pages import page
from resources.platform import ApiKey, Platform
from resources.platforms import platforms

ROOT: Final = Path(__file__).parents[1]
_BEGIN: Final = "<!-- platforms: printed by `python -m ignyte_pipelines.documents` -->"
_END: Final = "<!-- end of platforms -->"


def platform_table() -> str:
    """A Markdown table with a row for each platform: scopes, streams, lookback, grade and limits."""
    head = "| platform | API | asked for | optional | tables | read again | least privilege | what to know |"
    return "\n".join([head, "|---" * 8 + "|", *map(_row, platforms())])


def _row(declared: Platform) -> str:
    key = isinstance(declared.auth, ApiKey)
    cells = (
        f"**{declared.title}**",
        declared.version,
        ("a read-only key: " if key else "") + _codes(declared.scopes.required),
        _codes(declared.scopes.optional) or "none",
        ", ".join(stream.name for stream in declared.streams),
        f"{max(stream.lookback for stream in declared.streams).days or 1} d",
        declared.best_grade.value,
        declared.limits,
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _codes(names: object) -> str:
    return ", ".join(f"`{name}`" for name in names) if isinstance(names, tuple | dict) else ""


def with_table(document: str) -> str:
    """The document with the table as it should stand in it today."""
    before, _, rest = document.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{_BEGIN}\n{platform_table()}\n{_END}{after}"


def pages() -> dict[Path, str]:
    """The set-up page of each platform and the page of promises, by place, as they should stand there today."""
    folder = ROOT / "docs"
    promises = {folder / "promises.md": promises_page()}
    return {folder / "platforms" / f"{declared.key}.md": page(declared) for declared in platforms()} | promises


def promises_page() -> str:
    """The Markdown page with a row for each promise."""
    head = ["| # | promise | how it is kept | code | tests | shown by |", "|---" * 6 + "|"]
    return "\n".join(
        [
            "# The promises, and what stands behind each",
            "",
            "Printed by `python -m ignyte_pipelines.documents`; a test checks that each thing it names is there.",
            "",
            *head,
            *map(_promise_row, PROMISES),
            "",
        ]
    )


def _promise_row(each: Promise) -> str:
    kept = each.kept
    cells = (
        f"P{each.number}",
        each.promise,
        kept.text,
        _lines(kept.code),
        _lines((*kept.tests, *(f"doctor: {check}" for check in kept.checks))),
        _lines(kept.commands),
    )
    return "| " + " | ".join(cells) + " |"


def _lines(names: tuple[str, ...]) -> str:
    return "<br>".join(f"`{name}`" for name in names)


def main() -> None:
    readme = ROOT / "README.md"
    for place, text in {readme: with_table(readme.read_text()), **pages()}.items():
        place.parent.mkdir(exist_ok=True)
        place.write_text(text)
        sys.stdout.write(f"{place}\n")


if __name__ == "__main__":
    main()
