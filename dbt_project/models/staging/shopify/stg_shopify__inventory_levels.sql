select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    level_id,
    item_id as inventory_item_id,
    location_id,
    quantity_name,
    quantity,
    updated_at
from {{ source('raw_shopify', 'inventory_levels') }}
