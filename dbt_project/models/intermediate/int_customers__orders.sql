-- One row per customer with a sale, guests included. No name, address or id of the platform.
with orders as (
    select
        customer_key,
        min(ordered_on) as first_order_on,
        max(ordered_on) as last_order_on,
        count(*) as orders,
        count(*) filter (not is_converted) as orders_not_converted,
        sum(gross_sales + shipping) as gross_revenue,
        sum(discounts) as discounts
    from {{ ref('int_orders__valued') }}
    where customer_key is not null
    group by customer_key
),

refunds as (
    select customer_key, sum(refunds) as refunds
    from {{ ref('int_refunds__valued') }}
    group by customer_key
)

select
    orders.*,
    coalesce(refunds.refunds, 0) as refunds
from orders
left join refunds using (customer_key)
