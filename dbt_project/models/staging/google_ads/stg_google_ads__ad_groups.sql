select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    account_id,
    ad_group_id,
    campaign_id,
    name as ad_group_name,
    status,
    type as ad_group_type,
    cast(cpc_bid_micros * 0.000001 as decimal(18, 6)) as cpc_bid,
    upper(currency) as currency
from {{ source('raw_google_ads', 'ad_groups') }}
