"""Which master keys this process has."""

from resources.errors import Refused
from resources.settings import Settings
from resources.vault.kms import Kms
from resources.vault.local import LocalKms, Purpose


def master(settings: Settings, purpose: Purpose) -> Kms:
    """The master key for credentials or for data.

    Raises:
        Refused: the settings keep this key from this process, or don't name it.
    """
    if purpose == "credentials" and settings.vault_access == "data":
        raise Refused("this process may open data only.", to="credentials key", do_next="Use a process that syncs.")
    if settings.kms == "local":
        # a folder each, so that the credentials' one need not even be there for a process that only opens data
        return LocalKms(settings.keys_dir / purpose, purpose)
    return _aws(settings, purpose)


def _aws(settings: Settings, purpose: Purpose) -> Kms:
    key = settings.kms_credentials_key if purpose == "credentials" else settings.kms_data_key
    if not key:
        variable = f"IGNYTE_KMS_{purpose.upper()}_KEY"
        raise Refused("no AWS KMS key is named.", to=f"{purpose} key", do_next=f"Set {variable}.")
    from resources.vault.aws import AwsKms  # noqa: PLC0415 -- boto3 takes a while, and most homes never use it

    newest, *older = (each.strip() for each in key.split(","))
    return AwsKms(newest, older=older, endpoint_url=settings.aws_endpoint_url)
