select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    id as fulfilment_id,
    order_id,
    status,
    display_status,
    created_at,
    updated_at,
    in_transit_at,
    delivered_at,
    quantity
from {{ source('raw_shopify', 'fulfilments') }}
