select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    id as flow_id,
    account_id,
    name,
    lower(status) as status,
    coalesce(archived, false) as is_archived,
    trigger_type,
    created_at,
    updated_at
from {{ source('raw_klaviyo', 'flows') }}
