select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    advertiser_id as account_id,
    name as account_name,
    upper(currency) as currency,
    coalesce(display_time_zone, time_zone) as time_zone,
    country,
    status,
    created_at
from {{ source('raw_tiktok_ads', 'advertisers') }}
