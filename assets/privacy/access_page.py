"""The summary of an access export, for the person whom it is about."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from assets.privacy.paper import Paper, day, paragraph, printed, rows

if TYPE_CHECKING:
    from assets.privacy.access import Table


def page(controller: str, tables: Sequence["Table"], now: datetime, expires_at: datetime) -> str:
    """A page that names every table, and why and for how long it is held; the rows are in the files beside it."""
    nobody = "nobody but us"
    return printed(
        Paper(
            title="The data we hold about you",
            lead=f"On behalf of {controller}, as of {day(now)}. Our own copy is removed on {day(expires_at)}.",
            parts=(
                rows(
                    "What is held",
                    ("Source", "Table", "What it is", "Rows", "Mentions", "Why", "How long", "Who gets it"),
                    [
                        (
                            table.platform,
                            table.table,
                            table.what,
                            str(table.rows),
                            str(table.mentions),
                            table.purpose,
                            table.kept,
                            ", ".join(table.recipients) or nobody,
                        )
                        for table in tables
                    ],
                    empty="Nothing: no source holds a row that is yours, or a text that names you.",
                ),
                paragraph(
                    "How to read it",
                    "Each table is there twice: as JSON, exact to the last digit, and as CSV for a spreadsheet. "
                    "Mentions are your address in a row that is not yours; of such a row you get that value alone.",
                    "manifest.json lists every file with its SHA-256.",
                ),
                paragraph(
                    "What is not in it",
                    "Figures that are calculated over everybody, such as sales by day, name nobody and can't be led "
                    "back to you. The platforms themselves hold more than was read; ask the shop.",
                ),
                paragraph(
                    "Your rights",
                    "You may ask for correction, erasure or restriction, and complain to a supervisory authority. Ask "
                    f"the shop, {controller}: we act on its instructions.",
                ),
            ),
        )
    )
