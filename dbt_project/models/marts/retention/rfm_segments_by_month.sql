{% set segments = ['champions', 'loyal', 'new', 'occasional', 'at_risk', 'lost'] %}
with months as (
    select month, is_complete, count(*) as customers
    from {{ ref('int_customers__rfm') }}
    group by month, is_complete
),

sizes as (
    select
        months.month,
        months.is_complete,
        segments.segment,
        months.customers as customers_of_all,
        count(scores.customer_key) as customers,
        coalesce(sum(scores.revenue), 0) as revenue
    from months
    cross join (values {% for segment in segments %}('{{ segment }}'){{ ', ' if not loop.last }}{% endfor %}) as segments (segment)
    left join {{ ref('int_customers__rfm') }} as scores on scores.month = months.month and scores.segment = segments.segment
    group by all
)

select
    sizes.month,
    {{ fiscal_columns('sizes.month') }},
    sizes.segment,
    sizes.is_complete,
    workspace.currency,
    cast(sizes.customers as bigint) as segment_size,
    {{ safe_ratio('sizes.customers', 'sizes.customers_of_all') }} as segment_share,
    cast(
        sizes.customers - lag(sizes.customers) over (partition by sizes.segment order by sizes.month) as bigint
    ) as segment_shift,
    {{ as_money('sizes.revenue') }} as lifetime_revenue,
    workspace.calculated_at
from sizes
cross join {{ ref('stg_workspace__settings') }} as workspace
