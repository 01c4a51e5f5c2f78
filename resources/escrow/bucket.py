"""A bucket of S3 as a place of backups."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from resources.errors import Problem, TryLater
from resources.escrow.places import BUCKET, DO_NEXT, Found, missing

_ABSENT: Final = {"NoSuchKey", "404"}
_FAILED: Final = (BotoCoreError, ClientError)


class Bucket:
    """`place` is s3://<bucket>/<prefix>."""

    def __init__(self, place: str, *, endpoint_url: str | None = None) -> None:
        self._bucket, _, prefix = place.removeprefix(BUCKET).partition("/")
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._client = boto3.Session().client("s3", endpoint_url=endpoint_url)

    def put(self, name: str, content: bytes) -> None:
        try:
            self._client.put_object(**self._object(name), Body=content)
        except _FAILED as error:
            raise self._away(error) from None

    def send(self, name: str, file: Path) -> None:
        try:
            with file.open("rb") as content:
                self._client.upload_fileobj(content, **self._object(name))
        except _FAILED as error:
            raise self._away(error) from None

    def read(self, name: str) -> bytes | None:
        try:
            content: bytes = self._client.get_object(**self._object(name))["Body"].read()
        except _FAILED as error:
            if _code(error) in _ABSENT:
                return None
            raise self._away(error) from None
        return content

    def fetch(self, name: str, file: Path) -> None:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with file.open("xb") as out:
                file.chmod(0o600)
                self._client.download_fileobj(Fileobj=out, **self._object(name))
        except _FAILED as error:
            if _code(error) in _ABSENT:
                raise missing(name, self) from None
            raise self._away(error) from None

    def found(self, under: str = "") -> Iterator[Found]:
        pages = self._client.get_paginator("list_objects_v2")
        try:
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix + under):
                for each in page.get("Contents", ()):
                    name = each["Key"].removeprefix(self._prefix)
                    yield Found(name=name, size=each["Size"], at=each["LastModified"])
        except _FAILED as error:
            raise self._away(error) from None

    def remove(self, name: str) -> None:
        key = self._prefix + name
        pages = self._client.get_paginator("list_object_versions")
        try:
            # where a bucket keeps versions, deleting alone would leave what was to go behind a marker
            for page in pages.paginate(Bucket=self._bucket, Prefix=key):
                for each in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
                    if each["Key"] == key:
                        self._client.delete_object(Bucket=self._bucket, Key=key, VersionId=each["VersionId"])
        except _FAILED as error:
            raise self._away(error) from None

    def __str__(self) -> str:
        return f"{BUCKET}{self._bucket}/{self._prefix}"

    def _object(self, name: str) -> dict[str, Any]:
        return {"Bucket": self._bucket, "Key": self._prefix + name}

    def _away(self, error: Exception) -> Problem:
        return TryLater(f"it can't be used ({_code(error) or type(error).__name__}).", to=str(self), do_next=DO_NEXT)


def _code(error: Exception) -> str:
    return str(error.response.get("Error", {}).get("Code", "")) if isinstance(error, ClientError) else ""
