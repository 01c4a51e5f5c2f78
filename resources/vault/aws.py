"""The AWS key management service; the context is its EncryptionContext."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as UnreachableError

from resources.errors import Problem, Stop, TryLater
from resources.vault.datakey import DataKey
from resources.vault.kms import Wrapped

T = TypeVar("T")
_PASSING: Final = {
    "ThrottlingException",
    "KMSInternalException",
    "DependencyTimeoutException",
    "KeyUnavailableException",
}
_CONFIG: Final = Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 4, "mode": "standard"})


class AwsKms:
    """One key of AWS KMS, and those before it, which open only. AWS's own credentials come from where boto3 looks."""

    def __init__(
        self,
        key_id: str,
        *,
        older: Iterable[str] = (),
        endpoint_url: str | None = None,
        region: str | None = None,
    ) -> None:
        self._key_id, self._older = key_id, tuple(older)
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
        return self._with_any(lambda key_id: self._decrypted(key_id, wrapped, context))

    @contextmanager
    def steady(self) -> Iterator[None]:
        # AWS keeps every version of a key for as long as the key itself is there
        yield

    def rotate(self) -> None:
        """Makes a new version within AWS; where an older key is named too, the newest one already is the new one."""
        if not self._older:
            self._asked(lambda: self._client.rotate_key_on_demand(KeyId=self._key_id), lambda _: None)

    def rewrap(self, wrapped: bytes, context: Mapping[str, str]) -> bytes:
        return self._with_any(lambda key_id: self._reencrypted(key_id, wrapped, context))

    def retire(self, stored: Callable[[], Iterable[Wrapped]]) -> int:
        """Checks that nothing needs an older key any more; it is destroyed in AWS by whoever owns it."""
        for wrapped, context in stored() if self._older else ():
            try:
                self._decrypted(self._key_id, wrapped, context).close()
            except Stop:
                what = "an older key is still needed; keep it enabled."
                raise TryLater(what, to=f"AWS KMS key {self._key_id}", do_next="Rotate again.") from None
        return 0

    def __repr__(self) -> str:
        return f"AwsKms({self._key_id})"

    def _with_any(self, attempt: Callable[[str], T]) -> T:
        """The first that works: the newest key, then those before it. Fails as the newest one did."""
        try:
            return attempt(self._key_id)
        except Stop as problem:
            for key_id in self._older:
                try:
                    return attempt(key_id)
                except Stop:
                    continue
            raise problem from None

    def _decrypted(self, key_id: str, wrapped: bytes, context: Mapping[str, str]) -> DataKey:
        return self._asked(
            lambda: self._client.decrypt(KeyId=key_id, CiphertextBlob=wrapped, EncryptionContext=dict(context)),
            lambda reply: DataKey(reply["Plaintext"]),
        )

    def _reencrypted(self, key_id: str, wrapped: bytes, context: Mapping[str, str]) -> bytes:
        return self._asked(
            lambda: self._client.re_encrypt(
                CiphertextBlob=wrapped,
                SourceKeyId=key_id,
                SourceEncryptionContext=dict(context),
                DestinationKeyId=self._key_id,
                DestinationEncryptionContext=dict(context),
            ),
            lambda reply: bytes(reply["CiphertextBlob"]),
        )

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
