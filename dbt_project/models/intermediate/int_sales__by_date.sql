-- One row per day with a sale or a refund: sales on the day of the order, refunds on the day of the refund.
with orders as (
    select
        ordered_on as day,
        count(*) as orders,
        count(*) filter (is_cancelled) as cancelled_orders,
        count(*) filter (not is_converted) as orders_not_converted,
        sum(units) as units,
        sum(gross_sales) as gross_sales,
        sum(gift_card_sales) as gift_card_sales,
        sum(shipping) as shipping,
        sum(discounts) as discounts,
        sum(tax) as tax,
        sum(tips) as tips,
        count(customer_key) as orders_with_customer,
        count(distinct customer_key) filter (nth_order = 1) as new_customers,
        count(distinct customer_key) as customers
    from {{ ref('int_orders__valued') }}
    group by ordered_on
),

refunds as (
    select refunded_on as day, sum(refunds) as refunds, sum(refunded_tax) as refunded_tax, count(*) filter (not is_converted) as refunds_not_converted
    from {{ ref('int_refunds__valued') }}
    group by refunded_on
)

select
    day,
    orders.day is not null as has_orders,
    refunds.day is not null as has_refunds,
    orders.* exclude (day),
    refunds.* exclude (day)
from orders
full outer join refunds using (day)
