select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    id as product_id,
    title,
    handle,
    status,
    product_type,
    vendor,
    created_at,
    updated_at
from {{ source('raw_shopify', 'products') }}
