select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    id as order_line_id,
    order_id,
    title,
    sku,
    vendor,
    quantity,
    current_quantity,
    coalesce(is_gift_card, false) as is_gift_card,
    requires_shipping,
    product_id,
    variant_id,
    unit_price,
    gross,
    discount,
    tax_lines
from {{ source('raw_shopify', 'order_lines') }}
