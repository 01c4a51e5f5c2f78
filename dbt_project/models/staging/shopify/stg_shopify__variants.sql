select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    id as variant_id,
    product_id,
    sku,
    title,
    price,
    compare_at_price,
    inventory_item_id,
    created_at,
    updated_at
from {{ source('raw_shopify', 'variants') }}
