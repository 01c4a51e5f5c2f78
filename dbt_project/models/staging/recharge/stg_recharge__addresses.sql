select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    id as ships_to_id,
    {{ surrogate('cast(customer_id as varchar)') }} as customer_key,
    store_id,
    upper(presentment_currency) as presentment_currency,
    created_at,
    updated_at
from {{ source('raw_recharge', 'addresses') }}
