"""How the text of a value becomes its stored type."""

from resources.columns import Column, Kind
from resources.decode.paths import literal

STORED = {
    Kind.TEXT: "VARCHAR",
    Kind.INTEGER: "BIGINT",
    # 18 digits fit a machine word: reading 38 takes ten times as long
    Kind.MONEY: "DECIMAL(18,6)",
    Kind.NUMBER: "DOUBLE",
    Kind.BOOLEAN: "BOOLEAN",
    Kind.DATE: "DATE",
    Kind.TIMESTAMP: "TIMESTAMPTZ",
    Kind.EPOCH: "TIMESTAMPTZ",
    Kind.JSON: "VARCHAR",
}
_PLAIN_DATE = 8  # YYYYMMDD


def cleaned(text: str, column: Column) -> str:
    """The text, or null where it is one of the spellings of "no value"."""
    # "NaN" is a DOUBLE to DuckDB, and would spoil every sum it is in
    missing = column.missing + (("NaN", "nan") if column.kind is Kind.NUMBER else ())
    if not missing:
        return text
    return f"CASE WHEN {text} IN ({', '.join(map(literal, missing))}) THEN NULL ELSE {text} END"


def cast(text: str, column: Column, verb: str = "CAST") -> str:
    """SQL that reads `text` as the column's kind; `verb` is CAST or TRY_CAST."""
    text, stored = cleaned(text, column), STORED[column.kind]
    if column.kind is Kind.EPOCH:
        return f"to_timestamp({verb}({text} AS BIGINT))"
    if column.kind is Kind.DATE:
        dashed = f"left({text}, 4) || '-' || {text}[5:6] || '-' || {text}[7:8]"
        return f"{verb}(CASE WHEN length({text}) = {_PLAIN_DATE} THEN {dashed} ELSE left({text}, 10) END AS DATE)"
    return f"{verb}({text} AS {stored})" if stored != "VARCHAR" or column.kind is Kind.JSON else text
