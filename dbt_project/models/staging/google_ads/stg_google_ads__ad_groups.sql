select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    account_id,
    ad_group_id,
    campaign_id,
    name as ad_group_name,
    status,
    type as ad_group_type,
    {{ from_micros('cpc_bid_micros') }} as cpc_bid,
    upper(currency) as currency
from {{ source('raw_google_ads', 'ad_groups') }}
