select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    id as inventory_item_id,
    sku,
    tracked as is_tracked,
    updated_at
from {{ source('raw_shopify', 'inventory_items') }}
