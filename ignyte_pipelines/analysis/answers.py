"""An answer, in the shape that the asker works with: Arrow, pandas, polars or plain rows."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.types as kinds

from resources.errors import Refused

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

_SHOWN: Final = 20


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The result of one question, whole."""

    table: pa.Table

    def arrow(self) -> pa.Table:
        """As it is: amounts are exact decimals."""
        return self.table

    def df(self, *, exact: bool = False) -> "pd.DataFrame":
        """As a pandas DataFrame. Amounts become floats, so that they can be plotted, unless `exact`."""
        table = self.table if exact else _in_floats(self.table)
        return table.to_pandas(date_as_object=False)

    def pl(self) -> "pl.DataFrame":
        """As a polars DataFrame.

        Raises:
            Refused: polars is not installed.
        """
        try:
            import polars as pl  # noqa: PLC0415 -- optional: most do without it
        except ModuleNotFoundError:
            raise Refused("it is not installed.", to="polars", do_next="Run `pip install polars`.") from None
        frame = pl.from_arrow(self.table)
        assert isinstance(frame, pl.DataFrame)  # noqa: S101 -- for mypy: a table never becomes a series
        return frame

    def rows(self) -> list[dict[str, Any]]:
        """As one mapping a row, in Python's own types."""
        return self.table.to_pylist()

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def __repr__(self) -> str:
        return repr(self.df())

    def _repr_html_(self) -> str:
        return str(self.df().to_html(max_rows=_SHOWN, notebook=True))


def _in_floats(table: pa.Table) -> pa.Table:
    fields = [field.with_type(_float_of(field.type)) for field in table.schema]
    return table.cast(pa.schema(fields))


def _float_of(kind: pa.DataType) -> pa.DataType:
    if not kinds.is_decimal(kind):
        return kind
    # DuckDB's sum of whole numbers is a decimal without places
    return pa.int64() if kind.scale == 0 and kind.precision <= 18 else pa.float64()  # noqa: PLR2004 -- digits of an int64
