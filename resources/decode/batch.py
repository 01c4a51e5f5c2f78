"""Decodes a batch of one feed's pages with DuckDB's readers, and stops where a page is not as declared."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from resources.columns import Column
from resources.decode.kinds import cast, cleaned
from resources.decode.paths import (
    enclosing,
    leaf_type,
    literal,
    quoted,
    record_steps,
    records_sql,
    sql_type,
    tree_of,
    value,
)
from resources.decode.sample import Sample
from resources.errors import Stop
from resources.platform import Feed, Stream
from resources.reading import Format, Page

_OBJECT_LIMIT = 256 * 1024 * 1024
_NEXT = "Nothing of this page was stored and the last good state stays; the connector must learn the new shape."


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """One Arrow table a stream, unique by key, and the names of fields that came but are not declared."""

    tables: Mapping[str, pa.Table]
    undeclared: frozenset[str]


class Decoder:
    """Decodes batches of one feed. Pages lie in `scratch`, a private folder in memory, for as long as they are read."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, scratch: Path, platform: str, feed: Feed) -> None:
        self._connection = connection
        self._scratch = scratch
        self._feed = feed
        self._to = f"{platform} {feed.name}"
        self._text = feed.format in {Format.CSV, Format.TSV}

    def decode(self, pages: Sequence[Page], streams: Sequence[Stream]) -> Decoded:
        """Arrow tables of `streams` from pages that share their facts.

        Raises:
            Stop: a page is damaged, lacks a declared field, or holds a value of the wrong type.
        """
        undeclared = frozenset(name for stream in streams for name in self._check(pages[0], stream))
        files = list(self._written(pages))
        try:
            self._stage(files, streams)
            tables = {stream.name: self._table(stream, pages[0]) for stream in streams}
        finally:
            for file in files:
                file.unlink()
            self._connection.execute("DROP TABLE IF EXISTS pages")
        return Decoded(tables=tables, undeclared=undeclared)

    def _check(self, page: Page, stream: Stream) -> frozenset[str]:
        return Sample(page.body, self._feed.format, self._to).compare(stream)

    def _written(self, pages: Sequence[Page]) -> Iterator[Path]:
        for number, page in enumerate(pages):
            file = self._scratch / f"{number}.page"
            file.write_bytes(page.body)
            yield file

    def _stage(self, files: Sequence[Path], streams: Sequence[Stream]) -> None:
        """Reads the files once into a table of nested values, all still text, from which each stream is taken."""
        names = "[" + ", ".join(literal(str(file)) for file in files) + "]"
        try:
            self._connection.execute(f"CREATE TEMP TABLE pages AS {self._read(names, tuple(streams))}")
        except duckdb.Error:
            # DuckDB's own words quote the page, and a page holds people's data
            raise Stop("a page is damaged or cut off, and can't be read.", to=self._to, do_next=_NEXT) from None

    def _read(self, names: str, streams: tuple[Stream, ...]) -> str:
        tree = tree_of(streams)
        if self._text:
            wanted = ", ".join(quoted(column.path) for column in _own_columns(streams))
            separator = "," if self._feed.format is Format.CSV else "\t"
            reader = f"read_csv({names}, all_varchar=true, header=true, delim={literal(separator)}, quote='\"')"
            return f"SELECT struct_pack({_packed(streams)}) AS r FROM (SELECT {wanted} FROM {reader})"
        options = f"maximum_object_size={_OBJECT_LIMIT}"
        if self._feed.format is Format.JSONL:
            options += ", format='newline_delimited'"
        else:
            at_top = all(stream.records.startswith("[]") for stream in streams)
            options += f", format='{'array' if at_top else 'unstructured'}'"
        if "*" in tree:
            return (
                f"SELECT r FROM read_json({names}, columns={{r: {literal(sql_type(tree))}}}, records=false, {options})"
            )
        columns = ", ".join(f"{literal(name)}: {literal(sql_type(below))}" for name, below in tree.items())
        return f"SELECT p AS r FROM read_json({names}, columns={{{columns}}}, {options}) AS p"

    def _table(self, stream: Stream, page: Page) -> pa.Table:
        records, aliases = records_sql(stream, "pages")
        self._has_records(stream)
        inner = aliases[-1]
        where = f" WHERE {inner} IS NOT NULL"
        if stream.only:
            where += f" AND starts_with({value(inner, stream.only[0])}, {literal(stream.only[1])})"
        texts = {column.name: self._text_of(column, aliases, page) for column in stream.columns}
        selected = ", ".join(
            f"{cast(texts[column.name], column)} AS {quoted(column.name)}" for column in stream.columns
        )
        try:
            table = self._connection.execute(f"SELECT {selected} FROM ({records}){where}").to_arrow_table()
        except duckdb.Error:
            raise self._wrong_type(stream, texts, f"({records}){where}") from None
        return self._unique(stream, table)

    def _text_of(self, column: Column, aliases: Sequence[str], page: Page) -> str:
        if column.path.startswith("@"):
            return literal(page.facts[column.path.removeprefix("@")])
        if self._text:
            return f"{aliases[-1]}[{literal(column.path)}]"
        up, path = enclosing(column.path)
        found = value(aliases[-1 - up], path)
        return f"CAST({found} AS VARCHAR)" if leaf_type(column) == "JSON" else found

    def _has_records(self, stream: Stream) -> None:
        """An answer that is no page at all, such as an error in a 200, has nothing where the records should be."""
        way = record_steps(stream)
        names = [step.name for step in way[: next((n + 1 for n, step in enumerate(way) if step.many), 0)]]
        if self._feed.format is not Format.JSON or not names or "*" in names or stream.records.endswith("?"):
            return
        at = "r" + "".join(f"[{literal(name)}]" for name in names)
        if self._connection.execute(f"SELECT count(*) FROM pages WHERE {at} IS NULL").fetchone() != (0,):
            raise Stop(f"a page holds no list {'.'.join(names)}.", to=f"{self._to} {stream.name}", do_next=_NEXT)

    def _wrong_type(self, stream: Stream, texts: Mapping[str, str], source: str) -> Stop:
        for column in stream.columns:
            text = texts[column.name]
            failed = f"{cleaned(text, column)} IS NOT NULL AND {cast(text, column, 'TRY_CAST')} IS NULL"
            (count,) = self._connection.execute(f"SELECT count(*) FILTER ({failed}) FROM {source}").fetchone() or (0,)
            if count:
                what = f"{count} values of {column.path} are no {column.kind}."
                return Stop(what, to=f"{self._to} {stream.name}", do_next=_NEXT)
        return Stop("a value can't be read.", to=f"{self._to} {stream.name}", do_next=_NEXT)

    def _unique(self, stream: Stream, table: pa.Table) -> pa.Table:
        keys = ", ".join(quoted(name) for name in stream.key)
        whole = " AND ".join(f"{quoted(name)} IS NOT NULL" for name in stream.key)
        self._connection.register("decoded", table)
        try:
            counts = f"SELECT count(*) FILTER ({whole}), count(DISTINCT ({keys})) FROM decoded"
            with_key, distinct = self._connection.execute(counts).fetchone() or (0, 0)
            if with_key < table.num_rows:
                missing = f"{table.num_rows - with_key} records lack their key ({', '.join(stream.key)})."
                raise Stop(missing, to=f"{self._to} {stream.name}", do_next=_NEXT)
            if distinct == table.num_rows:
                return table
            newest = f"{quoted(stream.cursor)} DESC NULLS LAST" if stream.cursor else "1"
            first = f"row_number() OVER (PARTITION BY {keys} ORDER BY {newest}) = 1"
            return self._connection.execute(f"SELECT * FROM decoded QUALIFY {first}").to_arrow_table()
        finally:
            self._connection.unregister("decoded")


def _own_columns(streams: Sequence[Stream]) -> list[Column]:
    unique = {column.path: column for stream in streams for column in stream.columns if not column.path.startswith("@")}
    return list(unique.values())


def _packed(streams: Sequence[Stream]) -> str:
    return ", ".join(f"{quoted(column.path)} := {quoted(column.path)}" for column in _own_columns(streams))
