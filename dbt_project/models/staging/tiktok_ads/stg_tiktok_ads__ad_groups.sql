select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    advertiser_id as account_id,
    ad_group_id,
    campaign_id,
    name as ad_group_name,
    operation_status as status,
    secondary_status as effective_status,
    budget,
    bid_type,
    billing_event,
    optimization_goal,
    placements,
    created_at,
    updated_at,
    upper(currency) as currency
from {{ source('raw_tiktok_ads', 'ad_groups') }}
