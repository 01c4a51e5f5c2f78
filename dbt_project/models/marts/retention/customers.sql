with costs as (
    select customer_key, sum(cogs) as cogs, sum(units_without_cost) as units_without_cost
    from {{ ref('int_customers__movements') }}
    group by customer_key
)

select
    customers.customer_key,
    customers.first_order_on,
    customers.last_order_on,
    cast(date_diff('day', customers.last_order_on, {{ workspace_day('workspace.calculated_at') }}) as integer) as recency_days,
    cast(customers.orders as bigint) as orders,
    workspace.currency,
    {{ as_money('customers.gross_revenue') }} as gross_revenue,
    {{ as_money('customers.discounts') }} as discounts,
    {{ as_money('customers.refunds') }} as refunds,
    {{ as_money('customers.gross_revenue - customers.discounts - customers.refunds') }} as lifetime_revenue,
    {{ as_money(
        'if(costs.units_without_cost = 0, customers.gross_revenue - customers.discounts - customers.refunds - costs.cogs, null)'
    ) }} as lifetime_gross_profit,
    cast(customers.orders_not_converted as bigint) as orders_not_converted,
    workspace.calculated_at
from {{ ref('int_customers__orders') }} as customers
left join costs using (customer_key)
cross join {{ ref('stg_workspace__settings') }} as workspace
