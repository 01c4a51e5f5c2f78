select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    id as campaign_id,
    account_id,
    channel,
    name,
    lower(status) as status,
    coalesce(archived, false) as is_archived,
    scheduled_at,
    sent_at,
    audiences,
    created_at,
    updated_at
from {{ source('raw_klaviyo', 'campaigns') }}
