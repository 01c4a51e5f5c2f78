select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    id as metric_id,
    account_id,
    name,
    integration,
    created_at,
    updated_at
from {{ source('raw_klaviyo', 'metrics') }}
