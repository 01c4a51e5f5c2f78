select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    {{ surrogate('cast(id as varchar)') }} as customer_key,
    {{ surrogate("'gid://shopify/Customer/' || shop_customer_id") }} as shop_customer_key,
    {{ surrogate("nullif(lower(trim(email)), '')") }} as email_key,
    store_id,
    active_subscriptions,
    all_subscriptions,
    has_valid_payment_method,
    coalesce(has_payment_method_in_dunning, false) as is_in_dunning,
    first_charged_at,
    created_at,
    updated_at
from {{ source('raw_recharge', 'customers') }}
