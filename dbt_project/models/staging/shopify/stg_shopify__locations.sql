select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    id as location_id,
    name as location_name,
    is_active,
    fulfils_online_orders
from {{ source('raw_shopify', 'locations') }}
