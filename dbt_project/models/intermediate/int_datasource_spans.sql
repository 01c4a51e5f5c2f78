-- One row per connected datasource: the days for which its figures are known.
with rows_of_a_day as (
    select datasource_id, ordered_on as day from {{ ref('int_orders__valued') }}
    union all
    select datasource_id, day from {{ ref('int_ad_performance_daily') }}
    union all
    select datasource_id, day from {{ ref('int_payments__by_date') }}
),

first_days as (
    select datasource_id, min(day) as first_day from rows_of_a_day group by datasource_id
)

select
    datasources.datasource_id,
    datasources.platform,
    datasources.platform like '%\_ads' escape '\' as is_ads,
    first_days.first_day,
    -- ads platforms cut their days in the account's own zone
    cast(timezone(
        case when datasources.platform like '%\_ads' escape '\' then coalesce(datasources.time_zone, workspace.time_zone)
            else workspace.time_zone end,
        datasources.last_success
    ) as date) as last_day,
    datasources.last_success
from {{ ref('stg_workspace__datasources') }} as datasources
left join first_days using (datasource_id)
cross join {{ ref('stg_workspace__settings') }} as workspace
