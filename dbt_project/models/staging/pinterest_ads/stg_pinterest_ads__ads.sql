select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    ad_account_id as account_id,
    ad_id,
    ad_group_id,
    campaign_id,
    pin_id,
    name as ad_name,
    status,
    summary_status,
    creative_type,
    review_status,
    created_at,
    updated_at
from {{ source('raw_pinterest_ads', 'ads') }}
