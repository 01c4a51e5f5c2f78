select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    account_id,
    ad_id,
    ad_group_id,
    campaign_id,
    type as ad_type,
    status,
    editorial_status,
    final_urls
from {{ source('raw_microsoft_ads', 'ads') }}
