"""Positive controls: a canary hidden in every format and encoding that a search must see through."""

import base64
import bz2
import gzip
import io
import json
import lzma
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

_FILLER = b"nothing to see here, and nothing there either; "


@contextmanager
def planted_files(folder: Path, text: str) -> Iterator[Mapping[str, Path]]:
    """A folder of files that each hide `text` in another way: what is hidden how, and in which file."""
    folder.mkdir(mode=0o700)
    for name, content in _hidden(text).items():
        (folder / name).write_bytes(content)
    _deleted_row(folder / "free pages", text)
    with _row_in_the_log(folder / "write-ahead log", text):
        # the names are chosen by us, so a file's own name gives nothing away
        yield {file.name: file for file in folder.iterdir() if not file.name.endswith(("-wal", "-shm"))}


def planted_table(connection: duckdb.DuckDBPyConnection, catalog: str, text: str) -> int:
    """Tables in an attached file that each hide `text` among other values; returns how many."""
    packed = base64.b64encode(zlib.compress(_FILLER + text.encode())).decode()
    hidden = (text.swapcase(), f"written to {text} twice", json.dumps({"a": text}), packed)
    for number, value in enumerate(hidden):
        table = f"{catalog}.main.kept_{number}"
        connection.execute(f"CREATE TABLE {table} (number BIGINT, day DATE, note VARCHAR, other VARCHAR)")
        connection.execute(
            f"INSERT INTO {table} SELECT i, DATE '2026-01-01', if(i = 500, $value, 'note ' || i), NULL "
            "FROM range(1000) AS r (i)",
            {"value": value},
        )
    return len(hidden)


def _hidden(text: str) -> dict[str, bytes]:
    plain = _FILLER + text.encode() + _FILLER
    return {
        "text": plain,
        "other case": _FILLER + text.swapcase().encode() + _FILLER,
        "utf-16": f"see {text} here".encode("utf-16"),
        "json": json.dumps({"a": text}).replace("@", "\\u0040").encode(),
        "address": b"GET /?mail=" + quote(text, safe="").encode() + b" HTTP/1.1",
        "hexadecimal": plain.hex().encode(),
        **{f"base64 at {shift}": b"id:" + base64.b64encode(b"." * shift + plain) for shift in range(3)},
        "gzip": gzip.compress(plain),
        "gzip, cut off": gzip.compress(plain + bytes(range(256)) * 64)[:-40],
        "zlib": zlib.compress(plain),
        "bzip2": bz2.compress(plain),
        "xz": lzma.compress(plain),
        "zip": _zip(plain),
        "gzip in base64": base64.b64encode(gzip.compress(plain)),
        "parquet": _parquet(text),
        "sqlite": _sqlite(text),
    }


def _zip(plain: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.gz", gzip.compress(plain))
    return out.getvalue()


def _parquet(text: str) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"a": ["x", text, "y"], "b": [1, 2, 3]}), out, compression="zstd")
    return out.getvalue()


def _sqlite(text: str) -> bytes:
    """A compressed value in a cell, as the orchestrator keeps its snapshots."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE kept (id INTEGER, body BLOB)")
        connection.execute("INSERT INTO kept VALUES (1, ?)", [zlib.compress(_FILLER + text.encode())])
        connection.commit()
        return connection.serialize()


def _deleted_row(file: Path, text: str) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA secure_delete = OFF")
        connection.execute("CREATE TABLE kept (id INTEGER, body TEXT)")
        connection.execute("INSERT INTO kept VALUES (1, ?)", [text])
        connection.commit()
        connection.execute("DELETE FROM kept")
        connection.commit()


@contextmanager
def _row_in_the_log(file: Path, text: str) -> Iterator[None]:
    """The row is in the log alone for as long as the database stays open."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE kept (id INTEGER, body BLOB)")
        connection.execute("INSERT INTO kept VALUES (1, ?)", [zlib.compress(_FILLER + text.encode())])
        connection.commit()
        yield
