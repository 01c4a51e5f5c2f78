{{ site_traffic('stg_google_analytics__content_daily', ['source', 'medium', 'campaign', 'content']) }}
