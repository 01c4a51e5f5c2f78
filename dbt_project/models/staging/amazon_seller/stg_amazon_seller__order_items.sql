select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    order_id,
    order_item_id,
    order_created_at,
    order_updated_at,
    quantity,
    quantity_fulfilled,
    quantity_unfulfilled,
    asin,
    sku,
    title,
    condition,
    unit_price,
    proceeds,
    breakdowns,
    upper(currency) as currency
from {{ source('raw_amazon_seller', 'order_items') }}
