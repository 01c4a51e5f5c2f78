"""The list of parts (SBOM, CycloneDX) from the lock, and what advisories are known of them."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL

_LOCKED: Final = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)")
_HASH: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_SECONDS: Final = 300


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One library at its exact version, and the digests of the files it may be installed from."""

    name: str
    version: str
    sha256: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Advisories:
    """What was said of the pieces: `known` has id and fix by piece, `unanswered` counts those nothing was said of.

    `asked` is False where nobody was asked; then nothing follows from an empty list.
    """

    asked: bool
    known: Mapping[str, tuple[str, ...]]
    unanswered: int


def pieces(lock: Path) -> list[Piece]:
    """Every library in a requirements file with hashes."""
    return list(_read(lock.read_text(encoding="utf-8")))


def _read(text: str) -> Iterator[Piece]:
    for block in re.split(r"\n(?=\S)", text):
        if found := _LOCKED.match(block):
            yield Piece(name=found[1], version=found[2], sha256=tuple(_HASH.findall(block)))


def bill(name: str, version: str, found: list[Piece], now: datetime) -> str:
    """The pieces as a CycloneDX 1.6 document."""
    bom = Bom(components=[_component(piece) for piece in found])
    bom.metadata.component = Component(name=name, version=version, type=ComponentType.APPLICATION, bom_ref=name)
    bom.metadata.timestamp = now
    bom.register_dependency(bom.metadata.component, bom.components)
    return make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string(indent=2)


def _component(piece: Piece) -> Component:
    address = PackageURL("pypi", name=piece.name.lower().replace("_", "-"), version=piece.version)
    return Component(
        name=piece.name,
        version=piece.version,
        type=ComponentType.LIBRARY,
        purl=address,
        bom_ref=str(address),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest) for digest in piece.sha256],
    )


def advisories(lock: Path) -> Advisories:
    """Asks pip-audit, which asks the package index; it needs the network, and is not installed everywhere."""
    if find_spec("pip_audit") is None:
        return Advisories(asked=False, known={}, unanswered=0)
    command = [sys.executable, "-m", "pip_audit", "-r", str(lock), "--no-deps", "--disable-pip", "-f", "json"]
    try:
        ran = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603 -- our own words
        said: dict[str, Any] = json.loads(ran.stdout)
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        return Advisories(asked=False, known={}, unanswered=0)
    answered = [each for each in said["dependencies"] if "skip_reason" not in each]
    known = {
        f"{each['name']} {each['version']}": tuple(fault["id"] for fault in each["vulns"])
        for each in answered
        if each["vulns"]
    }
    return Advisories(asked=bool(answered), known=known, unanswered=len(said["dependencies"]) - len(answered))
