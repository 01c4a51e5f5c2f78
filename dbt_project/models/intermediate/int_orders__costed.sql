-- One row per order that is a sale: what its goods cost us. Null unless each of its units has a cost.
with lines as (
    select
        order_id,
        sum(cogs) as known_cogs,
        coalesce(sum(units) filter (cogs is null and units > 0), 0) as units_without_cost
    from {{ ref('int_order_lines__valued') }}
    group by order_id
)

select
    orders.order_id,
    orders.ordered_on,
    orders.customer_key,
    coalesce(lines.units_without_cost, 0) as units_without_cost,
    if(coalesce(lines.units_without_cost, 0) = 0, coalesce(lines.known_cogs, 0), null) as cogs
from {{ ref('int_orders__valued') }} as orders
left join lines using (order_id)
