select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    account_id,
    name as account_name,
    upper(currency) as currency,
    time_zone,
    manager,
    status,
    level,
    test_account
from {{ source('raw_google_ads', 'accounts') }}
