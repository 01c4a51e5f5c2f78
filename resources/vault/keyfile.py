"""A key in a file that only its owner can reach."""

import os
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from resources.errors import Refused, Stop

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def read_or_make(file: Path, size: int, random: Callable[[int], bytes]) -> bytes:
    """The key's bytes; made of `random` at first use.

    Raises:
        Refused: others than the owner can reach the file or its folder.
        Stop: it has not `size` bytes.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    require_private(file.parent)
    if not file.exists():
        make(file, random(size))
    return read(file, size)


def read(file: Path, size: int) -> bytes:
    """The key's bytes, after a look at who else could read them."""
    require_private(file)
    found = file.stat().st_size
    if found != size:
        raise Stop(f"has {found} bytes instead of {size}.", to=f"key file {file.name}", do_next="Restore it.")
    return file.read_bytes()


def make(file: Path, content: bytes) -> bool:
    """Puts a new key in place; False if another process was first, whose key then counts."""
    # linked into place whole: of two processes that start at once, one wins and both read the winner's key
    descriptor, draft = tempfile.mkstemp(dir=file.parent)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        os.link(draft, file)
    except FileExistsError:
        return False
    finally:
        Path(draft).unlink()
    return True


def destroy(file: Path, size: int, random: Callable[[int], bytes]) -> None:
    """Overwrites a key and unlinks it."""
    with file.open("r+b") as out:
        out.write(random(size))
        out.flush()
        os.fsync(out.fileno())
    file.unlink()


def require_private(path: Path) -> None:
    """Raises Refused if others can reach the file or folder."""
    if path.stat().st_mode & _OTHERS:
        mode = "700" if path.is_dir() else "600"
        raise Refused("others than its owner can reach it.", to=f"key store {path}", do_next=f"chmod {mode} it.")
