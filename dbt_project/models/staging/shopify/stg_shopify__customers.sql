select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    {{ surrogate('id') }} as customer_key,
    {{ surrogate("nullif(lower(trim(email)), '')") }} as email_key,
    created_at,
    updated_at,
    state,
    orders as orders_counted_by_shop,
    spent as spent_counted_by_shop
from {{ source('raw_shopify', 'customers') }}
