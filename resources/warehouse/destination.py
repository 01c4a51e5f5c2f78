"""Makes dlt write into a catalog that is attached to our connection, instead of a file of its own."""

from typing import Any

import duckdb
from dlt.common.destination import DestinationCapabilitiesContext
from dlt.common.normalizers.naming import NamingConvention
from dlt.common.schema import Schema
from dlt.destinations.impl.duckdb.configuration import DuckDbClientConfiguration
from dlt.destinations.impl.duckdb.duck import DuckDbClient
from dlt.destinations.impl.duckdb.factory import duckdb as duckdb_destination
from dlt.destinations.impl.duckdb.sql_client import DuckDbSqlClient

from resources.warehouse.opening import CATALOG


class _CatalogSqlClient(DuckDbSqlClient):
    """Names the catalog in every statement: dlt clones the connection, and a clone forgets what USE said."""

    def catalog_name(self, quote: bool = True, casefold: bool = True) -> str | None:  # noqa: FBT001, FBT002 -- dlt's
        del casefold
        return f'"{CATALOG}"' if quote else CATALOG


class _CatalogClient(DuckDbClient):
    def __init__(
        self, schema: Schema, config: DuckDbClientConfiguration, capabilities: DestinationCapabilitiesContext
    ) -> None:
        super().__init__(schema, config, capabilities)
        names = self.create_dataset_names(schema, config)
        self.sql_client = _CatalogSqlClient(*names, config.credentials, capabilities)


class encrypted(duckdb_destination):  # noqa: N801 -- dlt names a destination by its class, in lower case
    """A dlt destination on the catalog `source` of the given connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, **kwargs: Any) -> None:  # noqa: ANN401 -- dlt's own
        super().__init__(credentials=connection, **kwargs)

    def capabilities(
        self, config: DuckDbClientConfiguration | None = None, naming: NamingConvention | None = None
    ) -> DestinationCapabilitiesContext:
        # dlt asks some forty times a load, and without a configuration resolves one each time that DuckDB's
        # capabilities do not depend on
        return super().capabilities(config or self.spec(), naming)

    @property
    def client_class(self) -> type[DuckDbClient]:
        return _CatalogClient
