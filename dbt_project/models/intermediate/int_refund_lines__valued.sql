-- One row per refunded line of goods, without tax, on the day of the refund. What was given back beyond lines is in none.
with lines as (
    select
        refund_lines.refund_id,
        refund_lines.order_line_id,
        refund_lines.quantity,
        refund_lines.restock_type,
        refund_lines.subtotal - if(orders.is_tax_included, coalesce(refund_lines.tax, 0), 0) as amount,
        orders.currency,
        refunds.order_id,
        refunds.refunded_on,
        refunds.refunds as refunded
    from {{ ref('stg_shopify__refund_lines') }} as refund_lines
    inner join {{ ref('int_refunds__valued') }} as refunds using (refund_id)
    inner join {{ ref('int_orders__valued') }} as orders on orders.order_id = refunds.order_id
),

converted as (
    select lines.* exclude (amount), {{ in_workspace_currency('lines.amount', 'lines.currency') }} as amount
    from lines
    cross join {{ ref('stg_workspace__settings') }} as workspace
    {{ join_rates('lines.currency', 'lines.refunded_on') }}
),

capped as (
    select *, least(refunded, sum(amount) over (partition by refund_id)) as goods_refunded
    from converted
),

shared as (
    select
        *,
        -- goods exchanged for others come back without their money
        {{ allotted('capped.goods_refunded', 'capped.amount', 'capped.refund_id', 'capped.order_line_id') }} as refunds
    from capped
)

select
    shared.refund_id,
    shared.order_line_id,
    shared.order_id,
    shared.refunded_on,
    goods.product_id,
    goods.variant_id,
    goods.sku,
    goods.title,
    shared.quantity as units,
    shared.refunds
from shared
inner join {{ ref('int_order_lines__valued') }} as goods using (order_line_id)
