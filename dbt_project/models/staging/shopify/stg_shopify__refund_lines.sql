select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    refund_id,
    order_line_id,
    quantity,
    restock_type,
    subtotal,
    tax
from {{ source('raw_shopify', 'refund_lines') }}
