"""The local key management service: one master key in a file that only its owner can read."""

import hashlib
import os
import stat
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, Literal

from resources.errors import Refused, Stop
from resources.vault.datakey import KEY_BYTES, DataKey
from resources.vault.envelope import NONCE_BYTES, open_, seal

Purpose = Literal["credentials", "data"]
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


class LocalKms:
    """Reads `<folder>/<purpose>.key`, and makes it at first use."""

    def __init__(self, folder: Path, purpose: Purpose, *, random: Callable[[int], bytes] = os.urandom) -> None:
        self._random = random
        self._master = _master(folder, folder / f"{purpose}.key", random)
        fingerprint = hashlib.sha256(b"name of the key" + self._master.view()).hexdigest()[:12]
        self._name = f"local:{purpose}:{fingerprint}"

    @property
    def name(self) -> str:
        return self._name

    def generate_data_key(self, context: Mapping[str, str]) -> tuple[DataKey, bytes]:
        plain = DataKey(self._random(KEY_BYTES))
        return plain, self.wrap(plain, context)

    def wrap(self, plain: DataKey, context: Mapping[str, str]) -> bytes:
        return seal(bytes(plain.view()), context, self._master, self._random(NONCE_BYTES))

    def unwrap(self, wrapped: bytes, context: Mapping[str, str]) -> DataKey:
        return DataKey(open_(wrapped, context, self._master))

    def __repr__(self) -> str:
        return f"LocalKms({self._name})"


def _master(folder: Path, file: Path, random: Callable[[int], bytes]) -> DataKey:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _require_private(folder)
    if not file.exists():
        _make(file, random)
    _require_private(file)
    size = file.stat().st_size
    if size != KEY_BYTES:
        raise Stop(f"has {size} bytes instead of {KEY_BYTES}.", to=f"key file {file.name}", do_next="Restore it.")
    return DataKey(file.read_bytes())


def _make(file: Path, random: Callable[[int], bytes]) -> None:
    # linked into place whole: of two processes that start at once, one wins and both read the winner's key
    descriptor, draft = tempfile.mkstemp(dir=file.parent)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(random(KEY_BYTES))
            out.flush()
            os.fsync(out.fileno())
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        Path(draft).unlink()


def _require_private(path: Path) -> None:
    if path.stat().st_mode & _OTHERS:
        mode = "700" if path.is_dir() else "600"
        raise Refused("others than its owner can reach it.", to=f"key store {path}", do_next=f"chmod {mode} it.")
