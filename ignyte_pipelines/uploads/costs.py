"""Product costs from a file: whose cost, from which day on, in which currency."""

from pathlib import Path
from typing import Final

from ignyte_pipelines.uploads.checking import Rules, Stored, Summary, check
from ignyte_pipelines.uploads.rows import Fault, Line, currency, day, number, read, shown, text
from resources.control_plane.facts import Workspace
from resources.control_plane.inputs import Cost
from resources.errors import Refused
from resources.stores import Stores
from resources.warehouse.products import KnownProducts, known_products

_REQUIRED: Final = (("sku", "product_id"), ("cost",), ("effective_date", "effective_from"))
_PLACES: Final = 6


def read_costs(stores: Stores, workspace: Workspace, path: Path) -> Summary[Cost]:
    """Reads a file of costs and checks it; nothing is taken.

    Raises:
        Refused: it can't be read, or no shop was read yet whose products it could name.
        TryLater: a shop is being loaded.
    """
    file = read(path, _REQUIRED, ("currency",))
    products = known_products(stores, workspace)
    if not products:
        do_next = "Connect the shop and run `ignyte sync` first."
        raise Refused("no product is known yet.", to=f"workspace {workspace.name}", do_next=do_next)
    stored: Stored = {
        _key(each.cost): (_says(each.cost), each.upload.file_name) for each in stores.plane.inputs.costs(workspace.id)
    }

    def parse(line: Line) -> Cost:
        return _cost(line, products, workspace.currency)

    return check(file, Rules(parse=parse, key=_key, says=_says, stored=stored))


def _cost(line: Line, products: KnownProducts, workspace_currency: str) -> Cost:
    sku, product_id = _product(line, products)
    effective = "effective_date" if "effective_date" in line.cells else "effective_from"
    return Cost(
        line=line.number,
        sku=sku,
        product_id=product_id,
        cost=number(line, "cost", _PLACES),
        currency=currency(line, "currency", workspace_currency),
        effective_from=day(line, effective),
    )


def _product(line: Line, products: KnownProducts) -> tuple[str | None, str | None]:
    """The SKU, or the product's id where there is no SKU; the one with the SKU is the narrower."""
    if line.cells.get("sku"):
        sku = text(line, "sku")
        if sku not in products.skus:
            raise Fault("unknown SKU", f"no connected shop has the SKU {shown(sku)}")
        return sku, None
    given = text(line, "product_id" if "product_id" in line.cells else "sku")
    if given not in products.product_ids:
        raise Fault("unknown product", f"no connected shop has the product {shown(given)}")
    return None, products.product_ids[given]


def _key(row: Cost) -> tuple[object, ...]:
    return row.sku, row.product_id, row.effective_from


def _says(row: Cost) -> tuple[object, ...]:
    return row.cost, row.currency
