select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    id as transaction_id,
    order_id,
    parent_id,
    kind,
    status,
    gateway,
    created_at,
    processed_at,
    test as is_test,
    amount,
    upper(currency) as currency
from {{ source('raw_shopify', 'transactions') }}
