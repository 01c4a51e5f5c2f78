"""Where data may lie: a workspace's region, and the region of each place that would hold its data."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from resources.control_plane.facts import Workspace, WorkspaceState
from resources.errors import Refused, TryLater
from resources.settings import Settings

_BUCKET: Final = "s3://"
_FIRST_REGION: Final = "us-east-1"  # which S3 calls by no name
_ARN_PARTS: Final = 6


@dataclass(frozen=True, kw_only=True)
class Site:
    """A place that holds data or keys; `known_by` says how its region is known."""

    what: str
    where: str
    region: str
    known_by: str


def sites(settings: Settings) -> Iterator[Site]:
    """Every place that this home writes to.

    Raises:
        TryLater: a bucket can't be asked where it is.
        Refused: AWS keys are used and neither they nor the environment name a region.
    """
    home = str(settings.home)
    said = f"IGNYTE_REGION={settings.region}"
    yield Site(what="data, control plane and scratch", where=home, region=settings.region, known_by=said)
    if settings.kms == "local":
        yield Site(what="master keys", where=str(settings.keys_dir), region=settings.region, known_by=said)
    else:
        for purpose, named in (("credentials", settings.kms_credentials_key), ("data", settings.kms_data_key)):
            for key in (each.strip() for each in (named or "").split(",") if each.strip()):
                yield _kms(purpose, key)
    for what, place in (
        ("audit checkpoints", settings.audit_checkpoints),
        ("backups", settings.backups),
        ("keys of backups", settings.backup_keys),
    ):
        yield _place(what, place, settings, said)


def require(settings: Settings, workspace_id: str, region: str) -> None:
    """Lets data of a region be written only where all of it stays there.

    Raises:
        Refused: a place lies elsewhere. Nothing was written to it.
        TryLater: a bucket can't be asked where it is.
    """
    for site in sites(settings):
        if site.region != region:
            raise Refused(
                f"its region is {region}, but the {site.what} would lie in {site.region} ({site.known_by}).",
                to=f"workspace {workspace_id}",
                do_next="Use a home whose places all lie in the workspace's region.",
            )


def require_all(settings: Settings, workspaces: list[Workspace]) -> None:
    """As above, for each workspace that is not deleted: a home whose places moved does not start."""
    for region in sorted({each.region for each in workspaces if each.state is not WorkspaceState.DELETED}):
        where = next(each.id for each in workspaces if each.region == region)
        require(settings, where, region)


def _kms(purpose: str, key: str) -> Site:
    parts = key.split(":")
    if len(parts) >= _ARN_PARTS and parts[0] == "arn":
        return Site(what=f"{purpose} master key", where="AWS KMS", region=parts[3], known_by="the key's ARN")
    import boto3  # noqa: PLC0415 -- takes a while, and most homes never use it

    region = boto3.Session().region_name
    if not region:
        raise Refused("no region is named.", to=f"{purpose} master key", do_next="Name the key by its ARN.")
    return Site(what=f"{purpose} master key", where="AWS KMS", region=region, known_by="AWS's own settings")


def _place(what: str, place: str | None, settings: Settings, said: str) -> Site:
    if place is None or not place.startswith(_BUCKET):
        return Site(what=what, where=place or str(settings.home), region=settings.region, known_by=said)
    bucket = place.removeprefix(_BUCKET).partition("/")[0]
    return Site(
        what=what,
        where=f"{_BUCKET}{bucket}",
        region=_bucket_region(bucket, settings.aws_endpoint_url),
        known_by="asked of the bucket",
    )


@cache
def _bucket_region(bucket: str, endpoint_url: str | None) -> str:
    # a bucket never moves, so each process asks once
    import boto3  # noqa: PLC0415 -- as above
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 -- as above

    try:
        found = boto3.Session().client("s3", endpoint_url=endpoint_url).get_bucket_location(Bucket=bucket)
    except (BotoCoreError, ClientError) as error:
        raise TryLater(
            f"it can't be asked where it is ({type(error).__name__}).",
            to=f"bucket {bucket}",
            do_next="See that it can be reached; nothing is written before that is known.",
        ) from None
    return str(found.get("LocationConstraint") or _FIRST_REGION)
