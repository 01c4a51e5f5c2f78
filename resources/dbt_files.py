"""The dbt project as files: where it lies, and what tells one state of it from another. Imports no dbt."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).resolve().parent.parent / "dbt_project"


def fingerprint(project_dir: Path) -> str:
    """Tells one state of the project's files from another."""
    total = hashlib.sha256()
    for path in sorted(project_dir.rglob("*")):
        if path.suffix in {".sql", ".yml"} and "target" not in path.parts:
            total.update(f"{path.relative_to(project_dir)}\0".encode())
            total.update(path.read_bytes())
            total.update(b"\0")
    return total.hexdigest()


def parsed_path(project_dir: Path, state: str) -> Path:
    """Where lies what dbt parsed of that state of the project, should it have been kept."""
    return project_dir / "target" / f"parsed-{state[:16]}.msgpack"


def keep(path: Path, write: Callable[[Path], object]) -> None:
    """Has a file `<kind>-<state>.<suffix>` written whole before it gets its name; those of other states go."""
    path.parent.mkdir(exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}")
    write(unfinished)
    unfinished.replace(path)
    kind, _, _ = path.name.rpartition("-")
    for old in set(path.parent.glob(f"{kind}-*{path.suffix}")) - {path}:
        old.unlink(missing_ok=True)
