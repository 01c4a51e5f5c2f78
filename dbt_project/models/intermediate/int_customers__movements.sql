-- One row per order or refund of a customer: what it added to the Net Sales with them, and the cost of its goods.
select
    orders.customer_key,
    orders.ordered_on as day,
    1 as orders,
    orders.gross_sales + orders.shipping - orders.discounts as revenue,
    costed.cogs,
    costed.units_without_cost
from {{ ref('int_orders__valued') }} as orders
inner join {{ ref('int_orders__costed') }} as costed using (order_id)
where orders.customer_key is not null
union all by name
select customer_key, refunded_on as day, 0 as orders, -refunds as revenue, 0 as cogs, 0 as units_without_cost
from {{ ref('int_refunds__valued') }}
where customer_key is not null
