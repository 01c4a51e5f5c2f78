-- Pinterest's own total counts every kind of event, so conversions here are purchases only, as at the other platforms.
select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    date as day,
    ad_account_id as account_id,
    campaign_id,
    ad_group_id,
    ad_id,
    upper(currency) as currency,
    time_zone,
    {{ from_micros("spend_micro") }} as spend,
    coalesce(impressions, 0) as impressions,
    coalesce(clicks, 0) as clicks,
    coalesce(outbound_clicks, 0) as outbound_clicks,
    cast(coalesce(checkouts, 0) as double) as conversions,
    {{ from_micros("coalesce(checkout_value_micro, 0)") }} as conversion_value,
    coalesce(conversions, 0) as all_conversions,
    {{ from_micros("coalesce(conversion_value_micro, 0)") }} as all_conversion_value,
    click_window_days,
    view_window_days,
    conversion_report_time
from {{ source('raw_pinterest_ads', 'ad_daily') }}
