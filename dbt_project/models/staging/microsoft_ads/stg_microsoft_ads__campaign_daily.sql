select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    date as day,
    account_id,
    campaign_id,
    cast(null as varchar) as ad_group_id,
    cast(null as varchar) as ad_id,
    upper(currency) as currency,
    time_zone,
    spend,
    impressions,
    clicks,
    conversions,
    revenue as conversion_value,
    all_conversions,
    all_revenue as all_conversion_value,
    view_through_conversions
from {{ source('raw_microsoft_ads', 'campaign_daily') }}
