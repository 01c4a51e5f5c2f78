select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    account_id,
    number as account_number,
    name as account_name,
    upper(currency) as currency,
    time_zone_name,
    status,
    manager_id,
    updated_at
from {{ source('raw_microsoft_ads', 'accounts') }}
