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
    link_clicks,
    reach,
    cast({{ meta_purchases('actions') }} as double) as conversions,
    {{ meta_purchases('action_values') }} as conversion_value
from {{ source('raw_meta_ads', 'campaign_daily') }}
