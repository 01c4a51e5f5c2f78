select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    marketplace_id,
    date as day,
    parent_asin,
    child_asin,
    sku,
    ordered_sales,
    upper(currency) as currency,
    units_ordered,
    order_items,
    sessions,
    page_views,
    buy_box_percent,
    unit_session_percent,
    time_zone
from {{ source('raw_amazon_seller', 'sales_traffic_by_asin') }}
