"""The raw tables as dbt sources, written from the streams' declarations so that the two cannot drift."""

import json
from collections.abc import Iterator
from pathlib import Path

from resources.columns import Column
from resources.decode.kinds import STORED
from resources.platform import Platform, Stream
from resources.platforms import platforms


def _column(column: Column) -> Iterator[str]:
    yield f"          - name: {column.name}"
    yield f"            description: {json.dumps(column.description, ensure_ascii=False)}"
    yield f"            data_type: {STORED[column.kind]}"
    if column.personal:
        yield f"            config: {{meta: {{personal: {column.personal}}}}}"


def _table(stream: Stream) -> Iterator[str]:
    yield f"      - name: {stream.name}"
    yield f"        description: {json.dumps(stream.description, ensure_ascii=False)}"
    yield "        columns:"
    for column in stream.columns:
        yield from _column(column)


def render(platform: Platform) -> str:
    """The text of one platform's _sources.yml."""
    lines = [
        "# written by `python -m resources.dbt sources`",
        "sources:",
        f"  - name: {platform.schema}",
        f"    description: {json.dumps(f'{platform.title}, as it was read.', ensure_ascii=False)}",
        "    database: memory",
        "    tables:",
    ]
    for stream in platform.streams:
        lines += _table(stream)
    return "\n".join([*lines, ""])


def path_of(platform: Platform, project_dir: Path) -> Path:
    return project_dir / "models" / "staging" / platform.key / "_sources.yml"


def write(project_dir: Path) -> Iterator[Path]:
    """Writes each platform's file and yields its path."""
    for platform in platforms():
        path = path_of(platform, project_dir)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(render(platform), encoding="utf-8")
        yield path
