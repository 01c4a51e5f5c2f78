{{ site_traffic('stg_google_analytics__channel_daily', ['channel_group']) }}
