with sold as (
    select lines.variant_id, sum(lines.units) as units
    from {{ ref('int_order_lines__valued') }} as lines
    cross join {{ ref('stg_workspace__settings') }} as workspace
    where lines.ordered_on between {{ workspace_day('workspace.calculated_at') }} - 30 and {{ workspace_day('workspace.calculated_at') }} - 1
    group by lines.variant_id
),

shop_levels as (
    select
        levels.datasource_id,
        levels.inventory_item_id,
        levels.location_id,
        max(levels.synced_at) as as_of,
        {% for name in ['available', 'on_hand', 'committed', 'incoming'] %}
        sum(levels.quantity) filter (levels.quantity_name = '{{ name }}') as {{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('stg_shopify__inventory_levels') }} as levels
    group by all
),

shop as (
    select
        'shopify' as platform,
        levels.inventory_item_id as item_id,
        coalesce(locations.location_name, levels.location_id) as location,
        coalesce(variants.sku, items.sku) as sku,
        products.title as product_title,
        variants.title as variant_title,
        levels.available,
        levels.on_hand,
        levels.committed,
        levels.incoming,
        -- what was sold is known for all locations together
        sum(levels.available) over (partition by levels.inventory_item_id) as available_in_all,
        if(coalesce(items.is_tracked, true), coalesce(sold.units, 0), null) as units_sold_30_days,
        levels.as_of
    from shop_levels as levels
    left join {{ ref('stg_shopify__inventory_items') }} as items using (datasource_id, inventory_item_id)
    left join {{ ref('stg_shopify__locations') }} as locations using (datasource_id, location_id)
    left join {{ ref('stg_shopify__variants') }} as variants using (inventory_item_id)
    left join {{ ref('stg_shopify__products') }} as products using (product_id)
    left join sold using (variant_id)
),

amazon_sold as (
    select sales.marketplace_id, sales.sku, sum(sales.units_ordered) as units
    from {{ ref('stg_amazon_seller__sales_traffic_by_asin') }} as sales
    cross join {{ ref('stg_workspace__settings') }} as workspace
    where sales.day between {{ workspace_day('workspace.calculated_at') }} - 30 and {{ workspace_day('workspace.calculated_at') }} - 1
    group by all
),

amazon as (
    select
        'amazon_seller' as platform,
        stock.fn_sku || ' ' || stock.condition as item_id,
        'Amazon ' || coalesce(marketplaces.country, stock.marketplace_id) as location,
        stock.sku,
        stock.title as product_title,
        cast(null as varchar) as variant_title,
        stock.fulfillable as available,
        stock.fulfillable + coalesce(stock.reserved, 0) + coalesce(stock.unfulfillable, 0) as on_hand,
        stock.reserved as committed,
        coalesce(stock.inbound_working, 0) + coalesce(stock.inbound_shipped, 0) + coalesce(stock.inbound_receiving, 0) as incoming,
        sum(stock.fulfillable) over (partition by stock.marketplace_id, stock.sku) as available_in_all,
        coalesce(amazon_sold.units, 0) as units_sold_30_days,
        stock.synced_at as as_of
    from (
        select *
        from {{ ref('stg_amazon_seller__inventory') }}
        qualify snapshot_on = max(snapshot_on) over (partition by datasource_id, marketplace_id)
    ) as stock
    left join {{ ref('stg_amazon_seller__marketplaces') }} as marketplaces using (datasource_id, marketplace_id)
    left join amazon_sold on amazon_sold.marketplace_id = stock.marketplace_id and amazon_sold.sku = stock.sku
)

select
    stock.platform,
    {{ without_contacts('stock.location') }} as location,
    stock.item_id,
    stock.sku,
    {{ without_contacts('stock.product_title') }} as product_title,
    {{ without_contacts('stock.variant_title') }} as variant_title,
    cast(stock.available as bigint) as units_available,
    cast(stock.on_hand as bigint) as units_on_hand,
    cast(stock.committed as bigint) as units_committed,
    cast(stock.incoming as bigint) as units_incoming,
    cast(stock.units_sold_30_days as bigint) as units_sold_30_days,
    {{ safe_ratio('stock.available_in_all * 30', 'stock.units_sold_30_days') }} as days_of_stock,
    stock.as_of,
    workspace.calculated_at
from (select * from shop union all by name select * from amazon) as stock
cross join {{ ref('stg_workspace__settings') }} as workspace
