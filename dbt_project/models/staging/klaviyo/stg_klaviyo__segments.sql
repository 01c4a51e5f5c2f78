select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    id as segment_id,
    account_id,
    name,
    is_active,
    is_starred,
    created_at,
    updated_at
from {{ source('raw_klaviyo', 'segments') }}
