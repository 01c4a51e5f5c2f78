-- Sponsored Products counts by click alone; of the other two only what followed a click is comparable.
select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    date as day,
    profile_id as account_id,
    campaign_id,
    cast(null as varchar) as ad_group_id,
    cast(null as varchar) as ad_id,
    ad_product,
    upper(currency) as currency,
    time_zone,
    cost as spend,
    coalesce(impressions, 0) as impressions,
    coalesce(clicks, 0) as clicks,
    cast(coalesce(purchases_14d, purchases_clicks, 0) as double) as conversions,
    coalesce(sales_14d, sales_clicks, 0) as conversion_value,
    coalesce(units_14d, units_sold_clicks, 0) as units_sold,
    coalesce(purchases_14d, purchases, 0) as all_conversions,
    coalesce(sales_14d, sales, 0) as all_conversion_value
from {{ source('raw_amazon_ads', 'campaign_daily') }}
