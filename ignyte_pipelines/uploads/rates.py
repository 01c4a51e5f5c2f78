"""Rates between currencies from a file: what one unit was worth on a day."""

from pathlib import Path
from typing import Final

from ignyte_pipelines.uploads.checking import Rules, Stored, Summary, check
from ignyte_pipelines.uploads.rows import Fault, Line, currency, day, number, read
from resources.control_plane.facts import Workspace
from resources.control_plane.inputs import Rate
from resources.stores import Stores

_REQUIRED: Final = (("day",), ("from_currency",), ("rate",))
_PLACES: Final = 9


def read_rates(stores: Stores, workspace: Workspace, path: Path) -> Summary[Rate]:
    """Reads a file of rates and checks it; nothing is taken. Without `to_currency` the workspace's is meant.

    Raises:
        Refused: it can't be read.
    """
    file = read(path, _REQUIRED, ("to_currency",))
    stored: Stored = {
        _key(each.rate): (each.rate.rate, each.upload.file_name) for each in stores.plane.inputs.rates(workspace.id)
    }

    def parse(line: Line) -> Rate:
        return _rate(line, workspace.currency)

    return check(file, Rules(parse=parse, key=_key, says=lambda row: row.rate, stored=stored))


def _rate(line: Line, workspace_currency: str) -> Rate:
    rate = Rate(
        line=line.number,
        day=day(line, "day"),
        from_currency=currency(line, "from_currency"),
        to_currency=currency(line, "to_currency", workspace_currency),
        rate=number(line, "rate", _PLACES),
    )
    if not rate.rate:
        raise Fault("wrong type", "rate is zero")
    if rate.from_currency == rate.to_currency:
        raise Fault("wrong type", f"from and to are both {rate.from_currency}")
    return rate


def _key(row: Rate) -> tuple[object, ...]:
    return row.day, row.from_currency, row.to_currency
