select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    date as day,
    property_id,
    channel_group,
    upper(currency) as currency,
    time_zone,
    coalesce(sessions, 0) as sessions,
    coalesce(engaged_sessions, 0) as engaged_sessions,
    coalesce(users, 0) as users,
    coalesce(new_users, 0) as new_users,
    coalesce(purchases, 0) as purchases,
    coalesce(revenue, 0) as revenue,
    {{ part_of('sessions', 'purchase_rate') }} as converting_sessions,
    coalesce(is_thresholded, false) as is_thresholded,
    coalesce(has_other_row, false) as has_other_row,
    sampling is not null as is_sampled,
    restrictions is not null as is_restricted,
    -- Google still moves a day's figures for about two days after its end
    date > cast(timezone(time_zone, _synced_at) as date) - 3 as is_provisional
from {{ source('raw_google_analytics', 'channel_daily') }}
