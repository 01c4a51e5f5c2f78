-- The spend of the days is the spend of the campaigns, and the mart's rows are all of the campaigns' rows.
with days as (
    select coalesce(sum(ad_spend), 0) as spend
    from {{ ref('brand_metrics_by_date') }}
),

campaigns as (
    select
        count(*) as campaign_days,
        coalesce(sum(spend_in_workspace_currency) filter (
            day in (select day from {{ ref('brand_metrics_by_date') }} where ads_coverage in ('complete', 'partial'))
        ), 0) as spend
    from {{ ref('int_ad_performance_daily') }}
    where level = 'campaign'
),

mart as (
    select count(*) as campaign_days from {{ ref('paid_media_by_date') }}
)

select days.spend, campaigns.spend as campaign_spend, campaigns.campaign_days, mart.campaign_days as mart_days
from days
cross join campaigns
cross join mart
where days.spend <> campaigns.spend
   or campaigns.campaign_days <> mart.campaign_days
