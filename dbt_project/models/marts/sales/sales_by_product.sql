with sold as (
    select
        ordered_on as day, product_id, variant_id, sku,
        count(distinct order_id) as orders,
        sum(units) as units,
        sum(gross_sales) as gross_sales,
        sum(discounts) as discounts,
        count(*) filter (gross_sales is null) as not_converted,
        max(title) as title
    from {{ ref('int_order_lines__valued') }}
    group by all
),

returned as (
    select
        refunded_on as day, product_id, variant_id, sku,
        sum(units) as units_returned,
        sum(refunds) as refunds,
        max(title) as title
    from {{ ref('int_refund_lines__valued') }}
    group by all
),

-- a product that the shop has deleted has no id any more, and nulls must meet too
together as (
    select
        coalesce(sold.day, returned.day) as day,
        coalesce(sold.product_id, returned.product_id) as product_id,
        coalesce(sold.variant_id, returned.variant_id) as variant_id,
        coalesce(sold.sku, returned.sku) as sku,
        coalesce(sold.title, returned.title) as title,
        coalesce(sold.orders, 0) as orders,
        coalesce(sold.units, 0) as units,
        if(sold.day is null, 0, sold.gross_sales) as gross_sales,
        if(sold.day is null, 0, sold.discounts) as discounts,
        coalesce(returned.units_returned, 0) as units_returned,
        if(returned.day is null, 0, returned.refunds) as refunds,
        coalesce(sold.not_converted, 0) as not_converted
    from sold
    full outer join returned
        on sold.day = returned.day
        and sold.product_id is not distinct from returned.product_id
        and sold.variant_id is not distinct from returned.variant_id
        and sold.sku is not distinct from returned.sku
)

select
    together.day,
    {{ fiscal_columns('together.day') }},
    together.product_id,
    {{ without_contacts('coalesce(products.title, together.title)') }} as product_title,
    {{ without_contacts('products.product_type') }} as product_type,
    together.variant_id,
    {{ without_contacts('variants.title') }} as variant_title,
    together.sku,
    workspace.currency,
    cast(together.orders as bigint) as orders,
    cast(together.units as bigint) as units,
    {{ as_money('together.gross_sales') }} as gross_sales,
    {{ as_money('together.discounts') }} as discounts,
    cast(together.units_returned as bigint) as units_returned,
    {{ as_money('together.refunds') }} as refunds,
    {{ as_money('together.gross_sales - together.discounts - together.refunds') }} as revenue,
    cast(together.not_converted as bigint) as not_converted,
    coverage.status as coverage,
    workspace.calculated_at
from together
left join {{ ref('stg_shopify__products') }} as products using (product_id)
left join {{ ref('stg_shopify__variants') }} as variants using (variant_id)
cross join {{ ref('stg_workspace__settings') }} as workspace
{{ join_coverage("'shopify'", 'together.day') }}
