select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    date as day,
    account_id,
    metric_id,
    metric,
    upper(currency) as currency,
    time_zone,
    coalesce(events, 0) as events,
    coalesce(people, 0) as people,
    value
from {{ source('raw_klaviyo', 'events_daily') }}
