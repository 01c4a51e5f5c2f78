select
    sales.day,
    {{ fiscal_columns('sales.day') }},
    sales.marketplace_id,
    sales.parent_asin,
    sales.child_asin as asin,
    sales.sku,
    sales.time_zone,
    workspace.currency,
    {{ in_workspace_currency('sales.ordered_sales', 'sales.currency') }} as ordered_sales,
    cast(sales.units_ordered as bigint) as units,
    cast(sales.order_items as bigint) as order_items,
    cast(sales.sessions as bigint) as sessions,
    cast(sales.page_views as bigint) as page_views,
    cast(sales.buy_box_percent as double) / 100 as buy_box_rate,
    {{ safe_ratio('sales.units_ordered', 'sales.sessions') }} as units_per_session,
    coverage.status as coverage,
    workspace.calculated_at
from {{ ref('stg_amazon_seller__sales_traffic_by_asin') }} as sales
cross join {{ ref('stg_workspace__settings') }} as workspace
{{ join_rates('sales.currency', 'sales.day') }}
{{ join_coverage("'amazon_seller'", 'sales.day') }}
