select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    id as shop_product_id,
    store_id,
    title,
    vendor,
    requires_shipping,
    shop_updated_at
from {{ source('raw_recharge', 'products') }}
