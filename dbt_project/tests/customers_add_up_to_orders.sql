-- Customers hold every order that has one, and every refund of such an order.
with customers as (
    select coalesce(sum(orders), 0) as orders, coalesce(sum(lifetime_revenue), 0) as revenue
    from {{ ref('customers') }}
),

orders as (
    select count(*) as orders, coalesce(sum(gross_sales + shipping - discounts), 0) as revenue
    from {{ ref('int_orders__valued') }}
    where customer_key is not null
),

refunds as (
    select coalesce(sum(refunds), 0) as refunds
    from {{ ref('int_refunds__valued') }}
    where customer_key is not null
)

select customers.*, orders.orders as in_orders, orders.revenue - refunds.refunds as in_revenue
from customers
cross join orders
cross join refunds
where customers.orders <> orders.orders
   or customers.revenue <> orders.revenue - refunds.refunds
