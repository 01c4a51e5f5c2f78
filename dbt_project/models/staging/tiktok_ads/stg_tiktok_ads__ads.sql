select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    advertiser_id as account_id,
    ad_id,
    ad_group_id,
    campaign_id,
    name as ad_name,
    ad_format,
    operation_status as status,
    secondary_status as effective_status,
    created_at,
    updated_at
from {{ source('raw_tiktok_ads', 'ads') }}
