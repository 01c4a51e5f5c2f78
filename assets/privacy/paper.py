"""A paper of the desk: headings, tables and sentences, as a self-contained page to read or print, and as Markdown."""

import base64
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

_HERE: Final = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Part:
    """A section: a sentence or several, and a table where there is one. `kind` of a cell may be a verdict."""

    title: str
    text: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Paper:
    """One document. `mark` is printed across each page and names who got it."""

    title: str
    lead: str
    parts: tuple[Part, ...]
    mark: str = ""


def paragraph(title: str, *text: str, evidence: Iterable[str] = ()) -> Part:
    return Part(title=title, text=text, evidence=tuple(evidence))


def rows(
    title: str,
    columns: Sequence[str],
    found: Iterable[Sequence[str]],
    *,
    text: Sequence[str] = (),
    empty: str = "None.",
    evidence: Iterable[str] = (),
) -> Part:
    """A section with a table, or with the sentence `empty` where nothing was found."""
    cells = tuple(tuple(each) for each in found)
    return Part(
        title=title,
        text=(*text, *(() if cells else (empty,))),
        columns=tuple(columns) if cells else (),
        rows=cells,
        evidence=tuple(evidence),
    )


def day(moment: datetime) -> str:
    """A day in words, such as "March 4, 2026", in UTC."""
    utc = moment.astimezone(UTC)
    return f"{utc:%B} {utc.day}, {utc.year}"


def bare(text: str) -> str:
    """A text in one line."""
    return " ".join(text.split())


def printed(paper: Paper) -> str:
    """The paper as one HTML document that loads and runs nothing; it prints on A4."""
    style = (_HERE / "paper.css").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["breakable"] = _breakable
    template = environment.from_string((_HERE / "paper.html.j2").read_text(encoding="utf-8"))
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return template.render(paper=paper, style=Markup(style), digest=digest)  # noqa: S704 -- our own file


def _breakable(text: str) -> Markup:
    """A long name may go on in the next line behind a slash or an underscore, and nowhere else."""
    pieces = re.split(r"(?<=[/_])|(?=::)", text)
    return Markup("<wbr>").join(pieces)


def markdown(paper: Paper) -> str:
    """The same in Markdown."""
    lines = [f"# {paper.title}", "", paper.lead, ""]
    for part in paper.parts:
        lines += [f"## {part.title}", "", *(line for sentence in part.text for line in (sentence, ""))]
        if part.columns:
            table = [part.columns, ["---"] * len(part.columns), *part.rows]
            lines += [*(f"| {' | '.join(map(_cell, row))} |" for row in table), ""]
        if part.evidence:
            lines += ["Evidence: " + ", ".join(f"`{each}`" for each in part.evidence), ""]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return bare(text).replace("|", "\\|")
