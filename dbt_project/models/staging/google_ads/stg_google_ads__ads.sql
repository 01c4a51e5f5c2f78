select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    account_id,
    ad_id,
    ad_group_id,
    campaign_id,
    name as ad_name,
    type as ad_type,
    status,
    primary_status,
    ad_strength,
    final_urls
from {{ source('raw_google_ads', 'ads') }}
