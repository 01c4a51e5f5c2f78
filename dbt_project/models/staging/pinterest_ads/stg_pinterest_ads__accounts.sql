select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    ad_account_id as account_id,
    name as account_name,
    upper(currency) as currency,
    time_zone,
    country,
    permissions,
    created_at,
    updated_at
from {{ source('raw_pinterest_ads', 'accounts') }}
