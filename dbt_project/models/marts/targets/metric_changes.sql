with windows as (
    select
        lengths.days,
        {{ workspace_day('workspace.calculated_at') }} - lengths.days as starts_on,
        {{ workspace_day('workspace.calculated_at') }} - 1 as ends_on,
        {{ workspace_day('workspace.calculated_at') }} - 2 * lengths.days as previous_starts_on,
        {{ workspace_day('workspace.calculated_at') }} - lengths.days - 1 as previous_ends_on,
        workspace.currency,
        workspace.calculated_at
    from (values (7), (30)) as lengths (days)
    cross join {{ ref('stg_workspace__settings') }} as workspace
),

sums as (
    select
        metrics.metric, metrics.kind, metrics.unit, metrics.good_direction, metrics.segment,
        windows.*,
        {% for side, start, end in [('now', 'starts_on', 'ends_on'), ('before', 'previous_starts_on', 'previous_ends_on')] %}
        {% set within = 'filter (metrics.day between windows.' ~ start ~ ' and windows.' ~ end ~ ')' %}
        sum(metrics.top) {{ within }} as top_{{ side }},
        sum(metrics.bottom) {{ within }} as bottom_{{ side }},
        count(metrics.top) {{ within }} as known_{{ side }},
        count(metrics.bottom) {{ within }} as bottom_known_{{ side }},
        max(metrics.top) filter (metrics.day = windows.{{ end }}) as last_{{ side }},
        {% endfor %}
    from {{ ref('int_metrics__by_date') }} as metrics
    cross join windows
    group by all
),

valued as (
    select
        *,
        {% for side in ['now', 'before'] %}
        -- a sum over a day that nobody knows would pass for a fall
        case
            when kind = 'last' then cast(last_{{ side }} as double)
            when known_{{ side }} < days then null
            when kind = 'sum' then cast(top_{{ side }} as double)
            when bottom_known_{{ side }} = days then {{ safe_ratio('top_' ~ side, 'bottom_' ~ side) }}
        end as value_{{ side }}{{ ',' if not loop.last }}
        {% endfor %}
    from sums
),

targets as (
    select
        targets.metric,
        windows.days,
        sum(targets.target / day(last_day(targets.month))) as target_of_days,
        max_by(targets.target, days.day) as target_of_last_day,
        count(*) as days_with_target
    from windows
    inner join {{ ref('int_days') }} as days on days.day between windows.starts_on and windows.ends_on
    inner join {{ ref('stg_workspace__metric_targets') }} as targets on targets.month = date_trunc('month', days.day)
    group by targets.metric, windows.days
)

select
    valued.metric,
    valued.segment,
    cast(valued.days as integer) as days,
    valued.starts_on,
    valued.ends_on,
    valued.previous_starts_on,
    valued.previous_ends_on,
    valued.unit,
    if(valued.unit = 'currency', valued.currency, null) as currency,
    valued.value_now as value,
    valued.value_before as previous_value,
    valued.value_now - valued.value_before as change,
    {{ percentage_change('valued.value_now', 'valued.value_before') }} as percentage_change,
    case
        when valued.value_before is null or valued.value_now is null then null
        when valued.value_now > valued.value_before then 'up'
        when valued.value_now < valued.value_before then 'down'
        else 'flat'
    end as direction,
    valued.good_direction,
    coalesce(valued.unit in ('count', 'currency') and abs(valued.value_before) < 10, false) as has_small_base,
    case
        when targets.days_with_target < valued.days or valued.segment <> 'all' then null
        when valued.kind = 'sum' then cast(targets.target_of_days as double)
        else cast(targets.target_of_last_day as double)
    end as scaled_target,
    valued.calculated_at
from valued
left join targets on targets.metric = valued.metric and targets.days = valued.days
