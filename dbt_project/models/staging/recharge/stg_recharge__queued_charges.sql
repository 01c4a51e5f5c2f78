select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    id as charge_id,
    {{ surrogate('cast(customer_id as varchar)') }} as customer_key,
    store_id,
    lower(type) as type,
    scheduled_on,
    orders_count,
    subtotal,
    discounts,
    tax,
    total,
    upper(coalesce(charge_currency, currency)) as currency,
    time_zone,
    created_at,
    updated_at
from {{ source('raw_recharge', 'queued_charges') }}
where lower(status) = 'queued'
