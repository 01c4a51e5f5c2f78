select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    order_line_id,
    order_id,
    application_index,
    target_type,
    amount
from {{ source('raw_shopify', 'order_discounts') }}
