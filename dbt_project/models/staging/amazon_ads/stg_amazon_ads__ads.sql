select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    profile_id as account_id,
    ad_id,
    ad_group_id,
    campaign_id,
    ad_product,
    ad_type,
    name as ad_name,
    state,
    delivery_status,
    products,
    created_at,
    updated_at
from {{ source('raw_amazon_ads', 'ads') }}
