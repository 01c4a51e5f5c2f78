-- One row per connected datasource: the days for which its figures are known.
with rows_of_a_day as (
    select datasource_id, ordered_on as day from {{ ref('int_orders__valued') }}
    union all
    select datasource_id, day from {{ ref('int_ad_performance_daily') }}
    union all
    -- money on its way to the bank has a day that lies ahead
    select datasource_id, day from {{ ref('int_payments__by_date') }} where charge_count > 0
    union all
    select datasource_id, day from {{ ref('int_subscription_charges') }}
    {% for model in [
        ref('stg_google_analytics__daily'), ref('stg_klaviyo__events_daily'), ref('stg_klaviyo__flow_daily'),
        ref('stg_amazon_seller__sales_traffic_daily'),
    ] %}
    union all
    select datasource_id, day from {{ model }}
    {% endfor %}
),

known_days as (
    select datasource_id, min(day) as first_day, max(day) as last_row from rows_of_a_day group by datasource_id
),

spans as (
    select
        datasources.datasource_id,
        datasources.platform,
        datasources.account_id,
        datasources.account_name,
        datasources.currency,
        datasources.time_zone,
        datasources.last_success,
        known_days.first_day,
        known_days.last_row,
        -- who reports by days cuts them in the account's own zone
        cast(timezone(
            if(
                datasources.platform in ('shopify', 'stripe', 'recharge'),
                workspace.time_zone, coalesce(datasources.time_zone, workspace.time_zone)
            ),
            datasources.last_success
        ) as date) as read_on
    from {{ ref('stg_workspace__datasources') }} as datasources
    left join known_days using (datasource_id)
    cross join {{ ref('stg_workspace__settings') }} as workspace
)

select
    * exclude (last_row, read_on),
    platform like '%\_ads' escape '\' as is_ads,
    -- Amazon's report of a day comes a day or two after it, and a day without its row is not there yet
    case when platform = 'amazon_seller' then cast(least(read_on, last_row + 1) as date) else read_on end as last_day
from spans
