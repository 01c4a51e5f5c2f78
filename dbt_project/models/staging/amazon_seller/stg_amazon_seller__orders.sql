select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    order_id,
    created_at,
    updated_at,
    channel,
    marketplace_id,
    status,
    fulfilled_by,
    service_level,
    programs,
    proceeds,
    upper(currency) as currency,
    upper(account_currency) as account_currency,
    time_zone
from {{ source('raw_amazon_seller', 'orders') }}
