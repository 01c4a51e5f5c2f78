"""What our child processes are given: settings in their environment, secrets in private files that it names."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sqlalchemy import make_url

from ignyte_pipelines.configuration import URL_VARIABLE

_SECRETS: Final = re.compile(r"IGNYTE_[A-Z_]+_(CLIENT_SECRET|DEVELOPER_TOKEN)")
_URLS: Final = ("IGNYTE_DATABASE_URL", URL_VARIABLE)


def handed(surroundings: Mapping[str, str], folder: Path) -> dict[str, str]:
    """The environment without secrets: others see it, whereas `folder` (0700) is entered by its owner only."""
    given: dict[str, str] = {}
    for name, value in surroundings.items():
        if _SECRETS.fullmatch(name):
            given[f"{name}_FILE"] = str(_written(folder / name, value))
        elif name in _URLS and value:
            given |= _without_password(name, value, folder)
        else:
            given[name] = value
    return given


def _without_password(name: str, value: str, folder: Path) -> dict[str, str]:
    url = make_url(value)
    password = str(url.password or url.query.get("password") or "")
    if not password:
        return {name: value}
    # both drivers find the password where Postgres's own clients look for it
    line = f"*:*:*:{_escaped(url.username or '*')}:{_escaped(password)}\n"
    bare = url._replace(password=None).difference_update_query(["password"])
    return {
        name: bare.render_as_string(hide_password=False),
        "PGPASSFILE": str(_written(folder / "pgpass", line)),
    }


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(":", "\\:")


def _written(file: Path, content: str) -> Path:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(content)
    return file
