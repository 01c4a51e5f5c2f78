select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    order_id,
    position as line_position,
    purchase_item_id,
    lower(purchase_item_type) as purchase_item_type,
    product_id as shop_product_id,
    variant_id as shop_variant_id,
    title,
    sku,
    quantity,
    unit_price,
    total
from {{ source('raw_recharge', 'order_lines') }}
