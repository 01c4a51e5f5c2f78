select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    id as list_id,
    account_id,
    name,
    opt_in_process,
    created_at,
    updated_at
from {{ source('raw_klaviyo', 'lists') }}
