-- One row per line of goods in a sale, gift cards left out. The lines of an order add up to the order's Gross Sales exactly.
with discounts as (
    select order_line_id, sum(amount) as amount
    from {{ ref('stg_shopify__order_discounts') }}
    group by order_line_id
),

lines as (
    select
        orders.order_id,
        lines.order_line_id,
        orders.ordered_on,
        orders.customer_key,
        orders.sales_channel,
        orders.currency,
        lines.product_id,
        lines.variant_id,
        lines.sku,
        lines.title,
        lines.quantity as units,
        -- tax that prices include comes off all lines alike, since the shop states it for the order
        {{ allotted('orders.gross_sales', 'lines.gross', 'orders.order_id', 'lines.order_line_id') }} as gross_sales,
        coalesce(discounts.amount, 0) as discounts
    from {{ ref('stg_shopify__order_lines') }} as lines
    inner join {{ ref('int_orders__valued') }} as orders using (order_id)
    left join discounts using (order_line_id)
    where not lines.is_gift_card
),

costed as (
    select
        lines.*,
        coalesce(of_sku.cost, of_product.cost) as cost,
        coalesce(of_sku.currency, of_product.currency, workspace.currency) as cost_currency,
        coalesce(of_sku.file_name, of_product.file_name) as cost_file,
        coalesce(of_sku.effective_from, of_product.effective_from) as cost_effective_from
    from lines
    cross join {{ ref('stg_workspace__settings') }} as workspace
    left join {{ ref('int_costs') }} as of_sku
        on of_sku.kind = 'sku' and of_sku.item = lines.sku
        and lines.ordered_on >= of_sku.effective_from and lines.ordered_on < of_sku.effective_until
    left join {{ ref('int_costs') }} as of_product
        on of_product.kind = 'product' and of_product.item = regexp_extract(lines.product_id, '[0-9]+$')
        and lines.ordered_on >= of_product.effective_from and lines.ordered_on < of_product.effective_until
        and of_sku.item is null
),

valued as (
    select
        costed.* exclude (discounts, cost, cost_currency),
        {{ in_workspace_currency('costed.discounts', 'costed.currency') }} as discounts,
        costed.cost,
        costed.cost_currency
    from costed
    cross join {{ ref('stg_workspace__settings') }} as workspace
    {{ join_rates('costed.currency', 'costed.ordered_on') }}
)

select
    valued.* exclude (cost, cost_currency),
    {{ in_workspace_currency('valued.cost', 'valued.cost_currency') }} as unit_cost,
    {{ in_workspace_currency('valued.cost * valued.units', 'valued.cost_currency') }} as cogs
from valued
cross join {{ ref('stg_workspace__settings') }} as workspace
{{ join_rates('valued.cost_currency', 'valued.ordered_on') }}
