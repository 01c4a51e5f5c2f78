select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    id as refund_id,
    order_id,
    created_at,
    processed_at,
    amount,
    upper(currency) as currency
from {{ source('raw_shopify', 'refunds') }}
