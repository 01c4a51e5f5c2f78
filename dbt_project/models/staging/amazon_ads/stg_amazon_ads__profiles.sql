select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    profile_id as account_id,
    region,
    country,
    upper(currency) as currency,
    time_zone,
    account_id as advertiser_id,
    account_type,
    name as account_name,
    marketplace_id
from {{ source('raw_amazon_ads', 'profiles') }}
