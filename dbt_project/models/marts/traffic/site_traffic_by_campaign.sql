{{ site_traffic('stg_google_analytics__campaign_daily', ['channel_group', 'source', 'medium', 'campaign']) }}
