"""A certificate as a page to read and to print: one HTML document that loads nothing and runs nothing."""

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

_HERE: Final = Path(__file__).parent
_TITLES: Final = {
    "erasure": "A person was erased",
    "datasource": "A datasource was deleted",
    "workspace": "A workspace was deleted",
    "retention": "Nothing is kept past its time",
}
_VERDICTS: Final = {
    "erasure": "Nothing of this person is left in any store that is ours.",
    "datasource": "Nothing of this datasource is left, and nothing can be read from it.",
    "workspace": "Nothing of this workspace is left but ids and proof.",
    "retention": "No row is kept past its limit of age.",
}
_WORDS: Final = {
    "what": "Asked",
    "channel": "Through",
    "regime": "Under",
    "policy": "Policy",
    "received_at": "Received",
    "due_at": "Due",
    "platform": "Platform",
    "datasource": "Datasource",
    "day": "As of",
}


def page(document: str) -> str:
    """The page of a certificate's document, whose signature is not this function's question."""
    whole: dict[str, Any] = json.loads(document)
    said = whole["certificate"]
    style = (_HERE / "certificate.css").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(moment=_moment, day=_day)
    template = environment.from_string((_HERE / "certificate.html.j2").read_text(encoding="utf-8"))
    return template.render(
        said=said,
        key=whole["key"],
        title=_TITLES[said["kind"]],
        verdict=_VERDICTS[said["kind"]],
        asked=_asked(said["asked"]),
        rows=sum(said["rows_left"].values()),
        sha256=hashlib.sha256(document.encode()).hexdigest(),
        style=Markup(style),  # noqa: S704 -- our own file
        digest=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    )


def _asked(asked: Mapping[str, Any]) -> list[tuple[str, str]]:
    moments = {"received_at", "due_at"}
    return [
        (words, _moment(str(asked[name])) if name in moments else str(asked[name]))
        for name, words in _WORDS.items()
        if asked.get(name)
    ]


def _moment(text: str) -> str:
    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M:%S} UTC"


def _day(text: str) -> str:
    return f"{datetime.fromisoformat(text):%Y-%m-%d}"
