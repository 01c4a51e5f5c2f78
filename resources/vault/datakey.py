"""A data key that nothing printable can show."""

import base64
from types import TracebackType
from typing import Final, NoReturn, Self

from resources.errors import Stop

KEY_BYTES: Final = 32
_SHOWN: Final = "DataKey(…)"


class DataKey:
    """32 bytes, overwritten by `close()` or at the end of a `with`."""

    __slots__ = ("_bytes", "_open")

    def __init__(self, plain: bytes | bytearray) -> None:
        size = len(plain)
        if size != KEY_BYTES:
            del plain  # a traceback may print what its frames hold
            raise Stop(f"has {size} bytes instead of {KEY_BYTES}.", to="data key", do_next="Nothing was opened.")
        self._bytes = bytearray(plain)
        self._open = True

    def for_duckdb(self) -> str:
        """The base64 text that DuckDB takes for 32 bytes."""
        return base64.b64encode(self.view()).decode()

    def view(self) -> bytearray:
        """The bytes themselves, not a copy: they turn to zeros when the key is closed.

        Raises:
            Stop: the key was closed.
        """
        if not self._open:
            raise Stop("was closed and wiped.", to="data key", do_next="Unwrap it again.")
        return self._bytes

    def close(self) -> None:
        self._bytes[:] = bytes(KEY_BYTES)
        self._open = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return _SHOWN

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return _SHOWN

    def __reduce__(self) -> NoReturn:
        raise TypeError("a DataKey is never pickled or copied")
