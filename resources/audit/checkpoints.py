"""Signed checkpoints in a second place: whoever rewrites the log has to rewrite them there as well."""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Protocol

from resources.audit.entries import canonical
from resources.audit.signing import PUBLIC_NAME, Signer
from resources.errors import Problem, Refused, TryLater
from resources.settings import Settings

_BUCKET: Final = "s3://"
_TAKEN: Final = {"PreconditionFailed", "ConditionalRequestConflict"}


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """The log reached `seq`, whose line has this hash and moment."""

    seq: int
    hash: str
    entry_at: str
    at: datetime

    def written(self, signer: Signer) -> bytes:
        said: dict[str, Any] = {
            "kind": "checkpoint",
            "seq": self.seq,
            "hash": self.hash,
            "entry_at": self.entry_at,
            "at": self.at.isoformat(),
            "key": signer.key_id,
        }
        return canonical(said | {"sig": signer.sign(canonical(said))}) + b"\n"


class Place(Protocol):
    """Where checkpoints lie. What is there once is never replaced."""

    def put(self, name: str, content: bytes) -> None:
        """Keeps `content`, unless the name is taken.

        Raises:
            TryLater: it could not be kept.
        """

    def all(self) -> Iterator[tuple[str, bytes]]:
        """Everything that is there, by name."""

    def __str__(self) -> str: ...


class Folder:
    """A folder, at best on another disk or machine, or of another account."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, name: str, content: bytes) -> None:
        file = self._folder / name
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise self._away(error) from None
        try:
            descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            return
        except OSError as error:
            raise self._away(error) from None
        try:
            os.write(descriptor, content)
            os.fsync(descriptor)
        except OSError as error:
            raise self._away(error) from None
        finally:
            os.close(descriptor)

    def all(self) -> Iterator[tuple[str, bytes]]:
        for file in sorted(self._folder.glob("*")) if self._folder.is_dir() else ():
            yield file.name, file.read_bytes()

    def __str__(self) -> str:
        return str(self._folder)

    def _away(self, error: OSError) -> Problem:
        return TryLater(f"no checkpoint can be kept there ({os.strerror(error.errno or 0)}).", to=str(self._folder))


class Bucket:
    """A bucket of S3, at best one with object lock. `place` is s3://<bucket>/<prefix>."""

    def __init__(self, place: str, *, endpoint_url: str | None = None) -> None:
        import boto3  # noqa: PLC0415 -- takes a while, and most homes never use it
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 -- as above

        self._bucket, _, prefix = place.removeprefix(_BUCKET).partition("/")
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._client = boto3.Session().client("s3", endpoint_url=endpoint_url)
        self._answered, self._failed = ClientError, (BotoCoreError, ClientError)

    def put(self, name: str, content: bytes) -> None:
        try:
            self._client.put_object(Bucket=self._bucket, Key=self._prefix + name, Body=content, IfNoneMatch="*")
        except self._failed as error:
            code = error.response.get("Error", {}).get("Code", "") if isinstance(error, self._answered) else ""
            if code not in _TAKEN:
                raise self._away(code or type(error).__name__) from None

    def all(self) -> Iterator[tuple[str, bytes]]:
        try:
            for page in self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=self._prefix
            ):
                for found in page.get("Contents", ()):
                    body = self._client.get_object(Bucket=self._bucket, Key=found["Key"])["Body"].read()
                    yield found["Key"].removeprefix(self._prefix), body
        except self._failed as error:
            raise self._away(type(error).__name__) from None

    def __str__(self) -> str:
        return f"{_BUCKET}{self._bucket}/{self._prefix}"

    def _away(self, code: str) -> Problem:
        return TryLater(f"no checkpoint can be kept or read there ({code}).", to=str(self))


def place_of(settings: Settings) -> Place:
    """Where this home's checkpoints go.

    Raises:
        Refused: they would lie in the log's own folder.
    """
    said = settings.audit_checkpoints
    if said and said.startswith(_BUCKET):
        return Bucket(said, endpoint_url=settings.aws_endpoint_url)
    folder = Path(said).absolute() if said else settings.home / "audit-checkpoints"
    if folder == settings.audit_dir or settings.audit_dir in folder.parents:
        raise Refused(
            "it is the log's own folder.", to="IGNYTE_AUDIT_CHECKPOINTS", do_next="Name one that lies elsewhere."
        )
    return Folder(folder)


def keep(place: Place, checkpoint: Checkpoint, signer: Signer) -> None:
    """Writes a checkpoint, and the public key beside it."""
    place.put(f"checkpoint-{checkpoint.seq:012d}.json", checkpoint.written(signer))
    place.put(PUBLIC_NAME, signer.public_pem)


def latest(place: Place) -> Mapping[str, Any] | None:
    """The newest checkpoint there, unverified; None if there is none."""
    names = [(name, content) for name, content in place.all() if name.startswith("checkpoint-")]
    found: Mapping[str, Any] | None = json.loads(max(names)[1]) if names else None
    return found
