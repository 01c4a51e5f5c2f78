{{ site_traffic('stg_google_analytics__source_daily', ['channel_group', 'source', 'medium']) }}
