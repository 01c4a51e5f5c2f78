{# Customers by the period of their first order, and what they did in each period since. #}
{% macro cohorts(period) -%}
with today as (
    select {{ workspace_day('workspace.calculated_at') }} as day
    from {{ ref('stg_workspace__settings') }} as workspace
),

members as (
    select customer_key, cast(date_trunc('{{ period }}', first_order_on) as date) as cohort
    from {{ ref('int_customers__orders') }}
),

sizes as (
    select cohort, count(*) as customers from members group by cohort
),

periods as (
    select
        sizes.cohort,
        sizes.customers,
        unnest(generate_series(0, date_diff('{{ period }}', sizes.cohort, today.day))) as {{ period }}s_since
    from sizes
    cross join today
),

movements as (
    select
        members.cohort,
        date_diff('{{ period }}', members.cohort, movements.day) as {{ period }}s_since,
        count(distinct members.customer_key) filter (movements.orders > 0) as active_customers,
        sum(movements.orders) as orders,
        sum(movements.revenue) as revenue,
        sum(movements.cogs) as cogs,
        sum(movements.units_without_cost) as units_without_cost
    from {{ ref('int_customers__movements') }} as movements
    inner join members using (customer_key)
    group by all
),

grown as (
    select
        periods.*,
        cast(periods.cohort + to_{{ period }}s(cast(periods.{{ period }}s_since + 1 as integer)) as date) as ends_before,
        coalesce(movements.active_customers, 0) as active_customers,
        coalesce(movements.orders, 0) as orders,
        coalesce(movements.revenue, 0) as revenue,
        sum(coalesce(movements.revenue, 0)) over so_far as revenue_so_far,
        sum(coalesce(movements.cogs, 0)) over so_far as cogs_so_far,
        sum(coalesce(movements.units_without_cost, 0)) over so_far as units_without_cost
    from periods
    left join movements using (cohort, {{ period }}s_since)
    window so_far as (partition by periods.cohort order by periods.{{ period }}s_since rows unbounded preceding)
)

select
    grown.cohort as cohort_{{ period }},
    cast(grown.{{ period }}s_since as integer) as {{ period }}s_since,
    grown.ends_before <= today.day as is_complete,
    workspace.currency,
    cast(grown.customers as bigint) as customers,
    cast(grown.active_customers as bigint) as active_customers,
    {{ safe_ratio('grown.active_customers', 'grown.customers') }} as retention_rate,
    cast(grown.orders as bigint) as orders,
    {{ as_money('grown.revenue') }} as revenue,
    {{ as_money('grown.revenue_so_far') }} as revenue_so_far,
    {{ as_money(safe_ratio('grown.revenue_so_far', 'grown.customers')) }} as ltv_revenue,
    {{ as_money('if(grown.units_without_cost = 0, grown.revenue_so_far - grown.cogs_so_far, null)') }} as margin_so_far,
    {{ as_money(safe_ratio('if(grown.units_without_cost = 0, grown.revenue_so_far - grown.cogs_so_far, null)', 'grown.customers')) }} as ltv_margin,
    cast(grown.units_without_cost as bigint) as units_without_cost,
    workspace.calculated_at
from grown
cross join today
cross join {{ ref('stg_workspace__settings') }} as workspace
{%- endmacro %}
