"""The shape of a key management service: it holds one master key, which never leaves it."""

from collections.abc import Mapping
from typing import Protocol

from resources.vault.datakey import DataKey


class Kms(Protocol):
    """Wraps data keys. A wrapped key opens only with the context it was made for."""

    @property
    def name(self) -> str:
        """Which master key this is; kept beside what it wrapped."""

    def generate_data_key(self, context: Mapping[str, str]) -> tuple[DataKey, bytes]:
        """A fresh data key and its wrapped form."""

    def wrap(self, plain: DataKey, context: Mapping[str, str]) -> bytes:
        """The wrapped form of a key that exists."""

    def unwrap(self, wrapped: bytes, context: Mapping[str, str]) -> DataKey:
        """The data key.

        Raises:
            Stop: another master key, another context, or damaged bytes.
            TryLater: the service does not answer.
        """
