"""The local key management service: a master key in files that only their owner can read, one a version."""

import fcntl
import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from resources.errors import Stop, TryLater
from resources.vault.datakey import KEY_BYTES, DataKey
from resources.vault.envelope import NONCE_BYTES, open_, seal
from resources.vault.keyfile import destroy, make, read, read_or_make
from resources.vault.kms import Wrapped

Purpose = Literal["credentials", "data"]


class LocalKms:
    """Reads `<folder>/<purpose>.key`, and makes it at first use; later versions are `<purpose>.2.key` and so on.

    A version that another process makes or destroys is noticed at the next use.
    """

    def __init__(self, folder: Path, purpose: Purpose, *, random: Callable[[int], bytes] = os.urandom) -> None:
        self._folder, self._purpose, self._random = folder, purpose, random
        self._masters: dict[int, DataKey] = {}
        if not self._files():
            read_or_make(self._file(1), KEY_BYTES, random)
        self._refresh()

    @property
    def name(self) -> str:
        newest = self._refresh()
        fingerprint = hashlib.sha256(b"name of the key" + self._masters[newest].view()).hexdigest()[:12]
        return f"local:{self._purpose}:{fingerprint}"

    @property
    def versions(self) -> tuple[int, ...]:
        """The versions there are, oldest first."""
        self._refresh()
        return tuple(sorted(self._masters))

    def generate_data_key(self, context: Mapping[str, str]) -> tuple[DataKey, bytes]:
        plain = DataKey(self._random(KEY_BYTES))
        return plain, self.wrap(plain, context)

    def wrap(self, plain: DataKey, context: Mapping[str, str]) -> bytes:
        master = self._masters[self._refresh()]
        return seal(bytes(plain.view()), context, master, self._random(NONCE_BYTES))

    def unwrap(self, wrapped: bytes, context: Mapping[str, str]) -> DataKey:
        newest = self._refresh()
        try:
            return DataKey(open_(wrapped, context, self._masters[newest]))
        except Stop:
            if len(self._masters) == 1:
                raise
        return self._unwrap_older(wrapped, context, newest)

    @contextmanager
    def steady(self) -> Iterator[None]:
        with self._locked(fcntl.LOCK_SH):
            yield

    def rotate(self) -> None:
        with self._locked(fcntl.LOCK_EX):
            make(self._file(self._refresh() + 1), self._random(KEY_BYTES))

    def rewrap(self, wrapped: bytes, context: Mapping[str, str]) -> bytes:
        with self.unwrap(wrapped, context) as plain:
            return self.wrap(plain, context)

    def retire(self, stored: Callable[[], Iterable[Wrapped]]) -> int:
        with self._locked(fcntl.LOCK_EX):
            newest = self._refresh()
            for wrapped, context in stored():
                self._require_newest(wrapped, context, newest)
            older = [version for version in self._masters if version != newest]
            for version in older:
                destroy(self._file(version), KEY_BYTES, self._random)
            self._refresh()
            return len(older)

    def __repr__(self) -> str:
        return f"LocalKms({self._purpose})"

    def _unwrap_older(self, wrapped: bytes, context: Mapping[str, str], newest: int) -> DataKey:
        *others, oldest = (
            master for version, master in sorted(self._masters.items(), reverse=True) if version < newest
        )
        for master in others:
            try:
                return DataKey(open_(wrapped, context, master))
            except Stop:
                continue
        return DataKey(open_(wrapped, context, oldest))

    def _require_newest(self, wrapped: bytes, context: Mapping[str, str], newest: int) -> None:
        try:
            open_(wrapped, context, self._masters[newest])
        except Stop:
            what = "an older version of it is still needed, so none was destroyed."
            raise TryLater(what, to=f"{self._purpose} master key", do_next="Rotate again.") from None

    def _refresh(self) -> int:
        """Brings the versions in memory up to what lies on disk; returns the newest."""
        there = self._files()
        if not there:
            raise Stop("it is gone.", to=f"{self._purpose} master key", do_next="Restore its file.")
        for version in self._masters.keys() - there.keys():
            self._masters.pop(version).close()
        for version in there.keys() - self._masters.keys():
            self._masters[version] = DataKey(read(there[version], KEY_BYTES))
        return max(there)

    def _files(self) -> dict[int, Path]:
        names = re.compile(rf"{self._purpose}(?:\.(\d+))?\.key")
        found = ((names.fullmatch(file.name), file) for file in self._folder.glob(f"{self._purpose}*.key"))
        return {int(match[1] or 1): file for match, file in found if match}

    def _file(self, version: int) -> Path:
        return self._folder / (f"{self._purpose}.key" if version == 1 else f"{self._purpose}.{version}.key")

    @contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        # the folder itself is the lock: no file of ours to leave behind
        lock = os.open(self._folder, os.O_RDONLY)
        try:
            fcntl.flock(lock, how)
            yield
        finally:
            os.close(lock)
