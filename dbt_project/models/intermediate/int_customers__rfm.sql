-- One row per customer and month: recency, frequency and money up to the month's end, scored 1 to 5 against all others of it.
with months as (
    select
        cast(date_trunc('month', days.day) as date) as month,
        max(days.day) as as_of,
        last_day(max(days.day)) < max({{ workspace_day('workspace.calculated_at') }}) as is_complete
    from {{ ref('int_days') }} as days
    cross join {{ ref('stg_workspace__settings') }} as workspace
    where days.day <= {{ workspace_day('workspace.calculated_at') }}
    group by 1
),

figures as (
    select
        months.month,
        months.as_of,
        months.is_complete,
        movements.customer_key,
        months.as_of - max(movements.day) filter (movements.orders > 0) as recency_days,
        sum(movements.orders) as orders,
        coalesce(sum(movements.revenue), 0) as revenue
    from months
    inner join {{ ref('int_customers__movements') }} as movements on movements.day <= months.as_of
    group by months.month, months.as_of, months.is_complete, movements.customer_key
    having sum(movements.orders) > 0
),

scored as (
    select
        *,
        {% for score, figure in [('recency_score', 'recency_days desc'), ('frequency_score', 'orders'), ('monetary_score', 'revenue')] %}
        -- equal figures have the equal score, which tiles of equal size would not give
        cast(least(1 + floor(5 * percent_rank() over (partition by month order by {{ figure }})), 5) as integer) as {{ score }}{{ ',' if not loop.last }}
        {% endfor %}
    from figures
)

select
    *,
    case
        when recency_score >= 4 and orders = 1 then 'new'
        when recency_score >= 4 and frequency_score >= 4 then 'champions'
        when recency_score >= 3 and frequency_score >= 3 then 'loyal'
        when recency_score <= 2 and frequency_score >= 3 then 'at_risk'
        when recency_score <= 2 then 'lost'
        else 'occasional'
    end as segment
from scored
