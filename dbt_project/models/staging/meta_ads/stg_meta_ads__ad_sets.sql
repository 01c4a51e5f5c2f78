select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    account_id,
    ad_set_id as ad_group_id,
    campaign_id,
    name as ad_group_name,
    status,
    effective_status,
    optimization_goal,
    updated_at
from {{ source('raw_meta_ads', 'ad_sets') }}
