"""The shape of a key management service: it holds a master key in one or more versions, which never leave it."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Protocol

from resources.vault.datakey import DataKey

Wrapped = tuple[bytes, Mapping[str, str]]  # a wrapped data key and its context


class Kms(Protocol):
    """Wraps data keys. A wrapped key opens only with the context it was made for."""

    @property
    def name(self) -> str:
        """Which master key, in which version, wraps now; kept beside what it wrapped."""

    def generate_data_key(self, context: Mapping[str, str]) -> tuple[DataKey, bytes]:
        """A fresh data key and its wrapped form."""

    def wrap(self, plain: DataKey, context: Mapping[str, str]) -> bytes:
        """The wrapped form of a key that exists."""

    def unwrap(self, wrapped: bytes, context: Mapping[str, str]) -> DataKey:
        """The data key, whatever version wrapped it.

        Raises:
            Stop: another master key, another context, or damaged bytes.
            TryLater: the service does not answer.
        """

    def steady(self) -> AbstractContextManager[None]:
        """While it lasts no version is retired: hold it from wrapping a key until the wrapped form is stored."""

    def rotate(self) -> None:
        """Makes a new version, which wraps from here on; the older ones still open what they wrapped."""

    def rewrap(self, wrapped: bytes, context: Mapping[str, str]) -> bytes:
        """The same data key wrapped by the newest version."""

    def retire(self, stored: Callable[[], Iterable[Wrapped]]) -> int:
        """Destroys the versions before the newest if nothing stored needs them, and returns how many went.

        Raises:
            TryLater: something stored is still wrapped by one of them; nothing was destroyed.
        """
