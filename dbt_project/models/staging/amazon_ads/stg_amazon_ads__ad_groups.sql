select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    profile_id as account_id,
    ad_group_id,
    campaign_id,
    ad_product,
    name as ad_group_name,
    state,
    delivery_status,
    default_bid,
    created_at,
    updated_at,
    upper(currency) as currency
from {{ source('raw_amazon_ads', 'ad_groups') }}
