with bounds as (
    select
        targets.metric,
        targets.month,
        targets.target,
        workspace.currency as workspace_currency,
        workspace.calculated_at,
        day(last_day(targets.month)) as days_in_month,
        -- today is not over, so it counts for neither side
        least(last_day(targets.month), {{ workspace_day('workspace.calculated_at') }} - 1) as through,
        greatest(least(last_day(targets.month), {{ workspace_day('workspace.calculated_at') }} - 1) - targets.month + 1, 0) as days_over
    from {{ ref('stg_workspace__metric_targets') }} as targets
    cross join {{ ref('stg_workspace__settings') }} as workspace
),

kinds as (
    select metric, any_value(kind) as kind, any_value(unit) as unit, any_value(good_direction) as good_direction, bool_and(segment = 'all') as has_total
    from {{ ref('int_metrics__by_date') }}
    group by metric
),

sums as (
    select
        bounds.metric,
        bounds.month,
        sum(metrics.top) as top,
        sum(metrics.bottom) as bottom,
        count(metrics.top) as known_days,
        count(metrics.bottom) as bottom_known_days,
        max(metrics.top) filter (metrics.day = bounds.through) as last_top
    from bounds
    inner join {{ ref('int_metrics__by_date') }} as metrics
        on metrics.metric = bounds.metric and metrics.segment = 'all'
        and metrics.day between bounds.month and bounds.through
    group by bounds.metric, bounds.month
),

compared as (
    select
        bounds.*,
        kinds.unit,
        kinds.good_direction,
        coalesce(kinds.has_total, false) as is_comparable,
        case
            when bounds.days_over = 0 then null
            when kinds.kind = 'sum' then cast(bounds.target as double) * bounds.days_over / bounds.days_in_month
            when kinds.kind is not null then cast(bounds.target as double)
        end as scaled_target,
        case
            when kinds.kind = 'last' then cast(sums.last_top as double)
            when coalesce(sums.known_days, 0) < bounds.days_over then null
            when kinds.kind = 'sum' then cast(sums.top as double)
            when sums.bottom_known_days = bounds.days_over then {{ safe_ratio('sums.top', 'sums.bottom') }}
        end as actual
    from bounds
    left join kinds using (metric)
    left join sums using (metric, month)
)

select
    compared.metric,
    compared.month,
    cast(compared.days_in_month as integer) as days_in_month,
    cast(compared.days_over as integer) as days_over,
    compared.unit,
    if(compared.unit = 'currency', compared.workspace_currency, null) as currency,
    cast(compared.target as double) as target,
    compared.scaled_target,
    compared.actual,
    compared.actual - compared.scaled_target as actual_less_target,
    {{ safe_ratio('compared.actual', 'compared.scaled_target') }} as attainment,
    compared.good_direction,
    compared.is_comparable,
    compared.days_over = compared.days_in_month as is_complete,
    compared.calculated_at
from compared
