"""Metrics published without dbt: two small tables in an encrypted file, put in place as a build does it."""

from typing import Final

from resources.control_plane.facts import Workspace
from resources.stores import Stores
from resources.warehouse.opening import attach, detach, digest, memory

CANARY: Final = "canary-8c1f-outside"
TABLES: Final = (
    """
    CREATE TABLE metrics.days AS SELECT
        DATE '2026-01-01' + CAST(n AS INTEGER) AS day, n AS orders, CAST(n * 12.3456 AS DECIMAL(18, 4)) AS net_sales,
        TIMESTAMPTZ '2026-03-01 10:00:00+00' AS calculated_at, '=1+1' AS note
    FROM range(59) AS t(n)
    """,
    "CREATE TABLE metrics.customers AS SELECT 'c' || n AS customer_key, n AS orders FROM range(3) AS t(n)",
    "COMMENT ON COLUMN metrics.days.orders IS 'Orders placed on the day.'",
)


def publish(stores: Stores, workspace: Workspace, statements: tuple[str, ...] = TABLES) -> None:
    """Publishes a new generation with the tables that the statements make."""
    generation = stores.plane.files.next_generation(workspace.id, "metrics")
    key_id, key = stores.keys.new(workspace.id, "metrics", generation, stores.clock())
    file = stores.plane.files.begin(
        workspace_id=workspace.id,
        datasource_id=None,
        generation=generation,
        path=f"workspaces/{workspace.id}/metrics/{generation}.duckdb",
        key_id=key_id,
        schema_version=1,
        now=stores.clock(),
    )
    path = stores.data_root / file.path
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    connection = memory(stores.scratch)
    try:
        with key:
            attach(connection, path, "metrics", key)
        for statement in statements:
            connection.execute(statement)
        detach(connection, "metrics")
    finally:
        connection.close()
    size, sha256 = digest(path)
    stores.plane.files.publish(file.id, size=size, sha256=sha256, now=stores.clock())
