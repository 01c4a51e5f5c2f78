{% set windows = [30, 60, 90] %}
with orders as (
    select customer_key, ordered_on, nth_order
    from {{ ref('int_orders__valued') }}
    where customer_key is not null and nth_order <= 2
),

customers as (
    select
        first.customer_key,
        first.ordered_on as first_order_on,
        second.ordered_on - first.ordered_on as days_until_second,
        -- the last day of the window has to be over
        {{ workspace_day('workspace.calculated_at') }} - 1 - first.ordered_on as days_seen
    from orders as first
    left join orders as second on second.customer_key = first.customer_key and second.nth_order = 2
    cross join {{ ref('stg_workspace__settings') }} as workspace
    where first.nth_order = 1
),

months as (
    select
        cast(date_trunc('month', first_order_on) as date) as month,
        count(*) as customers,
        {% for days in windows %}
        count(*) filter (days_seen >= {{ days }}) as customers_seen_{{ days }}_days,
        count(*) filter (days_seen >= {{ days }} and days_until_second <= {{ days }}) as repurchased_in_{{ days }}_days,
        {% endfor %}
    from customers
    group by 1
)

select
    months.month,
    {{ fiscal_columns('months.month') }},
    cast(months.customers as bigint) as customers,
    {% for days in windows %}
    cast(months.customers_seen_{{ days }}_days as bigint) as customers_seen_{{ days }}_days,
    cast(months.repurchased_in_{{ days }}_days as bigint) as repurchased_in_{{ days }}_days,
    {{ safe_ratio('months.repurchased_in_' ~ days ~ '_days', 'months.customers_seen_' ~ days ~ '_days') }} as repurchase_rate_{{ days }}_days,
    {% endfor %}
    workspace.calculated_at
from months
cross join {{ ref('stg_workspace__settings') }} as workspace
