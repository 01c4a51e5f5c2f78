with amazon as (
    -- coverage is that of all ads together, which brand_metrics_by_date has weighed already
    select day, coalesce(sum(spend), 0) as spend
    from {{ ref('paid_media_by_account') }}
    where platform = 'amazon_ads'
    group by day
),

known as (
    select
        brand.*,
        case when brand.ad_spend is not null then brand.ad_spend - coalesce(amazon.spend, 0) end as shop_ad_spend
    from {{ ref('brand_metrics_by_date') }} as brand
    left join amazon using (day)
)

select
    day,
    fiscal_year,
    fiscal_quarter,
    fiscal_month,
    currency,
    net_sales,
    new_customers,
    ad_spend,
    {{ as_money('shop_ad_spend') }} as shop_ad_spend,
    {{ safe_ratio('net_sales', 'ad_spend') }} as mer,
    {{ safe_ratio('net_sales', 'shop_ad_spend') }} as shop_mer,
    {{ as_money(safe_ratio('ad_spend', 'new_customers')) }} as blended_cac,
    ad_rows_not_converted,
    sales_coverage,
    ads_coverage,
    calculated_at
from known
