"""The AWS key management service; the context is its EncryptionContext."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as UnreachableError

from resources.errors import Problem, Stop, TryLater
from resources.vault.datakey import DataKey

T = TypeVar("T")
_PASSING: Final = {
    "ThrottlingException",
    "KMSInternalException",
    "DependencyTimeoutException",
    "KeyUnavailableException",
}
_CONFIG: Final = Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 4, "mode": "standard"})


class AwsKms:
    """One key of AWS KMS. Credentials for AWS itself come from where boto3 looks for them."""

    def __init__(self, key_id: str, *, endpoint_url: str | None = None, region: str | None = None) -> None:
        self._key_id = key_id
        self._client = self._asked(
            lambda: boto3.Session().client("kms", endpoint_url=endpoint_url, region_name=region, config=_CONFIG),
            lambda client: client,
        )

    @property
    def name(self) -> str:
        return f"aws:{self._key_id}"

    def generate_data_key(self, context: Mapping[str, str]) -> tuple[DataKey, bytes]:
        return self._asked(
            lambda: self._client.generate_data_key(
                KeyId=self._key_id, KeySpec="AES_256", EncryptionContext=dict(context)
            ),
            lambda reply: (DataKey(reply["Plaintext"]), reply["CiphertextBlob"]),
        )

    def wrap(self, plain: DataKey, context: Mapping[str, str]) -> bytes:
        return self._asked(
            lambda: self._client.encrypt(
                KeyId=self._key_id, Plaintext=bytes(plain.view()), EncryptionContext=dict(context)
            ),
            lambda reply: bytes(reply["CiphertextBlob"]),
        )

    def unwrap(self, wrapped: bytes, context: Mapping[str, str]) -> DataKey:
        return self._asked(
            lambda: self._client.decrypt(KeyId=self._key_id, CiphertextBlob=wrapped, EncryptionContext=dict(context)),
            lambda reply: DataKey(reply["Plaintext"]),
        )

    def __repr__(self) -> str:
        return f"AwsKms({self._key_id})"

    def _asked(self, ask: Callable[[], Any], read: Callable[[Any], T]) -> T:
        try:
            return read(ask())
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", "unknown"))
            problem = self._later(code) if code in _PASSING else self._no(code)
        except (UnreachableError, HTTPClientError) as error:
            problem = self._later(type(error).__name__)
        except BotoCoreError as error:
            problem = self._no(type(error).__name__)
        # raised out here, so that no frame of the client, which may hold a plain key, hangs on the error
        raise problem

    def _later(self, code: str) -> Problem:
        return TryLater(f"can't answer now ({code}).", to=f"AWS KMS key {self._key_id}")

    def _no(self, code: str) -> Problem:
        return Stop(
            f"said no ({code}).",
            to=f"AWS KMS key {self._key_id}",
            do_next="Check that the key is enabled, that this role may use it, and that it wrapped what is opened.",
        )
